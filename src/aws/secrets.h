// Keeps secrets out of messages that come from outside. A service, or a program
// that answers in its place, may repeat what it received.

#ifndef DYNAMODOWN_AWS_SECRETS_H_
#define DYNAMODOWN_AWS_SECRETS_H_

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace dynamodown {

/// The length in bytes from which a secret counts as long. A shorter secret may
/// be an ordinary word: emulators accept any secret, and people choose "local".
/// AWS's secret keys have 40 bytes.
inline constexpr size_t kLongSecretBytes = 16;

/// Returns `text` without the secrets. If it contains a long secret, returns
/// nothing, since it may also contain parts of the secret. Replaces a shorter
/// secret by "***" where it is a whole word, so that "local" stays in
/// "localhost". Ignores empty secrets.
std::optional<std::string> WithoutSecrets(
    std::string_view text, std::initializer_list<std::string_view> secrets);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_SECRETS_H_

// Keeps secrets out of messages that come from outside. A service, or a program
// that answers in its place, may repeat what it received.

#ifndef DYNAMODOWN_AWS_SECRETS_H_
#define DYNAMODOWN_AWS_SECRETS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamodown {

/// The length in bytes from which a secret counts as long. A shorter secret may
/// be an ordinary word: emulators accept any secret, and people choose "local".
/// AWS's secret keys have 40 bytes.
inline constexpr size_t kLongSecretBytes = 16;
/// The length in bytes from which a secret is hidden within words, too.
inline constexpr size_t kRareSecretBytes = 8;

using Secrets = std::vector<std::string_view>;

// In both functions, spaces and line breaks around a secret do not belong to
// the secret: a file with a token often ends in a line break. Empty secrets are
// ignored.

/// Returns `text` without the secrets. If it contains a long secret, returns
/// nothing, since it may also contain parts of the secret. Replaces a shorter
/// secret by "***". Replaces a secret of fewer than kRareSecretBytes only where
/// it is a whole word, so that "local" stays in "localhost". Takes linear time,
/// so that a text of any length can be checked before it is cut.
std::optional<std::string> WithoutSecrets(std::string_view text,
                                          const Secrets& secrets);

/// Returns true if `message`, a short text, contains kLongSecretBytes or more
/// successive bytes of a secret.
bool HasPartOf(std::string_view message, const Secrets& secrets);

/// Returns each secret in all forms in which our messages show a text: as it
/// is, escaped, and quoted (base/printable.h).
std::vector<std::string> FormsInMessages(const Secrets& secrets);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_SECRETS_H_

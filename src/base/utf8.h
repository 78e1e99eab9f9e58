// UTF-8 as Unicode defines it: no surrogates, nothing above U+10FFFF, no
// overlong forms.

#ifndef DYNAMODOWN_BASE_UTF8_H_
#define DYNAMODOWN_BASE_UTF8_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace dynamodown {

bool IsUtf8(std::string_view bytes);

/// Requires `bytes` not to be empty. Returns the length of the character at the
/// beginning of `bytes`, or 0 if `bytes` does not begin with a valid character.
size_t Utf8CharacterBytes(std::string_view bytes);

/// Returns the least UTF-8 text of at most `bytes_max` bytes that is not below
/// `bytes`, or nothing if there is none.
std::optional<std::string> LeastUtf8NotBelow(std::string_view bytes,
                                             size_t bytes_max);

/// Returns the greatest UTF-8 text of at most `bytes_max` bytes.
std::string GreatestUtf8(size_t bytes_max);

}  // namespace dynamodown

#endif  // DYNAMODOWN_BASE_UTF8_H_

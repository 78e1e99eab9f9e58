// UTF-8 as Unicode defines it: no surrogates, nothing above U+10FFFF, no longer
// form than needed.

#ifndef DYNAMODOWN_BASE_UTF8_H_
#define DYNAMODOWN_BASE_UTF8_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace dynamodown {

bool IsUtf8(std::string_view bytes);

/// Returns the length of the character at the front of `bytes`, which is not
/// empty, or 0 if they do not begin with one.
size_t Utf8CharacterBytes(std::string_view bytes);

/// Returns the least UTF-8 text of at most `bytes_max` bytes that is not below
/// `bytes`, or nothing if there is none.
std::optional<std::string> LeastUtf8NotBelow(std::string_view bytes,
                                             size_t bytes_max);

/// Returns the greatest UTF-8 text of at most `bytes_max` bytes.
std::string GreatestUtf8(size_t bytes_max);

}  // namespace dynamodown

#endif  // DYNAMODOWN_BASE_UTF8_H_

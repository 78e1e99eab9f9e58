// Shows arbitrary bytes in messages and on terminals.

#ifndef DYNAMODOWN_BASE_PRINTABLE_H_
#define DYNAMODOWN_BASE_PRINTABLE_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace dynamodown {

/// Quotes bytes for a message, in ASCII. Each byte that is not printable ASCII
/// becomes \xNN. If there are more than `bytes_max` bytes, quotes only the
/// first `bytes_max` and appends the full length.
std::string Printable(std::string_view bytes, size_t bytes_max = 64);

/// Requires `text` not to be empty. Returns the length in bytes of the
/// character at the beginning of `text`. Returns 0 if `text` begins with one of
/// these:
/// * a control character (C0, DEL, C1), with which a text could control a
///   terminal, or a separator of lines or paragraphs;
/// * a format character, which could reverse a text (U+202E) or hide a part of
///   it;
/// * a byte that is not UTF-8.
size_t PrintableCharacterBytes(std::string_view text);

/// Replaces each byte that is not a part of a printable character by \xNN.
/// Escaping an escaped text changes nothing.
std::string Escaped(std::string_view text);

/// The most bytes that a message quotes of a service's text.
inline constexpr size_t kForeignBytesMax = 300;

/// Escapes a text that comes from outside. If the result would have more than
/// `bytes_max` bytes, cuts the result after a whole character, and appends the
/// length of `text`: "... (5000 bytes)".
std::string EscapedAndCut(std::string_view text,
                          size_t bytes_max = kForeignBytesMax);

}  // namespace dynamodown

#endif  // DYNAMODOWN_BASE_PRINTABLE_H_

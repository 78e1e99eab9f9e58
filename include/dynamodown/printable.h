// Text that is safe to show. Keys, values, and messages of a service may
// contain anything, such as sequences that control a terminal, or characters
// that reverse the text after them.
//
// Thread-safety: pure functions.

#ifndef DYNAMODOWN_PRINTABLE_H_
#define DYNAMODOWN_PRINTABLE_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace dynamodown {

/// Returns the length in bytes of the UTF-8 character at the beginning of
/// `text`. Returns 0 if `text` is empty, is not UTF-8, or begins with a
/// character that a reader cannot see: a control character (C0, DEL, C1), a
/// format character (such as U+202E, which reverses text), or a separator of
/// lines.
size_t PrintableCharacterLength(std::string_view text);

/// Replaces each byte that is not a part of a printable character by \xNN.
/// Leaves a backslash as it is, so escaping an escaped text changes nothing.
/// For a store on DynamoDB, the messages of statuses are already escaped.
std::string EscapeUnprintable(std::string_view text);

}  // namespace dynamodown

#endif  // DYNAMODOWN_PRINTABLE_H_

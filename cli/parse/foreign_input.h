// Recognizes input that is not JSON in UTF-8, and says what to do.
//
// Thread-safety: pure functions.

#ifndef DYNAMODOWN_CLI_PARSE_FOREIGN_INPUT_H_
#define DYNAMODOWN_CLI_PARSE_FOREIGN_INPUT_H_

#include <string_view>

#include "parse/complaint.h"

namespace cli {

/// `text` without a byte order mark of UTF-8 at its beginning.
std::string_view WithoutMark(std::string_view text);

/// Call this function for bytes that are not JSON. If `bytes` begin as
/// compressed data or as text in UTF-16 or UTF-32, or have half of a surrogate
/// pair, returns a text that says so: "gzip data, not JSON; ...".
Complaint NameForeignInput(std::string_view bytes);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_PARSE_FOREIGN_INPUT_H_

// A failure in words for the user.

#ifndef DYNAMODOWN_CLI_PARSE_COMPLAINT_H_
#define DYNAMODOWN_CLI_PARSE_COMPLAINT_H_

#include <optional>
#include <string>

namespace cli {

/// Empty if there was no failure. A complaint never quotes a key or a value.
using Complaint = std::optional<std::string>;

}  // namespace cli

#endif  // DYNAMODOWN_CLI_PARSE_COMPLAINT_H_

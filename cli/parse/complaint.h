// What went wrong, in words for the user.

#ifndef DYNAMODOWN_CLI_PARSE_COMPLAINT_H_
#define DYNAMODOWN_CLI_PARSE_COMPLAINT_H_

#include <optional>
#include <string>

namespace cli {

/// Nothing when all is well. No key and no value is quoted.
using Complaint = std::optional<std::string>;

}  // namespace cli

#endif  // DYNAMODOWN_CLI_PARSE_COMPLAINT_H_

// A failure in words for the user.

#ifndef DYNAMODOWN_CLI_PARSE_COMPLAINT_H_
#define DYNAMODOWN_CLI_PARSE_COMPLAINT_H_

#include <optional>
#include <string>

namespace cli {

/// Nothing if all is well. It quotes no key and no value.
using Complaint = std::optional<std::string>;

}  // namespace cli

#endif  // DYNAMODOWN_CLI_PARSE_COMPLAINT_H_

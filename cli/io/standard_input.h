// All of standard input, for a value that is not among the arguments.

#ifndef DYNAMODOWN_CLI_IO_STANDARD_INPUT_H_
#define DYNAMODOWN_CLI_IO_STANDARD_INPUT_H_

#include <string>

#include "parse/complaint.h"

namespace cli {

/// Appends it to `*bytes`. At most a GB: a value that does not fit in memory
/// fits into no store.
Complaint ReadStandardInput(std::string* bytes);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_STANDARD_INPUT_H_

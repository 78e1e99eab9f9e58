// Reads a value that is not an argument: all of standard input.

#ifndef DYNAMODOWN_CLI_IO_STANDARD_INPUT_H_
#define DYNAMODOWN_CLI_IO_STANDARD_INPUT_H_

#include <string>

#include "parse/complaint.h"

namespace cli {

/// Appends standard input to `*bytes`. Fails if standard input is over 1 GB,
/// since a value must fit in memory.
Complaint ReadStandardInput(std::string* bytes);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_STANDARD_INPUT_H_

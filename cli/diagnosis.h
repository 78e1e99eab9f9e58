// What must be allowed, and what is wrong: the commands iam and doctor.

#ifndef DYNAMODOWN_CLI_DIAGNOSIS_H_
#define DYNAMODOWN_CLI_DIAGNOSIS_H_

#include "command_line.h"

namespace cli {

/// Each returns the exit status.
int Iam(const CommandLine& line);
int Doctor(const CommandLine& line);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_DIAGNOSIS_H_

// What the commands do.

#ifndef DYNAMODOWN_CLI_COMMANDS_H_
#define DYNAMODOWN_CLI_COMMANDS_H_

#include "command_line.h"

namespace cli {

/// Does what `line` asks for and returns the exit status.
int Run(const CommandLine& line);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_COMMANDS_H_

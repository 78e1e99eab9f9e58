// The commands of item, as data, and what their arguments must be.

#ifndef DYNAMODOWN_CLI_ITEM_COMMANDS_H_
#define DYNAMODOWN_CLI_ITEM_COMMANDS_H_

#include "command_line.h"
#include "command_spec.h"

namespace cli {

/// Their arguments go into `*line`, which outlives `*program`.
void AddItemCommands(CommandSpec* program, CommandLine* line);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_ITEM_COMMANDS_H_

// The commands on keys and stores, as data: get, put, del, scan, count, create,
// destroy, info, list, iam, doctor, dump, load, batch, fake-server.

#ifndef DYNAMODOWN_CLI_STORE_COMMANDS_H_
#define DYNAMODOWN_CLI_STORE_COMMANDS_H_

#include "command_line.h"
#include "command_spec.h"

namespace cli {

/// Their arguments go into `*line`, which outlives `*program`.
void AddStoreCommands(CommandSpec* program, CommandLine* line);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_STORE_COMMANDS_H_

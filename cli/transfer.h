// dump, load and batch: many records at once.
//
// Each is a stream in memory that does not grow with it, but for an atomic
// batch. Two threads share the work: one reads ahead while the other one
// writes.

#ifndef DYNAMODOWN_CLI_TRANSFER_H_
#define DYNAMODOWN_CLI_TRANSFER_H_

#include "command_line.h"

namespace cli {

/// Each does what `line` asks for and returns the exit status.
int Dump(const CommandLine& line);
int Load(const CommandLine& line);
int Batch(const CommandLine& line);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_TRANSFER_H_

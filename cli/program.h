// The program `dynamodown`: its help text and its commands.

#ifndef DYNAMODOWN_CLI_PROGRAM_H_
#define DYNAMODOWN_CLI_PROGRAM_H_

#include "parse/command_spec.h"

namespace cli {

CommandSpec Program();

}  // namespace cli

#endif  // DYNAMODOWN_CLI_PROGRAM_H_

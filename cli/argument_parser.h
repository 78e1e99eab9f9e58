// Understands arguments by what the commands say of themselves.

#ifndef DYNAMODOWN_CLI_ARGUMENT_PARSER_H_
#define DYNAMODOWN_CLI_ARGUMENT_PARSER_H_

#include <optional>

#include "command_spec.h"
#include "manual.h"

namespace cli {

/// Calls the setters of what was given and then the command's `finish`, and
/// returns nothing; or, when a help text was asked for or an argument is wrong,
/// says so and returns the exit status. Some setters may have been called then.
std::optional<int> ParseArguments(const CommandSpec& program, int argc,
                                  char** argv);

/// The program's own commands are the manual's.
Manual Describe(const CommandSpec& program);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_ARGUMENT_PARSER_H_

// Shields arguments from CLI11, which parses the options.
//
// Keys and values are any bytes. CLI11 would take "[a,b]" for a list, "{}" for
// nothing, "++" for the end of a command and "get" for another command, and
// would skip empty values. So every argument that is not an option is shielded:
// it gets a colon in front, and Unshield removes the colon after parsing. Every
// argument after "--" is shielded, and the "--" itself is left out. An argument
// that begins like a negative number is shielded, since no option begins with a
// dash and a digit. The names of commands are not shielded.
//
// Thread-safety: pure functions.

#ifndef DYNAMODOWN_CLI_PARSE_SHIELD_H_
#define DYNAMODOWN_CLI_PARSE_SHIELD_H_

#include <string>
#include <vector>

#include "parse/command_spec.h"

namespace cli {

/// The arguments after the program's name, shielded. Moves options that come
/// before the command behind it. "help" becomes "--help", "help COMMAND"
/// becomes "COMMAND --help", and "item help COMMAND" becomes "item COMMAND
/// --help".
std::vector<std::string> Shield(const CommandSpec& program, int argc,
                                char** argv);

bool IsShielded(const std::string& argument);

/// The argument as it was typed.
std::string Unshield(const std::string& argument);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_PARSE_SHIELD_H_

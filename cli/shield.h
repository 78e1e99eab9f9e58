// Arguments that mean nothing to a parser of options but what they are.
//
// The bytes of keys and values are none of its business. It would take "[a,b]"
// for a list, "{}" for nothing, "++" for the end of a command and "get" for
// another one, and it skips empty values. So every argument that is not an
// option is shielded: it goes in behind a colon, which is taken off again
// behind the parser. An argument after "--" is shielded too, however it looks,
// and the "--" itself is left out. So is what begins like a negative number: no
// option does. The command goes in as it is, behind "item" the one after that
// too.
//
// Thread-safety: pure functions.

#ifndef DYNAMODOWN_CLI_SHIELD_H_
#define DYNAMODOWN_CLI_SHIELD_H_

#include <string>
#include <vector>

namespace cli {

/// The arguments behind the program's name, shielded. "help", "help COMMAND"
/// and "item help COMMAND" become "--help", "COMMAND --help" and "item COMMAND
/// --help".
std::vector<std::string> Shield(int argc, char** argv);

bool IsShielded(const std::string& argument);

/// The argument as it was typed.
std::string Unshield(const std::string& argument);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_SHIELD_H_

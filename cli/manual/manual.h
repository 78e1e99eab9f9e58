// The command line as data. Man pages and completion are made from it, so
// that they say what --help says.

#ifndef DYNAMODOWN_CLI_MANUAL_MANUAL_H_
#define DYNAMODOWN_CLI_MANUAL_MANUAL_H_

#include <string>
#include <vector>

namespace cli {

/// Another way to ask for --help: "help", "help COMMAND".
inline constexpr char kHelpCommand[] = "help";

struct ManualOption {
  std::vector<std::string> names;  ///< as typed: "-n", "--raw"
  /// The name of the option's value, or its possible values with '|' between
  /// them ("B|S"); empty if the option takes no value.
  std::string metavariable;
  std::string description;
};

struct ManualGroup {
  std::string name;
  std::vector<ManualOption> options;
};

struct ManualArgument {
  std::string name;
  std::string description;
  /// Whether the user can give the argument several times. Only the last
  /// argument of a command can be repeated.
  bool repeated = false;
};

/// The program itself, or a command of it.
struct ManualPage {
  /// "dynamodown", or the command: "get", "item put".
  std::string name;
  std::string description;  ///< a sentence
  std::string usage;        ///< "dynamodown get LOCATION KEY [OPTION]..."
  std::vector<ManualArgument> arguments;
  std::vector<ManualGroup> groups;
  std::string footer;  ///< help_text.h defines its structure
  /// The commands of this command. (The program's are in Manual.)
  std::vector<ManualPage> commands;
};

struct Manual {
  ManualPage program;
  std::vector<ManualPage> commands;
};

}  // namespace cli

#endif  // DYNAMODOWN_CLI_MANUAL_MANUAL_H_

// What the command line understands, as data: man pages and completion are
// made of it, so that they say what --help says.

#ifndef DYNAMODOWN_CLI_MANUAL_MANUAL_H_
#define DYNAMODOWN_CLI_MANUAL_MANUAL_H_

#include <string>
#include <vector>

namespace cli {

/// Another way to ask for --help: "help", "help COMMAND".
inline constexpr char kHelpCommand[] = "help";

/// An option. Line ends in a description are --help's own and mean a space.
struct ManualOption {
  std::vector<std::string> names;  ///< as typed: "-n", "--raw"
  /// What its value is called, or its values with '|' between them ("B|S");
  /// empty: it takes none.
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
  bool repeated = false;  ///< the last argument, and it takes all that follow
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
  /// Of a command that has some of its own. (The program's are the manual's.)
  std::vector<ManualPage> commands;
};

struct Manual {
  ManualPage program;
  std::vector<ManualPage> commands;
};

}  // namespace cli

#endif  // DYNAMODOWN_CLI_MANUAL_MANUAL_H_

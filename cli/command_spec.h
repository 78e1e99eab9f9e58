// The commands as data: what the program can be asked for, and what becomes of
// each argument. store_commands.cc and item_commands.cc fill it in,
// argument_parser.cc understands arguments by it, and the manual is made of it.

#ifndef DYNAMODOWN_CLI_COMMAND_SPEC_H_
#define DYNAMODOWN_CLI_COMMAND_SPEC_H_

#include <functional>
#include <list>
#include <stdexcept>
#include <string>
#include <vector>

namespace cli {

/// What is wrong with the arguments, in words for the user. Setters and
/// CommandSpec::finish throw it.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Given what was typed, byte by byte; a flag's is given nothing.
using Setter = std::function<void(const std::string& value)>;

/// An argument, as "KEY", or an option, whose name begins with '-'.
struct ArgumentSpec {
  std::string name;          ///< "KEY", "--from", "-o,--output"
  std::string metavariable;  ///< what an option's value is called
  std::string description;   ///< '\n' where --help begins a new line
  Setter set;
  std::string group = "Options";  ///< the heading above an option
  bool is_flag = false;           ///< an option without a value
  bool is_required = false;
  bool is_repeated = false;           ///< the last argument: all that follow
  std::vector<std::string> needs;     ///< names; none of these may lack ...
  std::vector<std::string> excludes;  ///< ... and none of these be there
};

struct CommandSpec {
  std::string name;
  std::string description;
  std::string footer;            ///< help.h says how it is structured
  std::function<void()> finish;  ///< called when every setter was
  /// In the order of --help. References to what is there stay valid.
  std::list<ArgumentSpec> arguments;
  std::list<CommandSpec> commands;
};

}  // namespace cli

#endif  // DYNAMODOWN_CLI_COMMAND_SPEC_H_

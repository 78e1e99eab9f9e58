// Commands as data: name, arguments, help text, and the function that runs.
//
// Each file in commands/ and items/ makes one CommandSpec. argument_parser.cc
// parses arguments with it, and the manual is made from it.

#ifndef DYNAMODOWN_CLI_PARSE_COMMAND_SPEC_H_
#define DYNAMODOWN_CLI_PARSE_COMMAND_SPEC_H_

#include <functional>
#include <list>
#include <stdexcept>
#include <string>
#include <vector>

namespace cli {

/// A mistake in the arguments, in words for the user. Setters and checks throw
/// this error.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Receives an argument's exact bytes. A flag's setter receives "".
using Setter = std::function<void(const std::string& value)>;

/// An argument ("KEY"), or an option, whose name begins with '-'.
struct ArgumentSpec {
  std::string name;          ///< "KEY", "--from", "-o,--output"
  std::string metavariable;  ///< Name of an option's value.
  std::string description;
  Setter set;
  std::string group = "Options";  ///< The heading above an option.
  bool is_flag = false;           ///< An option without a value.
  bool is_required = false;
  bool is_of_store = false;  ///< An option with which the store is opened.
  /// The option says something about the table, its capacity or its units. It
  /// is refused for an embedded store, unless the command has another store.
  bool is_of_table = false;
  bool is_repeated = false;           ///< Takes all arguments that follow.
  std::vector<std::string> needs;     ///< Can only be given with these.
  std::vector<std::string> excludes;  ///< Cannot be given with any of these.
};

struct CommonOptions;

/// **Ownership**: setters, `check` and `common` may point into data that `run`
/// owns.
struct CommandSpec {
  std::string name;
  std::string description;      ///< One sentence.
  std::string footer;           ///< manual/help_text.h defines its structure.
  std::function<void()> check;  ///< Called after all setters.
  std::function<int()> run;     ///< Returns the exit status.
  CommonOptions* common = nullptr;  ///< Null: the command has no location.
  /// In the order of --help. References to elements stay valid.
  std::list<ArgumentSpec> arguments;
  std::list<CommandSpec> commands;
};

using CommandFactory = CommandSpec (*)();

}  // namespace cli

#endif  // DYNAMODOWN_CLI_PARSE_COMMAND_SPEC_H_

// Parses the program's arguments according to the commands' descriptions.

#ifndef DYNAMODOWN_CLI_PARSE_ARGUMENT_PARSER_H_
#define DYNAMODOWN_CLI_PARSE_ARGUMENT_PARSER_H_

#include <string>
#include <variant>

#include "manual/manual.h"
#include "parse/command_spec.h"

namespace cli {

/// The user asked for a text: a help text, or the version.
struct RequestedText {
  std::string text;
};

/// The arguments are wrong.
struct UsageMistake {
  std::string command;  ///< The words that were recognized; may be empty.
  std::string message;
};

/// If the arguments are right, this is the command, which is a part of the
/// program's description, and all setters of the given arguments have been
/// called.
using ParsedArguments =
    std::variant<const CommandSpec*, RequestedText, UsageMistake>;

/// Calls the setters of the arguments, then the command's `check`. If an
/// argument is wrong, some setters may have been called.
ParsedArguments ParseArguments(const CommandSpec& program, int argc,
                               char** argv);

/// Describes the program and its commands. Manual::commands has the commands;
/// Manual::program.commands is empty.
Manual Describe(const CommandSpec& program);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_PARSE_ARGUMENT_PARSER_H_

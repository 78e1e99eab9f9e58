#include "parse/shield.h"

#include <algorithm>
#include <cstddef>

#include "manual/manual.h"

namespace cli {
namespace {

constexpr char kShield = ':';

bool LooksLikeAnOption(const std::string& argument) {
  return argument.size() >= 2 && argument[0] == '-' &&
         (argument[1] < '0' || argument[1] > '9');
}

/// Whether a command of this name has commands of its own.
bool HasCommands(const CommandSpec& program, const std::string& name) {
  return std::any_of(program.commands.begin(), program.commands.end(),
                     [&name](const CommandSpec& command) {
                       return command.name == name && !command.commands.empty();
                     });
}

/// Whether the option `name` takes a value in a command of `of`. An unknown
/// option takes no value.
bool TakesValue(const CommandSpec& of, const std::string& name) {
  const auto is_it = [&name](const ArgumentSpec& spec) {
    return !spec.is_flag &&
           ("," + spec.name + ",").find("," + name + ",") != std::string::npos;
  };
  return std::any_of(of.arguments.begin(), of.arguments.end(), is_it) ||
         std::any_of(of.commands.begin(), of.commands.end(),
                     [&name](const CommandSpec& command) {
                       return TakesValue(command, name);
                     });
}

/// Moves the options before the word at `*at` behind this word, and increments
/// `*at`. If no word follows the options, moves nothing.
void MoveOptions(const CommandSpec& program, size_t* at,
                 std::vector<std::string>* arguments) {
  size_t word = *at;
  while (word < arguments->size() && LooksLikeAnOption((*arguments)[word])) {
    const std::string& option = (*arguments)[word];
    // These two ask for a text about the program.
    if (option == "--" || option == "--version") return;
    word += TakesValue(program, option) ? 2 : 1;
  }
  if (word >= arguments->size()) return;
  const auto begin = arguments->begin();
  std::rotate(begin + static_cast<ptrdiff_t>(*at),
              begin + static_cast<ptrdiff_t>(word),
              begin + static_cast<ptrdiff_t>(word) + 1);
  ++*at;
}

std::vector<std::string> ShieldAll(const CommandSpec& program, int argc,
                                   char** argv) {
  std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  size_t begin = 0;
  MoveOptions(program, &begin, &arguments);
  if (begin == 1 && HasCommands(program, arguments[0])) {
    MoveOptions(program, &begin, &arguments);
  }
  std::vector<std::string> shielded(
      arguments.begin(), arguments.begin() + static_cast<ptrdiff_t>(begin));
  bool options_end = false;
  for (size_t i = begin; i < arguments.size(); ++i) {
    const std::string argument = arguments[i];
    const size_t equals = argument.find('=');
    if (!options_end && argument == "--") {
      options_end = true;
    } else if (options_end || !LooksLikeAnOption(argument)) {
      shielded.push_back(kShield + argument);
    } else if (argument.starts_with("--") && equals != std::string::npos) {
      shielded.push_back(argument.substr(0, equals + 1) + kShield +
                         argument.substr(equals + 1));
    } else {
      shielded.push_back(argument);
    }
  }
  return shielded;
}

/// While the argument at index `at` is "help", removes it, and unshields the
/// argument after it. Returns whether there was a "help".
bool TakeHelp(size_t at, std::vector<std::string>* arguments) {
  bool taken = false;
  while (at < arguments->size() && (*arguments)[at] == kHelpCommand) {
    taken = true;
    arguments->erase(arguments->begin() + static_cast<ptrdiff_t>(at));
    if (at < arguments->size()) (*arguments)[at] = Unshield((*arguments)[at]);
  }
  return taken;
}

std::vector<std::string> TranslateHelp(const CommandSpec& program,
                                       std::vector<std::string> arguments) {
  size_t words = 1;
  bool asked = TakeHelp(0, &arguments);
  if (!arguments.empty() && HasCommands(program, arguments[0])) {
    words = 2;
    if (asked && arguments.size() > 1) arguments[1] = Unshield(arguments[1]);
    asked = TakeHelp(1, &arguments) || asked;
  }
  if (asked) {
    const size_t at = std::min(words, arguments.size());
    arguments.insert(arguments.begin() + static_cast<ptrdiff_t>(at), "--help");
  }
  return arguments;
}

}  // namespace

std::vector<std::string> Shield(const CommandSpec& program, int argc,
                                char** argv) {
  return TranslateHelp(program, ShieldAll(program, argc, argv));
}

bool IsShielded(const std::string& argument) {
  return argument.starts_with(kShield);
}

std::string Unshield(const std::string& argument) {
  return IsShielded(argument) ? argument.substr(1) : argument;
}

}  // namespace cli

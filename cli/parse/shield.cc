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

std::vector<std::string> ShieldAll(const CommandSpec& program, int argc,
                                   char** argv) {
  const bool has_two_words = argc > 1 && HasCommands(program, argv[1]);
  const int begin = std::min(argc, has_two_words ? 3 : 2);
  std::vector<std::string> shielded(argv + 1, argv + begin);
  bool options_end = false;
  for (int i = begin; i < argc; ++i) {
    const std::string argument = argv[i];
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

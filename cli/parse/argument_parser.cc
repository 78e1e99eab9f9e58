// CLI11 parses the options and lays out the help text. It gets arguments that
// are shielded (see shield.h). If the user names an unknown command, CLI11 gets
// no arguments at all.

#include "parse/argument_parser.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "parse/shield.h"
#include "parse/suggest.h"

namespace cli {
namespace {

constexpr size_t kDescriptionColumn = 28;  // of a help text
constexpr size_t kColumns = 80;

// ---------------------------------------------------------------- the format

bool TakesValue(const CLI::Option* option) {
  return !option->get_positional() && option->get_items_expected_max() > 0;
}

bool IsRepeated(const CLI::Option* option) {
  return option->get_items_expected_max() > 1;
}

std::vector<const CLI::App*> CommandsOf(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::vector<std::string> NamesOf(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* each : CommandsOf(app))
    names.push_back(each->get_name());
  return names;
}

CLI::App* FindCommand(CLI::App* app, const std::string& name) {
  for (CLI::App* each : app->get_subcommands(nullptr)) {
    if (each->get_name() == name) return each;
  }
  return nullptr;
}

/// `text` in lines of at most `width` characters. A longer word stays whole.
std::string Wrap(const std::string& text, size_t width) {
  std::istringstream words(text);
  std::string wrapped;
  size_t used = 0;  // of the last line
  for (std::string word; words >> word;) {
    const bool fits = used + 1 + word.size() <= width;
    if (used > 0) wrapped += fits ? ' ' : '\n';
    used = used > 0 && fits ? used + 1 + word.size() : word.size();
    wrapped += word;
  }
  return wrapped;
}

/// Names and descriptions as CLI11 lays them out, but without the remarks that
/// CLI11 adds, such as REQUIRED.
class Formatter : public CLI::Formatter {
 public:
  Formatter() {
    column_width(kDescriptionColumn);
    label("Positionals", "Arguments");
  }
  std::string make_option_opts(const CLI::Option* option) const override {
    return TakesValue(option) ? " " + option->get_type_name() : "";
  }
  std::string make_option_desc(const CLI::Option* option) const override {
    return Wrap(option->get_description(), kColumns - kDescriptionColumn);
  }
  std::string make_option_usage(const CLI::Option* option) const override {
    std::string usage = option->get_name(true);
    if (IsRepeated(option)) usage += "...";
    return option->get_required() ? usage : "[" + usage + "]";
  }
  std::string make_usage(const CLI::App* app, std::string name) const override {
    if (app->get_parent() == nullptr) {
      return "\nUsage: " + name + " COMMAND LOCATION [OPTION]...\n";
    }
    if (!CommandsOf(*app).empty()) {
      return "\nUsage: " + name +
             " COMMAND LOCATION [ARGUMENT]... [OPTION]...\n";
    }
    std::string usage = "\nUsage: " + name;
    for (const CLI::Option* option : app->get_options()) {
      if (option->get_positional()) usage += " " + make_option_usage(option);
    }
    return usage + " [OPTION]...\n";
  }
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override {
    return OneBlankLine(CLI::Formatter::make_help(app, name, mode));
  }

 private:
  // CLI11 leaves two blank lines between groups of options.
  static std::string OneBlankLine(const std::string& text) {
    std::string tidy;
    for (const char c : text) {
      if (c != '\n' || !tidy.ends_with("\n\n")) tidy += c;
    }
    while (tidy.ends_with("\n\n")) tidy.pop_back();
    return tidy;
  }
};

// --------------------------------------------------------------- the manual

ManualOption DescribeOption(const CLI::Option* option) {
  ManualOption described;
  for (const std::string& name : option->get_snames()) {
    described.names.push_back("-" + name);
  }
  for (const std::string& name : option->get_lnames()) {
    described.names.push_back("--" + name);
  }
  if (TakesValue(option)) described.metavariable = option->get_type_name();
  described.description = option->get_description();
  return described;
}

/// The usage line of --help, without "Usage: " and line ends.
std::string DescribeUsage(const CLI::App* app, const std::string& name) {
  const std::string usage = Formatter().make_usage(app, name);
  const size_t begin = usage.find(name);
  return usage.substr(begin, usage.find_last_not_of('\n') + 1 - begin);
}

/// Describes a command, or the program if `name` is empty. To run the command,
/// the user types `program`, then `name`.
ManualPage DescribeApp(const CLI::App* app, const std::string& program,
                       const std::string& name) {
  ManualPage page;
  page.name = name.empty() ? program : name;
  page.description = app->get_description();
  page.usage =
      DescribeUsage(app, name.empty() ? program : program + " " + name);
  page.footer = app->get_footer();
  for (const CLI::Option* option : app->get_options()) {
    if (!option->get_positional()) continue;
    page.arguments.push_back({option->get_name(true), option->get_description(),
                              IsRepeated(option)});
  }
  for (const std::string& group : app->get_groups()) {
    ManualGroup described{group, {}};
    for (const CLI::Option* option : app->get_options()) {
      if (option->get_positional() || option->get_group() != group) continue;
      described.options.push_back(DescribeOption(option));
    }
    // A group without a name is hidden.
    if (group.empty() || described.options.empty()) continue;
    page.groups.push_back(std::move(described));
  }
  for (const CLI::App* command : CommandsOf(*app)) {
    if (command->get_group().empty()) continue;  // hidden
    page.commands.push_back(DescribeApp(
        command, program,
        name.empty() ? command->get_name() : name + " " + command->get_name()));
  }
  return page;
}

// ------------------------------------------------------------------ building

/// Adds an argument or an option with a value. If the option is given several
/// times, its last value is used.
CLI::Option* AddValue(const ArgumentSpec& spec, CLI::App* app) {
  const auto callback = [set = spec.set](const CLI::results_t& values) {
    for (const std::string& value : values) set(Unshield(value));
    return true;
  };
  CLI::Option* option = app->add_option(spec.name, callback, spec.description);
  option->type_name(spec.metavariable);
  if (!option->get_positional()) option->take_last();
  if (spec.is_repeated) {
    option->expected(1, CLI::detail::expected_max_vector_size)
        ->allow_extra_args();
  }
  return option;
}

/// Adds a flag. If the user gives the flag a value, parsing throws
/// CLI::ConversionError.
CLI::Option* AddFlag(const ArgumentSpec& spec, CLI::App* app) {
  const auto callback = [set = spec.set](const CLI::results_t& values) {
    if (values != CLI::results_t{"true"}) return false;
    set("");
    return true;
  };
  return app->add_option(spec.name, callback, spec.description)
      ->expected(0)
      ->take_last();
}

void AddArguments(const CommandSpec& command, CLI::App* app) {
  std::map<std::string, CLI::Option*> by_name;
  for (const ArgumentSpec& spec : command.arguments) {
    CLI::Option* option =
        spec.is_flag ? AddFlag(spec, app) : AddValue(spec, app);
    option->required(spec.is_required)->group(spec.group);
    by_name[spec.name] = option;
  }
  for (const ArgumentSpec& spec : command.arguments) {
    for (const std::string& other : spec.needs) {
      by_name[spec.name]->needs(by_name.at(other));
    }
    for (const std::string& other : spec.excludes) {
      by_name[spec.name]->excludes(by_name.at(other));
    }
  }
}

class Parser {
 public:
  explicit Parser(const CommandSpec& program)
      : program_(program), root_(program.description, program.name) {
    root_.formatter(std::make_shared<Formatter>());  // the commands inherit it
    root_.footer(program.footer);
    root_.require_subcommand(1, 1);
    root_.set_version_flag("--version",
                           program.name + " " DYNAMODOWN_VERSION
                                          "\nMIT licence. Notices: "
                                          "PREFIX/" DYNAMODOWN_NOTICES,
                           "Print the version");
    root_.set_help_flag("-h,--help", "Print this text");
    AddCommands(program, &root_);
  }

  ParsedArguments Parse(int argc, char** argv) {
    std::vector<std::string> arguments = Shield(program_, argc, argv);
    if (auto mistake = FindApp(arguments)) return *std::move(mistake);
    try {
      // CLI11 takes the arguments from the last to the first.
      std::reverse(arguments.begin(), arguments.end());
      root_.parse(std::move(arguments));
    } catch (const CLI::CallForHelp&) {
      return RequestedText{app_->help(app_ == &root_ ? "" : before_)};
    } catch (const CLI::CallForVersion& e) {
      return RequestedText{std::string(e.what()) + '\n'};
    } catch (const CLI::ExtrasError&) {
      return Mistake(Unexpected());
    } catch (const CLI::RequiredError& e) {
      // Report an unknown option rather than a missing argument.
      const bool has_rest =
          !CommandsOf(*app_).empty() || app_->remaining_size() > 0;
      return Mistake(has_rest ? Unexpected() : e.what());
    } catch (const CLI::ConversionError&) {
      return Mistake("an option has a value, but takes none");
    } catch (const CLI::ParseError& e) {
      return Mistake(HasUnknownOption() ? Unexpected() : e.what());
    } catch (const UsageError& e) {
      return Mistake(HasUnknownOption() ? Unexpected() : e.what());
    }
    return found_;
  }

  Manual Describe() const {
    Manual manual;
    manual.program = DescribeApp(&root_, program_.name, "");
    manual.commands = std::move(manual.program.commands);
    manual.program.commands.clear();
    return manual;
  }

 private:
  void AddCommands(const CommandSpec& of, CLI::App* parent) {
    for (const CommandSpec& command : of.commands) {
      CLI::App* app = parent->add_subcommand(command.name, command.description);
      app->group("Commands");
      app->footer(command.footer);
      app->set_help_flag("-h,--help", "Print this text");
      if (command.run) {
        app->callback([this, &command] {
          if (command.check) command.check();
          found_ = &command;
        });
      }
      AddArguments(command, app);
      AddCommands(command, app);
      if (!command.commands.empty()) app->require_subcommand(1, 1);
    }
  }

  UsageMistake Mistake(std::string message) const {
    return {command_, std::move(message)};
  }

  /// Sets `app_` to the command that is named by the first words. Returns a
  /// mistake if a word is missing, or names no command.
  std::optional<UsageMistake> FindApp(
      const std::vector<std::string>& arguments) {
    before_ = program_.name;
    for (size_t i = 0; !CommandsOf(*app_).empty(); ++i) {
      if (i == arguments.size()) return Mistake("a command is missing");
      const std::string& word = arguments[i];
      if (word.starts_with('-')) break;
      if (app_ != &root_) before_ += " " + app_->get_name();
      const std::string command =
          command_ + (command_.empty() ? "" : " ") + word;
      const std::vector<std::string> known = NamesOf(*app_);
      app_ = FindCommand(app_, word);
      if (app_ == nullptr) {
        return Mistake("there is no command '" + command + "'" +
                       SuggestCommand(word, known));
      }
      command_ = command;
    }
    return std::nullopt;
  }

  /// An unknown option makes other mistakes: its value counts as an argument.
  bool HasUnknownOption() const {
    const std::vector<std::string> rest = app_->remaining(true);
    return !rest.empty() && rest[0].starts_with('-') && !IsShielded(rest[0]);
  }

  std::string Unexpected() const {
    const std::vector<std::string> rest = app_->remaining(true);
    if (rest.empty()) return "a command is missing";
    if (IsShielded(rest[0])) {
      return "unexpected argument '" + Unshield(rest[0]) + "'";
    }
    const std::string option = rest[0].substr(0, rest[0].find('='));
    if (!CommandsOf(*app_).empty()) {
      return "there is no option " + option + ", or a command is missing";
    }
    std::vector<std::string> known;
    for (const CLI::Option* each : app_->get_options()) {
      for (const std::string& name : DescribeOption(each).names) {
        known.push_back(name);
      }
    }
    return "there is no option " + option + SuggestOption(option, known);
  }

  const CommandSpec& program_;
  CLI::App root_;
  CLI::App* app_ = &root_;  // the App of the command that the user typed
  std::string command_;     // the command's words: "item get"
  std::string before_;      // all words before the last: "dynamodown item"
  const CommandSpec* found_ = nullptr;
};

}  // namespace

ParsedArguments ParseArguments(const CommandSpec& program, int argc,
                               char** argv) {
  return Parser(program).Parse(argc, argv);
}

Manual Describe(const CommandSpec& program) {
  return Parser(program).Describe();
}

}  // namespace cli

// The idea: CLI11 knows the options and writes the help; the bytes of keys and
// values are none of its business. It would take "[a,b]" for a list, "{}" for
// nothing, "++" for the end of a command and "get" for another one, and it
// skips empty values. So every argument that is not an option is shielded: it
// goes in behind a colon, which the callbacks take off again. An argument after
// "--" is shielded too, however it looks, and the "--" itself is left out. So
// is what begins like a negative number: no option does. The command goes in as
// it is, behind "item" the one after that too; what they are not, CLI11 never
// sees.

#include "command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <functional>
#include <iostream>
#include <memory>
#include <stdexcept>

#include "dyno/flake.h"
#include "help.h"
#include "item_format.h"
#include "json_lines.h"
#include "manual.h"
#include "message.h"

namespace cli {
namespace {

constexpr char kShield = ':';
constexpr char kItemCommand[] = "item";  // it has commands of its own
constexpr char kConnectionGroup[] = "Connection";
constexpr int kDescriptionColumn = 28;      // of a help text
constexpr double kTimeoutSecondsMax = 540;  // RetryOptions::deadline says why
constexpr int kPortMax = 65535;
constexpr int kTransactionStepMsMax = 60'000;
constexpr double kRateMin = 0.1, kRateMax = 1e9;  // units a second

struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// ------------------------------------------------------------- the shielding

std::string Unshield(const std::string& argument) {
  return argument.starts_with(kShield) ? argument.substr(1) : argument;
}

bool LooksLikeAnOption(const std::string& argument) {
  return argument.size() >= 2 && argument[0] == '-' &&
         (argument[1] < '0' || argument[1] > '9');
}

std::vector<std::string> Shield(int argc, char** argv) {
  const bool has_two_words =
      argc > 1 && argv[1] == std::string_view(kItemCommand);
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

/// Takes every "help" at `at` away, and the shield off what is then there;
/// false when there was none.
bool TakeHelp(size_t at, std::vector<std::string>* arguments) {
  bool taken = false;
  while (at < arguments->size() && (*arguments)[at] == kHelpCommand) {
    taken = true;
    arguments->erase(arguments->begin() + static_cast<ptrdiff_t>(at));
    if (at < arguments->size()) (*arguments)[at] = Unshield((*arguments)[at]);
  }
  return taken;
}

// "help", "help COMMAND" and "item help COMMAND" become "--help", "COMMAND
// --help" and "item COMMAND --help".
std::vector<std::string> TranslateHelp(std::vector<std::string> arguments) {
  size_t words = 1;
  bool asked = TakeHelp(0, &arguments);
  if (!arguments.empty() && arguments[0] == kItemCommand) {
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

// ------------------------------------------------------------------- numbers

template <typename Number>
Number ParseNumber(const std::string& option, const std::string& text,
                   Number min, Number max) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  // The negation is also for what is not a number (NaN).
  if (error != std::errc() || stop != end ||
      !(number >= min && number <= max)) {
    throw UsageError(fmt::format("{} does not take '{}', but {} to {}", option,
                                 text, min, max));
  }
  return number;
}

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

CLI::App* FindCommand(CLI::App* app, const std::string& name) {
  for (CLI::App* each : app->get_subcommands(nullptr)) {
    if (each->get_name() == name) return each;
  }
  return nullptr;
}

/// Names and descriptions as CLI11 lays them out, without its remarks.
class Formatter : public CLI::Formatter {
 public:
  Formatter() {
    column_width(kDescriptionColumn);
    label("Positionals", "Arguments");
  }
  std::string make_option_opts(const CLI::Option* option) const override {
    return TakesValue(option) ? " " + option->get_type_name() : "";
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
  // Between two groups of options there would be two.
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

/// The usage line of --help, bare.
std::string DescribeUsage(const CLI::App* app, const std::string& name) {
  const std::string usage = Formatter().make_usage(app, name);
  const size_t begin = usage.find(name);
  return usage.substr(begin, usage.find_last_not_of('\n') + 1 - begin);
}

/// `program` and `name` together are what is typed; the program's own name is
/// empty.
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
    // One without a name is hidden.
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

using Setter = std::function<void(const std::string&)>;

/// An option or argument with a value. When it is given again the last counts.
CLI::Option* AddValue(CLI::App* app, const std::string& name,
                      const std::string& metavariable,
                      const std::string& description, Setter set) {
  const auto callback = [set](const CLI::results_t& values) {
    for (const std::string& value : values) set(Unshield(value));
    return true;
  };
  CLI::Option* option = app->add_option(name, callback, description);
  option->type_name(metavariable);
  if (!option->get_positional()) option->take_last();
  return option;
}

Setter Into(std::string* target) {
  return [target](const std::string& value) { *target = value; };
}

Setter Into(std::optional<std::string>* target) {
  return [target](const std::string& value) { *target = value; };
}

/// A file's name; "-" is that of a standard stream.
Setter IntoFile(std::optional<std::string>* target) {
  return [target](const std::string& value) {
    *target = value == "-" ? std::nullopt : std::optional(value);
  };
}

class Parser {
 public:
  explicit Parser(CommandLine* line) : line_(*line) {
    root_.formatter(std::make_shared<Formatter>());  // the commands inherit it
    root_.footer(kProgramFooter);
    root_.require_subcommand(1, 1);
    root_.set_version_flag("--version", "dynamodown " DYNAMODOWN_VERSION,
                           "Print the version");
    root_.set_help_flag("-h,--help", "Print this text");

    AddGet();
    AddPut();
    AddDel();
    AddScan();
    AddCount();
    AddCreate();
    AddDestroy();
    AddInfo();
    AddList();
    AddIam();
    AddDoctor();
    AddDump();
    AddLoad();
    AddBatch();
    AddFakeServer();
    AddItem();
  }

  std::optional<int> Parse(int argc, char** argv) {
    std::vector<std::string> arguments = TranslateHelp(Shield(argc, argv));
    CLI::App* app = &root_;
    std::string command;            // its words
    std::string before = program_;  // of them, the program's included
    for (size_t i = 0; !CommandsOf(*app).empty(); ++i) {
      if (i == arguments.size()) return Misuse(command, "a command is missing");
      if (arguments[i].starts_with('-')) break;
      if (app != &root_) before += " " + app->get_name();
      command += (command.empty() ? "" : " ") + arguments[i];
      app = FindCommand(app, arguments[i]);
      if (app == nullptr) {
        const size_t known = command.size() - arguments[i].size();
        return Misuse(command.substr(0, known - std::min<size_t>(known, 1)),
                      "there is no command '" + command + "'");
      }
    }
    try {
      std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
      root_.parse(std::move(arguments));
      Decode();
    } catch (const CLI::CallForHelp&) {
      std::cout << app->help(app == &root_ ? "" : before);
      return FinishText();
    } catch (const CLI::CallForVersion& e) {
      std::cout << e.what() << '\n';
      return FinishText();
    } catch (const CLI::ExtrasError&) {
      return Misuse(command, Unexpected(*app));
    } catch (const CLI::RequiredError& e) {
      // Rather the option that is unknown than the key that it is not.
      if (!CommandsOf(*app).empty() || app->remaining_size() > 0) {
        return Misuse(command, Unexpected(*app));
      }
      return Misuse(command, e.what());
    } catch (const CLI::ConversionError&) {
      return Misuse(command, "an option was given a value that takes none");
    } catch (const CLI::ParseError& e) {
      return Misuse(command, e.what());
    } catch (const UsageError& e) {
      return Misuse(command, e.what());
    }
    return std::nullopt;
  }

  Manual Describe() const {
    Manual manual;
    manual.program = DescribeApp(&root_, program_, "");
    manual.commands = std::move(manual.program.commands);
    manual.program.commands.clear();
    return manual;
  }

 private:
  static int FinishText() {
    return std::cout.flush() ? kExitOk : Fail("cannot write standard output");
  }

  static std::string Unexpected(const CLI::App& app) {
    const std::vector<std::string> rest = app.remaining(true);
    if (rest.empty()) return "a command is missing";
    if (rest[0].starts_with(kShield)) {
      return "unexpected argument '" + Unshield(rest[0]) + "'";
    }
    const std::string option = rest[0].substr(0, rest[0].find('='));
    if (!CommandsOf(app).empty()) {
      return "'" + option + "' is before the command, or unknown";
    }
    return "there is no option " + option;
  }

  // ------------------------------------------------------- groups of options

  CLI::App* AddCommand(Command command, const std::string& name,
                       const std::string& description, const char* footer) {
    CLI::App* app = AddPlainCommand(command, name, description, footer);
    AddLocation(app);
    return app;
  }

  /// One that is about no store.
  CLI::App* AddPlainCommand(Command command, const std::string& name,
                            const std::string& description,
                            const char* footer) {
    CLI::App* app = AddNamed(&root_, name, description, footer);
    app->callback([this, command] { line_.command = command; });
    return app;
  }

  static CLI::App* AddNamed(CLI::App* parent, const std::string& name,
                            const std::string& description,
                            const char* footer) {
    CLI::App* app = parent->add_subcommand(name, description);
    app->group("Commands");
    app->footer(footer);
    app->set_help_flag("-h,--help", "Print this text");
    return app;
  }

  void AddLocation(CLI::App* app) {
    AddValue(app, "LOCATION", "", "The store: see dynamodown --help",
             Into(&line_.location))
        ->required();
  }

  void AddKey(CLI::App* app) {
    AddKeys(app, "KEY", "Its bytes, or what --hex or --base64 say")
        ->expected(1);
  }

  CLI::Option* AddKeys(CLI::App* app, const std::string& name,
                       const std::string& description) {
    return AddValue(
               app, name, "", description,
               [this](const std::string& key) { line_.keys.push_back(key); })
        ->required();
  }

  void AddEncoding(CLI::App* app, const std::string& what) {
    const auto set = [this](Encoding encoding) {
      return [this, encoding](int64_t) { line_.encoding = encoding; };
    };
    CLI::Option* hex =
        app->add_flag("--hex", set(Encoding::kHex), what + " in hexadecimal");
    CLI::Option* base64 =
        app->add_flag("--base64", set(Encoding::kBase64), what + " in base64");
    hex->excludes(base64);
  }

  void AddJson(CLI::App* app, const std::string& description) {
    app->add_flag("--json", line_.json, description);
  }

  void AddBounds(CLI::App* app) {
    dynamodown::Bounds& bounds = line_.bounds;
    AddValue(app, "--from", "KEY", "From this key on", Into(&bounds.gte));
    AddValue(app, "--to", "KEY", "Up to this key, without it",
             Into(&bounds.lt));
    AddValue(app, "--prefix", "KEY", "Keys that begin with this",
             Into(&bounds.prefix));
  }

  void AddLimit(CLI::App* app) {
    AddValue(app, "--limit", "N", "At most so many",
             [this](const std::string& value) {
               line_.limit =
                   ParseNumber<uint64_t>("--limit", value, 0, UINT64_MAX);
             });
  }

  void AddEventual(CLI::App* app) {
    app->add_flag(
        "--eventual",
        [this](int64_t) {
          line_.options.consistency = dynamodown::Consistency::kEventual;
        },
        "Read at half the price what may be a\nsecond old");
  }

  void AddReadRate(CLI::App* app) {
    AddRate(app, "--max-rcu",
            "Consume N read units a second at most,\non average",
            &line_.options.rate.read_units);
  }

  void AddWriteRate(CLI::App* app) {
    AddRate(app, "--max-wcu",
            "Consume N write units a second at most,\non average",
            &line_.options.rate.write_units);
  }

  void AddRate(CLI::App* app, const std::string& name,
               const std::string& description, double* units) {
    AddValue(app, name, "N", description,
             [name, units](const std::string& value) {
               *units = ParseNumber(name, value, kRateMin, kRateMax);
             });
  }

  /// What says where the table is.
  void AddPlace(CLI::App* app) {
    dynamodown::ConnectionOptions& connection = line_.options.connection;
    AddValue(app, "--profile", "NAME",
             "A profile of ~/.aws/config and\n~/.aws/credentials",
             Into(&connection.profile))
        ->group(kConnectionGroup);
    AddValue(app, "--region", "NAME", "AWS region", Into(&connection.region))
        ->group(kConnectionGroup);
  }

  void AddConnection(CLI::App* app) {
    constexpr const char* kGroup = kConnectionGroup;
    AddPlace(app);
    dynamodown::ConnectionOptions& connection = line_.options.connection;
    AddValue(app, "--endpoint", "URL", "Another server than the region's own",
             Into(&connection.endpoint))
        ->group(kGroup);
    AddValue(app, "--ca-bundle", "FILE",
             "Authorities to trust (PEM) instead of\nthe system's",
             Into(&connection.ca_bundle))
        ->group(kGroup);
    AddValue(app, "--timeout", "SECONDS",
             "Give up when there is no progress for\nthis long (default 60)",
             [this](const std::string& value) { SetTimeout(value); })
        ->group(kGroup);
    app->add_flag("-v,--verbose", line_.verbose,
                  "Print each request, and at the end the\nrequests, retries "
                  "and units, on\nstandard error")
        ->group(kGroup);
  }

  void SetTimeout(const std::string& text) {
    const double seconds =
        ParseNumber("--timeout", text, 0.001, kTimeoutSecondsMax);
    const std::chrono::milliseconds timeout(
        static_cast<int64_t>(seconds * 1000));
    line_.options.retry.deadline = timeout;
    dynamodown::ConnectionOptions& connection = line_.options.connection;
    connection.attempt_timeout = std::min(connection.attempt_timeout, timeout);
    connection.connect_timeout = std::min(connection.connect_timeout, timeout);
  }

  void AddTable(CLI::App* app) {
    constexpr char kGroup[] = "Table";
    dynamodown::TableOptions& table = line_.options.table;
    CLI::Option* hash =
        AddValue(app, "--hash-key", "NAME",
                 "Its hash key; with both names the table\nis not asked",
                 Into(&table.hash_key))
            ->group(kGroup);
    CLI::Option* range = AddValue(app, "--range-key", "NAME", "Its range key",
                                  Into(&table.range_key))
                             ->group(kGroup);
    hash->needs(range);
    range->needs(hash);
    AddValue(app, "--key-type", "B|S",
             "Type of the range key: B for any bytes\n(default), S for text",
             [this](const std::string& value) { SetKeyType(value); })
        ->group(kGroup);
    AddValue(app, "--value-attribute", "NAME",
             "The attribute that holds the value\n(default: value)",
             Into(&table.value_attribute))
        ->group(kGroup);
  }

  void SetKeyType(const std::string& value) {
    if (value != "B" && value != "S") {
      throw UsageError("--key-type takes B or S, not '" + value + "'");
    }
    line_.options.table.key_type = value == "S" ? dynamodown::KeyType::kString
                                                : dynamodown::KeyType::kBinary;
  }

  CLI::Option* AddUnits(CLI::App* app, const std::string& name,
                        const std::string& description, int64_t* units) {
    const auto set = [name, units](const std::string& value) {
      *units = ParseNumber<int64_t>(name, value, 1, INT64_MAX);
    };
    return AddValue(app, name, "N", description, set)->group("Table");
  }

  // ---------------------------------------------------------------- commands

  void AddGet() {
    CLI::App* app = AddCommand(Command::kGet, "get", kGetHelp, kGetFooter);
    AddKey(app);
    AddEncoding(app, "KEY and the value are");
    AddJson(app, "Print a JSON object");
    app->add_flag("-n,--raw", line_.raw, "Print no newline after the value");
    AddEventual(app);
    AddTable(app);
    AddConnection(app);
  }

  void AddPut() {
    CLI::App* app = AddCommand(Command::kPut, "put", kPutHelp, kPutFooter);
    AddKey(app);
    AddValue(app, "VALUE", "", "Likewise; none or -: standard input",
             [this](const std::string& value) {
               if (value != "-") line_.value = value;
             });
    AddEncoding(app, "KEY and VALUE are");
    AddTable(app);
    AddConnection(app);
  }

  void AddDel() {
    CLI::App* app = AddCommand(Command::kDel, "del", kDelHelp, kDelFooter);
    AddKeys(app, "KEY", "Their bytes, or what --hex or --base64\nsay")
        ->expected(1, CLI::detail::expected_max_vector_size)
        ->allow_extra_args();
    AddEncoding(app, "KEYs are");
    AddWriteRate(app);
    AddTable(app);
    AddConnection(app);
  }

  void AddScan() {
    CLI::App* app = AddCommand(Command::kScan, "scan", kScanHelp, kScanFooter);
    AddBounds(app);
    app->add_flag("-r,--reverse", line_.reverse, "From the last key back");
    AddLimit(app);
    app->add_flag("--keys-only", line_.bounds.keys_only, "Print no values");
    AddEncoding(app, "Keys, bounds and values are");
    AddJson(app, "Print a JSON object a line");
    AddEventual(app);
    AddReadRate(app);
    AddTable(app);
    AddConnection(app);
  }

  void AddCount() {
    CLI::App* app =
        AddCommand(Command::kCount, "count", kCountHelp, kCountFooter);
    AddBounds(app);
    AddEncoding(app, "Bounds are");
    AddJson(app, "Print {\"count\":N}");
    AddEventual(app);
    AddReadRate(app);
    AddTable(app);
    AddConnection(app);
  }

  void AddCreate() {
    CLI::App* app =
        AddCommand(Command::kCreate, "create", kCreateHelp, kCreateFooter);
    AddTable(app);
    dynamodown::TableOptions& table = line_.options.table;
    CLI::Option* read =
        AddUnits(app, "--read-units", "Read units a second to pay for",
                 &table.read_capacity_units);
    CLI::Option* write =
        AddUnits(app, "--write-units", "Write units likewise; both or neither",
                 &table.write_capacity_units);
    read->needs(write);
    write->needs(read);
    AddConnection(app);
  }

  void AddDestroy() {
    CLI::App* app =
        AddCommand(Command::kDestroy, "destroy", kDestroyHelp, kDestroyFooter);
    app->add_flag("--force", line_.destroy.force,
                  "Also a store that another library made");
    app->add_flag("--drop-table", line_.destroy.drop_table,
                  "Then the table, if nothing else is in it");
    AddTable(app);
    AddConnection(app);
  }

  void AddInfo() {
    CLI::App* app = AddCommand(Command::kInfo, "info", kInfoHelp, kInfoFooter);
    AddJson(app, "Print a JSON object");
    AddTable(app);
    AddConnection(app);
  }

  void AddList() {
    CLI::App* app = AddCommand(Command::kList, "list", kListHelp, kListFooter);
    AddJson(app, "Print a JSON object a line");
    AddConnection(app);
  }

  void AddIam() {
    CLI::App* app = AddCommand(Command::kIam, "iam", kIamHelp, kIamFooter);
    AddAccess(app, "What is allowed; write is the default");
    AddValue(app, "--account", "ID", "The table's account, 12 digits",
             Into(&line_.iam.account));
    AddTable(app);
    AddPlace(app);
  }

  void AddDoctor() {
    CLI::App* app =
        AddCommand(Command::kDoctor, "doctor", kDoctorHelp, kDoctorFooter);
    AddAccess(app, "What is tried; write is the default");
    AddJson(app, "Print a JSON object a line");
    AddTable(app);
    AddConnection(app);
  }

  void AddAccess(CLI::App* app, const std::string& description) {
    AddValue(app, "--access", "read|write|manage", description,
             [this](const std::string& value) { SetAccess(value); });
  }

  void SetAccess(const std::string& value) {
    using dynamodown::Access;
    dynamodown::IamOptions& iam = line_.iam;
    if (value == "read") {
      iam.access = Access::kRead;
    } else if (value == "write") {
      iam.access = Access::kWrite;
    } else if (value == "manage") {
      iam.access = Access::kManage;
    } else {
      throw UsageError("--access takes read, write or manage, not '" + value +
                       "'");
    }
  }

  void AddDump() {
    CLI::App* app = AddCommand(Command::kDump, "dump", kDumpHelp, kDumpFooter);
    AddValue(
        app, "-o,--output", "FILE",
        "Into this file, which must not exist;\nnone or -: standard output",
        IntoFile(&line_.output));
    const auto set = [this](DumpFile::Mode mode) {
      return [this, mode](int64_t) { line_.output_mode = mode; };
    };
    CLI::Option* resume =
        app->add_flag("--resume", set(DumpFile::Mode::kResume),
                      "Go on behind the last record of FILE,\nif there is one");
    app->add_flag("--force", set(DumpFile::Mode::kReplace),
                  "Replace FILE if it exists")
        ->excludes(resume);
    AddBounds(app);
    AddEncoding(app, "Bounds are");
    AddEventual(app);
    AddReadRate(app);
    AddTable(app);
    AddConnection(app);
  }

  void AddLoad() {
    CLI::App* app = AddCommand(Command::kLoad, "load", kLoadHelp, kLoadFooter);
    AddInput(app);
    AddValue(app, "--checkpoint", "FILE",
             "Keep in this file how far it got, and\ngo on from there",
             Into(&line_.checkpoint));
    app->add_flag(
        "--no-create", [this](int64_t) { line_.creates = false; },
        "Do not make a store that is missing");
    AddWriteRate(app);
    AddTable(app);
    AddConnection(app);
  }

  void AddBatch() {
    CLI::App* app =
        AddCommand(Command::kBatch, "batch", kBatchHelp, kBatchFooter);
    AddInput(app);
    app->add_flag(
        "--unordered", line_.unordered,
        "Any number of operations, not\natomically, at half the price");
    AddWriteRate(app);
    AddTable(app);
    AddConnection(app);
  }

  void AddFakeServer() {
    CLI::App* app = AddPlainCommand(Command::kFakeServer, "fake-server",
                                    kFakeServerHelp, kFakeServerFooter);
    FakeServerOptions& server = line_.fake_server;
    AddValue(app, "--port", "N",
             "Where to listen (default 8000); 0: any\nthat is free",
             [&server](const std::string& value) {
               server.port = ParseNumber("--port", value, 0, kPortMax);
             });
    CLI::Option* certificate =
        AddValue(app, "--tls", "FILE",
                 "Speak TLS with this certificate (PEM);\nits key is there too",
                 Into(&server.certificate));
    AddValue(app, "--key", "FILE", "... or in this file", Into(&server.key))
        ->needs(certificate);
    AddValue(app, "--faults", "FILE",
             "What goes wrong, and how often; or\n\"default\": a bad day",
             Into(&server.faults));
    AddValue(
        app, "--seed", "N",
        "The same seed, the same faults for the\nsame requests (default 1)",
        [&server](const std::string& value) {
          server.seed = ParseNumber<uint64_t>("--seed", value, 0, UINT64_MAX);
        });
    AddValue(app, "--transaction-step", "MS",
             "How long each step of a transaction\ntakes, in milliseconds "
             "(default 0)",
             [&server](const std::string& value) {
               server.transaction_step = std::chrono::milliseconds(ParseNumber(
                   "--transaction-step", value, 0, kTransactionStepMsMax));
             });
    app->add_flag("--throttle-by-load", server.throttles_by_load,
                  "Refuse what is more than a partition\ncan serve");
    app->add_flag("--json", server.json, "Print {\"url\":...,\"port\":N}");
  }

  void AddInput(CLI::App* app) {
    AddValue(app, "FILE", "", "Lines; none or -: standard input",
             IntoFile(&line_.input));
  }

  // ------------------------------------------------------- commands of item

  void AddItem() {
    CLI::App* item = AddNamed(&root_, kItemCommand, kItemHelp, kItemFooter);
    item->require_subcommand(1, 1);
    AddItemWrites(item);
    AddItemGet(item);
    AddItemHistory(item);
    AddItemFlatten(item);
    AddItemSettle(item);
    AddItemQuery(item);
    AddItemScan(item);
  }

  CLI::App* AddVerb(CLI::App* item, ItemVerb verb, const std::string& name,
                    const std::string& description, const char* footer) {
    CLI::App* app = AddNamed(item, name, description, footer);
    app->callback([this, verb] {
      line_.command = Command::kItem;
      line_.item.verb = verb;
    });
    AddLocation(app);
    return app;
  }

  CLI::Option* AddName(CLI::App* app) {
    return AddValue(app, "NAME", "", "The item's name, any bytes but none",
                    Into(&line_.item.name));
  }

  void AddItemWrites(CLI::App* item) {
    ItemArguments& arguments = line_.item;
    CLI::App* put =
        AddWrite(item, ItemVerb::kPut, "put", kItemPutHelp, kItemPutFooter);
    AddObject(put);
    CLI::App* set =
        AddWrite(item, ItemVerb::kSet, "set", kItemSetHelp, kItemSetFooter);
    AddObject(set);
    CLI::App* unset = AddWrite(item, ItemVerb::kUnset, "unset", kItemUnsetHelp,
                               kItemUnsetFooter);
    AddValues(unset, "ATTR", "Names of attributes")->required();
    CLI::App* inc =
        AddWrite(item, ItemVerb::kInc, "inc", kItemIncHelp, kItemIncFooter);
    AddAttribute(inc)->required();
    AddValue(inc, "BY", "",
             "A number, which may be negative; 1 is the\ndefault",
             Into(&arguments.by));
    CLI::App* append = AddWrite(item, ItemVerb::kAppend, "append",
                                kItemAppendHelp, kItemAppendFooter);
    AddAttribute(append)->required();
    AddValue(
        append, "TEXT", "", "What to append",
        [&arguments](const std::string& text) { arguments.values = {text}; })
        ->required();
    CLI::App* add =
        AddWrite(item, ItemVerb::kAdd, "add", kItemAddHelp, kItemAddFooter);
    AddAttribute(add)->required();
    AddValues(add, "VALUE", "Texts")->required();
    CLI::App* remove = AddWrite(item, ItemVerb::kRemove, "remove",
                                kItemRemoveHelp, kItemRemoveFooter);
    AddAttribute(remove)->required();
    AddValues(remove, "VALUE", "Texts")->required();
    AddWrite(item, ItemVerb::kDel, "del", kItemDelHelp, kItemDelFooter);
  }

  /// Its arguments behind NAME are still to come.
  CLI::App* AddWrite(CLI::App* item, ItemVerb verb, const std::string& name,
                     const std::string& description, const char* footer) {
    CLI::App* app = AddVerb(item, verb, name, description, footer);
    AddName(app)->required();
    AddValue(app, "--timestamp", "TIMESTAMP",
             "Repeat a write that failed, and had this\ntimestamp",
             IntoNotEmpty("--timestamp", &line_.item.timestamp));
    AddTable(app);
    AddConnection(app);
    return app;
  }

  void AddObject(CLI::App* app) {
    AddValue(app, "JSON", "", "An object; none or -: standard input",
             IntoFile(&line_.item.object));
  }

  CLI::Option* AddAttribute(CLI::App* app) {
    return AddValue(app, "ATTR", "", "The attribute's name",
                    Into(&line_.item.attribute));
  }

  CLI::Option* AddValues(CLI::App* app, const std::string& name,
                         const std::string& description) {
    return AddValue(app, name, "", description,
                    [this](const std::string& value) {
                      line_.item.values.push_back(value);
                    })
        ->expected(1, CLI::detail::expected_max_vector_size)
        ->allow_extra_args();
  }

  /// An empty one, as of a variable that is not set, would mean another thing.
  static std::function<void(const std::string&)> IntoNotEmpty(
      const std::string& name, std::string* place) {
    return [name, place](const std::string& value) {
      if (value.empty()) throw UsageError(name + " must not be empty");
      *place = value;
    };
  }

  CLI::Option* AddTime(CLI::App* app, const std::string& name,
                       const std::string& metavariable,
                       const std::string& description) {
    return AddValue(
        app, name, metavariable, description,
        [this, name](const std::string& value) { SetTime(name, value); });
  }

  void SetTime(const std::string& name, const std::string& value) {
    const std::optional<std::string> bound = TimeBound(value);
    if (!bound) {
      throw UsageError(name + " '" + value +
                       "' is no timestamp, no beginning of one and no time "
                       "like 2013-03-11T20:46:20Z");
    }
    line_.item.timestamp = *bound;
  }

  void AddItemGet(CLI::App* item) {
    CLI::App* app =
        AddVerb(item, ItemVerb::kGet, "get", kItemGetHelp, kItemGetFooter);
    AddName(app)->required();
    AddTime(app, "--as-of", "TIMESTAMP", "As it was then");
    AddJson(app, "Print an object with all there is to say");
    AddTable(app);
    AddConnection(app);
  }

  void AddItemHistory(CLI::App* item) {
    CLI::App* app = AddVerb(item, ItemVerb::kHistory, "history",
                            kItemHistoryHelp, kItemHistoryFooter);
    AddName(app)->required();
    AddJson(app, "Print a JSON object a line");
    AddTable(app);
    AddConnection(app);
  }

  void AddItemFlatten(CLI::App* item) {
    CLI::App* app = AddVerb(item, ItemVerb::kFlatten, "flatten",
                            kItemFlattenHelp, kItemFlattenFooter);
    AddName(app);
    CLI::Option* timestamp =
        AddTime(app, "TIMESTAMP", "", "Up to then; none: everything");
    CLI::Option* hash =
        AddValue(app, "--hash", "HASH", "Up to the change that gave this hash",
                 IntoNotEmpty("--hash", &line_.item.hash));
    hash->excludes(timestamp);
    CLI::Option* all =
        app->add_flag("--all", line_.item.all, "Every item; NAME is left out");
    CLI::Option* until =
        AddTime(app, "--until", "TIMESTAMP", "With --all: up to then");
    until->needs(all);
    all->excludes(hash);
    AddJson(app, "Print a JSON object");
    AddTable(app);
    AddConnection(app);
  }

  void AddItemSettle(CLI::App* item) {
    CLI::App* app = AddVerb(item, ItemVerb::kSettle, "settle", kItemSettleHelp,
                            kItemSettleFooter);
    AddName(app);
    AddValues(app, "KEY", "Late operations; none: all of them");
    app->add_flag("--all", line_.item.all, "Of every item; NAME is left out");
    app->add_flag("--reapply", line_.item.reapply,
                  "Apply them now, as new operations");
    AddTable(app);
    AddConnection(app);
  }

  void AddItemQuery(CLI::App* item) {
    CLI::App* app = AddVerb(item, ItemVerb::kQuery, "query", kItemQueryHelp,
                            kItemQueryFooter);
    AddValue(app, "FROM", "", "The first name; empty: from the beginning",
             Into(&line_.item.from))
        ->required();
    AddValue(app, "TO", "",
             "The last name, itself included; none or\nempty: to the end",
             Into(&line_.item.to));
    AddItemsOutput(app);
  }

  void AddItemScan(CLI::App* item) {
    CLI::App* app =
        AddVerb(item, ItemVerb::kScan, "scan", kItemScanHelp, kItemScanFooter);
    CLI::Option* attribute =
        AddValue(app, "ATTR", "", "Only items with this attribute ...",
                 Into(&line_.item.attribute));
    CLI::Option* value =
        AddValue(app, "VALUE", "", "... that has this value: JSON",
                 Into(&line_.item.value));
    attribute->needs(value);
    AddItemsOutput(app);
  }

  void AddItemsOutput(CLI::App* app) {
    AddLimit(app);
    app->add_flag("--names-only", line_.item.names_only, "Print no items");
    AddJson(app, "Print a JSON object a line");
    AddReadRate(app);
    AddTable(app);
    AddConnection(app);
  }

  void CheckItem() const {
    const ItemArguments& item = line_.item;
    CheckUtf8("ATTR", item.attribute);
    if (item.verb != ItemVerb::kSettle) {
      for (const std::string& value : item.values) {
        CheckUtf8(item.verb == ItemVerb::kUnset    ? "ATTR"
                  : item.verb == ItemVerb::kAppend ? "TEXT"
                                                   : "VALUE",
                  value);
      }
    }
    const bool is_number =
        IsJson(item.by) && item.by.find_first_of("-0123456789") == 0;
    if (!is_number) throw UsageError("BY '" + item.by + "' is no number");
    if (item.verb == ItemVerb::kScan) CheckScan();
    const bool takes_all =
        item.verb == ItemVerb::kFlatten || item.verb == ItemVerb::kSettle;
    if (takes_all) CheckAll();
  }

  static void CheckUtf8(const std::string& name, const std::string& text) {
    if (!IsUtf8(text)) {
      throw UsageError(name + " '" + EncodeForLine(Encoding::kText, text) +
                       "' is not UTF-8");
    }
  }

  void CheckScan() const {
    const ItemArguments& item = line_.item;
    if (!item.value) return;
    if (item.attribute.empty()) throw UsageError("ATTR is empty");
    if (!IsJson(*item.value)) {
      throw UsageError("VALUE '" + *item.value +
                       "' is not JSON; a text is in quotes: '\"" + *item.value +
                       "\"'");
    }
  }

  void CheckAll() const {
    const ItemArguments& item = line_.item;
    if (item.all && !item.name.empty()) {
      throw UsageError(item.verb == ItemVerb::kFlatten
                           ? "--all takes no NAME; its time is --until "
                             "TIMESTAMP"
                           : "--all takes no NAME");
    }
    if (!item.all && item.name.empty()) throw UsageError("NAME is missing");
  }

  // ---------------------------------------------------------------- decoding

  void Decode() {
    CheckTogether();
    if (line_.command == Command::kItem) CheckItem();
    for (std::string& key : line_.keys) DecodeOne("KEY", &key);
    if (line_.value) DecodeOne("VALUE", &*line_.value);
    dynamodown::Bounds& bounds = line_.bounds;
    if (bounds.gte) DecodeOne("--from", &*bounds.gte);
    if (bounds.lt) DecodeOne("--to", &*bounds.lt);
    if (bounds.prefix) DecodeOne("--prefix", &*bounds.prefix);
  }

  void CheckTogether() const {
    const bool continues = line_.output_mode != DumpFile::Mode::kNew;
    if (line_.command == Command::kDump && continues && !line_.output) {
      throw UsageError("--resume and --force need --output FILE");
    }
    if (!line_.location.starts_with("leveldb:")) return;
    const dynamodown::RateOptions& rate = line_.options.rate;
    if (rate.read_units != 0 || rate.write_units != 0) {
      throw UsageError(
          std::string(rate.read_units != 0 ? "--max-rcu" : "--max-wcu") +
          ": an embedded store has no units");
    }
  }

  void DecodeOne(const std::string& name, std::string* argument) {
    std::optional<std::string> bytes = cli::Decode(line_.encoding, *argument);
    if (!bytes) {
      throw UsageError(
          name + " '" + *argument + "' is not " +
          (line_.encoding == Encoding::kHex ? "hexadecimal" : "base64"));
    }
    *argument = std::move(*bytes);
  }

  CommandLine& line_;
  const std::string program_ = "dynamodown";
  CLI::App root_{kProgramHelp, program_};
};

}  // namespace

std::optional<int> ParseCommandLine(int argc, char** argv, CommandLine* line) {
  return Parser(line).Parse(argc, argv);
}

Manual DescribeCommandLine() {
  CommandLine line;
  return Parser(&line).Describe();
}

}  // namespace cli

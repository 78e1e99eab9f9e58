#include "command_builder.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace cli {
namespace {

constexpr char kConnectionGroup[] = "Connection";
constexpr double kTimeoutSecondsMax = 540;  // RetryOptions::deadline says why
constexpr double kRateMin = 0.1, kRateMax = 1e9;  // units a second

void SetTimeout(const std::string& text, CommandLine* line) {
  const double seconds =
      ParseNumber("--timeout", text, 0.001, kTimeoutSecondsMax);
  const std::chrono::milliseconds timeout(static_cast<int64_t>(seconds * 1000));
  line->options.retry.deadline = timeout;
  dynamodown::ConnectionOptions& connection = line->options.connection;
  connection.attempt_timeout = std::min(connection.attempt_timeout, timeout);
  connection.connect_timeout = std::min(connection.connect_timeout, timeout);
}

void SetKeyType(const std::string& value, CommandLine* line) {
  if (value != "B" && value != "S") {
    throw UsageError("--key-type takes B or S, not '" + value + "'");
  }
  line->options.table.key_type = value == "S" ? dynamodown::KeyType::kString
                                              : dynamodown::KeyType::kBinary;
}

}  // namespace

Setter Into(std::string* target) {
  return [target](const std::string& value) { *target = value; };
}

Setter Into(std::optional<std::string>* target) {
  return [target](const std::string& value) { *target = value; };
}

Setter IntoFile(std::optional<std::string>* target) {
  return [target](const std::string& value) {
    *target = value == "-" ? std::nullopt : std::optional(value);
  };
}

Setter IntoNotEmpty(const std::string& name, std::string* target) {
  return [name, target](const std::string& value) {
    if (value.empty()) throw UsageError(name + " is empty");
    *target = value;
  };
}

void CheckRates(const CommandLine& line) {
  if (!line.location.starts_with("leveldb:")) return;
  const dynamodown::RateOptions& rate = line.options.rate;
  if (rate.read_units != 0 || rate.write_units != 0) {
    throw UsageError(
        std::string(rate.read_units != 0 ? "--max-rcu" : "--max-wcu") +
        ": an embedded store has no units");
  }
}

CommandBuilder::CommandBuilder(CommandSpec* parent, CommandLine* line,
                               const std::string& name,
                               const std::string& description,
                               const char* footer)
    : line_(line), command_(&parent->commands.emplace_back()) {
  command_->name = name;
  command_->description = description;
  command_->footer = footer;
}

void CommandBuilder::set_finish(std::function<void()> finish) {
  command_->finish = std::move(finish);
}

// -------------------------------------------------------------- one at a time

ArgumentSpec& CommandBuilder::AddArgument(const std::string& name,
                                          const std::string& description,
                                          Setter set) {
  return AddOption(name, "", description, std::move(set));
}

ArgumentSpec& CommandBuilder::AddOption(const std::string& name,
                                        const std::string& metavariable,
                                        const std::string& description,
                                        Setter set) {
  ArgumentSpec& added = command_->arguments.emplace_back();
  added.name = name;
  added.metavariable = metavariable;
  added.description = description;
  added.set = std::move(set);
  return added;
}

ArgumentSpec& CommandBuilder::AddFlag(const std::string& name,
                                      const std::string& description,
                                      std::function<void()> set) {
  ArgumentSpec& added =
      AddOption(name, "", description,
                [set = std::move(set)](const std::string&) { set(); });
  added.is_flag = true;
  return added;
}

ArgumentSpec& CommandBuilder::AddFlag(const std::string& name,
                                      const std::string& description,
                                      bool* target) {
  return AddFlag(name, description, [target] { *target = true; });
}

// ----------------------------------------------------------- what is the same

void CommandBuilder::AddLocation() {
  AddArgument("LOCATION", "The store: see dynamodown --help",
              Into(&line_->location))
      .is_required = true;
}

void CommandBuilder::AddEncoding(const std::string& what) {
  AddFlag("--hex", what + " in hexadecimal", [line = line_] {
    line->encoding = Encoding::kHex;
  }).excludes = {"--base64"};
  AddFlag("--base64", what + " in base64",
          [line = line_] { line->encoding = Encoding::kBase64; });
}

void CommandBuilder::AddJson(const std::string& description) {
  AddFlag("--json", description, &line_->json);
}

void CommandBuilder::AddBounds() {
  dynamodown::Bounds& bounds = line_->bounds;
  AddOption("--from", "KEY", "From this key on", Into(&bounds.gte));
  AddOption("--to", "KEY", "Up to this key, without it", Into(&bounds.lt));
  AddOption("--prefix", "KEY", "Keys that begin with this",
            Into(&bounds.prefix));
}

void CommandBuilder::AddLimit() {
  AddOption("--limit", "N", "At most so many",
            [line = line_](const std::string& value) {
              line->limit =
                  ParseNumber<uint64_t>("--limit", value, 0, UINT64_MAX);
            });
}

void CommandBuilder::AddEventual() {
  AddFlag("--eventual", "Read at half the price what may be a\nsecond old",
          [line = line_] {
            line->options.consistency = dynamodown::Consistency::kEventual;
          });
}

void CommandBuilder::AddReadRate() {
  AddRate("--max-rcu", "Consume N read units a second at most,\non average",
          &line_->options.rate.read_units);
}

void CommandBuilder::AddWriteRate() {
  AddRate("--max-wcu", "Consume N write units a second at most,\non average",
          &line_->options.rate.write_units);
}

void CommandBuilder::AddRate(const std::string& name,
                             const std::string& description, double* units) {
  AddOption(name, "N", description, [name, units](const std::string& value) {
    *units = ParseNumber(name, value, kRateMin, kRateMax);
  });
}

void CommandBuilder::AddInput() {
  AddArgument("FILE", "Lines; none or -: standard input",
              IntoFile(&line_->input));
}

void CommandBuilder::AddTable() {
  constexpr char kGroup[] = "Table";
  dynamodown::TableOptions& table = line_->options.table;
  ArgumentSpec& hash =
      AddOption("--hash-key", "NAME",
                "Its hash key; with both names the table\nis not asked",
                Into(&table.hash_key));
  hash.group = kGroup;
  hash.needs = {"--range-key"};
  ArgumentSpec& range =
      AddOption("--range-key", "NAME", "Its range key", Into(&table.range_key));
  range.group = kGroup;
  range.needs = {"--hash-key"};
  AddOption(
      "--key-type", "B|S",
      "Type of the range key: B for any bytes\n(default), S for text",
      [line = line_](const std::string& value) { SetKeyType(value, line); })
      .group = kGroup;
  AddOption("--value-attribute", "NAME",
            "The attribute that holds the value\n(default: value)",
            Into(&table.value_attribute))
      .group = kGroup;
}

void CommandBuilder::AddPlace() {
  dynamodown::ConnectionOptions& connection = line_->options.connection;
  AddOption("--profile", "NAME",
            "A profile of ~/.aws/config and\n~/.aws/credentials",
            Into(&connection.profile))
      .group = kConnectionGroup;
  AddOption("--region", "NAME", "AWS region", Into(&connection.region)).group =
      kConnectionGroup;
}

void CommandBuilder::AddConnection() {
  AddPlace();
  dynamodown::ConnectionOptions& connection = line_->options.connection;
  AddOption("--endpoint", "URL", "Another server than the region's own",
            Into(&connection.endpoint))
      .group = kConnectionGroup;
  AddOption("--ca-bundle", "FILE",
            "Authorities to trust (PEM) instead of\nthe system's",
            Into(&connection.ca_bundle))
      .group = kConnectionGroup;
  AddOption(
      "--timeout", "SECONDS",
      "Give up when there is no progress for\nthis long (default 60)",
      [line = line_](const std::string& value) { SetTimeout(value, line); })
      .group = kConnectionGroup;
  AddFlag("-v,--verbose",
          "Print each request, and at the end the\nrequests, retries "
          "and units, on\nstandard error",
          &line_->verbose)
      .group = kConnectionGroup;
}

}  // namespace cli

#include "parse/store_command_builder.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "dynamodown/option_table.h"
#include "parse/location.h"

namespace cli {
namespace {

constexpr char kOther[] = "OTHER";  // the argument of a second store
constexpr char kTableGroup[] = "Table";
constexpr char kConnectionGroup[] = "Connection";
constexpr double kTimeoutSecondsMax = 540;  // RetryOptions::deadline says why

// AddFromTable leaves out these rows of the library's table. Either the
// option's value has another form on the command line, or only some commands
// have the option.
constexpr std::string_view kApart[] = {
    "batch",          "consistency",          "deadline", "key_type",
    "max_read_units", "max_write_units",      "profile",  "read_capacity_units",
    "region",         "write_capacity_units",
};

/// The name of an option's value. For a FILE, completion offers the names of
/// files.
std::string MetavariableOf(const dynamodown::OptionInfo& option) {
  using dynamodown::OptionType;
  if (option.name == "ca_bundle") return "FILE";
  if (option.name == "endpoint") return "URL";
  switch (option.type) {
    case OptionType::kText:
      return "NAME";
    case OptionType::kInteger:
    case OptionType::kNumber:
      return "N";
    case OptionType::kDuration:
      return "TIME";
    case OptionType::kBool:
      return "true|false";
    case OptionType::kChoice:
      break;
  }
  std::string choices;
  for (const std::string& choice : option.choices) {
    choices += (choices.empty() ? "" : "|") + choice;
  }
  return choices;
}

std::string DescriptionOf(const dynamodown::OptionInfo& option) {
  if (option.default_value.empty()) return option.description;
  return option.description + " (default " + option.default_value + ")";
}

/// The message of a status, without the name of its code.
std::string MessageOf(const leveldb::Status& status) {
  constexpr std::string_view kCode = "Invalid argument: ";
  std::string message = status.ToString();
  if (message.starts_with(kCode)) message.erase(0, kCode.size());
  return message;
}

void SetTimeout(const std::string& text, dynamodown::Options* options) {
  const double seconds =
      ParseNumber("--timeout", text, 0.001, kTimeoutSecondsMax);
  const std::chrono::milliseconds timeout(static_cast<int64_t>(seconds * 1000));
  options->retry.deadline = timeout;
  options->table.create_timeout =
      std::min(options->table.create_timeout, timeout);
  dynamodown::ConnectionOptions& connection = options->connection;
  connection.attempt_timeout = std::min(connection.attempt_timeout, timeout);
  connection.connect_timeout = std::min(connection.connect_timeout, timeout);
}

void SetKeyType(const std::string& value, dynamodown::Options* options) {
  if (value != "B" && value != "S") {
    throw UsageError("--key-type takes B or S, not '" + value + "'");
  }
  options->table.key_type = value == "S" ? dynamodown::KeyType::kString
                                         : dynamodown::KeyType::kBinary;
}

dynamodown::Access ParseAccess(const std::string& value) {
  if (value == "read") return dynamodown::Access::kRead;
  if (value == "write") return dynamodown::Access::kWrite;
  if (value == "manage") return dynamodown::Access::kManage;
  throw UsageError("--access takes read, write or manage, not '" + value + "'");
}

/// What the user gave, for CheckHasTable.
struct Given {
  std::optional<std::string> other;   ///< The second store's location.
  std::vector<std::string> of_table;  ///< The options with is_of_table.
};

void CheckHasTable(const CommonOptions& common, const Given& given) {
  if (!IsEmbedded(common.location) || given.of_table.empty() ||
      (given.other && !IsEmbedded(*given.other))) {
    return;
  }
  throw UsageError(given.of_table.front() +
                   " has no effect on an embedded store (leveldb:), which has "
                   "no table; leave the option out");
}

/// Makes the argument's setter call `note`, too.
void AlsoSet(ArgumentSpec* argument, Setter note) {
  argument->set = [set = std::move(argument->set),
                   note = std::move(note)](const std::string& value) {
    note(value);
    set(value);
  };
}

/// Sets an option of the library. `name` is the option's name in the table.
void SetFromTable(const std::string& name, const std::string& value,
                  dynamodown::Options* options) {
  const leveldb::Status status = dynamodown::SetOption(options, name, value);
  if (!status.ok()) throw UsageError(MessageOf(status));
}

}  // namespace

void DecodeArgument(Encoding encoding, const std::string& name,
                    std::string* argument) {
  std::optional<std::string> bytes = Decode(encoding, *argument);
  if (!bytes) {
    throw UsageError(name + " '" + *argument + "' is not " +
                     (encoding == Encoding::kHex ? "hexadecimal" : "base64"));
  }
  *argument = *std::move(bytes);
}

void DecodeBounds(Encoding encoding, dynamodown::Bounds* bounds) {
  if (bounds->gte) DecodeArgument(encoding, "--from", &*bounds->gte);
  if (bounds->lt) DecodeArgument(encoding, "--to", &*bounds->lt);
  if (bounds->prefix) DecodeArgument(encoding, "--prefix", &*bounds->prefix);
}

bool IsInside(const dynamodown::Bounds& bounds, std::string_view key) {
  return (!bounds.gte || key >= *bounds.gte) &&
         (!bounds.lt || key < *bounds.lt) &&
         (!bounds.prefix || key.starts_with(*bounds.prefix));
}

StoreCommandBuilder::StoreCommandBuilder(const std::string& name,
                                         const std::string& description,
                                         const char* footer,
                                         CommonOptions* common)
    : CommandBuilder(name, description, footer), common_(common) {
  AddArgument("LOCATION", "The store: see dynamodown --help",
              Into(&common_->location))
      .is_required = true;
}

CommandSpec StoreCommandBuilder::Build(std::function<int()> run) {
  const auto given = std::make_shared<Given>();
  AddCheck([given, common = common_] { CheckHasTable(*common, *given); });
  CommandSpec command = CommandBuilder::Build(std::move(run));
  command.common = common_;
  for (ArgumentSpec& argument : command.arguments) {
    if (argument.name == kOther) {
      AlsoSet(&argument,
              [given](const std::string& value) { given->other = value; });
    }
    if (argument.is_of_table) {
      AlsoSet(&argument, [given, name = argument.name](const std::string&) {
        given->of_table.push_back(name);
      });
    }
  }
  return command;
}

void StoreCommandBuilder::AddKey(std::string* key) {
  AddArgument("KEY", "The key; --hex and --base64 say how it is encoded",
              Into(key))
      .is_required = true;
}

void StoreCommandBuilder::AddKeys(std::vector<std::string>* keys) {
  ArgumentSpec& added =
      AddArgument("KEY", "Keys; --hex and --base64 say how they are encoded",
                  AppendTo(keys));
  added.is_required = true;
  added.is_repeated = true;
}

void StoreCommandBuilder::AddEncoding(const std::string& what,
                                      Encoding* encoding) {
  AddFlag("--hex", what + " in hexadecimal", [encoding] {
    *encoding = Encoding::kHex;
  }).excludes = {"--base64"};
  AddFlag("--base64", what + " in base64",
          [encoding] { *encoding = Encoding::kBase64; });
}

void StoreCommandBuilder::AddJson(const std::string& description, bool* json) {
  AddFlag("--json", description, json);
}

void StoreCommandBuilder::AddBounds(dynamodown::Bounds* bounds) {
  AddOption("--from", "KEY", "From this key on", Into(&bounds->gte));
  AddOption("--to", "KEY", "Up to this key, exclusive", Into(&bounds->lt));
  AddOption("--prefix", "KEY", "Only keys that begin with KEY",
            Into(&bounds->prefix));
}

void StoreCommandBuilder::AddLimit(std::optional<uint64_t>* limit) {
  AddOption("--limit", "N", "Print at most N",
            [limit](const std::string& value) {
              *limit = ParseNumber<uint64_t>("--limit", value, 0, UINT64_MAX);
            });
}

void StoreCommandBuilder::AddEventual() {
  AddFlag("--eventual",
          "Read at half the price; may miss the last second's writes",
          [options = &common_->store] {
            options->consistency = dynamodown::Consistency::kEventual;
          })
      .is_of_store = true;
}

void StoreCommandBuilder::AddReadRate() {
  AddRate("max_read_units",
          "Consume at most N read units a second, on average; 0: no limit. One "
          "page may take 257 at once, and the first page does not wait");
}

void StoreCommandBuilder::AddWriteRate() {
  AddRate("max_write_units",
          "Consume at most N write units a second, on average; 0: no limit");
}

void StoreCommandBuilder::AddRate(const std::string& name,
                                  const std::string& description) {
  ArgumentSpec& added =
      AddOption(dynamodown::FindOption(name)->command_line, "N", description,
                [options = &common_->store, name](const std::string& value) {
                  SetFromTable(name, value, options);
                });
  added.is_of_store = true;
  added.is_of_table = true;
}

void StoreCommandBuilder::AddForce() {
  AddFlag("--force", "Write even to a store of items", &common_->force);
}

void StoreCommandBuilder::AddQuiet(const std::string& also) {
  AddFlag("-q,--quiet",
          "Show no progress, and do not end with a line about records, cost "
          "and time" +
              also,
          &common_->quiet);
}

void StoreCommandBuilder::AddInput(std::optional<std::string>* file) {
  AddArgument("FILE", "A file of lines; \"-\" or no FILE means standard input",
              IntoFile(file));
}

void StoreCommandBuilder::AddAccess(const std::string& description,
                                    dynamodown::Access* access) {
  AddOption(
      "--access", "read|write|manage", description,
      [access](const std::string& value) { *access = ParseAccess(value); })
      .is_of_table = true;
}

ArgumentSpec& StoreCommandBuilder::AddFromTable(
    const dynamodown::OptionInfo& option) {
  ArgumentSpec& added = AddOption(
      option.command_line, MetavariableOf(option), DescriptionOf(option),
      [options = &common_->store, name = option.name](
          const std::string& value) { SetFromTable(name, value, options); });
  added.is_of_store = true;
  added.is_of_table = option.field.starts_with("table.");
  return added;
}

void StoreCommandBuilder::AddFromTable(std::string_view fields,
                                       const char* group) {
  for (const dynamodown::OptionInfo& option : dynamodown::OptionTable()) {
    const bool is_apart = std::find(std::begin(kApart), std::end(kApart),
                                    option.name) != std::end(kApart);
    if (option.command_line.empty() || is_apart ||
        !option.field.starts_with(fields)) {
      continue;
    }
    ArgumentSpec& added = AddFromTable(option);
    added.group = group;
    if (option.name == "hash_key") added.needs = {"--range-key"};
    if (option.name == "range_key") added.needs = {"--hash-key"};
  }
}

void StoreCommandBuilder::AddTable() {
  AddFromTable("table.", kTableGroup);
  ArgumentSpec& key_type =
      AddOption("--key-type", "B|S",
                "Type of the range key: B for any bytes (default), S for text",
                [options = &common_->store](const std::string& value) {
                  SetKeyType(value, options);
                });
  key_type.group = kTableGroup;
  key_type.is_of_store = true;
  key_type.is_of_table = true;
}

void StoreCommandBuilder::AddCapacity() {
  dynamodown::TableOptions& table = common_->store.table;
  AddUnits("--read-units", "Read units a second of a new table",
           &table.read_capacity_units)
      .needs = {"--write-units"};
  AddUnits("--write-units",
           "Write units a second of a new table; give both options or neither",
           &table.write_capacity_units)
      .needs = {"--read-units"};
}

ArgumentSpec& StoreCommandBuilder::AddUnits(const std::string& name,
                                            const std::string& description,
                                            int64_t* units) {
  ArgumentSpec& added = AddOption(
      name, "N", description, [name, units](const std::string& value) {
        *units = ParseNumber<int64_t>(name, value, 1, INT64_MAX);
      });
  added.group = kTableGroup;
  added.is_of_table = true;
  return added;
}

void StoreCommandBuilder::AddPlace() {
  for (const char* name : {"profile", "region"}) {
    AddFromTable(*dynamodown::FindOption(name)).group = kConnectionGroup;
  }
}

void StoreCommandBuilder::AddConnection() {
  AddPlace();
  for (const char* fields : {"connection.", "retry.", "limits."}) {
    AddFromTable(fields, kConnectionGroup);
  }
  ArgumentSpec& timeout =
      AddOption("--timeout", "SECONDS",
                "Fail after this long without progress (default 60)",
                [options = &common_->store](const std::string& value) {
                  SetTimeout(value, options);
                });
  timeout.group = kConnectionGroup;
  timeout.is_of_store = true;
  ArgumentSpec& verbose = AddFlag(
      "-v,--verbose",
      "Print on standard error each request and, at the end, the totals "
      "of requests, retries and units; DynamoDB bills writes whose condition "
      "failed, but does not report their units",
      &common_->verbose);
  verbose.group = kConnectionGroup;
  verbose.is_of_store = true;
}

}  // namespace cli

// The one table of options. To add an option, add its field to Options and its
// row here. Then locations, SetOption, OptionTable() and the check at Open know
// the option, and so do the command line and Node.js, which read OptionTable().

#include "dynamodown/option_table.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

#include "db/check_options.h"
#include "db/option_row.h"
#include "db/spelling.h"

namespace dynamodown {
namespace {

using std::chrono::milliseconds;

/// A range of keys can have a bound that is a key of the maximum size, so this
/// size must be moderate.
constexpr int64_t kRangeKeyBytesMax = 64 * 1024;
/// The largest value of an integer or a duration that has no bound of its own.
constexpr int64_t kNoBound = std::numeric_limits<int64_t>::max();

// ---- Fields -----------------------------------------------------------------

/// Returns the field at the end of a path of member pointers.
template <auto... kPath, class AnyOptions>
auto& FieldOf(AnyOptions& options) {
  return (options.*....*kPath);
}

template <auto... kPath>
using FieldType = std::remove_reference_t<decltype(FieldOf<kPath...>(
    std::declval<Options&>()))>;

template <auto... kPath>
OptionValue GetField(const Options& options) {
  using Type = FieldType<kPath...>;
  const auto& field = FieldOf<kPath...>(options);
  if constexpr (std::is_same_v<Type, leveldb::CompressionType>) {
    return field != leveldb::kNoCompression;
  } else if constexpr (std::is_same_v<Type, milliseconds>) {
    return int64_t{field.count()};
  } else if constexpr (std::is_same_v<Type, size_t>) {
    return static_cast<int64_t>(std::min<uint64_t>(field, kNoBound));
  } else if constexpr (std::is_same_v<Type, int> || std::is_enum_v<Type>) {
    return static_cast<int64_t>(field);
  } else {
    return field;
  }
}

template <auto... kPath>
void SetField(const OptionValue& value, Options* options) {
  using Type = FieldType<kPath...>;
  auto& field = FieldOf<kPath...>(*options);
  if constexpr (std::is_same_v<Type, leveldb::CompressionType>) {
    field = std::get<bool>(value) ? leveldb::kSnappyCompression
                                  : leveldb::kNoCompression;
  } else if constexpr (std::is_same_v<Type, milliseconds>) {
    field = milliseconds(std::get<int64_t>(value));
  } else if constexpr (std::is_integral_v<Type> &&
                       !std::is_same_v<Type, bool>) {
    field = static_cast<Type>(std::get<int64_t>(value));
  } else if constexpr (std::is_enum_v<Type>) {
    field = static_cast<Type>(std::get<int64_t>(value));
  } else {
    field = std::get<Type>(value);
  }
}

/// The largest integer that the field can hold.
template <auto... kPath>
constexpr int64_t FieldMax() {
  using Type = FieldType<kPath...>;
  if constexpr (std::is_same_v<Type, int>) {
    return std::numeric_limits<int>::max();
  } else {
    return kNoBound;
  }
}

// ---- Names ------------------------------------------------------------------

/// "max_parallel" -> "--max-parallel".
std::string CommandLineName(const std::string& name) {
  std::string spelled = "--" + name;
  std::replace(spelled.begin(), spelled.end(), '_', '-');
  return spelled;
}

/// "max_parallel" -> "maxParallel".
std::string JavaScriptName(const std::string& name) {
  std::string spelled;
  for (size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '_' && i + 1 < name.size()) {
      spelled.push_back(static_cast<char>(name[++i] - 'a' + 'A'));
    } else {
      spelled.push_back(name[i]);
    }
  }
  return spelled;
}

// ---- Making rows ------------------------------------------------------------

constexpr bool kInLocation = true;

/// Makes a row with the fields that all rows have.
template <auto... kPath>
OptionRow NewRow(OptionType type, const char* name, const char* field,
                 bool in_location, const char* description) {
  OptionRow row;
  row.info.name = name;
  row.info.type = type;
  row.info.field = field;
  row.info.in_location = in_location;
  row.info.description = description;
  row.info.javascript = JavaScriptName(name);
  row.get = &GetField<kPath...>;
  row.set = &SetField<kPath...>;
  return row;
}

template <auto... kPath>
OptionRow Bool(const char* name, const char* field, bool in_location,
               const char* description) {
  OptionRow row = NewRow<kPath...>(OptionType::kBool, name, field, in_location,
                                   description);
  row.info.allowed = "true or false";
  return row;
}

template <auto... kPath>
OptionRow Integer(const char* name, const char* field, int64_t least,
                  int64_t most, bool in_location, const char* description) {
  OptionRow row = NewRow<kPath...>(OptionType::kInteger, name, field,
                                   in_location, description);
  const int64_t field_most = std::min(most, FieldMax<kPath...>());
  row.least = static_cast<double>(least);
  row.most = static_cast<double>(field_most);
  row.range = field_most == FieldMax<kPath...>()
                  ? "at least " + std::to_string(least)
                  : std::to_string(least) + " to " + std::to_string(most);
  if (most > field_most) row.at_most = "at most " + std::to_string(field_most);
  row.info.allowed = "a whole number, " + row.range;
  return row;
}

/// `least` and `most` are in milliseconds. `range` is the range in words.
template <auto... kPath>
OptionRow Duration(const char* name, const char* field, int64_t least,
                   int64_t most, const char* range, const char* description) {
  OptionRow row = NewRow<kPath...>(OptionType::kDuration, name, field,
                                   kInLocation, description);
  row.least = static_cast<double>(least);
  row.most = static_cast<double>(most);
  row.range = range;
  row.info.allowed = "a time such as 250ms, 5s or 3m, " + row.range;
  return row;
}

/// Makes a row for a rate in units a second. The bounds are such that int64_t
/// can hold the time between calls, in nanoseconds.
template <auto... kPath>
OptionRow Rate(const char* name, const char* field, const char* command_line,
               const char* description) {
  OptionRow row = NewRow<kPath...>(OptionType::kNumber, name, field,
                                   kInLocation, description);
  row.least = 0.1;
  row.most = 1e9;
  row.zero_too = true;
  row.range = "0, or 0.1 to 1e9";
  row.info.allowed = "a number: " + row.range;
  row.info.command_line = command_line;
  return row;
}

template <auto... kPath>
OptionRow Text(const char* name, const char* field, const char* description) {
  OptionRow row = NewRow<kPath...>(OptionType::kText, name, field, kInLocation,
                                   description);
  row.info.allowed = "text";
  return row;
}

/// Makes a row for the name of an attribute.
template <auto... kPath>
OptionRow Attribute(const char* name, const char* field, bool may_be_empty,
                    const char* description) {
  OptionRow row = Text<kPath...>(name, field, description);
  row.is_filled = !may_be_empty;
  row.is_attribute = true;
  row.info.allowed =
      may_be_empty ? "UTF-8 text" : "UTF-8 text that is not empty";
  return row;
}

template <auto... kPath>
OptionRow Choice(const char* name, const char* field,
                 std::vector<OptionChoice> choices, const char* description) {
  OptionRow row = NewRow<kPath...>(OptionType::kChoice, name, field,
                                   kInLocation, description);
  for (const OptionChoice& choice : choices) {
    if (!row.info.allowed.empty()) row.info.allowed += " or ";
    row.info.allowed += choice.word;
    row.info.choices.emplace_back(choice.word);
  }
  row.choices = std::move(choices);
  return row;
}

OptionRow InScope(OptionScope scope, OptionRow row) {
  row.info.scope = scope;
  return row;
}

/// Offers the option on the command line, in --help, in the man pages and in
/// completion. The option's name there is CommandLineName of the row's name.
OptionRow OnCommandLine(OptionRow row) {
  row.info.command_line = CommandLineName(row.info.name);
  return row;
}

/// Offers the option on the command line as `spelled`.
OptionRow OnCommandLine(const char* spelled, OptionRow row) {
  row.info.command_line = spelled;
  return row;
}

/// Offers the option on the command line as the flag `spelled`, which sets the
/// last choice.
OptionRow FlagOnCommandLine(const char* spelled, OptionRow row) {
  row.is_flag = true;
  return OnCommandLine(spelled, std::move(row));
}

template <class Enum>
OptionChoice Word(const char* word, Enum value, const char* constant) {
  return {word, static_cast<int64_t>(value), constant};
}

std::vector<OptionChoice> KeyTypes() {
  return {Word("binary", KeyType::kBinary, "kBinary"),
          Word("string", KeyType::kString, "kString")};
}

// ---- The rows ---------------------------------------------------------------

constexpr auto kConnection = &Options::connection;
constexpr auto kTable = &Options::table;
constexpr auto kRate = &Options::rate;
constexpr auto kRetry = &Options::retry;
constexpr auto kLimits = &Options::limits;
constexpr int64_t kDeadlineMsMax =
    std::chrono::milliseconds(kDeadlineMax).count();

using Rows = std::vector<OptionRow>;
using Connection = ConnectionOptions;
using Table = TableOptions;
using Retry = RetryOptions;
using Limits = LimitOptions;

void AddConnection(Rows* rows) {
  rows->push_back(OnCommandLine(Text<kConnection, &Connection::profile>(
      "profile", "connection.profile",
      "Profile of the shared AWS config and credentials files")));
  rows->push_back(OnCommandLine(Text<kConnection, &Connection::region>(
      "region", "connection.region", "AWS region of the table")));
  rows->push_back(OnCommandLine(Text<kConnection, &Connection::endpoint>(
      "endpoint", "connection.endpoint",
      "URL of the server to use instead of the region's endpoint")));
  rows->push_back(Bool<kConnection, &Connection::use_fips_endpoint>(
      "use_fips_endpoint", "connection.use_fips_endpoint", kInLocation,
      "Use the region's endpoint with FIPS 140 cryptography"));
  rows->push_back(Bool<kConnection, &Connection::use_dualstack_endpoint>(
      "use_dualstack_endpoint", "connection.use_dualstack_endpoint",
      kInLocation, "Use the region's endpoint with IPv6 beside IPv4"));
  rows->push_back(OnCommandLine(Text<kConnection, &Connection::ca_bundle>(
      "ca_bundle", "connection.ca_bundle",
      "PEM file of the authorities to trust instead of the system's")));
  rows->push_back(Duration<kConnection, &Connection::connect_timeout>(
      "connect_timeout", "connection.connect_timeout", 1, kNoBound,
      "more than 0", "Time to connect"));
  rows->push_back(Duration<kConnection, &Connection::attempt_timeout>(
      "attempt_timeout", "connection.attempt_timeout", 1, kNoBound,
      "more than 0", "Time for one request, from connecting to the last byte"));
  rows->push_back(OnCommandLine(Integer<kConnection, &Connection::max_parallel>(
      "max_parallel", "connection.max_parallel", 1, 64, kInLocation,
      "The most requests that one call sends at the same time")));
}

void AddTable(Rows* rows) {
  rows->push_back(OnCommandLine(Choice<kTable, &Table::key_type>(
      "key_type", "table.key_type", KeyTypes(),
      "Type of the range key, if Open creates the table, or if hash_key and "
      "range_key are set")));
  rows->push_back(OnCommandLine(
      "--read-units",
      Integer<kTable, &Table::read_capacity_units>(
          "read_capacity_units", "table.read_capacity_units", 0, kNoBound,
          !kInLocation,
          "Read units a second of a table that is created; 0: on demand")));
  rows->push_back(OnCommandLine(
      "--write-units",
      Integer<kTable, &Table::write_capacity_units>(
          "write_capacity_units", "table.write_capacity_units", 0, kNoBound,
          !kInLocation,
          "Write units a second of a table that is created; 0: on demand")));
  rows->push_back(Duration<kTable, &Table::create_timeout>(
      "create_timeout", "table.create_timeout", 1, kNoBound, "more than 0",
      "Time for a new table to become ACTIVE"));
  rows->push_back(OnCommandLine(Attribute<kTable, &Table::value_attribute>(
      "value_attribute", "table.value_attribute", false,
      "Attribute that holds the value")));
  rows->push_back(OnCommandLine(Attribute<kTable, &Table::hash_key>(
      "hash_key", "table.hash_key", true,
      "Name of the table's hash key; if both key names are set, Open sends no "
      "DescribeTable")));
  rows->push_back(OnCommandLine(Attribute<kTable, &Table::range_key>(
      "range_key", "table.range_key", true,
      "Name of the table's range key; if both key names are set, Open sends no "
      "DescribeTable")));
  rows->push_back(Choice<kTable, &Table::hash_key_type>(
      "hash_key_type", "table.hash_key_type", KeyTypes(),
      "Type of the table's hash key, if hash_key is set"));
}

void AddRateAndRetry(Rows* rows) {
  rows->push_back(Rate<kRate, &RateOptions::read_units>(
      "max_read_units", "rate.read_units", "--max-rcu",
      "Read units a second that the store consumes at most; 0: no limit"));
  rows->push_back(Rate<kRate, &RateOptions::write_units>(
      "max_write_units", "rate.write_units", "--max-wcu",
      "Write units a second that the store consumes at most; 0: no limit"));
  rows->push_back(Integer<kRetry, &Retry::max_attempts>(
      "max_attempts", "retry.max_attempts", 1, kNoBound, kInLocation,
      "The most requests for one call, the first request included; throttled "
      "requests do not count, but with 1 nothing is sent twice"));
  rows->push_back(OnCommandLine(
      "--timeout", Duration<kRetry, &Retry::deadline>(
                       "deadline", "retry.deadline", 1, kDeadlineMsMax,
                       "more than 0 and at most 9 minutes",
                       "Time without progress after which a call fails")));
  rows->push_back(Duration<kRetry, &Retry::base_delay>(
      "retry_base_delay", "retry.base_delay", 0, kNoBound, "0 or more",
      "Longest wait before the first retry; it doubles with each further "
      "retry"));
  rows->push_back(Duration<kRetry, &Retry::max_delay>(
      "retry_max_delay", "retry.max_delay", 0, kNoBound, "0 or more",
      "Longest wait before any retry"));
  rows->push_back(Integer<kRetry, &Retry::budget>(
      "retry_budget", "retry.budget", 0, kNoBound, kInLocation,
      "Tokens for retries: a retry takes 5 tokens, except after throttling; a "
      "call that succeeds gives back 5 tokens if it took any, else 1 token"));
}

template <auto kMember>
void AddLimit(const char* name, const char* field, int64_t least,
              const char* description, Rows* rows, int64_t most = kNoBound) {
  rows->push_back(Integer<kLimits, kMember>(name, field, least, most,
                                            kInLocation, description));
}

void AddLimits(Rows* rows) {
  AddLimit<&Limits::item_bytes>("limit_item_bytes", "limits.item_bytes", 1,
                                "Bytes of an item with its attribute names",
                                rows);
  AddLimit<&Limits::range_key_bytes>(
      "limit_range_key_bytes", "limits.range_key_bytes", 1,
      "Bytes of a key as stored", rows, kRangeKeyBytesMax);
  // The hash key of the library's own items is longer than the store's hash
  // key, so the limit has a minimum.
  AddLimit<&Limits::hash_key_bytes>("limit_hash_key_bytes",
                                    "limits.hash_key_bytes", 64,
                                    "Bytes of a hash key", rows);
  AddLimit<&Limits::batch_write_items>("limit_batch_write_items",
                                       "limits.batch_write_items", 1,
                                       "Items of a BatchWriteItem", rows);
  AddLimit<&Limits::batch_get_keys>("limit_batch_get_keys",
                                    "limits.batch_get_keys", 1,
                                    "Keys of a BatchGetItem", rows);
  AddLimit<&Limits::batch_bytes>("limit_batch_bytes", "limits.batch_bytes", 1,
                                 "Bytes of a BatchWriteItem or BatchGetItem",
                                 rows);
  AddLimit<&Limits::transaction_items>("limit_transaction_items",
                                       "limits.transaction_items", 1,
                                       "Items of a TransactWriteItems", rows);
  AddLimit<&Limits::transaction_bytes>("limit_transaction_bytes",
                                       "limits.transaction_bytes", 1,
                                       "Bytes of a TransactWriteItems", rows);
}

void AddReadingAndWriting(Rows* rows) {
  rows->push_back(FlagOnCommandLine(
      "--eventual",
      Choice<&Options::consistency>(
          "consistency", "consistency",
          {Word("strong", Consistency::kStrong, "kStrong"),
           Word("eventual", Consistency::kEventual, "kEventual")},
          "Reads see every earlier write (strong), or cost half as much and "
          "may miss the last second's writes (eventual)")));
  rows->push_back(FlagOnCommandLine(
      "--unordered",
      Choice<&Options::batch>(
          "batch", "batch",
          {Word("atomic", BatchMode::kAtomic, "kAtomic"),
           Word("unordered", BatchMode::kUnordered, "kUnordered")},
          "Write a batch atomically (up to 100 keys and 4 MB), or unordered "
          "(any size, not atomic, half the price)")));
}

/// LevelDB's own options that every store has.
void AddCreation(Rows* rows) {
  const auto add = [rows](OptionRow row) {
    rows->push_back(InScope(OptionScope::kEveryStore, std::move(row)));
  };
  add(Bool<&Options::create_if_missing>(
      "create_if_missing", "create_if_missing", !kInLocation,
      "Create the store, and on DynamoDB its table, if it does not exist"));
  add(Bool<&Options::error_if_exists>("error_if_exists", "error_if_exists",
                                      !kInLocation,
                                      "Fail if the store exists"));
  add(Bool<&Options::paranoid_checks>(
      "paranoid_checks", "paranoid_checks", !kInLocation,
      "End an iterator at the first item that cannot be read"));
}

/// LevelDB's own options for local files.
void AddEmbedded(Rows* rows) {
  const auto add = [rows](OptionRow row) {
    rows->push_back(InScope(OptionScope::kEmbedded, std::move(row)));
  };
  add(Bool<&Options::check_files>(
      "check_files", "check_files", !kInLocation,
      "Refuse a store with damaged files, and verify the checksums of all "
      "reads"));
  add(Integer<&Options::write_buffer_size>(
      "write_buffer_size", "write_buffer_size", 0, kNoBound, !kInLocation,
      "Bytes to collect in memory before they go into a sorted file"));
  add(Integer<&Options::max_open_files>(
      "max_open_files", "max_open_files", 0, kNoBound, !kInLocation,
      "The most files that are open at once"));
  add(Integer<&Options::block_size>("block_size", "block_size", 0, kNoBound,
                                    !kInLocation,
                                    "Bytes of a block before compression"));
  add(Integer<&Options::block_restart_interval>(
      "block_restart_interval", "block_restart_interval", 0, kNoBound,
      !kInLocation, "Keys between restart points of the key compression"));
  add(Integer<&Options::max_file_size>("max_file_size", "max_file_size", 0,
                                       kNoBound, !kInLocation,
                                       "Bytes of a sorted file"));
  add(Bool<&Options::compression>("compression", "compression", !kInLocation,
                                  "Compress blocks with Snappy"));
  add(Bool<&Options::reuse_logs>(
      "reuse_logs", "reuse_logs", !kInLocation,
      "Append to the last log file on opening, instead of "
      "starting a new one"));
}

Rows NewRows() {
  Rows rows;
  AddConnection(&rows);
  AddTable(&rows);
  AddRateAndRetry(&rows);
  AddLimits(&rows);
  AddReadingAndWriting(&rows);
  AddCreation(&rows);
  AddEmbedded(&rows);
  std::sort(rows.begin(), rows.end(),
            [](const OptionRow& a, const OptionRow& b) {
              return a.info.name < b.info.name;
            });
  const Options defaults;
  for (OptionRow& row : rows) {
    row.info.default_value = FormatOption(row, row.get(defaults));
  }
  return rows;
}

std::vector<OptionInfo> NewTable() {
  std::vector<OptionInfo> table;
  for (const OptionRow& row : OptionRows()) table.push_back(row.info);
  return table;
}

}  // namespace

// Neither table is ever destroyed, since a thread may outlive main().

const std::vector<OptionRow>& OptionRows() {
  static const Rows* const rows = new Rows(NewRows());
  return *rows;
}

const std::vector<OptionInfo>& OptionTable() {
  static const auto* const table = new std::vector<OptionInfo>(NewTable());
  return *table;
}

const OptionRow* FindOptionRow(std::string_view name) {
  for (const OptionRow& row : OptionRows()) {
    if (row.info.name == name) return &row;
  }
  return nullptr;
}

const OptionInfo* FindOption(const std::string& name) {
  for (const OptionInfo& info : OptionTable()) {
    if (info.name == name) return &info;
  }
  return nullptr;
}

leveldb::Status SetOption(Options* options, const std::string& name,
                          const std::string& value) {
  const OptionRow* const row = FindOptionRow(name);
  if (row == nullptr) {
    std::vector<std::string> known;
    for (const OptionInfo& info : OptionTable()) known.push_back(info.name);
    return leveldb::Status::InvalidArgument(NoSuchOption(name, known));
  }
  Result<OptionValue> parsed = ParseOption(*row, value);
  if (!parsed.ok()) {
    return leveldb::Status::InvalidArgument(
        SpelledAsGiven(row->info, options->spelling) + " " +
        parsed.error().message);
  }
  row->set(*parsed, options);
  return leveldb::Status::OK();
}

}  // namespace dynamodown

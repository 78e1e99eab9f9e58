#include "parse/store_command_builder.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace cli {
namespace {

constexpr char kTableGroup[] = "Table";
constexpr char kConnectionGroup[] = "Connection";
constexpr double kTimeoutSecondsMax = 540;  // RetryOptions::deadline says why
constexpr double kRateMin = 0.1, kRateMax = 1e9;  // units a second

void SetTimeout(const std::string& text, dynamodown::Options* options) {
  const double seconds =
      ParseNumber("--timeout", text, 0.001, kTimeoutSecondsMax);
  const std::chrono::milliseconds timeout(static_cast<int64_t>(seconds * 1000));
  options->retry.deadline = timeout;
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

void CheckHasUnits(const CommonOptions& common) {
  if (!common.location.starts_with("leveldb:")) return;
  const dynamodown::RateOptions& rate = common.store.rate;
  if (rate.read_units != 0 || rate.write_units != 0) {
    throw UsageError(
        std::string(rate.read_units != 0 ? "--max-rcu" : "--max-wcu") +
        ": an embedded store has no units");
  }
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

StoreCommandBuilder::StoreCommandBuilder(const std::string& name,
                                         const std::string& description,
                                         const char* footer,
                                         CommonOptions* common)
    : CommandBuilder(name, description, footer), common_(common) {
  AddArgument("LOCATION", "The store: see dynamodown --help",
              Into(&common_->location))
      .is_required = true;
}

void StoreCommandBuilder::AddKey(std::string* key) {
  AddArgument("KEY", "Its bytes, or what --hex or --base64 say", Into(key))
      .is_required = true;
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
  AddOption("--to", "KEY", "Up to this key, without it", Into(&bounds->lt));
  AddOption("--prefix", "KEY", "Keys that begin with this",
            Into(&bounds->prefix));
}

void StoreCommandBuilder::AddLimit(std::optional<uint64_t>* limit) {
  AddOption("--limit", "N", "At most so many",
            [limit](const std::string& value) {
              *limit = ParseNumber<uint64_t>("--limit", value, 0, UINT64_MAX);
            });
}

void StoreCommandBuilder::AddEventual() {
  AddFlag("--eventual", "Read at half the price what may be a\nsecond old",
          [options = &common_->store] {
            options->consistency = dynamodown::Consistency::kEventual;
          });
}

void StoreCommandBuilder::AddReadRate() {
  AddRate("--max-rcu", "Consume N read units a second at most,\non average",
          &common_->store.rate.read_units);
}

void StoreCommandBuilder::AddWriteRate() {
  AddRate("--max-wcu", "Consume N write units a second at most,\non average",
          &common_->store.rate.write_units);
}

void StoreCommandBuilder::AddRate(const std::string& name,
                                  const std::string& description,
                                  double* units) {
  AddOption(name, "N", description, [name, units](const std::string& value) {
    *units = ParseNumber(name, value, kRateMin, kRateMax);
  });
  AddCheck([common = common_] { CheckHasUnits(*common); });
}

void StoreCommandBuilder::AddInput(std::optional<std::string>* file) {
  AddArgument("FILE", "Lines; none or -: standard input", IntoFile(file));
}

void StoreCommandBuilder::AddAccess(const std::string& description,
                                    dynamodown::Access* access) {
  AddOption(
      "--access", "read|write|manage", description,
      [access](const std::string& value) { *access = ParseAccess(value); });
}

void StoreCommandBuilder::AddTable() {
  dynamodown::TableOptions& table = common_->store.table;
  ArgumentSpec& hash =
      AddOption("--hash-key", "NAME",
                "Its hash key; with both names the table\nis not asked",
                Into(&table.hash_key));
  hash.group = kTableGroup;
  hash.needs = {"--range-key"};
  ArgumentSpec& range =
      AddOption("--range-key", "NAME", "Its range key", Into(&table.range_key));
  range.group = kTableGroup;
  range.needs = {"--hash-key"};
  AddOption("--key-type", "B|S",
            "Type of the range key: B for any bytes\n(default), S for text",
            [options = &common_->store](const std::string& value) {
              SetKeyType(value, options);
            })
      .group = kTableGroup;
  AddOption("--value-attribute", "NAME",
            "The attribute that holds the value\n(default: value)",
            Into(&table.value_attribute))
      .group = kTableGroup;
}

void StoreCommandBuilder::AddCapacity() {
  dynamodown::TableOptions& table = common_->store.table;
  AddUnits("--read-units", "Read units a second to pay for",
           &table.read_capacity_units)
      .needs = {"--write-units"};
  AddUnits("--write-units", "Write units likewise; both or neither",
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
  return added;
}

void StoreCommandBuilder::AddPlace() {
  dynamodown::ConnectionOptions& connection = common_->store.connection;
  AddOption("--profile", "NAME",
            "A profile of ~/.aws/config and\n~/.aws/credentials",
            Into(&connection.profile))
      .group = kConnectionGroup;
  AddOption("--region", "NAME", "AWS region", Into(&connection.region)).group =
      kConnectionGroup;
}

void StoreCommandBuilder::AddConnection() {
  AddPlace();
  dynamodown::ConnectionOptions& connection = common_->store.connection;
  AddOption("--endpoint", "URL", "Another server than the region's own",
            Into(&connection.endpoint))
      .group = kConnectionGroup;
  AddOption("--ca-bundle", "FILE",
            "Authorities to trust (PEM) instead of\nthe system's",
            Into(&connection.ca_bundle))
      .group = kConnectionGroup;
  AddOption("--timeout", "SECONDS",
            "Give up when there is no progress for\nthis long (default 60)",
            [options = &common_->store](const std::string& value) {
              SetTimeout(value, options);
            })
      .group = kConnectionGroup;
  AddFlag("-v,--verbose",
          "Print each request, and at the end the\nrequests, retries "
          "and units, on\nstandard error",
          &common_->verbose)
      .group = kConnectionGroup;
}

}  // namespace cli

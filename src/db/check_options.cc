#include "db/check_options.h"

#include <chrono>
#include <string>
#include <utility>

#include "base/utf8.h"
#include "leveldb/comparator.h"

namespace dynamodown {
namespace {

Error Invalid(std::string message) {
  return Error{ErrorKind::kInvalidArgument, std::move(message)};
}

/// Times between calls, in nanoseconds, must fit.
constexpr double kRateMin = 0.1;
constexpr double kRateMax = 1e9;

}  // namespace

Result<void> CheckOptions(const Options& options) {
  if (options.comparator != nullptr &&
      std::string(options.comparator->Name()) !=
          leveldb::BytewiseComparator()->Name()) {
    return Error{ErrorKind::kNotSupported,
                 std::string("comparator ") + options.comparator->Name() +
                     ": DynamoDB orders keys by their bytes; use "
                     "leveldb::BytewiseComparator()"};
  }
  const auto positive = [](std::chrono::milliseconds t) {
    return t.count() > 0;
  };
  const ConnectionOptions& connection = options.connection;
  const RetryOptions& retry = options.retry;
  const TableOptions& table = options.table;
  if (!positive(connection.connect_timeout) ||
      !positive(connection.attempt_timeout) || !positive(retry.deadline) ||
      !positive(table.create_timeout)) {
    return Invalid(
        "options: connect_timeout, attempt_timeout, deadline and "
        "create_timeout must be more than 0");
  }
  if (retry.base_delay.count() < 0 || retry.max_delay.count() < 0) {
    return Invalid("options: retry delays must not be negative");
  }
  if (retry.deadline > std::chrono::minutes(9)) {
    return Invalid("options: retry.deadline must be at most 9 minutes");
  }
  if (retry.max_attempts < 1) {
    return Invalid("options: retry.max_attempts must be at least 1");
  }
  if (connection.max_parallel < 1 || connection.max_parallel > 64) {
    return Invalid("options: connection.max_parallel must be 1 to 64");
  }
  const RateOptions& rate = options.rate;
  const auto possible = [](double units) {
    return units == 0 || (units >= kRateMin && units <= kRateMax);
  };
  if (!possible(rate.read_units) || !possible(rate.write_units)) {
    return Invalid(
        "options: rate.read_units and write_units must be 0, or 0.1 to 1e9");
  }
  if (table.value_attribute.empty()) {
    return Invalid("options: table.value_attribute is empty");
  }
  if ((table.read_capacity_units > 0) != (table.write_capacity_units > 0) ||
      table.read_capacity_units < 0 || table.write_capacity_units < 0) {
    return Invalid(
        "options: table.read_capacity_units and write_capacity_units must "
        "both be 0 (on demand) or both be more");
  }
  if (table.hash_key.empty() != table.range_key.empty()) {
    return Invalid(
        "options: table.hash_key and table.range_key must be set both or "
        "neither");
  }
  if (table.value_attribute == table.hash_key ||
      table.value_attribute == table.range_key ||
      (!table.hash_key.empty() && table.hash_key == table.range_key)) {
    return Invalid(
        "options: table.hash_key, range_key and value_attribute must be three "
        "different names");
  }
  if (!IsUtf8(table.hash_key) || !IsUtf8(table.range_key) ||
      !IsUtf8(table.value_attribute)) {
    return Invalid("options: the names of attributes must be UTF-8");
  }
  const LimitOptions& limits = options.limits;
  if (limits.item_bytes == 0 || limits.range_key_bytes == 0 ||
      limits.hash_key_bytes < 64 || limits.batch_write_items == 0 ||
      limits.batch_get_keys == 0 || limits.batch_bytes == 0 ||
      limits.transaction_items == 0 || limits.transaction_bytes == 0) {
    return Invalid("options: every limit must be more than 0");
  }
  return {};
}

}  // namespace dynamodown

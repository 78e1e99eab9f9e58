#include "db/check_options.h"

#include <string>
#include <utility>

#include "db/option_row.h"
#include "db/spelling.h"
#include "db/to_status.h"
#include "leveldb/comparator.h"

namespace dynamodown {
namespace {

Error Invalid(const std::string& message) {
  return Error{ErrorKind::kInvalidArgument, "options: " + message};
}

/// Checks each option by itself. A store on DynamoDB ignores the options of
/// embedded stores, so their values are not checked.
Result<void> CheckRows(const Options& options) {
  for (const OptionRow& row : OptionRows()) {
    if (row.info.scope == OptionScope::kEmbedded) continue;
    const std::optional<std::string> problem =
        CheckOption(row, row.get(options));
    if (!problem) continue;
    return Invalid(SpelledField(row.info.name, options.spelling) + " " +
                   *problem);
  }
  return {};
}

/// Checks the conditions that involve several options.
Result<void> CheckTable(const Options& options) {
  const TableOptions& table = options.table;
  const auto spelled = [&options](std::string_view name) {
    return SpelledField(name, options.spelling);
  };
  if ((table.read_capacity_units > 0) != (table.write_capacity_units > 0)) {
    return Invalid(spelled("read_capacity_units") + " and " +
                   spelled("write_capacity_units") +
                   " must both be 0 (on demand) or both be more than 0");
  }
  if (table.hash_key.empty() != table.range_key.empty()) {
    return Invalid(spelled("hash_key") + " and " + spelled("range_key") +
                   " must both be set or both be unset");
  }
  if (table.value_attribute == table.hash_key ||
      table.value_attribute == table.range_key ||
      (!table.hash_key.empty() && table.hash_key == table.range_key)) {
    return Invalid(spelled("hash_key") + ", " + spelled("range_key") + " and " +
                   spelled("value_attribute") +
                   " must be three different names");
  }
  return {};
}

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
  Result<void> checked = CheckRows(options);
  if (!checked.ok()) return checked;
  return CheckTable(options);
}

leveldb::Status CheckDeadline(std::chrono::milliseconds deadline) {
  if (deadline.count() >= 0 && deadline <= kDeadlineMax) {
    return leveldb::Status::OK();
  }
  return leveldb::Status::InvalidArgument(
      "deadline: " + std::to_string(deadline.count()) +
      " ms; it must be at most 9 minutes and not negative; 0 is the store's "
      "deadline");
}

leveldb::Status CheckWrite(const leveldb::Status& process,
                           const WriteOptions& options) {
  const leveldb::Status allowed =
      process.ok() ? CheckDeadline(options.deadline) : process;
  if (!allowed.ok()) Report(options, WriteOutcome::kNothingWritten);
  return allowed;
}

}  // namespace dynamodown

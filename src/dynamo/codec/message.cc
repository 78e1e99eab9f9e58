#include "dynamo/codec/message.h"

#include <optional>
#include <utility>

#include "dynamo/codec/value.h"

namespace dynamodown {
namespace {

/// A table has at most 25 indexes, and a write may delete an index's entry and
/// put another.
constexpr double kIndexFactor = 1 + 2 * 25;

/// Adds the number in `json` to `*units`; adds nothing if `json` is missing.
/// Returns false if `json` is no number, or if the sum is not between 0 and
/// `most`: it would spoil the statistics and the pace of a limited rate.
bool AddUnits(const JsonValue& json, double most, double* units) {
  if (json.missing()) return true;
  const std::optional<double> number = json.number();
  if (!number || !(*number >= 0 && *number + *units <= most)) return false;
  *units += *number;
  return true;
}

bool AddCapacity(const JsonValue& one, const Operation& operation,
                 Capacity* capacity) {
  if (!one.is_object()) return false;
  const double most =
      operation.units_max() * (operation.writes() ? kIndexFactor : 1);
  // A transaction's answer reports read units and write units separately, since
  // a transaction that is repeated with the same token is billed as a read.
  const JsonValue read = one["ReadCapacityUnits"];
  const JsonValue write = one["WriteCapacityUnits"];
  const JsonValue either = one["CapacityUnits"];
  if (!read.missing() || !write.missing()) {
    double sum = 0;
    return AddUnits(either, most, &sum) &&
           AddUnits(read, most, &capacity->read_units) &&
           AddUnits(write, most, &capacity->write_units);
  }
  return AddUnits(
      either, most,
      operation.writes() ? &capacity->write_units : &capacity->read_units);
}

}  // namespace

void AppendTable(const std::string& table, std::string* out) {
  out->append("{\"TableName\":");
  AppendJsonString(table, out);
}

void AppendTableAndKey(const TableKeys& table, const Key& key,
                       std::string* out) {
  AppendTable(table.table, out);
  out->append(",\"Key\":");
  AppendKey(table, key.hash, key.range, out);
}

Error BadAnswer(std::string_view operation, std::string_view what) {
  std::string message(operation);
  message.append(": ").append(what);
  return Error{ErrorKind::kCorruption, std::move(message)};
}

Result<void> CheckedAnswer(std::string_view operation, std::string_view fault) {
  if (fault.empty()) return {};
  return BadAnswer(operation, fault);
}

bool ReadCapacity(const JsonValue& answer, const Operation& operation,
                  Capacity* capacity) {
  const JsonValue consumed = answer["ConsumedCapacity"];
  if (consumed.missing()) return true;
  if (!consumed.is_array()) return AddCapacity(consumed, operation, capacity);
  for (JsonCursor c(consumed); c.Next();) {
    if (!AddCapacity(c.value(), operation, capacity)) return false;
  }
  return true;
}

Result<void> Operation::Decode(const JsonValue& answer) {
  capacity_ = Capacity();
  if (!answer.is_object()) return BadAnswer(name(), "no object");
  if (HasMemberTwice(answer)) return BadAnswer(name(), "a member twice");
  Capacity consumed;
  if (!ReadCapacity(answer, *this, &consumed)) {
    return BadAnswer(name(), "the units of ConsumedCapacity are out of range");
  }
  capacity_ = consumed;
  return DecodeMembers(answer);
}

}  // namespace dynamodown

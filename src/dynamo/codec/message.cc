#include "dynamo/codec/message.h"

#include <optional>
#include <utility>

#include "dynamo/codec/value.h"

namespace dynamodown {
namespace {

/// No operation consumes more units: 25 items of 400 KB, written to a table
/// with 25 indexes, take 260,000.
constexpr double kUnitsMax = 1e6;

/// Adds the number in `json` to `*units`; adds nothing if `json` is missing.
/// Returns false if `json` cannot be a number of units, which would spoil the
/// statistics and the pace of a limited rate.
bool AddUnits(const JsonValue& json, double* units) {
  if (json.missing()) return true;
  const std::optional<double> number = json.number();
  if (!number || !(*number >= 0 && *number <= kUnitsMax)) return false;
  *units += *number;
  return true;
}

bool AddCapacity(const JsonValue& one, bool writes, Capacity* capacity) {
  // A transaction's answer reports read units and write units separately, since
  // a transaction that is repeated with the same token is billed as a read.
  const JsonValue read = one["ReadCapacityUnits"];
  const JsonValue write = one["WriteCapacityUnits"];
  Capacity total;
  if (!AddUnits(one["CapacityUnits"],
                writes ? &total.write_units : &total.read_units)) {
    return false;
  }
  if (!read.missing() || !write.missing()) {
    total = Capacity();
    if (!AddUnits(read, &total.read_units) ||
        !AddUnits(write, &total.write_units)) {
      return false;
    }
  }
  capacity->read_units += total.read_units;
  capacity->write_units += total.write_units;
  return true;
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

bool ReadCapacity(const JsonValue& answer, bool writes, Capacity* capacity) {
  const JsonValue consumed = answer["ConsumedCapacity"];
  if (!consumed.is_array()) return AddCapacity(consumed, writes, capacity);
  for (JsonCursor c(consumed); c.Next();) {
    if (!AddCapacity(c.value(), writes, capacity)) return false;
  }
  return true;
}

Result<void> Operation::Decode(const JsonValue& answer) {
  capacity_ = Capacity();
  if (!answer.is_object()) return BadAnswer(name(), "no object");
  if (HasMemberTwice(answer)) return BadAnswer(name(), "a member twice");
  Capacity consumed;
  if (!ReadCapacity(answer, writes(), &consumed)) {
    return BadAnswer(name(), "the units of ConsumedCapacity are out of range");
  }
  capacity_ = consumed;
  return DecodeMembers(answer);
}

}  // namespace dynamodown

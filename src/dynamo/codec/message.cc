#include "dynamo/codec/message.h"

#include <optional>
#include <utility>

#include "dynamo/codec/value.h"

namespace dynamodown {
namespace {

void AddCapacity(const JsonValue& one, bool writes, Capacity* capacity) {
  // A transaction's answer reports read units and write units separately, since
  // a transaction that is repeated with the same token is billed as a read.
  const std::optional<double> read = one["ReadCapacityUnits"].number();
  const std::optional<double> write = one["WriteCapacityUnits"].number();
  if (read || write) {
    capacity->read_units += read.value_or(0);
    capacity->write_units += write.value_or(0);
    return;
  }
  const double units = one["CapacityUnits"].number().value_or(0);
  (writes ? capacity->write_units : capacity->read_units) += units;
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

Capacity ReadCapacity(const JsonValue& answer, bool writes) {
  Capacity capacity;
  const JsonValue consumed = answer["ConsumedCapacity"];
  if (consumed.is_array()) {
    for (JsonCursor c(consumed); c.Next();) {
      AddCapacity(c.value(), writes, &capacity);
    }
  } else {
    AddCapacity(consumed, writes, &capacity);
  }
  return capacity;
}

}  // namespace dynamodown

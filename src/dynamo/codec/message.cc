#include "dynamo/codec/message.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "base/printable.h"
#include "dynamo/codec/value.h"

namespace dynamodown {
namespace {

/// A table has at most 25 indexes, and a write may delete an index's entry and
/// put another.
constexpr double kIndexFactor = 1 + 2 * 25;

/// Adds the number in `json` to `*units`; adds nothing if `json` is missing.
/// Returns false if `json` is no number, is negative, or makes `*units` greater
/// than `most`. Such a number would spoil the statistics and the pace of a
/// limited rate.
bool AddUnits(const JsonValue& json, double most, double* units) {
  if (json.missing()) return true;
  const std::optional<double> number = json.number();
  if (!number || !(*number >= 0 && *number + *units <= most)) return false;
  *units += *number;
  return true;
}

bool AddCapacity(const JsonValue& one, const Operation& operation,
                 const std::string& table, Capacity* capacity) {
  if (!one.is_object()) return false;
  const JsonValue named = one["TableName"];
  if (!named.missing() && !IsTable(named.string().value_or(""), table)) {
    return false;
  }
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

/// Reads ConsumedCapacity: one object, or an array of objects in the answer to
/// a batch or a transaction. If an object does not say whether its units are
/// read units or write units, `operation.writes()` decides. Returns false if an
/// object names another table than `table`, or has more units than the
/// operation can consume. Some implementations of DynamoDB's API leave
/// ConsumedCapacity out.
bool ReadCapacity(const JsonValue& answer, const Operation& operation,
                  const std::string& table, Capacity* capacity) {
  const JsonValue consumed = answer["ConsumedCapacity"];
  if (consumed.missing()) return true;
  if (!consumed.is_array()) {
    return AddCapacity(consumed, operation, table, capacity);
  }
  for (JsonCursor c(consumed); c.Next();) {
    if (!AddCapacity(c.value(), operation, table, capacity)) return false;
  }
  return true;
}

/// The members of all answers (API Reference, "Response Elements" of each
/// operation) and of errors. Any other member may be new in the API.
constexpr std::string_view kKnownMembers[] = {"Attributes",
                                              "CancellationReasons",
                                              "ConsumedCapacity",
                                              "Count",
                                              "Item",
                                              "ItemCollectionMetrics",
                                              "Items",
                                              "LastEvaluatedKey",
                                              "Message",
                                              "LastEvaluatedTableName",
                                              "Responses",
                                              "ScannedCount",
                                              "Table",
                                              "TableDescription",
                                              "TableNames",
                                              "UnprocessedItems",
                                              "UnprocessedKeys",
                                              "__type",
                                              "message"};

bool IsOneOf(std::string_view name, std::span<const std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Returns true if the member says nothing. The answer to a write may have
/// Attributes and ItemCollectionMetrics, but our requests do not ask for them.
/// Some implementations of the API then send them empty.
bool SaysNothing(std::string_view name, const JsonValue& value, bool writes) {
  constexpr std::string_view kUnasked[] = {"Attributes",
                                           "ItemCollectionMetrics"};
  if (!writes || !IsOneOf(name, kUnasked)) return false;
  JsonCursor members(value);
  return value.is_null() || (members.in_object() && !members.Next());
}

/// Returns a member that shows that the answer is not the operation's, or
/// nothing if there is none. Such a member belongs to an error or to the answer
/// to another operation. If the answer has members but none of the operation's,
/// returns any of them.
std::optional<std::string_view> ForeignMember(
    const JsonValue& answer, std::span<const std::string_view> members,
    bool has_capacity, bool writes) {
  bool any_expected = false;
  std::optional<std::string_view> unknown;
  for (JsonCursor c(answer); c.Next();) {
    if (IsOneOf(c.name(), members) ||
        (has_capacity && c.name() == "ConsumedCapacity") ||
        (has_capacity && SaysNothing(c.name(), c.value(), writes))) {
      any_expected = true;
    } else if (IsOneOf(c.name(), kKnownMembers)) {
      return c.name();
    } else {
      unknown = c.name();
    }
  }
  return any_expected ? std::nullopt : unknown;
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

bool IsTable(std::string_view named, std::string_view asked) {
  const auto is_arn_of = [](std::string_view arn, std::string_view name) {
    return !name.empty() && arn.size() > name.size() && arn.ends_with(name) &&
           arn[arn.size() - name.size() - 1] == '/';
  };
  return named == asked || is_arn_of(asked, named) || is_arn_of(named, asked);
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

Result<void> Operation::Decode(const JsonValue& answer) {
  capacity_ = Capacity();
  if (!answer.is_object()) return BadAnswer(name(), "no object");
  if (HasMemberTwice(answer)) return BadAnswer(name(), "a member twice");
  const AnswerForm form = answer_form();
  const std::optional<std::string_view> foreign =
      ForeignMember(answer, form.members, form.table != nullptr, writes());
  if (foreign) {
    return BadAnswer(name(), "the member " + Printable(*foreign));
  }
  Capacity consumed;
  if (form.table != nullptr &&
      !ReadCapacity(answer, *this, *form.table, &consumed)) {
    return BadAnswer(name(),
                     "ConsumedCapacity names another table, or has units out "
                     "of range");
  }
  capacity_ = consumed;
  return DecodeMembers(answer);
}

}  // namespace dynamodown

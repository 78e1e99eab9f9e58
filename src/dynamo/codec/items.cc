// Operations on one item.

#include <string_view>

#include "dynamo/codec/answer_check.h"
#include "dynamo/codec/expression.h"
#include "dynamo/codec/message.h"
#include "dynamo/codec/value.h"
#include "dynamo/operations.h"

namespace dynamodown {

void GetItem::Encode(std::string* out) const {
  Placeholders placeholders;
  AppendTableAndKey(table, key, out);
  if (consistent_read) out->append(",\"ConsistentRead\":true");
  AppendProjection(projection, &placeholders, out);
  placeholders.Append(out);
  out->append(kReturnCapacity).push_back('}');
}

Result<void> GetItem::DecodeMembers(const JsonValue& answer) {
  item.reset();
  const JsonValue found = answer["Item"];
  if (found.missing()) return {};
  if (!ReadItem(found, &item.emplace())) return BadAnswer(name(), "bad Item");
  return CheckedAnswer(
      name(), FaultOfItem(table, key.hash, key.range, projection, *item));
}

Operation::AnswerForm GetItem::answer_form() const {
  static constexpr std::string_view kMembers[] = {"Item"};
  return {kMembers, &table.table};
}

// The answers below may also have Attributes and ItemCollectionMetrics, but our
// requests do not ask for them.

Operation::AnswerForm PutItem::answer_form() const {
  return {{}, &table.table};
}

Operation::AnswerForm UpdateItem::answer_form() const {
  return {{}, &table.table};
}

Operation::AnswerForm DeleteItem::answer_form() const {
  return {{}, &table.table};
}

void PutItem::Encode(std::string* out) const {
  Placeholders placeholders;
  AppendTable(table.table, out);
  out->append(",\"Item\":");
  AppendItem(item, out);
  AppendCondition(condition, &placeholders, out);
  placeholders.Append(out);
  out->append(kReturnCapacity).push_back('}');
}

void UpdateItem::Encode(std::string* out) const {
  Placeholders placeholders;
  AppendTableAndKey(table, key, out);
  out->append(",\"UpdateExpression\":\"SET ");
  std::string_view separator;
  for (const Attribute& attribute : set) {
    out->append(separator);
    placeholders.Name(attribute.name, out);
    out->append(" = ");
    placeholders.Value(attribute.value, out);
    separator = ", ";
  }
  out->push_back('"');
  AppendCondition(condition, &placeholders, out);
  placeholders.Append(out);
  out->append(kReturnCapacity).push_back('}');
}

void DeleteItem::Encode(std::string* out) const {
  Placeholders placeholders;
  AppendTableAndKey(table, key, out);
  AppendCondition(condition, &placeholders, out);
  placeholders.Append(out);
  out->append(kReturnCapacity).push_back('}');
}

}  // namespace dynamodown

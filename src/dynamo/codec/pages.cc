// Operations that return pages of items.

#include "dynamo/codec/expression.h"
#include "dynamo/codec/message.h"
#include "dynamo/codec/value.h"
#include "dynamo/operations.h"

namespace dynamodown {
namespace {

/// Appends the members that a Query and a Scan have in common, and ends the
/// request's object.
template <class Pages>
void AppendEnd(const Pages& pages, Placeholders* placeholders,
               std::string* out) {
  if (pages.consistent_read) out->append(",\"ConsistentRead\":true");
  if (pages.limit != 0) {
    out->append(",\"Limit\":");
    AppendNumber(pages.limit, out);
  }
  AppendProjection(pages.projection, placeholders, out);
  placeholders->Append(out);
  out->append(kReturnCapacity).push_back('}');
}

}  // namespace

void Query::Encode(std::string* out) const {
  Placeholders placeholders;
  AppendTable(table.table, out);
  out->append(",\"KeyConditionExpression\":\"");
  placeholders.Name(table.hash_name, out);
  out->append(" = ");
  placeholders.Value(hash, out);
  if (lower || upper) {
    out->append(" AND ");
    placeholders.Name(table.range_name, out);
  }
  if (lower && upper) {
    out->append(" BETWEEN ");
    placeholders.Value(*lower, out);
    out->append(" AND ");
    placeholders.Value(*upper, out);
  } else if (lower) {
    out->append(" >= ");
    placeholders.Value(*lower, out);
  } else if (upper) {
    out->append(" <= ");
    placeholders.Value(*upper, out);
  }
  out->push_back('"');
  if (exclusive_start) {
    out->append(",\"ExclusiveStartKey\":");
    AppendKey(table, hash, *exclusive_start, out);
  }
  if (!forward) out->append(",\"ScanIndexForward\":false");
  AppendEnd(*this, &placeholders, out);
}

Result<void> Query::Decode(const JsonValue& answer) {
  capacity_ = ReadCapacity(answer, writes());
  items.clear();
  last_evaluated.reset();
  if (!ReadItems(answer["Items"], &items)) {
    return BadAnswer(name(), "bad Items");
  }
  const JsonValue last = answer["LastEvaluatedKey"];
  // Refuse any other form. If it counted as the end, the items after this page
  // would be lost.
  if (!last.missing() &&
      !ReadValue(last[table.range_name], &last_evaluated.emplace())) {
    return BadAnswer(name(), "bad LastEvaluatedKey");
  }
  return {};
}

void Scan::Encode(std::string* out) const {
  Placeholders placeholders;
  AppendTable(table.table, out);
  if (start) {
    out->append(",\"ExclusiveStartKey\":");
    AppendKey(table, start->hash, start->range, out);
  }
  AppendEnd(*this, &placeholders, out);
}

Result<void> Scan::Decode(const JsonValue& answer) {
  capacity_ = ReadCapacity(answer, writes());
  items.clear();
  if (!ReadItems(answer["Items"], &items)) {
    return BadAnswer(name(), "bad Items");
  }
  last_evaluated.reset();
  const JsonValue last = answer["LastEvaluatedKey"];
  if (last.missing()) return {};
  last_evaluated.emplace();
  if (!ReadValue(last[table.hash_name], &last_evaluated->hash) ||
      !ReadValue(last[table.range_name], &last_evaluated->range)) {
    return BadAnswer(name(), "bad LastEvaluatedKey");
  }
  return {};
}

}  // namespace dynamodown

// Operations that return pages of items.

#include <string_view>

#include "dynamo/codec/answer_check.h"
#include "dynamo/codec/expression.h"
#include "dynamo/codec/message.h"
#include "dynamo/codec/value.h"
#include "dynamo/operations.h"

namespace dynamodown {
namespace {

constexpr std::string_view kPageMembers[] = {"Items", "Count", "ScannedCount",
                                             "LastEvaluatedKey"};

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

template <class Pages>
Result<void> CheckedPage(const Pages& pages, const JsonValue& answer) {
  std::string fault = FaultOfCounts(answer, pages.items.size());
  if (fault.empty()) fault = FaultOfPage(pages);
  return CheckedAnswer(pages.name(), fault);
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

Result<void> Query::DecodeMembers(const JsonValue& answer) {
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
  AttributeValue last_hash;
  if (!last[table.hash_name].missing() &&
      (!ReadValue(last[table.hash_name], &last_hash) || last_hash != hash)) {
    return BadAnswer(name(), "LastEvaluatedKey has another hash key");
  }
  return CheckedPage(*this, answer);
}

Operation::AnswerForm Query::answer_form() const {
  return {kPageMembers, &table.table};
}

Operation::AnswerForm Scan::answer_form() const {
  return {kPageMembers, &table.table};
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

Result<void> Scan::DecodeMembers(const JsonValue& answer) {
  items.clear();
  if (!ReadItems(answer["Items"], &items)) {
    return BadAnswer(name(), "bad Items");
  }
  last_evaluated.reset();
  const JsonValue last = answer["LastEvaluatedKey"];
  if (!last.missing()) {
    last_evaluated.emplace();
    if (!ReadValue(last[table.hash_name], &last_evaluated->hash) ||
        !ReadValue(last[table.range_name], &last_evaluated->range)) {
      return BadAnswer(name(), "bad LastEvaluatedKey");
    }
  }
  return CheckedPage(*this, answer);
}

}  // namespace dynamodown

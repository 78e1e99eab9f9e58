// Query and Scan.

#include <algorithm>
#include <utility>

#include "fake/expressions/condition.h"
#include "fake/expressions/key_condition.h"
#include "fake/expressions/projection.h"
#include "fake/expressions/substitutions.h"
#include "fake/operations/request.h"
#include "fake/operations/service.h"

namespace dynamodown::fake {
namespace {

void CheckSelect(const Json& request) {
  const std::string select = String(request, "Select", "");
  const bool projects = Member(request, "ProjectionExpression") != nullptr;
  if (select == "SPECIFIC_ATTRIBUTES") {
    if (!projects) {
      RefuseInvalid(
          "Must specify the AttributesToGet or ProjectionExpression when "
          "choosing to get SPECIFIC_ATTRIBUTES");
    }
  } else if (select == "COUNT" || select == "ALL_ATTRIBUTES" ||
             select == "ALL_PROJECTED_ATTRIBUTES") {
    if (projects) {
      RefuseInvalid(
          "Cannot specify the ProjectionExpression when choosing to get " +
          std::string(select == "COUNT" ? "only the Count" : select));
    }
    if (select == "ALL_PROJECTED_ATTRIBUTES") {
      RefuseInvalid(
          "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an "
          "IndexName");
    }
  } else if (!select.empty() || Member(request, "Select") != nullptr) {
    RefuseInvalid(
        "Select must be ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES, COUNT, or "
        "SPECIFIC_ATTRIBUTES");
  }
}

std::vector<std::string> KeyNames(const Table& table) {
  std::vector<std::string> names = {table.hash().name};
  if (table.has_range()) names.push_back(table.range().name);
  return names;
}

/// Returns the comparisons, the hash key's first, with their values as key
/// bytes.
std::vector<KeyComparison> KeyComparisons(
    const Table& table, std::vector<KeyComparison> comparisons) {
  std::sort(comparisons.begin(), comparisons.end(),
            [&](const KeyComparison& a, const KeyComparison& b) {
              return (a.attribute == table.hash().name) >
                     (b.attribute == table.hash().name);
            });
  if (comparisons[0].attribute != table.hash().name) {
    RefuseInvalid("Query condition missed key schema element");
  }
  if (comparisons[0].comparator != "=" ||
      (comparisons.size() > 1 && !table.has_range())) {
    RefuseInvalid("Query key condition not supported");
  }
  for (KeyComparison& comparison : comparisons) {
    if (!table.IsKey(comparison.attribute)) {
      RefuseInvalid("Query condition missed key schema element");
    }
    const KeyAttribute& attribute =
        &comparison == &comparisons[0] ? table.hash() : table.range();
    comparison.value.bytes =
        table.BytesOfCondition(attribute, comparison.value);
    if (comparison.comparator == "BETWEEN") {
      comparison.upper.bytes =
          table.BytesOfCondition(attribute, comparison.upper);
    }
  }
  return comparisons;
}

void CheckFilter(const Table& table, const Condition& filter) {
  for (const std::string& name : AttributesOf(filter)) {
    if (!table.IsKey(name)) continue;
    RefuseInvalid(
        "Filter Expression can only contain non-primary key attributes: "
        "Primary key attribute: " +
        name);
  }
}

/// Reads ExclusiveStartKey. Returns false if the request has none.
bool ReadStart(const Json& request, const Table& table, ItemKey* start) {
  const Json* key = Object(request, "ExclusiveStartKey");
  if (key != nullptr) *start = table.KeyOfStart(ItemOfJson(*key));
  return key != nullptr;
}

/// The parts of a Query or Scan that are parsed from expressions.
struct PageQuery {
  std::string table_name;
  Table* table;
  Condition filter;
  Projection projection;
};

Json AnswerPage(CallContext* call, const PageQuery& query,
                PageRequest page_request) {
  const Json& request = call->request;
  Table& table = *query.table;
  const CapacityDetail detail = CapacityWanted(request);
  const bool consistent = Bool(request, "ConsistentRead", false);
  CheckSelect(request);
  const bool with_items = String(request, "Select", "") != "COUNT";
  page_request.items_max = Count(request, "Limit", SIZE_MAX);
  page_request.cut_at = call->faults.page_items_max;
  // The partition where the page begins pays for all of it.
  const ItemKey begin = page_request.after != nullptr
                            ? *page_request.after
                            : ItemKey(page_request.hash, "");
  if (!table.Admits(begin, Access::kRead)) Throttle(table, Access::kRead);
  const Table::Past past(
      &table, consistent ? Staleness() : call->faults.staleness,
      page_request.whole_table ? nullptr : &page_request.hash);
  const Page page = table.Read(page_request);

  const double units = ReadUnits(page.bytes, consistent);
  call->consumed.read += units;
  table.Take(begin, Access::kRead, units);
  size_t count = 0;
  Json items = Json::array();
  for (const Item* item : page.items) {
    if (!query.filter.Holds(item)) continue;
    ++count;
    if (with_items) items.push_back(Project(*item, query.projection));
  }
  Json answer = {{"Count", count}, {"ScannedCount", page.items.size()}};
  if (with_items) answer["Items"] = std::move(items);
  if (page.more) {
    answer["LastEvaluatedKey"] = JsonOfItem(table.ItemOfKey(page.last));
  }
  if (detail != CapacityDetail::kNone) {
    answer["ConsumedCapacity"] = CapacityOf(query.table_name, units, detail);
  }
  return answer;
}

}  // namespace

Json Service::Query(CallContext* call) {
  const Json& request = call->request;
  CheckMembers(request, "Query",
               {"TableName", "KeyConditionExpression", "FilterExpression",
                "ProjectionExpression", "ExpressionAttributeNames",
                "ExpressionAttributeValues", "ScanIndexForward", "Limit",
                "ExclusiveStartKey", "ConsistentRead", "Select",
                "ReturnConsumedCapacity"});
  PageQuery query;
  query.table_name = TableName(request);
  Table& table = FindActive(query.table_name);
  query.table = &table;
  Count(request, "Limit", SIZE_MAX);
  Substitutions substitutions(request,
                              {"FilterExpression", "KeyConditionExpression"});
  query.filter = ParseCondition(request, "FilterExpression", &substitutions);
  query.projection = ParseProjection(request, &substitutions);
  const Condition keys =
      ParseCondition(request, "KeyConditionExpression", &substitutions);
  substitutions.CheckAllUsed();
  const std::vector<KeyComparison> comparisons =
      KeyComparisons(table, ReadKeyCondition(keys, KeyNames(table)));
  CheckFilter(table, query.filter);

  PageRequest page;
  page.hash = comparisons[0].value.bytes;
  if (comparisons.size() > 1) page.range = &comparisons[1];
  page.forward = Bool(request, "ScanIndexForward", true);
  ItemKey after;
  if (ReadStart(request, table, &after)) {
    if (after.first != page.hash ||
        (page.range != nullptr &&
         (!Meets(after.second, *page.range) ||
          EndsRange(*page.range, page.forward, after.second)))) {
      RefuseInvalid(
          "The provided starting key does not match the range key predicate");
    }
    page.after = &after;
  }
  return AnswerPage(call, query, page);
}

Json Service::Scan(CallContext* call) {
  const Json& request = call->request;
  CheckMembers(request, "Scan",
               {"TableName", "FilterExpression", "ProjectionExpression",
                "ExpressionAttributeNames", "ExpressionAttributeValues",
                "Limit", "ExclusiveStartKey", "ConsistentRead", "Select",
                "ReturnConsumedCapacity"});
  PageQuery query;
  query.table_name = TableName(request);
  query.table = &FindActive(query.table_name);
  Count(request, "Limit", SIZE_MAX);
  Substitutions substitutions(request, {"FilterExpression"});
  query.filter = ParseCondition(request, "FilterExpression", &substitutions);
  query.projection = ParseProjection(request, &substitutions);
  substitutions.CheckAllUsed();
  PageRequest page;
  page.whole_table = true;
  ItemKey after;
  if (ReadStart(request, *query.table, &after)) page.after = &after;
  return AnswerPage(call, query, page);
}

}  // namespace dynamodown::fake

#include "fake/service.h"

#include <utility>

#include "fake/request.h"

namespace dynamodown::fake {

Json Service::AnswerPage(const Json& request, const std::string& name,
                         Table& table, const std::vector<std::string>& names,
                         PageRequest page_request) {
  const bool wants_capacity = WantsCapacity(request);
  const bool consistent = Bool(request, "ConsistentRead", false);
  const std::string select =
      OneOf(request, "Select",
            {"ALL_ATTRIBUTES", "COUNT", "SPECIFIC_ATTRIBUTES"}, "");
  if (!select.empty() && names.empty() == (select == "SPECIFIC_ATTRIBUTES")) {
    RefuseInvalid("Select " + select +
                  " does not go with this ProjectionExpression");
  }
  page_request.items_max = Count(request, "Limit", SIZE_MAX);
  page_request.cut_at = bend_->page_items_max;
  // A page is read from the partition in which it begins.
  const ItemKey begin = page_request.after != nullptr
                            ? *page_request.after
                            : ItemKey(page_request.hash, "");
  if (!table.Admits(begin, Access::kRead)) Throttle(table, Access::kRead);
  const Table::Past past(
      &table, consistent ? Staleness() : bend_->staleness,
      page_request.whole_table ? nullptr : &page_request.hash);
  const Page page = table.Read(page_request);

  const double units = ReadUnits(page.bytes, consistent);
  units_.read += units;
  table.Take(begin, Access::kRead, units);
  Json answer = {{"Count", page.items.size()},
                 {"ScannedCount", page.items.size()}};
  if (select != "COUNT") {
    Json items = Json::array();
    for (const Item* item : page.items) items.push_back(Project(*item, names));
    answer["Items"] = std::move(items);
  }
  if (page.more) {
    answer["LastEvaluatedKey"] = JsonOfItem(table.ItemOfKey(page.last));
  }
  if (wants_capacity) answer["ConsumedCapacity"] = CapacityOf(name, units);
  return answer;
}

Json Service::Query(const Json& request) {
  CheckMembers(request, "Query",
               {"TableName", "KeyConditionExpression", "ProjectionExpression",
                "ExpressionAttributeNames", "ExpressionAttributeValues",
                "ScanIndexForward", "Limit", "ExclusiveStartKey",
                "ConsistentRead", "Select", "ReturnConsumedCapacity"});
  Substitutions substitutions(request);
  const auto comparisons = ParseKeyCondition(request, &substitutions);
  const auto names = ParseProjection(request, &substitutions);
  substitutions.CheckAllUsed();
  const std::string name = TableName(request);
  Table& table = FindActive(name);

  const KeyComparison* hash = nullptr;
  PageRequest page;
  for (const KeyComparison& comparison : comparisons) {
    if (!table.IsKey(comparison.attribute)) {
      RefuseInvalid("Query condition missed key schema element: " +
                    (hash == nullptr ? table.hash() : table.range()).name);
    }
    const bool is_hash = comparison.attribute == table.hash().name;
    const KeyComparison*& place = is_hash ? hash : page.range;
    if (place != nullptr) {
      RefuseInvalid(
          "Invalid KeyConditionExpression: KeyConditionExpressions "
          "must only contain one condition per key");
    }
    place = &comparison;
    if (is_hash && comparison.comparator != "=") {
      RefuseInvalid("Query key condition not supported");
    }
    const KeyAttribute& attribute = is_hash ? table.hash() : table.range();
    table.CheckKeyValue(attribute, comparison.value);
    if (comparison.comparator != "BETWEEN") continue;
    table.CheckKeyValue(attribute, comparison.upper);
    if (comparison.upper.bytes < comparison.value.bytes) {
      RefuseInvalid(
          "Invalid KeyConditionExpression: The BETWEEN operator "
          "requires upper bound to be greater than or equal to lower "
          "bound");
    }
  }
  if (hash == nullptr) {
    RefuseInvalid("Query condition missed key schema element: " +
                  table.hash().name);
  }
  page.hash = hash->value.bytes;
  page.forward = Bool(request, "ScanIndexForward", true);

  ItemKey after;
  if (Member(request, "ExclusiveStartKey") != nullptr) {
    after = table.KeyOfRequest(
        ItemOfJson(RequiredObject(request, "ExclusiveStartKey")));
    if (after.first != page.hash) {
      RefuseInvalid(
          "The provided starting key is outside query boundaries "
          "based on provided conditions");
    }
    if (page.range != nullptr && !Meets(after.second, *page.range)) {
      RefuseInvalid(
          "The provided starting key does not match the range key "
          "predicate");
    }
    page.after = &after;
  }
  return AnswerPage(request, name, table, names, page);
}

Json Service::Scan(const Json& request) {
  CheckMembers(request, "Scan",
               {"TableName", "ProjectionExpression", "ExpressionAttributeNames",
                "Limit", "ExclusiveStartKey", "ConsistentRead", "Select",
                "ReturnConsumedCapacity"});
  Substitutions substitutions(request);
  const auto names = ParseProjection(request, &substitutions);
  substitutions.CheckAllUsed();
  const std::string name = TableName(request);
  Table& table = FindActive(name);
  PageRequest page;
  page.whole_table = true;
  ItemKey after;
  if (Member(request, "ExclusiveStartKey") != nullptr) {
    after = table.KeyOfRequest(
        ItemOfJson(RequiredObject(request, "ExclusiveStartKey")));
    page.after = &after;
  }
  return AnswerPage(request, name, table, names, page);
}

}  // namespace dynamodown::fake

#include "fake/service.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "fake/request.h"

namespace dynamodown::fake {

namespace {

/// Throws a Refusal for what the operation cannot return.
std::string ReturnedValues(const Json& request,
                           std::initializer_list<const char*> values) {
  std::string returned = String(request, "ReturnValues", "NONE");
  if (std::find(values.begin(), values.end(), returned) == values.end()) {
    RefuseInvalid("Return values set to invalid value");
  }
  return returned;
}

void CheckReturns(const Json& request) {
  CapacityWanted(request);
  OneOf(request, "ReturnItemCollectionMetrics", {"SIZE", "NONE"}, "NONE");
  OneOf(request, "ReturnValuesOnConditionCheckFailure", {"ALL_OLD", "NONE"},
        "NONE");
}

/// Of a request that has no other expression.
Condition OnlyCondition(const Json& request) {
  Substitutions substitutions(request, {"ConditionExpression"});
  Condition condition =
      ParseCondition(request, "ConditionExpression", &substitutions);
  substitutions.CheckAllUsed();
  return condition;
}

}  // namespace

Json Service::GetItem(const Json& request) {
  CheckMembers(request, "GetItem",
               {"TableName", "Key", "ConsistentRead", "ProjectionExpression",
                "ExpressionAttributeNames", "ReturnConsumedCapacity"});
  const std::string name = TableName(request);
  Table& table = FindActive(name);
  const CapacityDetail detail = CapacityWanted(request);
  const bool consistent = Bool(request, "ConsistentRead", false);
  Substitutions substitutions(request, {});
  const Projection projection = ParseProjection(request, &substitutions);
  substitutions.CheckAllUsed();
  const ItemKey key = table.KeyOfRequest(ItemOfJson(KeyMember(request)));
  if (!table.Admits(key, Access::kRead)) Throttle(table, Access::kRead);
  const bool stale = !consistent && bend_->staleness.age.count() > 0;
  const Item* item =
      stale ? table.FindPast(key, bend_->staleness) : table.FindDecided(key);

  const double units = ReadUnits(SizeOrZero(item), consistent);
  units_.read += units;
  table.Take(key, Access::kRead, units);
  Json answer = Json::object();
  if (item != nullptr) answer["Item"] = Project(*item, projection);
  if (detail != CapacityDetail::kNone) {
    answer["ConsumedCapacity"] = CapacityOf(name, units, detail);
  }
  return answer;
}

void Service::CheckCondition(const Json& request, const Condition& condition,
                             const Item* item) {
  if (condition.Holds(item)) return;
  TakeWriteUnits(WriteUnits(SizeOrZero(item)));
  Refusal refusal{"ConditionalCheckFailedException",
                  "The conditional request failed"};
  if (item != nullptr && String(request, "ReturnValuesOnConditionCheckFailure",
                                "NONE") == "ALL_OLD") {
    refusal.more["Item"] = JsonOfItem(*item);
  }
  throw refusal;
}

/// The answer of a single write; what it returns is computed before it happens.
/// `after` is null when the item goes, `update` when there is none.
Json Service::FinishWrite(const Json& request, const Item* before,
                          const Item* after, const Update* update) {
  const double units =
      WriteUnits(std::max(SizeOrZero(before), SizeOrZero(after)));
  TakeWriteUnits(units);
  Json answer = Json::object();
  const std::string returned = String(request, "ReturnValues", "NONE");
  if (returned == "ALL_OLD" && before != nullptr) {
    answer["Attributes"] = JsonOfItem(*before);
  }
  if (returned == "ALL_NEW") answer["Attributes"] = JsonOfItem(*after);
  if (returned == "UPDATED_OLD" || returned == "UPDATED_NEW") {
    const Item* shown = returned == "UPDATED_OLD" ? before : after;
    const Item updated = shown == nullptr ? Item() : update->Updated(*shown);
    if (!updated.empty()) answer["Attributes"] = JsonOfItem(updated);
  }
  const CapacityDetail detail = CapacityWanted(request);
  if (detail != CapacityDetail::kNone) {
    answer["ConsumedCapacity"] = CapacityOf(TableName(request), units, detail);
  }
  return answer;
}

Json Service::PutItem(const Json& request) {
  CheckMembers(
      request, "PutItem",
      {"TableName", "Item", "ConditionExpression", "ExpressionAttributeNames",
       "ExpressionAttributeValues", "ReturnConsumedCapacity", "ReturnValues",
       "ReturnValuesOnConditionCheckFailure", "ReturnItemCollectionMetrics"});
  Table& table = FindActive(request);
  CheckReturns(request);
  ReturnedValues(request, {"NONE", "ALL_OLD"});
  const Json* member = Object(request, "Item");
  if (member == nullptr) {
    RefuseInvalid("Item to put in PutItem cannot be null");
  }
  const Condition condition = OnlyCondition(request);
  Item item = ItemOfJson(*member);
  const ItemKey key = table.KeyOfItem(item);

  BeginWrite(&table, key);
  const Item* before = table.Find(key);
  CheckCondition(request, condition, before);
  Json answer = FinishWrite(request, before, &item, nullptr);
  table.Put(key, std::move(item));
  return answer;
}

Json Service::UpdateItem(const Json& request) {
  CheckMembers(
      request, "UpdateItem",
      {"TableName", "Key", "UpdateExpression", "ConditionExpression",
       "ExpressionAttributeNames", "ExpressionAttributeValues",
       "ReturnConsumedCapacity", "ReturnValues",
       "ReturnValuesOnConditionCheckFailure", "ReturnItemCollectionMetrics"});
  Table& table = FindActive(request);
  CheckReturns(request);
  ReturnedValues(request,
                 {"NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"});
  Substitutions substitutions(request,
                              {"UpdateExpression", "ConditionExpression"});
  const Update update = ParseUpdate(request, &substitutions);
  const Condition condition =
      ParseCondition(request, "ConditionExpression", &substitutions);
  substitutions.CheckAllUsed();
  const ItemKey key = table.KeyOfRequest(ItemOfJson(KeyMember(request)));

  BeginWrite(&table, key);
  const Item* before = table.Find(key);
  CheckCondition(request, condition, before);
  Item after = table.Updated(update, key, before);
  Json answer = FinishWrite(request, before, &after, &update);
  table.Put(key, std::move(after));
  return answer;
}

Json Service::DeleteItem(const Json& request) {
  CheckMembers(
      request, "DeleteItem",
      {"TableName", "Key", "ConditionExpression", "ExpressionAttributeNames",
       "ExpressionAttributeValues", "ReturnConsumedCapacity", "ReturnValues",
       "ReturnValuesOnConditionCheckFailure", "ReturnItemCollectionMetrics"});
  Table& table = FindActive(request);
  CheckReturns(request);
  ReturnedValues(request, {"NONE", "ALL_OLD"});
  const Condition condition = OnlyCondition(request);
  const ItemKey key = table.KeyOfRequest(ItemOfJson(KeyMember(request)));

  BeginWrite(&table, key);
  const Item* before = table.Find(key);
  CheckCondition(request, condition, before);
  Json answer = FinishWrite(request, before, nullptr, nullptr);
  table.Erase(key);
  return answer;
}

}  // namespace dynamodown::fake

#include "fake/service.h"

#include <algorithm>
#include <utility>

#include "fake/request.h"

namespace dynamodown::fake {

Json Service::GetItem(const Json& request) {
  CheckMembers(request, "GetItem",
               {"TableName", "Key", "ConsistentRead", "ProjectionExpression",
                "ExpressionAttributeNames", "ReturnConsumedCapacity"});
  Substitutions substitutions(request);
  const auto names = ParseProjection(request, &substitutions);
  substitutions.CheckAllUsed();
  const bool wants_capacity = WantsCapacity(request);
  const bool consistent = Bool(request, "ConsistentRead", false);
  Table& table = FindActive(request);
  const ItemKey key =
      table.KeyOfRequest(ItemOfJson(RequiredObject(request, "Key")));
  if (!table.Admits(key, Access::kRead)) Throttle(table, Access::kRead);
  const bool stale = !consistent && bend_->staleness.age.count() > 0;
  const Item* item =
      stale ? table.FindPast(key, bend_->staleness) : table.FindDecided(key);

  const double units = ReadUnits(SizeOrZero(item), consistent);
  units_.read += units;
  table.Take(key, Access::kRead, units);
  Json answer = Json::object();
  if (item != nullptr) answer["Item"] = Project(*item, names);
  if (wants_capacity) {
    answer["ConsumedCapacity"] = CapacityOf(TableName(request), units);
  }
  return answer;
}

void Service::CheckCondition(const Json& request, const Condition& condition,
                             const Item* item) {
  const bool return_old = OneOf(request, "ReturnValuesOnConditionCheckFailure",
                                {"ALL_OLD"}, "NONE") == "ALL_OLD";
  if (condition.Holds(item)) return;
  TakeWriteUnits(WriteUnits(SizeOrZero(item)));
  Refusal refusal{"ConditionalCheckFailedException",
                  "The conditional request failed"};
  if (return_old && item != nullptr) refusal.more["Item"] = JsonOfItem(*item);
  throw refusal;
}

/// The answer of a single write; what it returns is computed before it happens.
Json Service::FinishWrite(const Json& request, const Item* before, size_t bytes,
                          const Item* after) {
  const double units = WriteUnits(bytes);
  TakeWriteUnits(units);
  Json answer = Json::object();
  const std::string returned = String(request, "ReturnValues", "NONE");
  if (returned == "ALL_OLD" && before != nullptr) {
    answer["Attributes"] = JsonOfItem(*before);
  }
  if (returned == "ALL_NEW") answer["Attributes"] = JsonOfItem(*after);
  if (WantsCapacity(request)) {
    answer["ConsumedCapacity"] = CapacityOf(TableName(request), units);
  }
  return answer;
}

Json Service::PutItem(const Json& request) {
  CheckMembers(
      request, "PutItem",
      {"TableName", "Item", "ConditionExpression", "ExpressionAttributeNames",
       "ExpressionAttributeValues", "ReturnConsumedCapacity", "ReturnValues",
       "ReturnValuesOnConditionCheckFailure"});
  Substitutions substitutions(request);
  const Condition condition = ParseCondition(request, &substitutions);
  substitutions.CheckAllUsed();
  OneOf(request, "ReturnValues", {"ALL_OLD"}, "NONE");
  WantsCapacity(request);
  Table& table = FindActive(request);
  Item item = ItemOfJson(RequiredObject(request, "Item"));
  const ItemKey key = table.KeyOfItem(item);

  BeginWrite(&table, key);
  const Item* before = table.Find(key);
  CheckCondition(request, condition, before);
  Json answer = FinishWrite(request, before,
                            std::max(SizeOrZero(before), SizeOf(item)), &item);
  table.Put(key, std::move(item));
  return answer;
}

Json Service::UpdateItem(const Json& request) {
  CheckMembers(request, "UpdateItem",
               {"TableName", "Key", "UpdateExpression", "ConditionExpression",
                "ExpressionAttributeNames", "ExpressionAttributeValues",
                "ReturnConsumedCapacity", "ReturnValues",
                "ReturnValuesOnConditionCheckFailure"});
  Substitutions substitutions(request);
  const auto assignments = ParseUpdate(request, &substitutions);
  const Condition condition = ParseCondition(request, &substitutions);
  substitutions.CheckAllUsed();
  OneOf(request, "ReturnValues", {"ALL_OLD", "ALL_NEW"}, "NONE");
  WantsCapacity(request);
  Table& table = FindActive(request);
  const ItemKey key =
      table.KeyOfRequest(ItemOfJson(RequiredObject(request, "Key")));
  for (const auto& [name, operand] : assignments) {
    if (table.IsKey(name)) {
      RefuseInvalid(
          "One or more parameter values were invalid: Cannot update "
          "attribute " +
          name + ". This attribute is part of the key");
    }
  }

  BeginWrite(&table, key);
  const Item* before = table.Find(key);
  CheckCondition(request, condition, before);
  const Item old = before != nullptr ? *before : table.ItemOfKey(key);
  Item after = old;
  for (const auto& [name, operand] : assignments) {
    if (operand.value.has_value()) {
      after[name] = *operand.value;
      continue;
    }
    const auto found = old.find(operand.path);
    if (found == old.end()) {
      RefuseInvalid(
          "The provided expression refers to an attribute that does "
          "not exist in the item");
    }
    after[name] = found->second;
  }
  if (SizeOf(after) > kItemBytesMax) {
    RefuseInvalid("Item size to update has exceeded the maximum allowed size");
  }
  Json answer = FinishWrite(
      request, before, std::max(SizeOrZero(before), SizeOf(after)), &after);
  table.Put(key, std::move(after));
  return answer;
}

Json Service::DeleteItem(const Json& request) {
  CheckMembers(
      request, "DeleteItem",
      {"TableName", "Key", "ConditionExpression", "ExpressionAttributeNames",
       "ExpressionAttributeValues", "ReturnConsumedCapacity", "ReturnValues",
       "ReturnValuesOnConditionCheckFailure"});
  Substitutions substitutions(request);
  const Condition condition = ParseCondition(request, &substitutions);
  substitutions.CheckAllUsed();
  OneOf(request, "ReturnValues", {"ALL_OLD"}, "NONE");
  WantsCapacity(request);
  Table& table = FindActive(request);
  const ItemKey key =
      table.KeyOfRequest(ItemOfJson(RequiredObject(request, "Key")));

  BeginWrite(&table, key);
  const Item* before = table.Find(key);
  CheckCondition(request, condition, before);
  Json answer = FinishWrite(request, before, SizeOrZero(before), nullptr);
  table.Erase(key);
  return answer;
}

}  // namespace dynamodown::fake

// GetItem, PutItem, UpdateItem and DeleteItem.

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "fake/expressions/condition.h"
#include "fake/expressions/projection.h"
#include "fake/expressions/substitutions.h"
#include "fake/expressions/update.h"
#include "fake/operations/request.h"
#include "fake/operations/service.h"

namespace dynamodown::fake {
namespace {

/// Throws a Refusal if the operation cannot return these values.
void CheckReturnedValues(const Json& request,
                         std::initializer_list<const char*> values) {
  const std::string returned = String(request, "ReturnValues", "NONE");
  if (std::find(values.begin(), values.end(), returned) == values.end()) {
    RefuseInvalid("Return values set to invalid value");
  }
}

void CheckReturns(const Json& request) {
  CapacityWanted(request);
  OneOf(request, "ReturnItemCollectionMetrics", {"SIZE", "NONE"}, "NONE");
  OneOf(request, "ReturnValuesOnConditionCheckFailure", {"ALL_OLD", "NONE"},
        "NONE");
}

/// Parses the condition of a request that has no other expression.
Condition OnlyCondition(const Json& request) {
  Substitutions substitutions(request, {"ConditionExpression"});
  Condition condition =
      ParseCondition(request, "ConditionExpression", &substitutions);
  substitutions.CheckAllUsed();
  return condition;
}

/// A single write whose request has been parsed.
class SingleWrite {
 public:
  SingleWrite(CallContext* call, Table* table, ItemKey key)
      : call_(call), table_(table), key_(std::move(key)) {}

  /// Returns the item that the write replaces, or null.
  /// **Errors**: throws a Refusal if the partition has no units left, if a
  /// transaction holds the item, or if the condition does not hold.
  const Item* Begin(const Condition& condition);
  /// Returns the answer of a write that stores `after`, or that deletes the
  /// item if `after` is null. `update` may be null. The caller applies the
  /// write afterwards.
  Json Answer(const Item* before, const Item* after, const Update* update);

  const ItemKey& key() const { return key_; }

 private:
  void TakeUnits(double units) {
    call_->consumed.write += units;
    table_->Take(key_, Access::kWrite, units);
  }

  CallContext* const call_;
  Table* const table_;
  const ItemKey key_;
};

const Item* SingleWrite::Begin(const Condition& condition) {
  if (!table_->Admits(key_, Access::kWrite)) Throttle(*table_, Access::kWrite);
  if (table_->IsLocked(key_)) {
    throw Refusal{"TransactionConflictException",
                  "Transaction is ongoing for the item"};
  }
  const Item* const before = table_->Find(key_);
  if (condition.Holds(before)) return before;
  TakeUnits(WriteUnits(SizeOrZero(before)));
  Refusal refusal{"ConditionalCheckFailedException",
                  "The conditional request failed"};
  if (before != nullptr &&
      String(call_->request, "ReturnValuesOnConditionCheckFailure", "NONE") ==
          "ALL_OLD") {
    refusal.more["Item"] = JsonOfItem(*before);
  }
  throw refusal;
}

Json SingleWrite::Answer(const Item* before, const Item* after,
                         const Update* update) {
  const Json& request = call_->request;
  const double units =
      WriteUnits(std::max(SizeOrZero(before), SizeOrZero(after)));
  TakeUnits(units);
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

}  // namespace

Json Service::GetItem(CallContext* call) {
  const Json& request = call->request;
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
  const Staleness& staleness = call->faults.staleness;
  const bool stale = !consistent && staleness.age.count() > 0;
  const Item* item =
      stale ? table.FindPast(key, staleness) : table.FindDecided(key);

  const double units = ReadUnits(SizeOrZero(item), consistent);
  call->consumed.read += units;
  table.Take(key, Access::kRead, units);
  Json answer = Json::object();
  if (item != nullptr) answer["Item"] = Project(*item, projection);
  if (detail != CapacityDetail::kNone) {
    answer["ConsumedCapacity"] = CapacityOf(name, units, detail);
  }
  return answer;
}

Json Service::PutItem(CallContext* call) {
  const Json& request = call->request;
  CheckMembers(
      request, "PutItem",
      {"TableName", "Item", "ConditionExpression", "ExpressionAttributeNames",
       "ExpressionAttributeValues", "ReturnConsumedCapacity", "ReturnValues",
       "ReturnValuesOnConditionCheckFailure", "ReturnItemCollectionMetrics"});
  Table& table = FindActive(request);
  CheckReturns(request);
  CheckReturnedValues(request, {"NONE", "ALL_OLD"});
  const Json* member = Object(request, "Item");
  if (member == nullptr) {
    RefuseInvalid("Item to put in PutItem cannot be null");
  }
  const Condition condition = OnlyCondition(request);
  Item item = ItemOfJson(*member);
  SingleWrite write(call, &table, table.KeyOfItem(item));

  const Item* before = write.Begin(condition);
  Json answer = write.Answer(before, &item, nullptr);
  table.Put(write.key(), std::move(item));
  return answer;
}

Json Service::UpdateItem(CallContext* call) {
  const Json& request = call->request;
  CheckMembers(
      request, "UpdateItem",
      {"TableName", "Key", "UpdateExpression", "ConditionExpression",
       "ExpressionAttributeNames", "ExpressionAttributeValues",
       "ReturnConsumedCapacity", "ReturnValues",
       "ReturnValuesOnConditionCheckFailure", "ReturnItemCollectionMetrics"});
  Table& table = FindActive(request);
  CheckReturns(request);
  CheckReturnedValues(
      request, {"NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"});
  Substitutions substitutions(request,
                              {"UpdateExpression", "ConditionExpression"});
  const Update update = ParseUpdate(request, &substitutions);
  const Condition condition =
      ParseCondition(request, "ConditionExpression", &substitutions);
  substitutions.CheckAllUsed();
  SingleWrite write(call, &table,
                    table.KeyOfRequest(ItemOfJson(KeyMember(request))));

  const Item* before = write.Begin(condition);
  Item after = table.Updated(update, write.key(), before);
  Json answer = write.Answer(before, &after, &update);
  table.Put(write.key(), std::move(after));
  return answer;
}

Json Service::DeleteItem(CallContext* call) {
  const Json& request = call->request;
  CheckMembers(
      request, "DeleteItem",
      {"TableName", "Key", "ConditionExpression", "ExpressionAttributeNames",
       "ExpressionAttributeValues", "ReturnConsumedCapacity", "ReturnValues",
       "ReturnValuesOnConditionCheckFailure", "ReturnItemCollectionMetrics"});
  Table& table = FindActive(request);
  CheckReturns(request);
  CheckReturnedValues(request, {"NONE", "ALL_OLD"});
  const Condition condition = OnlyCondition(request);
  SingleWrite write(call, &table,
                    table.KeyOfRequest(ItemOfJson(KeyMember(request))));

  const Item* before = write.Begin(condition);
  Json answer = write.Answer(before, nullptr, nullptr);
  table.Erase(write.key());
  return answer;
}

}  // namespace dynamodown::fake

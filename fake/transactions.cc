#include "fake/service.h"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "fake/request.h"

namespace dynamodown::fake {
namespace {

constexpr size_t kTransactionItemsMax = 100;
constexpr size_t kTransactionBytesMax = 4 << 20;
constexpr size_t kTokenBytesMax = 36;
constexpr int64_t kTokenSeconds = 600;

Refusal Cancelled(const std::vector<std::string>& codes, Json reasons) {
  std::string message =
      "Transaction cancelled, please refer cancellation reasons for specific "
      "reasons [";
  for (size_t i = 0; i < codes.size(); ++i) {
    message += (i == 0 ? "" : ", ") + codes[i];
  }
  return {"TransactionCanceledException", message + "]",
          Json{{"CancellationReasons", std::move(reasons)}}};
}

}  // namespace

/// One member of a transaction, checked but for its condition.
struct Service::Write {
  std::string table_name;
  Table* table;
  ItemKey key;
  std::optional<Item> put;
  bool deletes = false;
  Condition condition;
  bool return_old = false;
  size_t bytes;
};

Service::Write Service::PlanWrite(const Json& member) {
  CheckMembers(member, "TransactWriteItem",
               {"Put", "Delete", "ConditionCheck"});
  if (member.size() != 1) {
    RefuseInvalid(
        "TransactItems can only contain one of Check, Put, Update or "
        "Delete");
  }
  const std::string kind = member.begin().key();
  const Json& request = member.begin().value();
  CheckMembers(
      request, kind,
      {"TableName", kind == "Put" ? "Item" : "Key", "ConditionExpression",
       "ExpressionAttributeNames", "ExpressionAttributeValues",
       "ReturnValuesOnConditionCheckFailure"});
  if (kind == "ConditionCheck") Required(request, "ConditionExpression");
  Substitutions substitutions(request);
  Write write;
  write.condition = ParseCondition(request, &substitutions);
  substitutions.CheckAllUsed();
  write.return_old = OneOf(request, "ReturnValuesOnConditionCheckFailure",
                           {"ALL_OLD"}, "NONE") == "ALL_OLD";
  write.table_name = TableName(request);
  write.table = &FindActive(write.table_name);
  write.deletes = kind == "Delete";
  if (kind == "Put") {
    write.put = ItemOfJson(RequiredObject(request, "Item"));
    write.key = write.table->KeyOfItem(*write.put);
    write.bytes = SizeOf(*write.put);
  } else {
    const Item key = ItemOfJson(RequiredObject(request, "Key"));
    write.key = write.table->KeyOfRequest(key);
    write.bytes = SizeOf(key);
  }
  return write;
}

Json Service::TransactWriteItems(const Json& request) {
  CheckMembers(
      request, "TransactWriteItems",
      {"TransactItems", "ClientRequestToken", "ReturnConsumedCapacity"});
  const bool wants_capacity = WantsCapacity(request);
  const Json& members = RequiredArray(request, "TransactItems");
  if (members.empty() || members.size() > kTransactionItemsMax) {
    RefuseInvalid(
        "1 validation error detected: Value at 'transactItems' "
        "failed to satisfy constraint: Member must have length less "
        "than or equal to 100 and greater than or equal to 1");
  }
  const std::string token = String(request, "ClientRequestToken", "");
  if ((Member(request, "ClientRequestToken") != nullptr && token.empty()) ||
      token.size() > kTokenBytesMax) {
    RefuseInvalid(
        "1 validation error detected: 'clientRequestToken' must have "
        "1 to 36 characters");
  }
  std::vector<Write> writes;
  std::set<std::tuple<std::string, ItemKey>> seen;
  size_t bytes = 0;
  for (const Json& member : members) {
    writes.push_back(PlanWrite(member));
    bytes += writes.back().bytes;
    if (!seen.emplace(writes.back().table_name, writes.back().key).second) {
      RefuseInvalid(
          "Transaction request cannot include multiple operations on "
          "one item");
    }
  }
  if (bytes > kTransactionBytesMax) {
    RefuseInvalid("Transaction request size exceeds 4 MB");
  }

  std::erase_if(transactions_, [this](const auto& done) {
    return done.second.unix_seconds + kTokenSeconds < now_;
  });
  const auto done = transactions_.find(token);
  const bool repeated = !token.empty() && done != transactions_.end();
  if (repeated && done->second.request != members) {
    throw Refusal{"IdempotentParameterMismatchException",
                  "The request was rejected because its client token was used "
                  "before, with different parameters"};
  }

  std::map<std::string, double> units;
  std::vector<std::string> codes;
  Json reasons = Json::array();
  bool cancelled = false;
  for (const Write& write : writes) {
    const Item* before = write.table->Find(write.key);
    const size_t after = write.put.has_value() ? write.bytes : 0;
    const size_t larger = std::max(SizeOrZero(before), after);
    units[write.table_name] +=
        2 * (repeated ? ReadUnits(larger, true) : WriteUnits(larger));
    const bool holds = repeated || write.condition.Holds(before);
    codes.push_back(holds ? "None" : "ConditionalCheckFailed");
    Json reason = {{"Code", codes.back()}};
    if (!holds) {
      cancelled = true;
      reason["Message"] = "The conditional request failed";
      if (write.return_old && before != nullptr) {
        reason["Item"] = JsonOfItem(*before);
      }
    }
    reasons.push_back(std::move(reason));
  }
  for (const auto& [name, sum] : units) {
    (repeated ? units_.read : units_.write) += sum;
  }
  if (cancelled) throw Cancelled(codes, std::move(reasons));
  for (Write& write : writes) {
    if (repeated) break;
    if (write.put.has_value()) {
      write.table->Put(write.key, *std::move(write.put));
    } else if (write.deletes) {
      write.table->Erase(write.key);
    }
  }
  if (!token.empty() && !repeated) transactions_[token] = {members, now_};

  Json answer = Json::object();
  if (wants_capacity) {
    Json list = CapacitiesOf(units);
    for (Json& capacity : list) {
      capacity[repeated ? "ReadCapacityUnits" : "WriteCapacityUnits"] =
          capacity["CapacityUnits"];
    }
    answer["ConsumedCapacity"] = std::move(list);
  }
  return answer;
}

}  // namespace dynamodown::fake

#include "fake/service.h"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "fake/request.h"
#include "fake/transaction_write.h"

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

const Json& MembersOf(const Json& request) {
  const Json* members = Array(request, "TransactItems");
  if (members == nullptr) {
    RefuseInvalid(
        "Value null at 'transactItems' failed to satisfy constraint: Member "
        "must not be null");
  }
  if (members->empty()) {
    RefuseInvalid(
        "Value [] at 'transactItems' failed to satisfy constraint: Member must "
        "have length greater than or equal to 1");
  }
  if (members->size() > kTransactionItemsMax) {
    RefuseInvalid("Member must have length less than or equal to 100");
  }
  return *members;
}

/// Empty: none.
std::string TokenOf(const Json& request) {
  const std::string token = String(request, "ClientRequestToken", "");
  const auto refuse = [&](const std::string& must) {
    RefuseInvalid("Value " + token +
                  " at 'clientRequestToken' failed to satisfy constraint: "
                  "Member must have length " +
                  must);
  };
  if (token.size() > kTokenBytesMax) refuse("less than or equal to 36");
  if (token.empty() && Member(request, "ClientRequestToken") != nullptr) {
    refuse("greater than or equal to 1");
  }
  return token;
}

}  // namespace

Json Service::TransactWriteItems(const Json& request) {
  CheckMembers(request, "TransactWriteItems",
               {"TransactItems", "ClientRequestToken", "ReturnConsumedCapacity",
                "ReturnItemCollectionMetrics"});
  const CapacityDetail detail = CapacityWanted(request);
  OneOf(request, "ReturnItemCollectionMetrics", {"SIZE", "NONE"}, "NONE");
  const std::string token = TokenOf(request);
  const Json& members = MembersOf(request);
  std::erase_if(transactions_, [this](const auto& done) {
    return done.second.unix_seconds + kTokenSeconds < now_;
  });
  const auto done = transactions_.find(token);
  const bool repeated = !token.empty() && done != transactions_.end();
  if (repeated && done->second.request != members) {
    throw Refusal{"IdempotentParameterMismatchException",
                  "DynamoDB rejected the request because you retried a request "
                  "with a different payload but with an idempotent token that "
                  "was already used."};
  }

  std::vector<Write> writes;
  std::set<std::tuple<std::string, ItemKey>> seen;
  size_t bytes = 0;
  for (const Json& member : members) {
    writes.push_back(PlanWrite(member, writes.size() + 1));
    const Write& write = writes.back();
    bytes += write.bytes;
    if (!write.invalid.has_value() &&
        !seen.emplace(write.table_name, write.key).second) {
      RefuseInvalid(
          "Transaction request cannot include multiple operations on one "
          "item");
    }
  }
  if (bytes > kTransactionBytesMax) {
    RefuseInvalid("Transaction payload size cannot exceed 4MB. Payload Size: " +
                  std::to_string(bytes));
  }

  std::map<std::string, double> units;
  std::vector<std::string> codes;
  Json reasons = Json::array();
  bool cancelled = false;
  std::vector<std::optional<Item>> afters(writes.size());
  for (size_t i = 0; i < writes.size(); ++i) {
    const Write& write = writes[i];
    const Item* before =
        write.invalid.has_value() ? nullptr : write.table->Find(write.key);
    Json reason = {{"Code", "None"}};
    if (!repeated) reason = write.ReasonFor(before, &afters[i]);
    const size_t after = afters[i].has_value() ? SizeOf(*afters[i]) : 0;
    const size_t larger = std::max(SizeOrZero(before), after);
    units[write.table_name] +=
        2 * (repeated ? ReadUnits(larger, true) : WriteUnits(larger));
    codes.push_back(reason["Code"]);
    cancelled = cancelled || codes.back() != "None";
    reasons.push_back(std::move(reason));
  }
  for (const auto& [name, sum] : units) {
    (repeated ? units_.read : units_.write) += sum;
  }
  if (cancelled) throw Cancelled(codes, std::move(reasons));
  for (size_t i = 0; i < writes.size() && !repeated; ++i) {
    const Write& write = writes[i];
    if (write.kind == Write::Kind::kConditionCheck) continue;
    if (afters[i].has_value()) {
      write.table->Put(write.key, *std::move(afters[i]));
    } else {
      write.table->Erase(write.key);
    }
  }
  if (!token.empty() && !repeated) transactions_[token] = {members, now_};

  Json answer = Json::object();
  if (detail != CapacityDetail::kNone) {
    const char* kind = repeated ? "ReadCapacityUnits" : "WriteCapacityUnits";
    Json list = CapacitiesOf(units, detail);
    for (Json& capacity : list) {
      capacity[kind] = capacity["CapacityUnits"];
      if (capacity.contains("Table")) {
        capacity["Table"][kind] = capacity["CapacityUnits"];
      }
    }
    answer["ConsumedCapacity"] = std::move(list);
  }
  return answer;
}

}  // namespace dynamodown::fake

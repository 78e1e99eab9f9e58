// TransactWriteItems, and what others see of one that takes time.
//
// The Developer Guide ("Amazon DynamoDB Transactions: How it works", "Isolation
// levels for DynamoDB transactions" and "Transaction conflict handling") says:
// * A transaction is serializable against GetItem, PutItem, UpdateItem,
//   DeleteItem, other transactions, and each single write of a BatchWriteItem.
// * Query, Scan and BatchGetItem as a whole are not: they are read-committed,
// so
//   that a page may hold some of a transaction's writes and not others.
// * A write to an item of an ongoing transaction is refused with
//   TransactionConflictException, and another transaction is cancelled, with
//   TransactionConflict as the reason of just those items.
//
// With a step of s, a transaction that comes at 0 and writes n items goes:
//
//     0            all its items are locked, those that it only checks as well
//     2s           it is decided, by their conditions: GetItem shows all of it
//     3s ... (n+2)s  Query, Scan and BatchGetItem show one write more at each,
//                  in no order that a client could know
//     (n+2)s       the locks are gone, and it answers
//
// A transaction that meets a lock answers at s, one whose conditions do not
// hold at 2s; until then the other items that they wanted are locked. As nobody
// changes a locked item, the decision of 2s is made at 0, and all that is left
// is a list of what is shown when: nothing here waits. What was shown stays
// shown: when GetItem has shown a write, so does everybody else from then on.
// While a transaction is under way, the same request with the same token is
// TransactionInProgressException. The single writes of a BatchWriteItem that
// meet a lock are left unprocessed.
//
// With a step of 0 it is all at once.

#include "fake/service.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/crypto.h"
#include "fake/request.h"

namespace dynamodown::fake {
namespace {

constexpr size_t kTransactionItemsMax = 100;
constexpr size_t kTransactionBytesMax = 4 << 20;
constexpr size_t kTokenBytesMax = 36;
constexpr int64_t kTokenSeconds = 600;

constexpr char kConflict[] = "TransactionConflict";
constexpr char kThrottled[] = "ThrottlingError";
constexpr char kConditionFailed[] = "ConditionalCheckFailed";

std::string MessageOf(std::string_view code) {
  if (code == kConflict) return "Transaction is ongoing for the item";
  if (code == kThrottled) {
    return "Throughput exceeds the current capacity of your table or index.";
  }
  return "The conditional request failed";
}

/// Where the i-th write comes when they are shown: spread, as if each lay
/// elsewhere.
std::vector<size_t> OrderOf(std::vector<std::string> keys) {
  for (std::string& key : keys) key = AsBytes(Md5(key));
  std::vector<size_t> sorted(keys.size());
  std::iota(sorted.begin(), sorted.end(), size_t{0});
  std::sort(sorted.begin(), sorted.end(),
            [&](size_t a, size_t b) { return keys[a] < keys[b]; });
  std::vector<size_t> order(keys.size());
  for (size_t i = 0; i < sorted.size(); ++i) order[sorted[i]] = i;
  return order;
}

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

  bool Changes() const { return put.has_value() || deletes; }
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

/// Why an item cancels its transaction; "None": it does not.
const char* Service::CodeOf(const Write& write, const Item* before) {
  if (!write.table->Admits(write.key, Access::kWrite)) return kThrottled;
  if (write.table->IsLocked(write.key)) return kConflict;
  return write.condition.Holds(before) ? "None" : kConditionFailed;
}

/// What was decided is done, now or later; the items are locked.
void Service::Apply(std::vector<Write>* writes) {
  const Scheduler::Duration step = settings_.transaction_step;
  std::erase_if(*writes, [](const Write& write) { return !write.Changes(); });
  std::vector<std::string> keys;
  for (const Write& write : *writes) {
    keys.push_back(write.table_name + write.key.first + write.key.second);
  }
  const std::vector<size_t> order = OrderOf(std::move(keys));
  for (size_t i = 0; i < writes->size(); ++i) {
    Write& write = (*writes)[i];
    if (step.count() > 0) {
      const auto shown = static_cast<int64_t>(3 + order[i]);
      write.table->ShowLater(write.key, std::move(write.put),
                             moment_ + 2 * step, moment_ + shown * step);
    } else if (write.put.has_value()) {
      write.table->Put(write.key, *std::move(write.put));
    } else {
      write.table->Erase(write.key);
    }
  }
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
    return done.second.unix_seconds + kTokenSeconds < now_ ||
           (done.second.cancelled && done.second.until <= moment_);
  });
  const auto done = transactions_.find(token);
  const bool repeated = !token.empty() && done != transactions_.end();
  if (repeated && done->second.request != members) {
    throw Refusal{"IdempotentParameterMismatchException",
                  "The request was rejected because its client token was used "
                  "before, with different parameters"};
  }
  if (repeated && done->second.until > moment_) {
    throw Refusal{"TransactionInProgressException",
                  "The transaction with the given request token is already in "
                  "progress."};
  }

  std::map<std::string, double> units;
  std::vector<std::string> codes;
  Json reasons = Json::array();
  bool cancelled = false;
  bool conflict = false;
  for (const Write& write : writes) {
    const Item* before = write.table->Find(write.key);
    const size_t after = write.put.has_value() ? write.bytes : 0;
    const size_t larger = std::max(SizeOrZero(before), after);
    codes.push_back(repeated ? "None" : CodeOf(write, before));
    const Access access = repeated ? Access::kRead : Access::kWrite;
    if (codes.back() != kThrottled) {
      const double taken =
          2 * (repeated ? ReadUnits(larger, true) : WriteUnits(larger));
      units[write.table_name] += taken;
      write.table->Take(write.key, access, taken);
    }
    conflict |= codes.back() == kConflict;
    Json reason = {{"Code", codes.back()}};
    if (codes.back() != "None") {
      cancelled = true;
      reason["Message"] = MessageOf(codes.back());
    }
    if (codes.back() == kConditionFailed && write.return_old &&
        before != nullptr) {
      reason["Item"] = JsonOfItem(*before);
    }
    reasons.push_back(std::move(reason));
  }
  for (const auto& [name, sum] : units) {
    (repeated ? units_.read : units_.write) += sum;
  }
  if (!repeated) {
    const auto steps = static_cast<int64_t>(
        conflict    ? 1
        : cancelled ? 2
                    : 2 + std::count_if(writes.begin(), writes.end(),
                                        [](const Write& write) {
                                          return write.Changes();
                                        }));
    takes_ = settings_.transaction_step * steps;
    for (size_t i = 0; i < writes.size(); ++i) {
      // A rival's lock stays the rival's.
      if (codes[i] != kConflict) {
        writes[i].table->Lock(writes[i].key, moment_ + takes_);
      }
    }
    if (!token.empty()) {
      transactions_[token] = {members, now_, moment_ + takes_, cancelled};
    }
  }
  if (cancelled) throw Cancelled(codes, std::move(reasons));
  if (!repeated) Apply(&writes);

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

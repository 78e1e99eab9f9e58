// TransactWriteItems, and what other calls see of a transaction that takes
// time.
//
// The Developer Guide ("Amazon DynamoDB Transactions: How it works", "Isolation
// levels for DynamoDB transactions" and "Transaction conflict handling") says:
// * A transaction is serializable against GetItem, PutItem, UpdateItem,
//   DeleteItem, other transactions, and each single write of a BatchWriteItem.
// * Query, Scan and BatchGetItem as a whole are only read-committed: a page may
//   hold some of a transaction's writes and miss others.
// * DynamoDB refuses a write to an item of an ongoing transaction with
//   TransactionConflictException. It cancels a second transaction, with
//   TransactionConflict as the reason of only the items in conflict.
//
// With a step of s, a transaction that arrives at 0 and writes n items goes:
//
//     0            all its items are locked, including items it only checks
//     2s           its conditions decide it; GetItem shows all of it
//     3s ... (n+2)s  at each step, Query, Scan and BatchGetItem show one more
//                  write, in an order that no client can predict
//     (n+2)s       the locks are released, and the answer is sent
//
// A transaction that meets a lock answers at s, one whose conditions fail at
// 2s; until then its other items stay locked. Nothing here waits: since nobody
// changes a locked item, the code makes the decision of 2s at 0, and schedules
// when each write is shown. A write never disappears again: once GetItem has
// shown it, all calls show it. While a transaction is ongoing, the same request
// with the same token gets TransactionInProgressException. A single write of a
// BatchWriteItem that meets a lock stays unprocessed.
//
// With a step of 0, everything happens at once.

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "base/crypto.h"
#include "fake/operations/request.h"
#include "fake/operations/service.h"
#include "fake/operations/transaction_write.h"

namespace dynamodown::fake {
namespace {

constexpr size_t kTransactionItemsMax = 100;
constexpr size_t kTransactionBytesMax = 4 << 20;
constexpr size_t kTokenBytesMax = 36;
constexpr int64_t kTokenSeconds = 600;

constexpr char kConflict[] = "TransactionConflict";
constexpr char kThrottled[] = "ThrottlingError";

/// Returns the position at which each write is shown. The order looks random,
/// as if each item were in another partition.
std::vector<size_t> OrderOf(std::vector<std::string> keys) {
  for (std::string& key : keys) key = AsBytes(Sha1(key));
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

/// Returns the client token, or "" if there is none.
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

/// Returns the reason why an item cancels its transaction; its code is "None"
/// if it does not.
Json ReasonOf(const TransactionWrite& write, const Item* before,
              std::optional<Item>* after) {
  if (write.invalid.has_value()) return write.ReasonFor(before, after);
  if (!write.table->Admits(write.key, Access::kWrite)) {
    return {{"Code", kThrottled},
            {"Message",
             "Throughput exceeds the current capacity of your table or "
             "index."}};
  }
  if (write.table->IsLocked(write.key)) {
    return {{"Code", kConflict},
            {"Message", "Transaction is ongoing for the item"}};
  }
  return write.ReasonFor(before, after);
}

/// The decision on a transaction, before any of it is applied.
struct Decision {
  bool cancelled = false;
  std::vector<std::string> codes;  ///< One for each write.
  Json reasons = Json::array();    ///< One for each write.
  std::vector<std::optional<Item>> afters;
  std::map<std::string, double> units;  ///< By table.
};

/// Decides a transaction and takes its units. A repeated transaction was
/// decided before and only reads.
Decision Decide(const std::vector<TransactionWrite>& writes, bool repeated) {
  Decision decision;
  decision.afters.resize(writes.size());
  for (size_t i = 0; i < writes.size(); ++i) {
    const TransactionWrite& write = writes[i];
    std::optional<Item>& after = decision.afters[i];
    const Item* before =
        write.invalid.has_value() ? nullptr : write.table->Find(write.key);
    Json reason = {{"Code", "None"}};
    if (!repeated) reason = ReasonOf(write, before, &after);
    const size_t after_bytes = after.has_value() ? SizeOf(*after) : 0;
    const size_t larger = std::max(SizeOrZero(before), after_bytes);
    decision.codes.push_back(reason["Code"]);
    if (decision.codes.back() != kThrottled) {
      const double taken =
          2 * (repeated ? ReadUnits(larger, true) : WriteUnits(larger));
      decision.units[write.table_name] += taken;
      if (!write.invalid.has_value()) {
        write.table->Take(write.key, repeated ? Access::kRead : Access::kWrite,
                          taken);
      }
    }
    decision.cancelled = decision.cancelled || decision.codes.back() != "None";
    decision.reasons.push_back(std::move(reason));
  }
  return decision;
}

/// Locks the items for as long as the transaction takes, and sets call->takes.
void LockAll(const std::vector<TransactionWrite>& writes,
             const std::vector<std::string>& codes, Scheduler::Duration step,
             CallContext* call) {
  int64_t steps = 2;
  for (const TransactionWrite& write : writes) {
    if (write.kind != TransactionWrite::Kind::kConditionCheck) ++steps;
  }
  for (const std::string& code : codes) {
    if (code != "None") steps = std::min<int64_t>(steps, 2);
    if (code == kConflict) steps = 1;
  }
  call->takes = step * steps;
  for (const TransactionWrite& write : writes) {
    if (write.invalid.has_value()) continue;
    // Keep a rival's lock, even if this item was throttled.
    if (write.table->IsLocked(write.key)) continue;
    write.table->Lock(write.key, call->moment.now + call->takes);
  }
}

/// Applies the decision, at once or step by step. Requires that the items are
/// locked.
void Apply(const std::vector<TransactionWrite>& writes,
           std::vector<std::optional<Item>> afters, Scheduler::Duration step,
           Scheduler::TimePoint now) {
  std::vector<size_t> changed;
  std::vector<std::string> keys;
  for (size_t i = 0; i < writes.size(); ++i) {
    const TransactionWrite& write = writes[i];
    if (write.kind == TransactionWrite::Kind::kConditionCheck) continue;
    changed.push_back(i);
    keys.push_back(write.table_name + write.key.first + write.key.second);
  }
  const std::vector<size_t> order = OrderOf(std::move(keys));
  for (size_t n = 0; n < changed.size(); ++n) {
    const TransactionWrite& write = writes[changed[n]];
    std::optional<Item>& after = afters[changed[n]];
    if (step.count() > 0) {
      const auto shown = static_cast<int64_t>(3 + order[n]);
      write.table->ShowLater(write.key, std::move(after), now + 2 * step,
                             now + shown * step);
    } else if (after.has_value()) {
      write.table->Put(write.key, *std::move(after));
    } else {
      write.table->Erase(write.key);
    }
  }
}

Json AnswerOf(const std::map<std::string, double>& units, bool repeated,
              CapacityDetail detail) {
  Json answer = Json::object();
  if (detail == CapacityDetail::kNone) return answer;
  const char* kind = repeated ? "ReadCapacityUnits" : "WriteCapacityUnits";
  Json list = CapacitiesOf(units, detail);
  for (Json& capacity : list) {
    capacity[kind] = capacity["CapacityUnits"];
    if (capacity.contains("Table")) {
      capacity["Table"][kind] = capacity["CapacityUnits"];
    }
  }
  answer["ConsumedCapacity"] = std::move(list);
  return answer;
}

}  // namespace

/// Whether the service has already carried out the transaction with this token.
/// **Errors**: throws a Refusal if it is still ongoing, or if the token belongs
/// to another request.
bool Service::IsRepeated(const std::string& token, const Json& members,
                         const Moment& moment) {
  std::erase_if(transactions_, [&](const auto& done) {
    return done.second.unix_seconds + kTokenSeconds < moment.unix_seconds ||
           (done.second.cancelled && done.second.until <= moment.now);
  });
  const auto done = transactions_.find(token);
  if (token.empty() || done == transactions_.end()) return false;
  if (done->second.request != members) {
    throw Refusal{"IdempotentParameterMismatchException",
                  "DynamoDB rejected the request because you retried a request "
                  "with a different payload but with an idempotent token that "
                  "was already used."};
  }
  if (done->second.until > moment.now) {
    throw Refusal{"TransactionInProgressException",
                  "The transaction with the given request token is already in "
                  "progress."};
  }
  return true;
}

std::vector<TransactionWrite> Service::ParseTransaction(const Json& members) {
  std::vector<TransactionWrite> writes;
  std::set<std::tuple<std::string, ItemKey>> seen;
  size_t bytes = 0;
  for (const Json& member : members) {
    writes.push_back(ParseTransactionWrite(member, writes.size() + 1));
    const TransactionWrite& write = writes.back();
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
  return writes;
}

Json Service::TransactWriteItems(CallContext* call) {
  const Json& request = call->request;
  CheckMembers(request, "TransactWriteItems",
               {"TransactItems", "ClientRequestToken", "ReturnConsumedCapacity",
                "ReturnItemCollectionMetrics"});
  const CapacityDetail detail = CapacityWanted(request);
  OneOf(request, "ReturnItemCollectionMetrics", {"SIZE", "NONE"}, "NONE");
  const std::string token = TokenOf(request);
  const Json& members = MembersOf(request);
  const Moment& moment = call->moment;
  const bool repeated = IsRepeated(token, members, moment);
  const std::vector<TransactionWrite> writes = ParseTransaction(members);

  Decision decision = Decide(writes, repeated);
  for (const auto& [name, sum] : decision.units) {
    (repeated ? call->consumed.read : call->consumed.write) += sum;
  }
  const Scheduler::Duration step = settings_.transaction_step;
  if (!repeated) {
    LockAll(writes, decision.codes, step, call);
    if (!token.empty()) {
      transactions_[token] = {members, moment.unix_seconds,
                              moment.now + call->takes, decision.cancelled};
    }
  }
  if (decision.cancelled) {
    throw Cancelled(decision.codes, std::move(decision.reasons));
  }
  if (!repeated) {
    Apply(writes, std::move(decision.afters), step, moment.now);
  }
  return AnswerOf(decision.units, repeated, detail);
}

}  // namespace dynamodown::fake

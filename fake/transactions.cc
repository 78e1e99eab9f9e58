// TransactWriteItems, and what others see of one that takes time.
//
// The Developer Guide ("Amazon DynamoDB Transactions: How it works", "Isolation
// levels for DynamoDB transactions" and "Transaction conflict handling") says:
// * A transaction is serializable against GetItem, PutItem, UpdateItem,
//   DeleteItem, other transactions, and each single write of a BatchWriteItem.
// * Query, Scan and BatchGetItem as a whole are not: they are read-committed,
//   so that a page may hold some of a transaction's writes and not others.
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
#include <tuple>
#include <utility>

#include "base/crypto.h"
#include "fake/request.h"
#include "fake/transaction_write.h"

namespace dynamodown::fake {
namespace {

constexpr size_t kTransactionItemsMax = 100;
constexpr size_t kTransactionBytesMax = 4 << 20;
constexpr size_t kTokenBytesMax = 36;
constexpr int64_t kTokenSeconds = 600;

constexpr char kConflict[] = "TransactionConflict";
constexpr char kThrottled[] = "ThrottlingError";

/// Where the i-th write comes when they are shown: spread, as if each lay
/// elsewhere.
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

/// Why an item cancels its transaction, or that it does not.
Json Service::ReasonOf(const Write& write, const Item* before,
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

/// The items are locked for as long as the transaction takes.
void Service::LockAll(const std::vector<Write>& writes,
                      const std::vector<std::string>& codes) {
  int64_t steps = 2;
  for (size_t i = 0; i < writes.size(); ++i) {
    if (writes[i].kind != Write::Kind::kConditionCheck) ++steps;
  }
  for (const std::string& code : codes) {
    if (code != "None") steps = std::min<int64_t>(steps, 2);
    if (code == kConflict) steps = 1;
  }
  takes_ = settings_.transaction_step * steps;
  for (size_t i = 0; i < writes.size(); ++i) {
    if (writes[i].invalid.has_value()) continue;
    // A rival's lock stays the rival's, also where this one was throttled.
    if (writes[i].table->IsLocked(writes[i].key)) continue;
    writes[i].table->Lock(writes[i].key, moment_ + takes_);
  }
}

/// What was decided is done, now or later; the items are locked.
void Service::Apply(const std::vector<Write>& writes,
                    std::vector<std::optional<Item>> afters) {
  const Scheduler::Duration step = settings_.transaction_step;
  std::vector<size_t> changed;
  std::vector<std::string> keys;
  for (size_t i = 0; i < writes.size(); ++i) {
    const Write& write = writes[i];
    if (write.kind == Write::Kind::kConditionCheck) continue;
    changed.push_back(i);
    keys.push_back(write.table_name + write.key.first + write.key.second);
  }
  const std::vector<size_t> order = OrderOf(std::move(keys));
  for (size_t n = 0; n < changed.size(); ++n) {
    const Write& write = writes[changed[n]];
    std::optional<Item>& after = afters[changed[n]];
    if (step.count() > 0) {
      const auto shown = static_cast<int64_t>(3 + order[n]);
      write.table->ShowLater(write.key, std::move(after), moment_ + 2 * step,
                             moment_ + shown * step);
    } else if (after.has_value()) {
      write.table->Put(write.key, *std::move(after));
    } else {
      write.table->Erase(write.key);
    }
  }
}

Json Service::TransactWriteItems(const Json& request) {
  CheckMembers(request, "TransactWriteItems",
               {"TransactItems", "ClientRequestToken", "ReturnConsumedCapacity",
                "ReturnItemCollectionMetrics"});
  const CapacityDetail detail = CapacityWanted(request);
  OneOf(request, "ReturnItemCollectionMetrics", {"SIZE", "NONE"}, "NONE");
  const std::string token = TokenOf(request);
  const Json& members = MembersOf(request);
  std::erase_if(transactions_, [this](const auto& done) {
    return done.second.unix_seconds + kTokenSeconds < now_ ||
           (done.second.cancelled && done.second.until <= moment_);
  });
  const auto done = transactions_.find(token);
  const bool repeated = !token.empty() && done != transactions_.end();
  if (repeated && done->second.request != members) {
    throw Refusal{"IdempotentParameterMismatchException",
                  "DynamoDB rejected the request because you retried a request "
                  "with a different payload but with an idempotent token that "
                  "was already used."};
  }
  if (repeated && done->second.until > moment_) {
    throw Refusal{"TransactionInProgressException",
                  "The transaction with the given request token is already in "
                  "progress."};
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
    if (!repeated) reason = ReasonOf(write, before, &afters[i]);
    const size_t after = afters[i].has_value() ? SizeOf(*afters[i]) : 0;
    const size_t larger = std::max(SizeOrZero(before), after);
    codes.push_back(reason["Code"]);
    if (codes.back() != kThrottled) {
      const double taken =
          2 * (repeated ? ReadUnits(larger, true) : WriteUnits(larger));
      units[write.table_name] += taken;
      if (!write.invalid.has_value()) {
        write.table->Take(write.key, repeated ? Access::kRead : Access::kWrite,
                          taken);
      }
    }
    cancelled = cancelled || codes.back() != "None";
    reasons.push_back(std::move(reason));
  }
  for (const auto& [name, sum] : units) {
    (repeated ? units_.read : units_.write) += sum;
  }
  if (!repeated) {
    LockAll(writes, codes);
    if (!token.empty()) {
      transactions_[token] = {members, now_, moment_ + takes_, cancelled};
    }
  }
  if (cancelled) throw Cancelled(codes, std::move(reasons));
  if (!repeated) Apply(writes, std::move(afters));

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

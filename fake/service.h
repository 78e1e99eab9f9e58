// The operations of the double on its tables: JSON in, JSON out, nothing of how
// they travel. Not for several threads at once.

#ifndef DYNAMODOWN_FAKE_SERVICE_H_
#define DYNAMODOWN_FAKE_SERVICE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/scheduler.h"
#include "fake/condition.h"
#include "fake/partitions.h"
#include "fake/projection.h"
#include "fake/table.h"
#include "fake/value.h"

namespace dynamodown::fake {

/// How a test bends one call, drawn before it begins.
struct Bend {
  size_t page_items_max = SIZE_MAX;  ///< PageRequest::cut_at.
  /// For the i-th item or key of a batch: whether it is left undone.
  std::vector<bool> unprocessed;
  Staleness staleness;  ///< Of its eventually consistent reads.
};

/// When a call is: the time of day for tokens and descriptions, the scheduler's
/// for what takes time.
struct Moment {
  int64_t unix_seconds = 0;
  Scheduler::TimePoint now{};
};

struct ServiceSettings {
  /// Of a transaction; zero: it takes no time. See transactions.cc.
  Scheduler::Duration transaction_step{0};
  /// How long what items were is kept, for Bend::staleness.
  Scheduler::Duration past_kept{0};
  /// Nothing: there are no partitions, and all load is admitted.
  std::optional<PartitionLimits> partitions;
};

/// Units of all calls so far, those of refused conditions too.
struct Units {
  double read = 0;
  double write = 0;
};

class Service {
 public:
  explicit Service(ServiceSettings settings) : settings_(settings) {}

  /// `moment.now` is never before that of an earlier call.
  /// **Errors**: throws a Refusal.
  Json Call(const std::string& operation, const Json& request,
            const Moment& moment, const Bend& bend);
  /// How long after its call the last answer comes, a Refusal's too.
  Scheduler::Duration takes() const { return takes_; }
  /// What is to happen by `now` happens.
  void AdvanceTo(Scheduler::TimePoint now);

  /// How many items a batch asks for, to draw Bend::unprocessed; 0 for others.
  static size_t BatchSize(const std::string& operation, const Json& request);

  /// The next tables created become ACTIVE after that many DescribeTable.
  void set_table_ready_after(int describes) { ready_after_ = describes; }
  const Units& units() const { return units_; }
  size_t ItemCount(const std::string& table) const;
  /// 0: it is not divided, or not there.
  size_t PartitionCount(const std::string& table) const;

 private:
  struct TableEntry {
    std::unique_ptr<Table> table;
    Json description;
    int describes_until_active = 0;
  };
  struct DoneTransaction {
    Json request;
    int64_t unix_seconds;
    Scheduler::TimePoint until;  ///< It is in progress.
    bool cancelled = false;
  };
  struct Write;
  using Handler = Json (Service::*)(const Json& request);

  Json CreateTable(const Json& request);
  Json DescribeTable(const Json& request);
  Json DeleteTable(const Json& request);
  Json ListTables(const Json& request);
  Json GetItem(const Json& request);
  Json PutItem(const Json& request);
  Json UpdateItem(const Json& request);
  Json DeleteItem(const Json& request);
  Json Query(const Json& request);
  Json Scan(const Json& request);
  Json BatchGetItem(const Json& request);
  Json BatchWriteItem(const Json& request);
  Json TransactWriteItems(const Json& request);

  TableEntry& FindEntry(const Json& request);
  Table& FindActive(const std::string& name);
  Table& FindActive(const Json& request);
  Json AnswerPage(const Json& request, const std::string& name, Table& table,
                  const Projection& projection, const Condition& filter,
                  PageRequest page_request);
  Json FinishWrite(const Json& request, const Item* before, const Item* after,
                   const Update* update);
  void CheckCondition(const Json& request, const Condition& condition,
                      const Item* item);
  void BeginWrite(Table* table, const ItemKey& key);
  void TakeWriteUnits(double units);
  [[noreturn]] void Throttle(const Table& table, Access access);
  /// `position` counts from 1.
  Write PlanWrite(const Json& member, size_t position);
  static Json ReasonOf(const Write& write, const Item* before,
                       std::optional<Item>* after);
  void LockAll(const std::vector<Write>& writes,
               const std::vector<std::string>& codes);
  void Apply(const std::vector<Write>& writes,
             std::vector<std::optional<Item>> afters);
  bool IsLeftUndone(size_t i) const;

  const ServiceSettings settings_;
  std::map<std::string, TableEntry> tables_;
  std::map<std::string, DoneTransaction> transactions_;  // By client token.
  int ready_after_ = 0;
  Units units_;
  // Of the call:
  int64_t now_ = 0;
  Scheduler::TimePoint moment_{};
  const Bend* bend_ = nullptr;
  Scheduler::Duration takes_{0};
  Table* written_ = nullptr;  // Whose partition the units of a write are from.
  ItemKey written_key_;
};

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_SERVICE_H_

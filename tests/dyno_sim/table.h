// A shared store's records, in memory, and a process's access to them.
//
// It behaves like DynamoDB. A range is read page by page, and may show a part
// of a write of several keys; other writes to these keys wait. A request may be
// slow, be refused, be lost before or after its effect, or take effect minutes
// after its sender gave up. A put or delete without a condition that was sent
// twice takes effect twice, the second time minutes after the call has ended. A
// write of several keys, or with a condition, carries a token, and takes effect
// once.

#ifndef DYNAMODOWN_TESTS_DYNO_SIM_TABLE_H_
#define DYNAMODOWN_TESTS_DYNO_SIM_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "dyno_sim/life.h"
#include "sim/sim_scheduler.h"
#include "sim/tally.h"

namespace dyno::sim {

/// How many of a thousand requests.
struct TableFaults {
  uint64_t slow = 0;
  uint64_t refused = 0;
  uint64_t lost = 0;    ///< Before its effect.
  uint64_t silent = 0;  ///< After its effect.
  uint64_t late = 0;    ///< Takes effect after its sender gave up.
  uint64_t twice = 0;   ///< Takes effect twice; see above.
  /// On its way for a minute or so; only writes of `stuck_kind`.
  uint64_t stuck = 0;
  enum class Kind { kRecords, kEntries, kSlots } stuck_kind = Kind::kRecords;
};

/// **Thread-safety**: by the scheduler's baton.
class Table {
 public:
  Table(dynamodown::SimScheduler* scheduler, dynamodown::sim::Tally* tally)
      : scheduler_(scheduler), tally_(tally) {}

  const RecordMap& records() const { return records_; }
  void set_faults(const TableFaults& faults) { faults_ = faults; }
  const TableFaults& faults() const { return faults_; }

  /// Applies the updates at once, or key by key. Returns whether the conditions
  /// held.
  bool Commit(const std::vector<Update>& updates,
              const std::vector<Condition>& conditions);
  /// Commits within minutes from now.
  void CommitLate(std::vector<Update> updates,
                  std::vector<Condition> conditions);

  /// True for `rate` of a thousand.
  bool Draw(uint64_t rate, const char* name);
  /// Waits as long as a request takes one way.
  void Travel();
  /// The same for a write, on its way to the table.
  void TravelWith(const std::vector<Update>& updates);

  dynamodown::SimScheduler* scheduler() { return scheduler_; }

 private:
  bool IsUnderWay(const std::vector<Update>& updates,
                  const std::vector<Condition>& conditions) const;

  dynamodown::SimScheduler* const scheduler_;
  dynamodown::sim::Tally* const tally_;
  TableFaults faults_;
  RecordMap records_;
  std::set<std::string> under_way_;  // Keys of writes shown in part.
};

/// **Thread-safety**: by the scheduler's baton.
class TableDoor final : public Backend {
 public:
  TableDoor(Table* table, Life* life) : table_(table), life_(life) {}

  bool shared() const override { return true; }
  size_t max_batch() const override { return 96; }
  leveldb::Status Range(const RangeOptions& options,
                        const leveldb::Slice& start,
                        const leveldb::Slice& limit,
                        const Visitor& visit) override;
  WriteResult Write(leveldb::WriteBatch* updates, bool sync) override;
  WriteResult WriteIf(leveldb::WriteBatch* updates,
                      const std::vector<Condition>& conditions,
                      bool sync) override;
  WriteResult WriteUnordered(leveldb::WriteBatch* updates) override;

 private:
  WriteResult Send(const std::vector<Update>& updates,
                   const std::vector<Condition>& conditions, bool once);

  Table* const table_;
  Life* const life_;
};

}  // namespace dyno::sim

#endif  // DYNAMODOWN_TESTS_DYNO_SIM_TABLE_H_

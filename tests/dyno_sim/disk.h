// An embedded store's directory, in memory, and a process's access to it.

#ifndef DYNAMODOWN_TESTS_DYNO_SIM_DISK_H_
#define DYNAMODOWN_TESTS_DYNO_SIM_DISK_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "dyno_sim/life.h"
#include "sim/sim_scheduler.h"
#include "sim/tally.h"

namespace dyno::sim {

/// Records. The last writes may not survive the end of the machine.
/// **Thread-safety**: by the scheduler's baton.
class Disk {
 public:
  const RecordMap& records() const { return records_; }
  /// Replaces the directory by another one, all of it durable.
  void Replace(RecordMap records);

  void Write(const std::vector<Update>& updates, bool sync);
  /// Makes all writes durable.
  void Sync() { undo_.clear(); }
  /// The number of writes that the end of the machine may undo.
  size_t unsynced() const { return undo_.size(); }
  /// The machine ends: the last `writes` unsynced writes are undone.
  void Lose(size_t writes);

 private:
  RecordMap records_;
  std::vector<std::vector<Update>> undo_;  // By write, each in its order.
};

/// **Thread-safety**: by the scheduler's baton.
class DiskDoor final : public Backend {
 public:
  /// `failures` of a thousand writes fail; half of those take effect anyway.
  DiskDoor(Disk* disk, Life* life, dynamodown::SimScheduler* scheduler,
           dynamodown::sim::Tally* tally, const uint64_t* failures)
      : disk_(disk),
        life_(life),
        scheduler_(scheduler),
        tally_(tally),
        failures_(failures) {}

  bool shared() const override { return false; }
  size_t max_batch() const override { return 1000; }
  leveldb::Status Range(const RangeOptions& options,
                        const leveldb::Slice& start,
                        const leveldb::Slice& limit,
                        const Visitor& visit) override;
  WriteResult Write(leveldb::WriteBatch* updates, bool sync) override;
  WriteResult WriteIf(leveldb::WriteBatch* updates,
                      const std::vector<Condition>& conditions,
                      bool sync) override;
  WriteResult WriteUnordered(leveldb::WriteBatch* updates) override {
    return Write(updates, false);
  }

 private:
  Disk* const disk_;
  Life* const life_;
  dynamodown::SimScheduler* const scheduler_;
  dynamodown::sim::Tally* const tally_;
  const uint64_t* const failures_;
};

}  // namespace dyno::sim

#endif  // DYNAMODOWN_TESTS_DYNO_SIM_DISK_H_

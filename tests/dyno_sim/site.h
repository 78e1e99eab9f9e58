// The stores of a simulation: their records, and the processes that have them
// open, each with its own life, access and clock.

#ifndef DYNAMODOWN_TESTS_DYNO_SIM_SITE_H_
#define DYNAMODOWN_TESTS_DYNO_SIM_SITE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "dyno/store.h"
#include "dyno_sim/disk.h"
#include "dyno_sim/life.h"
#include "dyno_sim/table.h"
#include "sim/failure.h"
#include "sim/sim_scheduler.h"
#include "sim/tally.h"

namespace dyno::sim {

/// Shared by all sites of a simulation.
struct Ground {
  dynamodown::SimScheduler* scheduler = nullptr;
  dynamodown::sim::Tally* tally = nullptr;
  dynamodown::sim::Violation violation;
  /// How many of a thousand writes to a disk fail.
  uint64_t disk_failures = 0;
  uint64_t seed = 0;
};

/// A process's time of day.
class OffsetClock final : public dynamodown::Clock {
 public:
  explicit OffsetClock(dynamodown::SimScheduler* scheduler)
      : scheduler_(scheduler) {}
  int64_t UnixSeconds() override { return UnixMilliseconds() / 1000; }
  int64_t UnixMilliseconds() override;
  int64_t offset = 0;  ///< Milliseconds.

 private:
  dynamodown::SimScheduler* const scheduler_;
};

class Site;

/// A process that opens the store when it is used. Several actors may use it at
/// once. When it dies, its last user cleans up, and the next one opens anew.
///
/// **Thread-safety**: by the scheduler's baton.
class Process {
 public:
  Process(const Ground* ground, Site* site, std::string name, uint64_t seed);
  ~Process();

  /// The store, until Release; null if it could not be opened.
  Store* Acquire();
  void Release();
  /// No other actor uses the store until EndAlone.
  void BeginAlone();
  void EndAlone();
  bool is_alone() const { return alone_; }
  /// Between BeginAlone and EndAlone: closes the store, in order if the process
  /// is alive.
  void Bury();
  /// Between BeginAlone and EndAlone: opens the store, if it is not open.
  Store* Open();

  Life* life() { return life_.get(); }
  const std::string& name() const { return name_; }
  OffsetClock clock;

 private:
  const Ground* const ground_;
  Site* const site_;
  const std::string name_;
  dynamodown::Random random_;
  std::mutex mutex_;
  bool alone_ = false;
  int users_ = 0;
  std::unique_ptr<Life> life_;
  std::unique_ptr<Backend> door_;
  std::unique_ptr<Store> store_;
};

class Site {
 public:
  Site(const Ground* ground, std::string name, bool shared, int processes);

  const std::string& name() const { return name_; }
  bool shared() const { return table_ != nullptr; }
  const RecordMap& records() const {
    return shared() ? table_->records() : disk_->records();
  }
  Disk* disk() { return disk_.get(); }
  Table* table() { return table_.get(); }
  std::vector<std::unique_ptr<Process>>& processes() { return processes_; }
  Process* AddProcess();
  std::unique_ptr<Backend> NewDoor(Life* life);

  /// An embedded store's directory as it was, and the stores met since.
  struct Backup {
    RecordMap records;
    std::set<Site*> met_since;    ///< In a whole sync.
    std::set<Site*> begun_since;  ///< In a sync that may have been cut off.
  };
  std::unique_ptr<Backup> backup;

 private:
  const Ground* const ground_;
  const std::string name_;
  std::unique_ptr<Disk> disk_;
  std::unique_ptr<Table> table_;
  std::vector<std::unique_ptr<Process>> processes_;
};

}  // namespace dyno::sim

#endif  // DYNAMODOWN_TESTS_DYNO_SIM_SITE_H_

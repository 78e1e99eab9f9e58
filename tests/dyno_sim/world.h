// The stores of a simulation, and the rules for all of them.

#ifndef DYNAMODOWN_TESTS_DYNO_SIM_WORLD_H_
#define DYNAMODOWN_TESTS_DYNO_SIM_WORLD_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "dyno/store.h"
#include "dyno_sim/ledger.h"
#include "dyno_sim/site.h"

namespace dyno::sim {

/// The properties of a run, from its seed.
struct Shape {
  explicit Shape(uint64_t seed);

  uint64_t seed;
  /// Stores join late, are forgotten, restored and copied; operations may then
  /// be late.
  bool strangers;
  int actors;
  int names;
  uint64_t pace_ms;  ///< The most between an actor's steps.
  uint64_t jump_ms;  ///< The most that a clock jumps, except far jumps.
  bool far_jumps;    ///< Some clocks jump by hours.
  uint64_t disk_failures;
  TableFaults faults;
};

/// The stores, and the assertions about them.
struct World {
  World(const Shape& a_shape, dynamodown::SimScheduler* scheduler,
        dynamodown::sim::Tally* a_tally, dynamodown::sim::Violation violation);

  uint64_t Choose(uint64_t n) { return ground.scheduler->Choose(n); }
  Site* AddSite(bool shared, int processes);
  std::vector<const RecordMap*> AllRecords() const;
  /// Checks that embedded stores have the operations that they claim to know. A
  /// shared store may be in the middle of a write.
  void CheckKnown();
  /// Checks that a call failed, if at all, with an IOError, or with
  /// InvalidArgument if `may_be_invalid`.
  void CheckStatus(const char* what, const leveldb::Status& status,
                   bool may_be_invalid);
  /// Draws a clock's offset, ahead or behind.
  int64_t AnyOffset(uint64_t most_ms);

  const Shape shape;
  Ground ground;
  dynamodown::sim::Tally& tally;
  Ledger ledger;
  std::vector<std::string> names;
  std::vector<std::unique_ptr<Site>> sites;  ///< The first one is shared.
  int64_t lull_until_ms = 0;                 ///< Until then no one acts.
  int64_t offset_max_ms = 0;  ///< The greatest offset of any clock.
};

/// Holds a store open.
class Use {
 public:
  /// Takes some process of the site.
  Use(World* world, Site* site);
  ~Use();
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  Store* store() const { return store_; }
  Process* process() const { return process_; }

 private:
  std::unique_ptr<Process> own_;
  Process* process_;
  Store* store_;
};

}  // namespace dyno::sim

#endif  // DYNAMODOWN_TESTS_DYNO_SIM_WORLD_H_

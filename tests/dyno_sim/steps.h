// What happens in a simulation, one thing at a time, by the seed.

#ifndef DYNAMODOWN_TESTS_DYNO_SIM_STEPS_H_
#define DYNAMODOWN_TESTS_DYNO_SIM_STEPS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "dyno/store.h"
#include "dyno/sync.h"
#include "dyno_sim/ledger.h"
#include "dyno_sim/site.h"

namespace dyno::sim {

/// What the seed says about a run before it begins.
struct Shape {
  explicit Shape(uint64_t seed);

  uint64_t seed;
  /// Stores join late, are forgotten, restored and copied: operations may then
  /// be late.
  bool strangers;
  int actors;
  int names;
  uint64_t pace_ms;  ///< Between an actor's steps, at most.
  uint64_t jump_ms;  ///< Of a clock, either way, at most; mostly.
  bool far_jumps;    ///< Some go for hours.
  uint64_t disk_failures;
  TableFaults faults;
};

/// The stores, and what is asserted of them.
struct World {
  World(const Shape& a_shape, dynamodown::SimScheduler* scheduler,
        dynamodown::sim::Tally* a_tally, dynamodown::sim::Violation violation);

  uint64_t Choose(uint64_t n) { return ground.scheduler->Choose(n); }
  Site* AddSite(bool shared, int processes);
  std::vector<const RecordMap*> AllRecords() const;
  /// Embedded stores have what they say that they know. What a shared store
  /// has may be in the middle of a write.
  void CheckKnown();
  /// Of a clock, either way.
  int64_t AnyOffset(uint64_t most_ms);

  const Shape shape;
  Ground ground;
  dynamodown::sim::Tally& tally;
  Ledger ledger;
  std::vector<std::string> names;
  std::vector<std::unique_ptr<Site>> sites;  ///< The first one is shared.
  int64_t lull_until_ms = 0;  ///< Until then nobody does a thing.
  int64_t offset_max_ms = 0;  ///< Of any clock, ever.
};

/// A store that is open until this goes.
class Use {
 public:
  /// Some process of the site's, or one of its own that ends with this.
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

/// Who does things, one after another.
class Actor {
 public:
  explicit Actor(World* world) : world_(world) {}
  void Step();

 private:
  Site* AnySite();
  Site* AnyEmbedded();
  const std::string& AnyName();
  uint64_t Choose(uint64_t n) { return world_->Choose(n); }
  void Count(const char* what) { ++world_->tally[what]; }

  void Write();
  void WriteAt();
  void Read();
  void Flatten();
  void FlattenAll();
  void Synchronize();
  void DealWithLate();
  void JumpClock();
  void EndProcess();
  void EndMachine();
  void BackUp();
  void Restore();
  void Join();
  void Copy();
  void ForgetOne();
  void Lull();

  /// Makes an entry of an operation to be; writes it.
  Entry* NewEntry(Site* site);
  leveldb::Status Write(Store* store, Entry* entry, const std::string& at);
  void NoteWritten(Entry* entry, const leveldb::Status& status);

  World* const world_;
};

/// A sync, and what must hold of its outcome.
leveldb::Status Meet(World* world, Site* a, Store* in_a, Site* b, Store* in_b,
                     const SyncOptions& options = SyncOptions());

}  // namespace dyno::sim

#endif  // DYNAMODOWN_TESTS_DYNO_SIM_STEPS_H_

// The steps of a simulation, drawn by the seed.

#ifndef DYNAMODOWN_TESTS_DYNO_SIM_STEPS_H_
#define DYNAMODOWN_TESTS_DYNO_SIM_STEPS_H_

#include <cstdint>
#include <string>

#include "dyno/store.h"
#include "dyno/sync.h"
#include "dyno_sim/ledger.h"
#include "dyno_sim/site.h"
#include "dyno_sim/world.h"

namespace dyno::sim {

/// Takes one step after another.
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

  /// Draws an operation and enters it in the ledger.
  Entry* NewEntry(Site* site);
  leveldb::Status Write(Store* store, Entry* entry, const std::string& at);
  void NoteWritten(Entry* entry, const leveldb::Status& status);

  World* const world_;
};

/// Synchronizes two stores and checks the outcome.
leveldb::Status Meet(World* world, Site* a, Store* in_a, Site* b, Store* in_b,
                     const SyncOptions& options = SyncOptions());

}  // namespace dyno::sim

#endif  // DYNAMODOWN_TESTS_DYNO_SIM_STEPS_H_

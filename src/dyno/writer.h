// A writer's place in a store, and the timestamps that it gives from there.
//
// The place is a slot: %dyno/w/SLOT. Whoever has it open is the only one to
// give timestamps with it. `reserved` is above every timestamp that was given,
// and is stored before they are; the next writer in the slot begins above it.
// An embedded store has one place, and the one writer at a time that has the
// directory open takes it as it finds it. In a shared store a place is taken
// when it is new or was closed, by a conditional write, with promise 0; only
// then is the floor read, and the clock begins above it: so whoever raises the
// floor and then lists the writers misses none that goes below.

#ifndef DYNO_WRITER_H_
#define DYNO_WRITER_H_

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "dyno/backend.h"
#include "dyno/codec.h"
#include "dyno/flake.h"
#include "dyno/id_clock.h"
#include "dyno/result.h"
#include "dyno/store.h"
#include "dyno/wiring.h"

namespace dyno {

/// **Thread-safety**: all calls from any thread. No lock is held across a
/// backend's call.
class Writer {
 public:
  Writer(const Options& options, Backend* backend, const Wiring& wiring)
      : options_(options), backend_(backend), wiring_(wiring) {}

  /// Reads the store's id, if it has one.
  leveldb::Status Load();

  /// `count` timestamps, rising.
  Result<std::vector<Flake>> Issue(size_t count);

  /// Makes sure that `timestamp` is one that this writer may give, but for what
  /// only the item's records tell, and that no Issue gives it from here on.
  /// Without a place it takes that of the timestamp, if nobody has it. What can
  /// be told before that is refused before anything is written.
  /// **Errors**: InvalidArgument; the clock stays.
  leveldb::Status Adopt(const Flake& timestamp);

  /// A timestamp that was read: what is given from here on is above it, if it
  /// is no further ahead than the drift limit.
  void Show(const Flake& timestamp);

  leveldb::Status Close();

  /// Nothing in a store that has no id yet.
  std::optional<StoreId> id() const;

 private:
  /// Until `done()` holds, which is called with `lock` held, the place is taken
  /// and its reserve raised to above what `needed()` tells.
  leveldb::Status Reserve(std::unique_lock<std::mutex>* lock,
                          const std::function<uint64_t()>& needed);
  /// The InvalidArgument of a timestamp that will not be this writer's.
  leveldb::Status CheckMayBeOurs(const Flake& timestamp);
  leveldb::Status WaitForTurn(std::unique_lock<std::mutex>* lock);
  void EndTurn();

  // Only one thread at a time is in these: the one whose turn it is.
  leveldb::Status TakePlace();
  leveldb::Status MakeId();
  leveldb::Status TakeSlot();
  /// Sets `*taken`.
  leveldb::Status TryTake(uint16_t slot,
                          const std::optional<std::string>& found, bool* taken);
  leveldb::Status ReadFloor();
  leveldb::Status Renew(uint64_t needed);
  Result<std::optional<std::string>> ReadOwn(std::string_view key);

  uint64_t Wall() const;

  const Options options_;
  Backend* const backend_;
  const Wiring wiring_;

  mutable std::mutex mutex_;
  bool busy_ = false;  // Some thread has its turn with the place.
  bool open_ = false;  // The place is ours, and the clock is above all it gave.
  std::optional<StoreId> id_;
  uint16_t slot_ = 0;
  uint16_t wanted_slot_ = 0;  // Taken, if it is free. 0: any.
  std::string stored_;        // The place as it is stored.
  uint64_t reserved_ = 0;
  IdClock clock_;
};

}  // namespace dyno

#endif  // DYNO_WRITER_H_

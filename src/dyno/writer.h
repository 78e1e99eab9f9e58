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
//
// A timestamp is in flight from when it is given until what is written with it
// is known to be there, or not to come. `promise` is below all that are: no
// more comes from the place at or below it. In a replicated shared store a
// thread keeps the place while it is in use: it raises the promise every few
// seconds and closes the place when nothing was given for a while. Others
// close the place of a writer that has not done so for a quarter of an hour,
// so nothing is given, and nothing written, from a place that was not renewed
// for a third of that.

#ifndef DYNO_WRITER_H_
#define DYNO_WRITER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
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
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Reads the store's id, if it has one.
  leveldb::Status Load();
  /// Nothing in a store that has no id yet.
  std::optional<StoreId> id() const;
  /// Makes the id, if there is none.
  leveldb::Status EnsureId();
  /// Whether an id that is made is that of a replicated store.
  bool makes_replicated() const { return options_.replicated; }
  /// It was rewritten.
  void SetId(const StoreId& id);

  /// `count` timestamps, rising, that are in flight until Done. `owner` tells
  /// who takes them, for LastOfOthers.
  Result<std::vector<Flake>> Issue(size_t count, const void* owner = nullptr);

  /// Makes sure that `timestamp` is one that this writer may give, but for what
  /// only the item's records tell, and that no Issue gives it from here on. It
  /// is then in flight. Without a place it takes that of the timestamp, if
  /// nobody has it. What can be told before that is refused before anything is
  /// written.
  /// **Errors**: InvalidArgument; the clock stays.
  leveldb::Status Adopt(const Flake& timestamp);

  /// What was written with them is known to be there, or not to come.
  void Done(const std::vector<Flake>& timestamps);
  /// That is not known; they stay in flight until Done.
  void Doubt(const std::vector<Flake>& timestamps);
  /// To be asked right before a write with `timestamp`.
  /// **Errors**: IOError "conflict:" when the place was lost since.
  leveldb::Status CheckInFlight(const Flake& timestamp);
  /// Called before a promise is made and before Close: settles what is in
  /// doubt. Set once, before anything is issued.
  void set_resolve(std::function<void()> resolve) {
    resolve_ = std::move(resolve);
  }

  /// A timestamp that was read: what is given from here on is above it, if it
  /// is no further ahead than the drift limit.
  void Show(const Flake& timestamp);
  /// Nothing at or below `timestamp` is given from here on.
  void Pass(const Flake& timestamp);

  enum class Audience {
    kThisStore,  ///< The promise need not outlive the process.
    kOthers,     ///< It is durable when it is returned.
  };
  struct Promised {
    Flake before;  ///< What others were promised until now.
    Flake now;
  };
  /// Promises: nothing of this writer comes at or below `now`, and all that was
  /// is there. In a shared store it speaks for its open place alone, and
  /// returns nothing when it has none.
  Result<std::optional<Promised>> Promise(Audience audience);

  /// Goes on without this place, which stays open as it is stored: what was
  /// written with it may come yet. In a shared store others close it in time.
  void Abandon();

  /// The last timestamp that was issued to anybody but `owner`, or may have
  /// been by who had the place before.
  Flake LastOfOthers(const void* owner);
  void EndOwner(const void* owner);

  std::optional<uint16_t> open_slot() const;
  uint64_t Wall() const;
  uint64_t DriftLimit() const;

  /// Waits for what is in flight. When the outcome of some of it cannot be
  /// learned the place stays open, and that is an IOError.
  leveldb::Status Close();
  /// Ends the thread that keeps the place; it is not closed. After that only
  /// the destructor may be called.
  void End();

 private:
  /// Until `done()` holds, which is called with `lock` held, the place is taken
  /// and its reserve raised to above what `needed()` tells.
  leveldb::Status Reserve(std::unique_lock<std::mutex>* lock,
                          const std::function<uint64_t()>& needed);
  /// The InvalidArgument of a timestamp that will not be this writer's.
  leveldb::Status CheckMayBeOurs(const Flake& timestamp);
  leveldb::Status CheckNotPromised(const Flake& timestamp) const;
  leveldb::Status WaitFor(std::unique_lock<std::mutex>* lock,
                          const std::function<bool()>& ready);
  leveldb::Status TakeTurn(std::unique_lock<std::mutex>* lock);
  void EndTurn();
  bool IsStale() const;
  void StartKeeper(std::unique_lock<std::mutex>* lock);
  void Keep(std::unique_lock<std::mutex>* lock);
  void Resolve();

  // Only one thread at a time is in these: the one whose turn it is.
  leveldb::Status TakePlace();
  leveldb::Status MakeId();
  leveldb::Status TakeSlot();
  /// Sets `*taken`.
  leveldb::Status TryTake(uint16_t slot,
                          const std::optional<std::string>& found, bool* taken);
  leveldb::Status ReadFloorAndId();
  leveldb::Status Renew(uint64_t needed);
  leveldb::Status GiveBack();
  /// With mutex_ held.
  Flake NextPromise();
  void LosePlace();
  void NoteRenewed();

  Result<std::optional<std::string>> ReadOwn(std::string_view key);

  const Options options_;
  Backend* const backend_;
  const Wiring wiring_;
  std::function<void()> resolve_;

  mutable std::mutex mutex_;
  bool busy_ = false;  // Some thread has its turn with the place.
  bool held_ = false;  // The slot is ours.
  bool open_ = false;  // And the clock is above all that was given there.
  std::optional<StoreId> id_;
  uint16_t slot_ = 0;
  uint16_t wanted_slot_ = 0;  // Taken, if it is free. 0: any.
  std::string stored_;        // The place as it is stored.
  uint64_t reserved_ = 0;
  IdClock clock_;
  std::set<Flake> in_flight_;
  std::set<Flake> in_doubt_;  // Of those.
  Flake promised_;            // Nothing is given at or below this.
  Flake told_;                // What of that others were told: what is stored.
  std::map<const void*, Flake> last_of_;  // By owner.

  // When the place was renewed, by the clock that never steps back and by the
  // time of day, which goes on while the machine sleeps.
  dynamodown::Scheduler::TimePoint renewed_{};
  uint64_t renewed_wall_ = 0;
  dynamodown::Scheduler::TimePoint used_{};
  bool keeper_runs_ = false;
  bool ends_ = false;
};

}  // namespace dyno

#endif  // DYNO_WRITER_H_

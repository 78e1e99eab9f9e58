// A writer leases a slot, issues timestamps that never repeat, and makes
// promises. A promise is a timestamp at or below which no more operations of
// the writer will come.
//
// in_flight_ledger.h tracks the timestamps, and slot_lease.h takes and renews
// the slot. In a replicated shared store a thread (keeper.h) keeps the lease
// while the writer is in use. The thread raises the promise every 5 seconds. It
// closes the slot when no timestamp is in flight and none was issued for 10
// seconds.

#ifndef DYNO_LEASE_WRITER_H_
#define DYNO_LEASE_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "dyno/backend.h"
#include "dyno/flake.h"
#include "dyno/item/result.h"
#include "dyno/lease/environment.h"
#include "dyno/lease/identity.h"
#include "dyno/lease/in_flight_ledger.h"
#include "dyno/lease/keeper.h"
#include "dyno/lease/slot_lease.h"
#include "dyno/store.h"

namespace dyno {

/// **Thread-safety**: all calls from any thread. No lock is held during a call
/// of the backend.
class Writer final : private Keeper::Lease {
 public:
  Writer(const Options& options, Backend* backend,
         const Environment& environment);
  /// Ends the keeper's thread. Does not close the slot.
  ~Writer() override;
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // -------------------------------------------------------- the store's id

  /// Reads the store's id, if it has one.
  leveldb::Status Load() { return identity_.Load(); }
  /// Nothing if the store has no id yet.
  std::optional<StoreId> id() const { return identity_.id(); }
  /// The store must have an id.
  bool announces_changes() const { return identity_.announces_changes(); }
  /// Creates the id, if there is none.
  leveldb::Status EnsureId();
  /// Whether EnsureId creates a replicated store.
  bool creates_replicated() const { return options_.replicated; }
  /// To be called when the id record was rewritten.
  void SetId(const StoreId& id) { identity_.Set(id); }

  // ------------------------------------------------------------ timestamps

  /// Returns `count` rising timestamps. They are in flight until Done or
  /// Settle.
  Result<std::vector<Flake>> Issue(size_t count,
                                   Issuer issuer = Issuer::kUsers);

  /// Puts `timestamp` in flight, if this writer may use it. The item's records
  /// are not checked. No later Issue returns `timestamp`. A writer without a
  /// slot takes the timestamp's slot, if that slot is free. Everything that can
  /// be checked is checked before anything is written.
  /// **Errors**: InvalidArgument if this writer may not use `timestamp`; in
  /// that case `timestamp` does not advance the writer's clock.
  leveldb::Status Adopt(const Flake& timestamp);

  /// To be called when each write with one of these timestamps is known to be
  /// stored, or is known never to arrive.
  void Done(const std::vector<Flake>& timestamps);

  /// To be called before a write that might have to be put in doubt.
  /// **Errors**: IOError "unavailable:" if too many writes are in doubt.
  leveldb::Status CheckRoomForDoubt() const;
  /// To be called when the outcome of `write` is unknown. The write stays in
  /// flight, and is sent again before each promise and by Close, until its
  /// outcome is known.
  void Doubt(const TimestampedWrite& write);
  /// Like Done, for a write that may be in doubt. The write is not sent again.
  void Settle(const std::vector<Flake>& timestamps);

  /// To be called right before a write with `timestamp`.
  /// **Errors**: IOError "conflict:" if the slot was lost after `timestamp` was
  /// issued, or if the lease was not renewed for more than 5 minutes.
  leveldb::Status CheckInFlight(const Flake& timestamp);

  /// To be called when this process has read `timestamp`. From now on every
  /// timestamp issued is above `timestamp`, unless `timestamp` is above the
  /// drift limit.
  void Show(const Flake& timestamp);
  /// From now on every timestamp issued is above `timestamp`.
  void Pass(const Flake& timestamp);

  // -------------------------------------------------------------- promises

  enum class Audience {
    kThisStore,  ///< The promise need not outlive the process.
    kOthers,     ///< The promise is durable before it is returned.
  };
  struct Promised {
    Flake before;  ///< The promise that others knew until now.
    Flake now;     ///< The new promise.
  };
  /// Promises that all operations of this writer at or below `now` are stored,
  /// and that no more will come at or below `now`. In a shared store the
  /// promise covers only this writer's open slot; without an open slot there is
  /// no promise.
  Result<std::optional<Promised>> Promise(Audience audience);

  // ------------------------------------------------------------- the lease

  std::optional<uint16_t> open_slot() const;
  /// In a shared store, stops using the slot of `timestamps`, whose writes may
  /// still arrive; the next timestamp takes a slot anew. From now on no
  /// timestamp of that slot is in flight. If a thread has its turn, the writer
  /// leaves the slot at the end of that turn. The slot's record stays open, and
  /// other processes close the slot later.
  void Abandon(const std::vector<Flake>& timestamps);
  /// Waits until no timestamp is in flight, and gives the slot back.
  /// **Errors**: IOError if the outcome of some writes stays unknown; in that
  /// case the slot stays open.
  leveldb::Status Close();

  // --------------------------------------------------------------- issuers

  Issuer NewIssuer();
  void EndIssuer(Issuer issuer);
  /// The last timestamp that was issued for any issuer other than `issuer`, or
  /// that a previous holder of the slot may have issued.
  Flake LastOfOthers(Issuer issuer) const;

  // ---------------------------------------------------------------- clocks

  uint64_t Wall() const { return lease_.Wall(); }
  uint64_t DriftLimit() const;

 private:
  // Keeper::Lease.
  bool is_open() const override { return lease_.is_open(); }
  dynamodown::Scheduler::TimePoint renewed() const override {
    return lease_.renewed();
  }
  std::optional<leveldb::Status> Keep(
      std::unique_lock<std::mutex>* lock) override;

  /// Takes a slot if the writer has none, and raises the slot's reserve to at
  /// least `needed()`. Calls `needed` with `lock` held; on return the reserve
  /// covers the last result of `needed`.
  leveldb::Status Reserve(std::unique_lock<std::mutex>* lock,
                          const std::function<uint64_t()>& needed);
  bool NeedsKeeper() const;
  /// Sends the writes in doubt once more, one after another. Stops when
  /// failures have taken some seconds.
  void ResolveDoubts();

  leveldb::Status WaitFor(std::unique_lock<std::mutex>* lock,
                          const std::function<bool()>& ready);
  /// Waits for this thread's turn: one thread at a time takes, renews or gives
  /// back the slot.
  leveldb::Status TakeTurn(std::unique_lock<std::mutex>* lock);
  void EndTurn();

  const Options options_;
  Backend* const backend_;
  const Environment environment_;

  mutable std::mutex mutex_;
  Identity identity_;  // Has a lock of its own.
  InFlightLedger ledger_;
  SlotLease lease_;
  Keeper keeper_;
  bool is_busy_ = false;     // Some thread has its turn: see TakeTurn.
  bool loses_slot_ = false;  // The slot is left at the end of that turn.
};

}  // namespace dyno

#endif  // DYNO_LEASE_WRITER_H_

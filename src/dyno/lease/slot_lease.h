// The lease on a slot: how a writer takes it, renews it and gives it back.
//
// Only the writer that holds the lease on a slot issues timestamps with that
// slot. The slot's record has a timestamp `reserved`. Before the writer issues
// a timestamp above `reserved`, it stores a greater `reserved`. The slot's next
// writer begins above `reserved`.
//
// An embedded store has one slot. The one writer that has the directory open
// takes that slot, even if the slot's record says that a writer holds it.
//
// In a shared store a writer takes a new or closed slot with a conditional
// write, which sets the slot's promise to 0. Only after this write does the
// writer read the minimum timestamp, and it issues only timestamps above that
// minimum. So if a process first raises the minimum and then lists the slots,
// it sees every writer that may still issue timestamps at or below the new
// minimum.
//
// In a replicated shared store other processes close a slot whose record has
// not changed for 15 minutes. So a writer of a shared store issues and writes
// nothing on a lease that was last renewed more than 5 minutes ago.

#ifndef DYNO_LEASE_SLOT_LEASE_H_
#define DYNO_LEASE_SLOT_LEASE_H_

#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/scheduler.h"
#include "dyno/backend.h"
#include "dyno/backend/race.h"
#include "dyno/flake.h"
#include "dyno/lease/environment.h"
#include "dyno/lease/identity.h"
#include "dyno/lease/in_flight_ledger.h"
#include "dyno/lease/slot_codec.h"
#include "dyno/store.h"

namespace dyno {

/// The writer's mutex guards the state of this object and the ledger.
class SlotLease {
 public:
  SlotLease(const Options& options, Backend* backend,
            const Environment& environment, std::mutex* mutex,
            Identity* identity, InFlightLedger* ledger)
      : options_(options),
        backend_(backend),
        environment_(environment),
        mutex_(mutex),
        identity_(identity),
        ledger_(ledger) {}

  // ---------------------------------------------------- with the mutex held

  /// Whether the writer holds the slot.
  bool is_held() const { return is_held_; }
  /// Whether the writer holds the slot and, in a shared store, has read the
  /// minimum timestamp since it took the slot.
  bool is_open() const { return is_open_; }
  uint16_t slot() const { return slot_; }
  /// The stored reserve: no clock reading above it was issued.
  uint64_t reserved() const { return reserved_; }
  /// Whether the last renewal was so long ago that the writer must not write,
  /// because others may close the slot before the write arrives.
  bool IsStale() const;
  dynamodown::Scheduler::TimePoint renewed() const { return renewed_; }
  bool IsIdle() const;
  void NoteUse() { used_ = environment_.scheduler->Now(); }
  /// Makes Take choose this slot if it is free.
  void Prefer(uint16_t slot) { preferred_ = slot; }
  /// To be called when others have closed the slot, or may have closed it.
  void Lose();
  /// Stops using the slot. The slot's record stays open.
  void Leave();

  // --------------------------------- without the mutex, one thread at a time

  /// Takes a slot. Creates the store's id first, if there is none.
  leveldb::Status Take();
  /// Stores the promise, and a reserve above `needed`.
  leveldb::Status Renew(uint64_t needed);
  /// Closes the slot.
  leveldb::Status GiveBack();

  // ------------------------------------------ without the mutex, any thread

  /// **Errors**: InvalidArgument if it is certain that this writer neither has
  /// nor can get the slot and replica of `timestamp`.
  leveldb::Status CheckMayBeOurs(const Flake& timestamp);

  uint64_t Wall() const;

 private:
  /// The slots' records, as TakeSlot finds them.
  struct SlotList {
    std::set<uint16_t> known;  ///< Slots that have a record.
    /// The slots that no writer holds, with their records.
    std::vector<std::pair<uint16_t, std::string>> closed;
    /// In an embedded store, the record of its slot.
    std::optional<std::string> own;
    leveldb::Status damaged;  ///< An error if `own` is damaged.
  };

  leveldb::Status TakeSlot();
  leveldb::Status ListSlots(SlotList* list);
  /// Adds one record to `*list`.
  void List(std::string_view key, std::string_view value, SlotList* list);
  /// Chooses the slot to take. Sets `*found` to the slot's record, if there is
  /// one.
  leveldb::Status ChooseSlot(SlotList* list, uint16_t preferred, uint16_t* slot,
                             std::optional<std::string>* found);
  Result<Race> TryTake(uint16_t slot, const std::optional<std::string>& found);
  leveldb::Status ReadMinimumAndId();
  leveldb::Status CheckSlotIsFree(const Flake& timestamp, uint64_t replica);
  uint16_t EmbeddedSlot() const;
  void NoteRenewed();

  const Options options_;
  Backend* const backend_;
  const Environment environment_;
  std::mutex* const mutex_;
  Identity* const identity_;
  InFlightLedger* const ledger_;

  bool is_held_ = false;
  bool is_open_ = false;
  uint16_t slot_ = 0;
  uint16_t preferred_ = 0;  // 0: any.
  std::string stored_;      // The slot's record, as last stored.
  uint64_t reserved_ = 0;
  // When the lease was last renewed: by the clock that never steps back, and by
  // the time of day, which advances even while the machine sleeps.
  dynamodown::Scheduler::TimePoint renewed_{};
  uint64_t renewed_wall_ = 0;
  dynamodown::Scheduler::TimePoint used_{};
};

/// The InvalidArgument for a timestamp whose slot and replica are not `slot`
/// and `replica`.
leveldb::Status OfAnotherWriter(const Flake& timestamp, uint16_t slot,
                                uint64_t replica);

/// The greatest clock reading that is accepted. It is far from the end of the
/// range of readings.
inline constexpr uint64_t kClockMax = ~uint64_t{0} >> 1;

}  // namespace dyno

#endif  // DYNO_LEASE_SLOT_LEASE_H_

// The timestamps of one writer: those in flight, those in doubt, and the
// promise below them. Pure: no I/O, no waiting.
//
// A timestamp is in flight from its issue until its write is known to be
// stored, or is known never to arrive. A timestamp in flight is in doubt if its
// write was sent and the outcome is unknown. The promise is a timestamp below
// all timestamps in flight: no more operations of this writer arrive at or
// below the promise.

#ifndef DYNO_LEASE_IN_FLIGHT_LEDGER_H_
#define DYNO_LEASE_IN_FLIGHT_LEDGER_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <set>
#include <vector>

#include "dyno/flake.h"
#include "dyno/lease/id_clock.h"
#include "dyno/lease/timestamped_write.h"

namespace dyno {

/// Tells for whom timestamps are issued: for the calls of the store's users, or
/// for a sync.
enum class Issuer : uint64_t { kUsers = 0 };

/// **Thread-safety**: none.
class InFlightLedger {
 public:
  // ------------------------------------------------------------- the clock

  /// From now on every timestamp issued is above `clock`.
  void Pass(uint64_t clock) { clock_.Pass(clock); }
  /// The clock reading that the next timestamp will have.
  uint64_t Peek(uint64_t wall) const { return clock_.Peek(wall); }
  uint64_t last() const { return clock_.last(); }

  // ------------------------------------------------------------ timestamps

  /// Returns `count` rising timestamps, which are in flight from now on.
  std::vector<Flake> Issue(size_t count, uint64_t wall, uint16_t slot,
                           uint64_t replica, Issuer issuer);
  /// Puts `timestamp` in flight. No later Issue returns it.
  /// **Errors**: InvalidArgument if `timestamp` is neither above the promise
  /// nor in flight already.
  leveldb::Status Adopt(const Flake& timestamp);

  /// To be called when each write with one of these timestamps is known to be
  /// stored, or is known never to arrive. The timestamps are then no longer in
  /// flight.
  void Done(const std::vector<Flake>& timestamps);
  /// To be called when the outcome of `write` is unknown. The write's
  /// timestamps that are in flight stay in flight, and are now in doubt.
  void Doubt(const TimestampedWrite& write);
  /// Like Done, for timestamps that may be in doubt. Also removes the doubted
  /// writes that have one of these timestamps.
  void Settle(const std::vector<Flake>& timestamps);

  bool is_in_flight(const Flake& timestamp) const {
    return in_flight_.count(timestamp) > 0;
  }
  bool is_empty() const { return in_flight_.empty(); }
  /// The number of timestamps in doubt.
  size_t in_doubt() const { return in_doubt_.size(); }
  bool are_all_in_doubt() const {
    return in_flight_.size() == in_doubt_.size();
  }
  /// The writes whose outcome is unknown.
  const std::list<TimestampedWrite>& doubted() const { return doubted_; }

  /// To be called when the slot is lost. The writes in flight can then no
  /// longer arrive, so no timestamp is in flight any more.
  void Abort();

  // -------------------------------------------------------------- promises

  const Flake& promised() const { return promised_; }
  /// The promise that is stored or being stored: other stores may know it.
  const Flake& told() const { return told_; }
  /// Raises the promise as far as the timestamps in flight allow.
  const Flake& Promise(uint64_t wall);
  /// Notes that the current promise will be stored, where others can read it.
  void Tell() { told_ = promised_; }
  /// Raises the promise to at least `timestamp`. The caller makes sure that no
  /// timestamp at or below `timestamp` will be issued.
  void RaisePromise(const Flake& timestamp);
  /// Like RaisePromise, for a promise that is stored. So others may know the
  /// promise.
  void RaiseTold(const Flake& timestamp);

  // --------------------------------------------------------------- issuers

  Issuer NewIssuer() { return Issuer{++last_issuer_}; }
  /// From now on the timestamps of `issuer` count as those of Issuer::kUsers.
  void EndIssuer(Issuer issuer);
  /// Notes that another writer may have issued timestamps up to `timestamp`
  /// from the same slot.
  void NoteOthers(const Flake& timestamp);
  /// The last timestamp that was, or may have been, issued for any issuer other
  /// than `issuer`.
  Flake LastOfOthers(Issuer issuer) const;

 private:
  void NoteLast(Issuer issuer, const Flake& timestamp);

  IdClock clock_;
  std::set<Flake> in_flight_;
  std::set<Flake> in_doubt_;  // A subset of in_flight_.
  std::list<TimestampedWrite> doubted_;
  Flake promised_;
  Flake told_;
  std::map<Issuer, Flake> last_of_;
  uint64_t last_issuer_ = 0;
};

}  // namespace dyno

#endif  // DYNO_LEASE_IN_FLIGHT_LEDGER_H_

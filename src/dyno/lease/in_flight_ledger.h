// The timestamps of one writer: those in flight, those in doubt, and the
// promise below them. Pure: no I/O, no waiting.
//
// A timestamp is in flight from its issue until its write is known to be
// stored, or never to arrive. A promise lies below all timestamps in flight: no
// more operations of this writer arrive at or below it.

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

/// Identifies a taker of timestamps: the calls of the store's users, or a sync.
enum class Issuer : uint64_t { kUsers = 0 };

/// **Thread-safety**: none.
class InFlightLedger {
 public:
  // ------------------------------------------------------------- the clock

  /// From now on every timestamp issued is above `clock`.
  void Pass(uint64_t clock) { clock_.Pass(clock); }
  /// The reading of the next timestamp.
  uint64_t Peek(uint64_t wall) const { return clock_.Peek(wall); }
  uint64_t last() const { return clock_.last(); }

  // ------------------------------------------------------------ timestamps

  /// `count` timestamps, rising. They are in flight.
  std::vector<Flake> Issue(size_t count, uint64_t wall, uint16_t slot,
                           uint64_t replica, Issuer issuer);
  /// Puts `timestamp` in flight. No later Issue returns it.
  /// **Errors**: InvalidArgument if it is not above the promise.
  leveldb::Status Adopt(const Flake& timestamp);

  /// The writes with these are known to be stored, or never to arrive.
  void Done(const std::vector<Flake>& timestamps);
  /// The outcome of `write` is unknown. Those of its timestamps that are in
  /// flight stay so.
  void Doubt(const TimestampedWrite& write);
  /// Done, for writes that may have been in doubt.
  void Settle(const std::vector<Flake>& timestamps);

  bool is_in_flight(const Flake& timestamp) const {
    return in_flight_.count(timestamp) > 0;
  }
  bool is_empty() const { return in_flight_.empty(); }
  /// Timestamps in doubt.
  size_t in_doubt() const { return in_doubt_.size(); }
  bool are_all_in_doubt() const {
    return in_flight_.size() == in_doubt_.size();
  }
  const std::list<TimestampedWrite>& doubted() const { return doubted_; }

  /// The slot was lost: no write of this writer can arrive any more.
  void Abort();

  // -------------------------------------------------------------- promises

  const Flake& promised() const { return promised_; }
  /// The stored promise, which other stores may know.
  const Flake& told() const { return told_; }
  /// Raises the promise as far as timestamps in flight allow.
  const Flake& Promise(uint64_t wall);
  /// Others will be told the promise.
  void Tell() { told_ = promised_; }
  /// Nothing is issued at or below `timestamp`.
  void RaisePromise(const Flake& timestamp);
  /// The same, for a promise that others have been told.
  void RaiseTold(const Flake& timestamp);

  // --------------------------------------------------------------- issuers

  Issuer NewIssuer() { return Issuer{++last_issuer_}; }
  /// Its timestamps count as those of Issuer::kUsers from now on.
  void EndIssuer(Issuer issuer);
  /// Another writer may have issued timestamps up to here from the same slot.
  void NoteOthers(const Flake& timestamp);
  /// The last timestamp that another issuer has, or may have.
  Flake LastOfOthers(Issuer issuer) const;

 private:
  void NoteLast(Issuer issuer, const Flake& timestamp);

  IdClock clock_;
  std::set<Flake> in_flight_;
  std::set<Flake> in_doubt_;  // A part of in_flight_.
  std::list<TimestampedWrite> doubted_;
  Flake promised_;
  Flake told_;
  std::map<Issuer, Flake> last_of_;
  uint64_t last_issuer_ = 0;
};

}  // namespace dyno

#endif  // DYNO_LEASE_IN_FLIGHT_LEDGER_H_

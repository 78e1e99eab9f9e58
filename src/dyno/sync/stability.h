// Stability: the timestamp up to which a store can promise that nothing more
// will come.
//
// P is a store's promise: every operation that the store issued at or below P
// is visible, and the store will issue no more at or below P. In an embedded
// store the one writer promises P. In a shared store the minimum timestamp is
// first raised to the present. A writer that takes a slot after that issues
// only timestamps above the minimum. Then the slots are listed, and P is the
// least of the minimum and of the promises of open slots.
//
// K is a store's knowledge: for each replica that the store has heard of, the
// timestamp up to which the store holds all of the replica's operations. For
// the store's own replica, K is P. Members are the replicas that are not
// forgotten. The watermark is the least K of the members. Operations at or
// below the watermark are stable.

#ifndef DYNO_SYNC_STABILITY_H_
#define DYNO_SYNC_STABILITY_H_

#include <cstdint>
#include <map>
#include <vector>

#include "dyno/backend.h"
#include "dyno/flake.h"
#include "dyno/item/flatten_plan.h"
#include "dyno/lease/writer.h"
#include "dyno/sync/own_records.h"
#include "dyno/sync/store_parts.h"

namespace dyno {

/// How far a store is stable, and the records from which this was computed.
struct Stability {
  /// The promise for `slot`: no more operations come from the slot at or below
  /// this promise.
  Flake PromiseOf(uint16_t slot) const;

  OwnRecords own;  ///< Read after the minimum timestamp was raised.
  uint64_t replica = 0;
  Flake before;  ///< No promise of the store was above this until now.
  std::map<uint16_t, Flake> open;  ///< The promises of open slots.
  /// The promise for every slot that is not open. In an embedded store, P.
  Flake min_timestamp;
  /// K of each replica, the store's own replica included.
  std::map<uint64_t, Known> known;
  /// By slot, the promise that a sync made after its own writes. The other
  /// store need not read the slot's log entries up to that promise.
  std::map<uint16_t, Flake> read_to;
};

/// Finds out how far the store is stable. In a shared store, first raises the
/// minimum timestamp and closes the slots of dead writers. `backend` is the
/// backend of `parts`, or one that passes its calls on to that backend.
/// `audience` says who will rely on the result.
/// **Cost**: in an embedded store 1 range, and with kOthers also 1 WriteIf. In
/// a shared store 2 ranges, 1 WriteIf if the minimum rises, 1 WriteIf if this
/// writer has a slot open, and 1 WriteIf for each dead writer.
leveldb::Status ComputeStability(StoreParts* parts, Backend* backend,
                                 Writer::Audience audience,
                                 Stability* stability);

/// The least K of the members, and the members that have this K.
struct Watermark {
  Flake timestamp;
  std::vector<uint64_t> held_by;
};
Watermark WatermarkOf(const std::map<uint64_t, Known>& known);

/// The parts of `stability` that a flatten needs.
Stable StableOf(const Stability& stability);

/// Raises the minimum timestamp of a shared store to at least `now`. Sets
/// `*before` to the old minimum, and `*minimum` to the new one.
leveldb::Status RaiseMinimum(Backend* backend, const Flake& now, Flake* before,
                             Flake* minimum);

/// Closes the slot if its record is still `record`.
WriteResult CloseSlot(Backend* backend, uint16_t slot,
                      const Read<SlotRecord>& record);

}  // namespace dyno

#endif  // DYNO_SYNC_STABILITY_H_

// Stability: the timestamp up to which a store can promise that nothing more
// will come.
//
// P of a store: every operation of its own at or below P is visible, and none
// will be issued there any more. In an embedded store the one writer promises
// P. In a shared store the minimum timestamp is first raised to now, so that no
// writer that opens from then on issues at or below it; then the slots are
// listed: P is the least of the minimum and of the promises of open slots.
//
// K of a store: for each replica that it has heard of, the timestamp up to
// which it holds all of that replica's operations; for its own replica, P. W,
// the watermark, is the least K of the members, which are the replicas that are
// not forgotten.

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

/// How far a store is stable, and the records that this follows from.
struct Stability {
  /// Nothing comes from `slot` at or below this any more.
  Flake PromiseOf(uint16_t slot) const;

  OwnRecords own;  ///< Read after the minimum timestamp was raised.
  uint64_t replica = 0;
  Flake before;  ///< No promise of the store was above this until now.
  std::map<uint16_t, Flake> open;  ///< The promises of open slots.
  /// The promise of all other slots; in an embedded store P.
  Flake min_timestamp;
  std::map<uint64_t, Known> known;  ///< K, its own included.
  /// Later promises of slots: the log entries up to there need not be read.
  std::map<uint16_t, Flake> read_to;
};

/// Raises the minimum timestamp, closes slots of dead writers, and reads.
/// `backend` is that of `parts`, or one in front of it. `audience` says who
/// will rely on the result.
/// **Cost**: 1 range, and 1 WriteIf with kOthers; shared: 2 ranges, 1 WriteIf
/// if the minimum rises and 1 for its own open slot.
leveldb::Status ComputeStability(StoreParts* parts, Backend* backend,
                                 Writer::Audience audience,
                                 Stability* stability);

/// The least K of the members, and whose it is.
struct Watermark {
  Flake timestamp;
  std::vector<uint64_t> held_by;
};
Watermark WatermarkOf(const std::map<uint64_t, Known>& known);

/// The same for a flatten.
Stable StableOf(const Stability& stability);

/// Raises the minimum timestamp of a shared store to at least `now`. `*before`
/// is the old one, `*minimum` the new one.
leveldb::Status RaiseMinimum(Backend* backend, const Flake& now, Flake* before,
                             Flake* minimum);

/// Closes the slot if its record is still as it was read.
WriteResult CloseSlot(Backend* backend, uint16_t slot,
                      const Read<SlotRecord>& record);

}  // namespace dyno

#endif  // DYNO_SYNC_STABILITY_H_

// The notes that a store takes after a sync: its K of each replica
// (stability.h), how far it has read the other store's log, and how far the
// other store has read this store's log. The notes tell when to trim the log,
// and whether a store is a restored backup.

#ifndef DYNO_SYNC_KNOWLEDGE_H_
#define DYNO_SYNC_KNOWLEDGE_H_

#include <cstdint>
#include <map>
#include <string>

#include "dyno/backend.h"
#include "dyno/flake.h"
#include "dyno/item/merge_plan.h"
#include "dyno/sync/own_records.h"
#include "dyno/sync/stability.h"
#include "dyno/sync/store_parts.h"

namespace dyno {

/// The result of a sync for one of the two stores.
struct SyncOutcome {
  uint64_t other = 0;  ///< The other store's replica.
  /// The store's stability at the beginning of the sync.
  const Stability* own = nullptr;
  /// The other store's stability; null if that store is not replicated.
  const Stability* theirs = nullptr;
  /// The other store's note about this one; null if it has none.
  const Peer* others_peer = nullptr;
  /// If the other store is not replicated: the last timestamp of each replica
  /// that the other store has operations of.
  const std::map<uint64_t, Flake>* foreign = nullptr;
  /// The other store's records that were not taken.
  const Future* future = nullptr;
  std::string met;        ///< See Peer::met.
  bool is_whole = false;  ///< All items were compared, and no record deferred.
  Flake now;              ///< The present, as a timestamp.
};

/// Notes the outcome, durably and in one write. Keeps an old value if it is
/// greater than the new one, because others may sync with the store at the same
/// time. Sets `*peer` to the note about the other store.
leveldb::Status RecordOutcome(Backend* backend, const SyncOutcome& outcome,
                              Peer* peer);

/// Deletes the log entries that all members that ever met this store have read.
/// `others_peer` is the other store's durable note about this one.
leveldb::Status TrimLog(Backend* backend, const OwnRecords& own, uint64_t other,
                        const Peer& others_peer);

/// If the other store's K of this store is above all promises of this store,
/// this store is a restored backup. In that case, marks this store as restored,
/// and lowers this store's K of itself to the K that is stored in the backup.
leveldb::Status CheckNotRestored(StoreParts* parts, Backend* backend,
                                 Stability* stability, const Stability& theirs);

/// Adds to `*edit` the note that the store is restored: it has yet to meet the
/// members that it knows, and the members in `also`.
void PutUnmet(const OwnRecords& own, const std::map<uint64_t, Known>& also,
              OwnEdit* edit);

}  // namespace dyno

#endif  // DYNO_SYNC_KNOWLEDGE_H_

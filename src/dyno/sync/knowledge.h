// The notes of a store after a sync: K, how far it has read the other store's
// log, and how far the other one has read its own. These tell when to trim the
// log, and whether a store is a restored backup.

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

/// The result of a sync for one of its stores.
struct SyncOutcome {
  uint64_t other = 0;
  /// The store's stability at the beginning of the sync.
  const Stability* own = nullptr;
  /// The other store's; null if that is not replicated.
  const Stability* theirs = nullptr;
  /// The other store's note about this one; null if it has none.
  const Peer* others_peer = nullptr;
  /// For a store that is not replicated: its last timestamp by replica.
  const std::map<uint64_t, Flake>* foreign = nullptr;
  const Future* future = nullptr;  ///< The other store's records not taken.
  std::string met;
  bool is_whole = false;  ///< All of both stores was compared and exchanged.
  Flake now;
};

/// Notes the outcome, durably and in one write: the greater of the old and new
/// values, because others may sync with the store at the same time. `*peer` is
/// the note about the other store.
leveldb::Status RecordOutcome(Backend* backend, const SyncOutcome& outcome,
                              Peer* peer);

/// Deletes log entries that every member that ever met this store has read.
/// `others_peer` is the other store's durable note about this one.
leveldb::Status TrimLog(Backend* backend, const OwnRecords& own, uint64_t other,
                        const Peer& others_peer);

/// If the other store knows more of this one than this one has ever promised,
/// this one is a restored backup: it is marked so, and counts as stable only as
/// far as it was before.
leveldb::Status CheckNotRestored(StoreParts* parts, Backend* backend,
                                 Stability* stability, const Stability& theirs);

/// Marks a store as restored when `*edit` is written. `also` has members beside
/// the ones that it knows.
void PutUnmet(const OwnRecords& own, const std::map<uint64_t, Known>& also,
              OwnEdit* edit);

}  // namespace dyno

#endif  // DYNO_SYNC_KNOWLEDGE_H_

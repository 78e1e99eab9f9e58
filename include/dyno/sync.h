// Stores that exchange their operations, and the administration of such stores.
//
//     dyno::Store* laptop;   // dyno::Options::replicated, on a LevelDB
//     dyno::Store* table;    // also replicated, on a DynamoDOWN store
//     leveldb::Status s = dyno::Sync(laptop, table);
//
// A replicated store enters every change in a log, so a sync of two stores
// quickly finds the changes that only one of them has. Any two stores can be
// synchronized, in any order, at any time, and while other programs write to
// them. In the end all stores that were synchronized have equal items.
// docs/dyno.md describes the algorithm and its guarantees.
//
// A store's members are the store itself and the stores that it has heard of
// and not forgotten. For each member the store keeps K: the timestamp up to
// which it has all of that member's operations. Operations at or below every
// member's K are stable: no older operation will come, so they can be
// flattened.

#ifndef DYNO_SYNC_H_
#define DYNO_SYNC_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "dyno/store.h"
#include "leveldb/status.h"

namespace dyno {

/// The effects and costs of a Sync in one of the two stores. Only the Sync's
/// own calls count.
struct SyncSide {
  uint64_t items = 0;       ///< Items changed.
  uint64_t operations = 0;  ///< Records put, bases included.
  uint64_t deletes = 0;     ///< Records deleted, because a base replaced them.
  uint64_t ranges = 0;      ///< Backend::Range calls.
  uint64_t writes = 0;      ///< Calls of the backend that write.
  uint64_t bytes_read = 0;  ///< Keys and values visited.
  uint64_t bytes_written = 0;
  /// Operations of the other store that this store has not taken yet, because
  /// they are further ahead of the clock than this store's
  /// Options::drift_ms_max.
  uint64_t deferred = 0;
};

struct SyncProgress {
  bool first_meeting = false;  ///< Whole stores are compared.
  uint64_t items = 0;          ///< Compared so far.
  uint64_t operations = 0;     ///< Put so far, in both stores.
  std::string name;            ///< Of the item compared last.
};

struct SyncOptions {
  /// Compare every item, as at a first meeting. Default false: only the items
  /// that the logs name.
  bool full = false;
  /// About how many bytes of each store's records are in memory at the same
  /// time. An item is never split, so a large item takes more. Default 4 MB.
  size_t chunk_bytes = 4 * 1024 * 1024;
  /// Called now and then. Returning false ends the Sync with an IOError
  /// "canceled:". Everything exchanged so far stays.
  std::function<bool(const SyncProgress&)> progress;
};

struct SyncResult {
  SyncSide a;
  SyncSide b;
  bool first_meeting = false;  ///< Whole stores were compared.
  uint64_t items = 0;          ///< Compared.
  /// Keys whose records had different bytes in the two stores, at most 1,000
  /// keys. Both stores keep the greater bytes.
  std::vector<std::string> conflicts;
};

/// Copies to each store the records that only the other one has, and deletes
/// records that a base has replaced.
///
/// One of the two may be a store that is not replicated. Sync then imports that
/// store's operations into the replicated one, and writes only to the
/// replicated one. The replicas that wrote the imported operations count as
/// forgotten (see Forget): no more operations are expected from them.
///
/// **Thread-safety**: during a Sync other threads and processes may use both
/// stores, and may also synchronize them.
/// **Errors**: InvalidArgument if neither store is replicated. InvalidArgument
/// if both stores have the same replica id, because one store is then a copy of
/// the other (see NewReplica). Corruption if an item cannot be read. The other
/// items are still exchanged, but neither store records this Sync, so the next
/// Sync begins anew. After a backend's error, a crash or a cancellation,
/// everything exchanged so far stays, and the next Sync continues.
/// **Cost**, in each store:
/// * 1 range for dyno's own records in the store (shared: 3 ranges and 1
///   WriteIf);
/// * if this process has a slot open in the store (in an embedded store it
///   always has one open): 1 WriteIf, and up to 1 WriteIf more if the Sync
///   changes an item in the store;
/// * 1 range for each writer that wrote since the last Sync;
/// * 1 range and a write or two for each item that changed in either store;
/// * 1 range for each writer whose log entries can be trimmed, and the deletes
///   of these entries;
/// * 1 WriteIf at the end.
///
/// A first meeting does not use the logs: it reads all records of both stores
/// once. A Sync counts as a first meeting if the two stores have not met, if
/// one of them was restored or is not replicated, if their last Sync was cut
/// off at its very end, if the logs name more than 100,000 items, or with
/// SyncOptions::full.
leveldb::Status Sync(Store* a, Store* b,
                     const SyncOptions& options = SyncOptions(),
                     SyncResult* result = nullptr);

// ----------------------------------------------------------- administration

/// Makes a store replicated, for good: from now on every write also enters its
/// change in the log. Returns OK if the store is replicated already.
/// **Errors**: "conflict:" if the store is shared and another writer has a slot
/// open, because that writer may not know that the store is replicated. End the
/// writer's program, or use CloseWriter, and try again.
/// **Cost**: 6 ranges and 4 WriteIf (shared: 3 WriteIf); 1 WriteIf more if
/// nothing was written to the store yet.
leveldb::Status Replicate(Store* store);

/// Gives a store a new replica id. Call it on a copy of a store's directory or
/// table, before anything is written to the copy. The records of the copy stay.
/// For a restored backup, see also MarkRestored. If the outcome is unknown,
/// check with GetStatus before you call NewReplica again: each call adds a
/// member.
/// **Errors**: InvalidArgument if the store has no replica yet; "conflict:" as
/// in Replicate.
/// **Cost**: 2 ranges, 1 WriteIf.
leveldb::Status NewReplica(Store* store);

/// Declares that a store is a restored backup. Until the restored store has met
/// every member that it knows, only operations that were stable in the backup
/// count as stable.
///
/// Sync detects a restored store A by itself if the other store knows more of
/// A's operations than A does. Call MarkRestored right after the restore in
/// these cases:
/// * A's next sync may be with a store that knows no more of A's operations
///   than A does. Such a sync cannot detect the restore.
/// * A is flattened before it meets another store.
/// * A is shared, and programs write to it.
///
/// Operations that were written after the backup are lost, unless another store
/// has them. If only stores that the backup does not know have such an
/// operation, and one of these stores later brings it back, the operation may
/// count as settled (see Store::Settle). If the restored store will never meet
/// all members, give it a new replica id (NewReplica), synchronize it (Sync),
/// and then forget its old replica id (Forget). Until the restored store has
/// met a store that has the operations written after the backup, the restored
/// store's clock must not be behind the timestamps of these operations.
/// **Errors**: InvalidArgument if the store knows of no other store. In this
/// case use NewReplica instead.
/// **Cost**: 1 range, 1 WriteIf.
leveldb::Status MarkRestored(Store* store);

/// Stops waiting for operations of `replica`, so that `replica` no longer holds
/// back a flatten. If operations of `replica` come all the same, they may be
/// late. A Sync with `replica` makes it a member again. Other stores learn at
/// their next Sync that `replica` is forgotten.
/// **Errors**: InvalidArgument for the store's own replica, and for a replica
/// that the store does not know.
/// **Cost**: 1 range, 1 WriteIf.
leveldb::Status Forget(Store* store, const std::string& replica);

/// Closes the slot of a writer in a shared store. Use CloseWriter if the
/// writer's program has ended without closing the slot. While the slot is
/// open, operations above its promise (WriterStatus::promise) do not become
/// stable. Without this call the slot stays open until another program has seen
/// it unchanged for 15 minutes. If
/// the writer's program is alive after all, it takes another slot with its next
/// write, and a write that it has under way right now may come late.
/// **Errors**: InvalidArgument if there is no such open slot.
/// **Cost**: 1 range, 1 WriteIf.
leveldb::Status CloseWriter(Store* store, uint16_t slot);

/// The store itself, or another store that it has heard of, forgotten or not.
struct MemberStatus {
  std::string replica;
  /// K: the store has all of the member's operations up to this timestamp.
  /// Empty if nothing is known. The store's own K is its last promise: the
  /// store will write nothing more at or below that timestamp.
  std::string known;
  bool is_self = false;
  bool forgotten = false;
  bool met = false;  ///< The store has been synchronized with the member.
};

struct WriterStatus {
  uint16_t slot = 0;
  bool open = false;
  /// The writer writes nothing more at or below this timestamp.
  std::string promise;
  /// The writer has issued no timestamp above this one.
  std::string reserved;
};

struct StoreStatus {
  std::string replica;  ///< Empty if nothing was written yet.
  bool replicated = false;
  bool shared = false;
  /// The least K of the members that are not forgotten. The store has all
  /// operations at or below the watermark, and can flatten them. Empty if no
  /// operation is known to be stable.
  std::string watermark;
  std::vector<std::string> held_by;   ///< The members with this least K.
  std::vector<MemberStatus> members;  ///< The store itself included.
  std::vector<WriterStatus> writers;
  /// If the store was restored: the members that it has yet to meet.
  std::vector<std::string> unmet;
  uint64_t log_entries = 0;  ///< Not trimmed yet.
};

/// Reports a store's state. Nothing is written, so the watermark is that of the
/// last Sync or flatten.
/// **Cost**: 2 ranges: one over dyno's own records in the store, and one over
/// the keys of the store's log.
leveldb::Status GetStatus(Store* store, StoreStatus* status);

}  // namespace dyno

#endif  // DYNO_SYNC_H_

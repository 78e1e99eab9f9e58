// Stores that exchange their operations, and the administration of such stores.
//
//     dyno::Store* laptop;   // dyno::Options::replicated, on a LevelDB
//     dyno::Store* table;    // also replicated, on a DynamoDOWN store
//     leveldb::Status s = dyno::Sync(laptop, table);
//
// A replicated store enters every change in a log, so a sync of two stores
// quickly finds the changes that only one of them has. Any two stores can be
// synchronized, in any order, at any time, and while other programs write to
// them. When nobody writes any more, all stores that have exchanged their
// operations have equal items. docs/dyno.md describes the algorithm and its
// guarantees.
//
// A store's members are the store itself and the stores that it has heard of
// and not forgotten. For each member the store keeps a timestamp K: the store
// has all of the member's operations up to K. An operation at or below every
// member's K is stable: no older operation will come, so the stable operation
// can be flattened. Two stores have met if they have been synchronized with
// each other directly, not only by way of a third store.

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
  uint64_t items = 0;  ///< Items changed.
  /// Operations and bases put. A base counts as 1, but is two records.
  uint64_t operations = 0;
  uint64_t deletes = 0;     ///< Records deleted, because a base replaced them.
  uint64_t ranges = 0;      ///< Backend::Range calls.
  uint64_t writes = 0;      ///< Calls of the backend that write.
  uint64_t bytes_read = 0;  ///< Keys and values visited.
  uint64_t bytes_written = 0;
  /// Operations of the other store that this store has not taken yet, because
  /// these operations are further ahead of this store's clock than the store's
  /// Options::drift_ms_max allows.
  uint64_t deferred = 0;
};

struct SyncProgress {
  bool first_meeting = false;  ///< Whole stores are compared.
  uint64_t items = 0;          ///< Items compared so far.
  uint64_t operations = 0;     ///< SyncSide::operations of both stores so far.
  std::string name;            ///< The name of the item compared last.
};

struct SyncOptions {
  /// Compare every item, as at a first meeting. Default false: compare only the
  /// items that the logs name.
  bool full = false;
  /// About how many bytes of each store's records are in memory at the same
  /// time. An item is never split, so a large item takes more. Default 4 MB.
  size_t chunk_bytes = 4 * 1024 * 1024;
  /// Called now and then. If `progress` returns false, the Sync ends with an
  /// IOError "canceled:", and everything exchanged so far stays.
  std::function<bool(const SyncProgress&)> progress;
};

struct SyncResult {
  SyncSide a;
  SyncSide b;
  bool first_meeting = false;  ///< Whole stores were compared.
  uint64_t items = 0;          ///< Items compared.
  /// Keys whose records had different values in the two stores; at most 1,000
  /// keys. Both stores keep the value that is greater in the order of bytes.
  std::vector<std::string> conflicts;
};

/// Copies to each store the records that only the other store has, and deletes
/// records that a base has replaced.
///
/// If one of the two stores is not replicated, Sync imports that store's
/// operations into the replicated store, and writes only to the replicated
/// store. The replicas that wrote the imported operations count as forgotten
/// (see Forget): no more operations are expected from these replicas.
///
/// **Thread-safety**: during a Sync other threads and processes may use both
/// stores, and may also synchronize them.
/// **Errors**: InvalidArgument if neither store is replicated. InvalidArgument
/// if both stores have the same replica id, because one store is then a copy of
/// the other (see NewReplica). Corruption if an item cannot be read; the other
/// items are still exchanged, but neither store records this Sync, so the next
/// Sync compares the same items again. After a backend's error, a crash or a
/// cancellation, everything exchanged so far stays, and the next Sync
/// continues.
/// **Cost**, in each store:
/// * 1 range for dyno's own records in the store (shared: 3 ranges and 1
///   WriteIf);
/// * if this process has a slot open in the store (in an embedded store it
///   always has one open): 1 WriteIf, and up to 1 WriteIf more if the Sync
///   changes an item in the store;
/// * 1 range for each writer that wrote to the store since the two stores' last
///   Sync;
/// * 1 range and about 1 or 2 writes for each item that changed in either
///   store;
/// * 1 range for each writer whose log entries can be trimmed, and 1 delete for
///   each of these entries;
/// * 1 WriteIf at the end.
///
/// A first meeting does not use the logs: it reads all records of both stores
/// once. A Sync counts as a first meeting in these cases:
/// * The two stores have never met.
/// * One of the two stores was restored, and has not met the other store since.
/// * One of the two stores is not replicated.
/// * The last Sync of the two stores was cut off at its very end, or was a
///   first meeting that deferred operations (SyncSide::deferred).
/// * The logs name more than 100,000 items.
/// * SyncOptions::full is set.
leveldb::Status Sync(Store* a, Store* b,
                     const SyncOptions& options = SyncOptions(),
                     SyncResult* result = nullptr);

// ----------------------------------------------------------- administration

/// Makes a store replicated, for good: from now on every write also enters its
/// change in the log. Returns OK if the store is replicated already.
/// **Errors**: "conflict:" if the store is shared and another writer has a slot
/// open, because that writer may not know that the store is replicated. End the
/// writer's program, or use CloseWriter, and try again.
/// **Cost**: 6 ranges and 4 WriteIf (shared: 6 ranges and 3 WriteIf). If
/// nothing was written to the store yet, 1 WriteIf more.
leveldb::Status Replicate(Store* store);

/// Gives a store a new replica id. Use NewReplica on a copy of a store's
/// directory or table, before anything is written to the copy. The records of
/// the copy stay. For a restored backup, see also MarkRestored. If the outcome
/// is unknown, check with GetStatus before you call NewReplica again, because
/// each call makes the store's previous replica id a member.
/// **Errors**: InvalidArgument if the store has no replica id yet; "conflict:"
/// as in Replicate.
/// **Cost**: 2 ranges, 1 WriteIf.
leveldb::Status NewReplica(Store* store);

/// Declares that a store is a restored backup. Until the restored store has met
/// every member that it knows, only operations that were stable in the backup
/// count as stable.
///
/// If A is a restored store, and another store knows more of A's operations
/// than A does, a Sync of the two stores detects the restore by itself. Call
/// MarkRestored right after the restore in these cases:
/// * A's next Sync may be with a store that knows no more of A's operations
///   than A does. Such a Sync cannot detect the restore.
/// * A is flattened before its next Sync.
/// * A is shared, and programs write to A.
///
/// Operations that were written after the backup are lost, unless another store
/// has them. A Sync with such a store brings them back. Until that Sync, the
/// restored store's clock must not be behind the timestamps of these
/// operations. If the backup does not know the other store, an operation that
/// comes back may count as settled (see Store::Settle).
///
/// If the restored store will never meet all members, give the restored store a
/// new replica id (NewReplica), synchronize it (Sync), and then forget its old
/// replica id (Forget).
/// **Errors**: InvalidArgument if the store knows of no other store. In this
/// case use NewReplica instead.
/// **Cost**: 2 ranges, 1 WriteIf.
leveldb::Status MarkRestored(Store* store);

/// Tells a store to expect no more operations from `replica`, so that `replica`
/// no longer holds back a flatten. If operations of `replica` come all the
/// same, these operations may be late. A Sync with `replica` makes `replica` a
/// member again. Other stores learn at their next Sync that `replica` is
/// forgotten.
/// **Errors**: InvalidArgument for the store's own replica, and for a replica
/// that the store does not know.
/// **Cost**: 1 range, 1 WriteIf.
leveldb::Status Forget(Store* store, const std::string& replica);

/// Closes the slot of another writer in a shared store. Use CloseWriter if the
/// writer's program has ended without closing the slot. While the slot is open,
/// operations above the slot's promise (WriterStatus::promise) do not become
/// stable. Without this call the slot stays open until another program has seen
/// the slot unchanged for 15 minutes. If the writer's program is alive after
/// all, the program takes another slot with its next write, and a write that
/// the program has under way during CloseWriter may be late.
/// **Errors**: InvalidArgument if the store is not shared, if the slot is not
/// open, or if `store` itself writes with the slot. "conflict:" if the slot's
/// writer is alive and has just renewed the slot.
/// **Cost**: 1 range, 1 WriteIf.
leveldb::Status CloseWriter(Store* store, uint16_t slot);

/// A member of the store (the store itself is one), or a forgotten replica.
struct MemberStatus {
  std::string replica;
  /// K: the store has all of the member's operations up to K. Empty if no K is
  /// known. The store's own K is the store's last promise: the store will write
  /// no more operations up to K.
  std::string known;
  bool is_self = false;
  bool forgotten = false;
  bool met = false;  ///< The store and the member have met.
};

struct WriterStatus {
  uint16_t slot = 0;
  bool open = false;
  /// A timestamp. The slot's writers write no more operations up to `promise`.
  std::string promise;
  /// A timestamp. The slot's writers have issued no timestamp above `reserved`.
  std::string reserved;
};

struct StoreStatus {
  std::string replica;  ///< Empty if nothing was written yet.
  bool replicated = false;
  bool shared = false;
  /// The least K of all members. The operations up to the watermark are stable.
  /// Empty if no operation is known to be stable.
  std::string watermark;
  std::vector<std::string> held_by;   ///< Members whose K is the watermark.
  std::vector<MemberStatus> members;  ///< Members and forgotten replicas.
  std::vector<WriterStatus> writers;
  /// If the store was restored: the members that the store has not met since.
  std::vector<std::string> unmet;
  uint64_t log_entries = 0;  ///< Entries in the log, which a Sync trims.
};

/// Reports a store's state. GetStatus writes nothing, so the watermark is that
/// of the last Sync or flatten.
/// **Cost**: 1 range over dyno's own records in the store, and in a replicated
/// store also 1 range over the keys of the store's log.
leveldb::Status GetStatus(Store* store, StoreStatus* status);

}  // namespace dyno

#endif  // DYNO_SYNC_H_

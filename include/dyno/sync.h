// Stores that exchange their operations, and the administration of such stores.
//
//     dyno::Store* laptop;   // dyno::Options::replicated, on a LevelDB
//     dyno::Store* table;    // the same on a DynamoDOWN store
//     leveldb::Status s = dyno::Sync(laptop, table);
//
// A replicated store enters every change in a log, so two stores quickly find
// the changes that the other one lacks. Any two can be synchronized, in any
// order, at any time, and while others write to them. In the end all stores
// that were synchronized have equal items. docs/dyno.md describes how, and the
// guarantees.
//
// For each other store that it knows of, a store keeps K: the timestamp up to
// which it holds all operations of the other store. Operations at or below
// every member's K are stable: nothing older will come, and they can be
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

/// The effects and costs of a Sync in one of its stores. Only the Sync's own
/// calls count.
struct SyncSide {
  uint64_t items = 0;       ///< Items changed.
  uint64_t operations = 0;  ///< Records put, bases included.
  uint64_t deletes = 0;     ///< Records deleted, because a base replaced them.
  uint64_t ranges = 0;      ///< Backend::Range calls.
  uint64_t writes = 0;      ///< Calls of the backend that write.
  uint64_t bytes_read = 0;  ///< Keys and values visited.
  uint64_t bytes_written = 0;
  /// Operations of the other store that this one has not taken yet, because
  /// they are further ahead of the clock than its Options::drift_ms_max.
  uint64_t deferred = 0;
};

struct SyncProgress {
  bool first_meeting = false;  ///< Whole stores are compared.
  uint64_t items = 0;          ///< Compared so far.
  uint64_t operations = 0;     ///< Put so far, in both stores.
  std::string name;            ///< The last item's.
};

struct SyncOptions {
  /// Compare every item, as at a first meeting. Default false: only the items
  /// that the logs name.
  bool full = false;
  /// The bytes of each store's records that are in memory at once. An item is
  /// never split. Default 4 MB.
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
  /// Keys whose records had different bytes in the two stores. The greater
  /// bytes stay.
  std::vector<std::string> conflicts;
};

/// Copies to each store the records that only the other one has, and deletes
/// records that a base has replaced.
///
/// One of the two may be a store that is not replicated. Sync then imports that
/// store's operations into the replicated one, and writes only to the
/// replicated one. The imported store's replicas count as forgotten (see
/// Forget): no more operations are expected of them.
///
/// **Thread-safety**: other threads and processes may use both stores
/// meanwhile, and synchronize them.
/// **Errors**: InvalidArgument if neither store is replicated, or if both have
/// the same replica: one is then a copy of the other, see NewReplica.
/// Corruption if an item cannot be read. The other items are exchanged, but
/// neither store records that, so the next Sync begins anew. After a backend's
/// error, a crash or a cancellation, everything exchanged so far stays, and the
/// next Sync continues.
/// **Cost**: in each store 1 range for its own records (shared: 2 ranges and 1
/// WriteIf, and 1 more WriteIf if this process has a slot open); 1 range for
/// each writer that wrote since the last Sync; 1 range and a write or two for
/// each item that changed in either store; 1 range for each writer whose log
/// can be trimmed; and at the end 1 WriteIf. A first meeting (the two have not
/// met, one of them was restored, or the last Sync was cut off at its very end)
/// reads all records of both once.
leveldb::Status Sync(Store* a, Store* b,
                     const SyncOptions& options = SyncOptions(),
                     SyncResult* result = nullptr);

// ----------------------------------------------------------- administration

/// Makes a store replicated, for good: from now on every write is announced.
/// OK if it is replicated already.
/// **Errors**: "conflict:", in a shared store, if a writer that may not know of
/// the change has its slot open. End its program, or use CloseWriter, and try
/// again.
/// **Cost**: 4 ranges and 3 WriteIf (shared: 5 ranges).
leveldb::Status Replicate(Store* store);

/// Gives a store a new replica id: for a copy of a store's directory or table,
/// before anything is written to the copy. Its records stay. See MarkRestored,
/// too. If the outcome is unknown, check with GetStatus before you call it
/// again: each call creates a member.
/// **Errors**: InvalidArgument if the store has no replica yet; "conflict:" as
/// in Replicate.
/// **Cost**: 2 ranges, 1 WriteIf.
leveldb::Status NewReplica(Store* store);

/// Declares that a store is a restored backup. Until it has met every member
/// that it knows, only operations that were stable in the backup count as
/// stable.
///
/// Sync detects a restored store by itself if the other store knows more of the
/// restored store's operations than the restored store does. Call MarkRestored
/// beforehand in three cases: the first store that it meets may know no more of
/// its operations than it does; it is flattened before it meets another store;
/// or it is a shared store that is written to.
///
/// Since the backup, the store may have given operations only to stores that
/// the backup does not know. If one of these stores later brings a lost
/// operation back, that operation may count as settled (see Store::Settle). If
/// the store will never meet all members, use NewReplica, then Sync, then
/// Forget its old replica. Until the store has met one that knows its lost
/// timestamps, its clock must not be behind them.
/// **Errors**: InvalidArgument if it knows of no other store: give it a new
/// replica id instead.
/// **Cost**: 1 range, 1 WriteIf.
leveldb::Status MarkRestored(Store* store);

/// Stops waiting for `replica`, so that it no longer holds back a flatten. If
/// operations still come from it, they may be late. Synchronizing with it makes
/// it a member again. Other stores learn of this at their next Sync.
/// **Errors**: InvalidArgument for the store's own replica, and for one that it
/// does not know.
/// **Cost**: 1 range, 1 WriteIf.
leveldb::Status Forget(Store* store, const std::string& replica);

/// Closes the slot of a writer in a shared store, if the writer's program has
/// ended without closing it. Otherwise the open slot keeps newer operations
/// from becoming stable, until a program that has the store open has seen the
/// slot unchanged for 15 minutes. If the program is alive after all, it takes
/// another slot with its next write; a write that is under way right now may
/// come late.
/// **Errors**: InvalidArgument if there is no such open slot.
/// **Cost**: 1 range, 1 WriteIf.
leveldb::Status CloseWriter(Store* store, uint16_t slot);

struct MemberStatus {
  std::string replica;
  /// K: this store holds all of the member's operations up to here. Empty if
  /// nothing is known. For the store itself: its last promise.
  std::string known;
  bool is_self = false;
  bool forgotten = false;
  bool met = false;  ///< The two have been synchronized with each other.
};

struct WriterStatus {
  uint16_t slot = 0;
  bool open = false;
  std::string promise;   ///< This writer writes nothing more at or below it.
  std::string reserved;  ///< This writer issued nothing above it.
};

struct StoreStatus {
  std::string replica;  ///< Empty if nothing was written yet.
  bool replicated = false;
  bool shared = false;
  /// The least K of the members: all operations at or below it are here, and
  /// can be flattened. Empty if there is none.
  std::string watermark;
  std::vector<std::string> held_by;   ///< The members with that K.
  std::vector<MemberStatus> members;  ///< Itself included.
  std::vector<WriterStatus> writers;
  /// Members that a restored store has yet to meet.
  std::vector<std::string> unmet;
  uint64_t log_entries = 0;  ///< Not trimmed yet.
};

/// Reports a store's state. Nothing is written: the watermark is that of the
/// last Sync or flatten.
/// **Cost**: 2 ranges: the store's own records, and the keys of its log.
leveldb::Status GetStatus(Store* store, StoreStatus* status);

}  // namespace dyno

#endif  // DYNO_SYNC_H_

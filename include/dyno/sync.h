// Stores that exchange what they have, and the state that this keeps.
//
//     dyno::Store* laptop;   // dyno::Options::replicated, on a LevelDB
//     dyno::Store* table;    // the same on a DynamoDOWN store
//     leveldb::Status s = dyno::Sync(laptop, table);
//
// Replicated stores write what changes into a log, so that two of them find
// out quickly what the other one lacks. Any two can be synchronized, in any
// order, at any time, also while others write to them: in the end those that
// were have equal items. docs/dyno.md tells how, and what it promises.
//
// Each store keeps K, for each store that it has heard of the timestamp up to
// which it holds all of that one's operations. What is at or below every
// member's is stable: nothing older will come, and it can be flattened.

#ifndef DYNO_SYNC_H_
#define DYNO_SYNC_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "dyno/store.h"
#include "leveldb/status.h"

namespace dyno {

/// What a Sync did to one of its stores. Counts are of this Sync's own calls.
struct SyncSide {
  uint64_t items = 0;       ///< That were changed.
  uint64_t operations = 0;  ///< Records put there, bases too.
  uint64_t deletes = 0;     ///< Records deleted, which a base now stands for.
  uint64_t ranges = 0;      ///< Backend::Range calls.
  uint64_t writes = 0;      ///< Backend's writing calls.
  uint64_t bytes_read = 0;  ///< Keys and values visited.
  uint64_t bytes_written = 0;
  /// Operations of the other store that were left there: they are further ahead
  /// of the clock than Options::drift_ms_max of this one.
  uint64_t deferred = 0;
};

struct SyncProgress {
  bool first_meeting = false;  ///< Whole stores are compared.
  uint64_t items = 0;          ///< Compared so far.
  uint64_t operations = 0;     ///< Put so far, in both.
  std::string name;            ///< The last item's.
};

struct SyncOptions {
  /// Compare every item, as when two stores meet for the first time. Default
  /// false: what the logs say.
  bool full = false;
  /// How many bytes of records of each store are in memory at once; an item is
  /// always whole. Default 4 MB.
  size_t chunk_bytes = 4 * 1024 * 1024;
  /// Called now and then; returns false to end the Sync, which is then an
  /// IOError "canceled:". Nothing that was exchanged is undone.
  std::function<bool(const SyncProgress&)> progress;
};

struct SyncResult {
  SyncSide a;
  SyncSide b;
  bool first_meeting = false;  ///< Whole stores were compared.
  uint64_t items = 0;          ///< Compared.
  /// Keys of records that the two had with other bytes; the greater ones stay.
  std::vector<std::string> conflicts;
};

/// Gives each store what the other one has. Both directions; what one lacks is
/// put there, what a base stands for is deleted.
///
/// One of the two may be a store that is not replicated: its operations are
/// then imported into the other one, and it is not written to. For the rest its
/// replicas count as forgotten (see Forget): nothing more is expected of them.
///
/// **Thread-safety**: other threads and processes may use both stores
/// meanwhile, and be synchronizing them.
/// **Errors**: InvalidArgument when neither is replicated, or both are one:
/// two stores with one replica are copies, see NewReplica. Corruption when
/// an item cannot be read: the others are exchanged, but nothing is vouched
/// for, so that the next Sync begins anew. After a backend's error, a crash or
/// a cancellation what was exchanged stays, and the next Sync goes on.
/// **Cost**: in each store 1 range (shared: 2 and 1 WriteIf, and one more for
/// its own open writer) for its own records, 1 for each writer that wrote since
/// the last Sync, 1 and a write or two for each item that changed in either,
/// 1 for each writer whose log can be trimmed, and at the end 1 WriteIf. At a
/// first meeting (the two have not met, one of them was restored, or the last
/// Sync was cut off at its very end) all records of both are read once.
leveldb::Status Sync(Store* a, Store* b,
                     const SyncOptions& options = SyncOptions(),
                     SyncResult* result = nullptr);

// ----------------------------------------------------------- administration

/// Makes of a store one that is replicated, once and for all; from here on
/// every write is announced. OK when it is already.
/// **Errors**: "conflict:", in a shared store, when writers that may not know
/// of it have their places open: end these programs, or see CloseWriter, and
/// try again.
/// **Cost**: 4 ranges and 3 WriteIf (shared: 5 ranges).
leveldb::Status Replicate(Store* store);

/// Gives a store a new replica: for a copy of a store's directory or table,
/// before anything is written to it. What it holds stays; see MarkRestored,
/// too. After an unknown outcome look (GetStatus) before it is done again: each
/// time makes a member.
/// **Errors**: InvalidArgument when it has none yet; "conflict:" as Replicate.
/// **Cost**: 2 ranges, 1 WriteIf.
leveldb::Status NewReplica(Store* store);

/// Says that a store is a backup that was restored: until it has met every
/// member that it knows, it vouches only for what it did before. Sync sees by
/// itself when the other one knows more of a store than it does itself; tell it
/// before anything else when a restored store may first meet one that does not,
/// or is flattened, or is a shared store that is written to. What the store has
/// lost and gave, since the backup, only to stores that the backup does not
/// know may be taken for settled where those bring it back later. If it will
/// never meet them all, use NewReplica, a Sync, and Forget of the replica that
/// it had.
/// Its clock must not be behind what it gave before until it has met somebody
/// who knows that.
/// **Errors**: InvalidArgument when it knows of no other store: give it a new
/// replica instead.
/// **Cost**: 1 range, 1 WriteIf.
leveldb::Status MarkRestored(Store* store);

/// Nothing is expected of `replica` any more: it holds back no flatten. What
/// comes of it all the same may be late. It becomes a member again when it is
/// synchronized with. Other stores learn of this when they are.
/// **Errors**: InvalidArgument for a replica that the store does not know, and
/// its own.
/// **Cost**: 1 range, 1 WriteIf.
leveldb::Status Forget(Store* store, const std::string& replica);

/// Closes the place of a writer of a shared store whose program has ended
/// without doing so: otherwise it holds back what the store vouches for until a
/// program that has the store open has seen it unchanged for 15 minutes. A
/// program that is alive after all takes another place with its next write; one
/// of its writes that is under way at this moment may come late.
/// **Errors**: InvalidArgument when there is no such open place.
/// **Cost**: 1 range, 1 WriteIf.
leveldb::Status CloseWriter(Store* store, uint16_t slot);

struct MemberStatus {
  std::string replica;
  /// This store holds all of that one's operations up to here; empty: nothing
  /// is known. Its own: up to where it was last vouched for.
  std::string known;
  bool is_self = false;
  bool forgotten = false;
  bool met = false;  ///< The two have been synchronized with each other.
};

struct WriterStatus {
  uint16_t slot = 0;
  bool open = false;
  std::string promise;   ///< Nothing at or below comes from there any more.
  std::string reserved;  ///< Nothing above was given from there.
};

struct StoreStatus {
  std::string replica;  ///< Empty: nothing was written yet.
  bool replicated = false;
  bool shared = false;
  /// All operations at or below are here, and can be flattened; empty: none.
  std::string watermark;
  std::vector<std::string> held_by;   ///< The members that it is the K of.
  std::vector<MemberStatus> members;  ///< Itself too.
  std::vector<WriterStatus> writers;
  /// Members that a restored store has yet to meet.
  std::vector<std::string> unmet;
  uint64_t log_entries = 0;  ///< That are not trimmed yet.
};

/// **Cost**: 2 ranges: the store's own records, and the keys of its log.
/// Nothing is written: the watermark is that of the last Sync or flatten.
leveldb::Status GetStatus(Store* store, StoreStatus* status);

}  // namespace dyno

#endif  // DYNO_SYNC_H_

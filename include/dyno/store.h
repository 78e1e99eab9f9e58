// dyno: items kept as the operations that made them. Start here.
//
//     dyno::Store* store;
//     leveldb::Status s = dyno::Open(dyno::Options(), db, &store);
//     store->PutItem({}, "chilts", R"({"nick":"chilts","email":"me@x.com"})");
//     store->DelAttrs({}, "chilts", {"email"});
//     store->PutAttrs({}, "chilts", R"({"name":"Andy Chilton"})");
//     dyno::Item item;
//     s = store->GetItem("chilts", &item);
//     // item.json is {"nick":"chilts","name":"Andy Chilton"}
//
// An item is a JSON object with a name. Every change of it is a record with a
// timestamp; replaying the records in order yields the item. docs/dyno.md
// describes each operation and what is stored.
//
// JSON goes in and out as UTF-8 text, with attributes in the order in which
// they were added. Integers from -2^63 to 2^64-1 are exact; other numbers are
// doubles.

#ifndef DYNO_STORE_H_
#define DYNO_STORE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dyno/backend.h"
#include "leveldb/db.h"
#include "leveldb/slice.h"
#include "leveldb/status.h"

namespace dyno {

/// The most bytes of a name, encoded as in keys: "/", "%" and each byte that is
/// not UTF-8 take three bytes. DynamoDB's limit on keys, less the rest of a
/// key.
constexpr size_t kNameBytesMax = 900;
/// The deepest nesting of JSON objects and arrays.
constexpr size_t kJsonDepthMax = 200;

struct Options {
  /// Create a new store as replicated, so that it can be synchronized with
  /// others: every write then also enters its change in a log. Default false.
  /// Ignored by a store that exists: it stays what it was created as.
  bool replicated = false;

  /// The replica id of a new store, 12 lower-case hex digits. Default empty: a
  /// random one. Two stores must never have the same.
  std::string replica;

  /// The slot to write with, 1 to 0xfffe. Default 0: the store gives one. For
  /// restoring a log whose slot is known; refused in a shared store.
  uint16_t slot = 0;

  /// How far ahead of the clock a timestamp may be, in milliseconds. Default: a
  /// minute, the worst of clocks that are kept by anything. Timestamps further
  /// ahead are replayed like others, but the store's clock does not follow
  /// them, and no write may have one.
  uint64_t drift_ms_max = 60 * 1000;
};

struct WriteOptions {
  /// The write survives the end of the machine once the call returns. Default
  /// false: it survives the end of the process. In a shared store every write
  /// survives both.
  bool sync = false;

  /// Write with this timestamp. Default empty: the store's next one. It must
  /// have this writer's slot and replica, be above the item's base and above
  /// the store's promise to others, and be no further ahead than drift_ms_max.
  /// To repeat a write that failed, give its timestamp: it then counts once. If
  /// the write is there already, nothing is written. If the item was flattened
  /// beyond it, InvalidArgument names the base, because the store cannot tell
  /// whether the write came in time to be folded.
  std::string timestamp;
};

/// A record that arrived after its item had been flattened beyond it. It is
/// kept, but not applied. See Store::Settle.
///
/// One kind of record may be reported as late although the base contains it. In
/// a shared store the backend itself resends a write whose answer was lost.
/// Another process may have flattened the first arrival in between. The base
/// names the last 64 operations that were folded within 15 minutes, longer than
/// a request lives, and these are not reported. An operation beyond those was
/// acknowledged to its writer, or its timestamp was named in an error. Settle
/// such a record: reapplying it would count it twice.
struct LateRecord {
  std::string key;  ///< For Settle and Reapply.
  std::string timestamp;
  std::string operation;  ///< Or "~base": the item as another flatten left it.
  std::string change;     ///< JSON text.
};

struct Item {
  std::string name;
  bool exists = false;    ///< False if it was deleted, or never put.
  std::string json;       ///< An object; empty if the item does not exist.
  std::string timestamp;  ///< The last change's; empty if there is none.
  uint64_t changes = 0;   ///< Ever made; flattening keeps the count.
  std::string hash;       ///< Over all changes: 64 hex digits, or empty.
  uint64_t records = 0;   ///< Stored now, late ones included.
  std::vector<LateRecord> late;      ///< Neither applied nor settled.
  std::vector<std::string> unknown;  ///< Keys of operations that this version
                                     ///< does not know; they were skipped.
};

/// One record of an item, in the order of timestamps.
struct HistoryEntry {
  enum class Kind {
    kBase,       ///< The item as a flatten left it; `change` is the item.
    kOperation,  ///< Applied.
    kUnknown,    ///< Skipped: this version does not know the operation.
    kLate,       ///< Not applied: older than the base.
    kSettled,    ///< Late, and settled.
  };
  Kind kind = Kind::kOperation;
  std::string timestamp;
  std::string operation;  ///< "putItem", ...
  std::string change;     ///< JSON text, as it is stored.
  /// The item after this record, if it was applied.
  bool exists = false;
  std::string json;
  uint64_t changes = 0;
  std::string hash;
};

struct QueryOptions {
  std::string from;  ///< The first name; empty: from the beginning.
  std::string to;    ///< The last name, included; empty: to the end.
  /// If not empty: only items whose attribute of this name has this JSON value.
  /// 1 and 1.0 are equal, and so are objects in any order of their members.
  std::string attribute;
  std::string value;
  /// Include items that were deleted. Default false.
  bool deleted = false;
};

struct FlattenOptions {
  /// Fold up to the last operation at or before this timestamp or beginning of
  /// one (see Flake::ParseBound). Default empty: all operations there when the
  /// call begins, except those further ahead of the clock than
  /// Options::drift_ms_max; in a replicated store, all that are stable.
  std::string timestamp;
  /// Fold up to the operation after which the item has this hash (Item::hash).
  /// Default empty: no such limit. Not together with `timestamp`.
  std::string hash;
};

struct FlattenResult {
  std::string timestamp;  ///< The base's; empty if there is none.
  uint64_t folded = 0;    ///< Operations.
  uint64_t steps = 0;     ///< Writes that took effect.
};

/// Items in a backend.
///
/// **Thread-safety**: any thread may make any call at any time, except the
/// destructor, which must be the last call. A visitor may call the store that
/// calls it. On an embedded LevelDB there must be one Store at a time; a shared
/// backend may have any number, in any number of processes.
///
/// **Ownership**: the caller deletes the store, and then the backend. The
/// destructor writes what the next Store needs to begin (see Close). After
/// fork() a child must open its own: there every call fails with "forked:".
///
/// **Errors**: InvalidArgument for input that cannot be written, before
/// anything is written. Corruption names the key of a record that cannot be
/// understood: that item cannot be read, every other one can. NotSupported for
/// records of another version. "conflict:": other writers kept winning, nothing
/// was written. A backend's own errors are passed on. If the outcome of a write
/// is unknown (WriteResult), the operation may be there, and the message says
/// so.
/// `*timestamp` is set even then: write with it again to make sure (after a
/// Reapply: reapply again).
///
/// **Cost**: reads and writes of the backend, stated for each call. A writer's
/// first write also takes its slot: 1 range and 1 WriteIf (shared: 2 ranges; in
/// a new store 1 WriteIf more). For each minute of the clock in which it wrote,
/// the slot is written again: 1 WriteIf.
class Store {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  // -------------------------------------------------------------- operations
  // Each adds one record, without reading the item. `name` is any bytes, but
  // not empty (see kNameBytesMax). `*timestamp`, if not null, is set to the
  // record's timestamp as soon as there is one, even if the write then fails.
  // Cost: 1 write of 1 record (replicated: of 2; shared and replicated: 2
  // writes). With WriteOptions::timestamp: also 1 range, the item, before the
  // writer takes its slot, and the write is a WriteIf with up to 3 conditions
  // (shared, in a writer without a slot: up to 2 ranges of 1 record more). Both
  // are repeated if others flattened meanwhile, at most 16 times.

  /// Makes the item `object`, whatever it was.
  virtual leveldb::Status PutItem(const WriteOptions& options,
                                  const std::string& name,
                                  const std::string& object,
                                  std::string* timestamp = nullptr) = 0;
  /// Deletes the item.
  virtual leveldb::Status DelItem(const WriteOptions& options,
                                  const std::string& name,
                                  std::string* timestamp = nullptr) = 0;
  /// Sets each attribute of `object`; other attributes stay.
  virtual leveldb::Status PutAttrs(const WriteOptions& options,
                                   const std::string& name,
                                   const std::string& object,
                                   std::string* timestamp = nullptr) = 0;
  /// Removes these attributes. Missing ones are no error.
  virtual leveldb::Status DelAttrs(const WriteOptions& options,
                                   const std::string& name,
                                   const std::vector<std::string>& attributes,
                                   std::string* timestamp = nullptr) = 0;
  /// Adds `numbers`, {"logins":1,"credit":-2.5}, to the attributes. An
  /// attribute that is missing or no number becomes that number. A sum of
  /// integers is exact from -2^63 to 2^64-1, and a double beyond.
  virtual leveldb::Status IncAttrs(const WriteOptions& options,
                                   const std::string& name,
                                   const std::string& numbers,
                                   std::string* timestamp = nullptr) = 0;
  /// Appends `strings`, {"log":"more"}, to the attributes. A missing attribute
  /// becomes that string; one that is no string counts as its JSON text.
  virtual leveldb::Status AppendAttrs(const WriteOptions& options,
                                      const std::string& name,
                                      const std::string& strings,
                                      std::string* timestamp = nullptr) = 0;
  /// Adds `sets`, {"colours":["red","blue"]}, to attributes that are sets, like
  /// {"red":true,"blue":true}. Values are strings, numbers or booleans; one
  /// that is no string counts as its JSON text. An attribute that is no object
  /// becomes a set first: see docs/dyno.md.
  virtual leveldb::Status AddToSet(const WriteOptions& options,
                                   const std::string& name,
                                   const std::string& sets,
                                   std::string* timestamp = nullptr) = 0;
  /// Removes values from sets, in the same form.
  virtual leveldb::Status DelFromSet(const WriteOptions& options,
                                     const std::string& name,
                                     const std::string& sets,
                                     std::string* timestamp = nullptr) = 0;

  /// Marks the late records with these keys (LateRecord::key) as dealt with:
  /// they are kept, and no longer reported.
  /// **Errors**: InvalidArgument for a key that is not late.
  /// **Cost**: 1 range, 1 write.
  virtual leveldb::Status Settle(const WriteOptions& options,
                                 const std::string& name,
                                 const std::vector<std::string>& late,
                                 std::string* timestamp = nullptr) = 0;
  /// Replaces a late operation by a copy with a current timestamp, and settles
  /// the operation in case it arrives again. This is atomic, and happens once
  /// even if several callers do it at the same time. `*timestamp` is the
  /// copy's. If the outcome is unknown, reapply it again: once it has worked,
  /// the operation is not late any more.
  /// **Errors**: InvalidArgument for a record that is not late. The same for a
  /// "~base": read it, put what you want of it, and Settle. The same for
  /// WriteOptions::timestamp, because two records are written. "conflict:".
  /// **Cost**: 1 range, 1 WriteIf of 2 puts, 1 delete and 1 condition more
  /// (replicated: 2 entries more; shared and replicated: in a write before).
  /// Both are repeated if others flattened meanwhile, at most 16 times.
  virtual leveldb::Status Reapply(const WriteOptions& options,
                                  const std::string& name,
                                  const std::string& late,
                                  std::string* timestamp = nullptr) = 0;

  // ------------------------------------------------------------------- reads

  /// Reads the item. OK even if there is no such item: see Item::exists.
  /// **Cost**: 1 range, the item's records. If a shared store has late ones, 1
  /// more, to tell them from a flatten that came between two pages.
  virtual leveldb::Status GetItem(const std::string& name, Item* item) = 0;

  /// Reads the item as its operations up to `timestamp` made it (see
  /// Flake::ParseBound).
  /// **Errors**: InvalidArgument, naming the base's timestamp, if the item was
  /// flattened later than that.
  /// **Cost**: as GetItem.
  virtual leveldb::Status GetItemAsOf(const std::string& name,
                                      const std::string& timestamp,
                                      Item* item) = 0;

  /// Visits the item's records, with the item after each. The visitor returns
  /// false to stop.
  /// **Cost**: as GetItem; all of the item's records are in memory.
  virtual leveldb::Status History(
      const std::string& name,
      const std::function<bool(const HistoryEntry&)>& visit) = 0;

  /// Visits items in the order of the bytes of their encoded names, each
  /// followed by "/". The visitor may filter; it returns false to
  /// stop. Items with a damaged record, and keys that belong to no item, are
  /// skipped; the status is then Corruption that names the first one. One item
  /// at a time is in memory.
  /// **Cost**: 1 range (2 if the beginning or the end is open) over the records
  /// of these items. In a shared store an item with late records is read once
  /// more, and so is each item behind a damaged record.
  virtual leveldb::Status Query(
      const QueryOptions& options,
      const std::function<bool(const Item&)>& visit) = 0;

  /// Counts the items that Query would visit. **Cost**: Query's.
  virtual leveldb::Status Count(const QueryOptions& options,
                                uint64_t* count) = 0;

  /// Visits the names of all items from `from` to `to` that have records,
  /// deleted items included. Nothing is replayed. Other options are ignored.
  /// **Cost**: Query's, without values.
  virtual leveldb::Status Names(
      const QueryOptions& options,
      const std::function<bool(const std::string&)>& visit) = 0;

  // ----------------------------------------------------------------- flatten

  /// Folds operations, and the base before them, into one base. Item,
  /// timestamp, changes and hash stay the same. In a store that is not
  /// replicated the caller must know that no older operation will come; in a
  /// replicated one only stable operations are folded (see dyno/sync.h). An
  /// older operation that comes all the same is kept, not applied, and reported
  /// as late. A second flatten does nothing. `*result`, if not null, is set
  /// also on failure.
  ///
  /// A flatten proceeds in steps of Backend::max_batch records, the oldest
  /// first. Each step is a flatten of its own: a failure leaves the item
  /// correct, flattened less far. A step is atomic. In a shared store it is
  /// several writes, in an order in which every reader sees the same item. A
  /// step is planned anew if others changed the item, 16 times, and waits for
  /// others that flatten the item.
  /// **Errors**: InvalidArgument if nothing is as old as `timestamp`, if no
  /// change had that `hash`, or if the item does not fit in a record of the
  /// backend. In a replicated store InvalidArgument also if not all operations
  /// up to `timestamp` or `hash`, or without one none, are stable: it names who
  /// holds them back; and if the item has late operations. NotSupported if an
  /// unknown operation would be folded. "conflict:".
  /// **Cost**: 1 range and 1 WriteIf for each step; 2 puts, and 1 delete for
  /// each folded record. Shared: 1 range, 3 WriteIf and 1 WriteUnordered for
  /// each step, and 1 range more for an item that never was flattened, unless
  /// the store is replicated. Replicated: 1 range and 1 WriteIf more (shared: 3
  /// ranges and up to 2 WriteIf).
  virtual leveldb::Status Flatten(const std::string& name,
                                  const FlattenOptions& options,
                                  FlattenResult* result = nullptr) = 0;

  /// Flattens every item that has something to fold at or before `timestamp`.
  /// Empty: all, as in Flatten. In a replicated store no more than is stable is
  /// folded, without an error. If an item cannot be flattened, the others are
  /// flattened all the same, and the first error is the status. `*result` has
  /// the sums, and an empty `timestamp`.
  /// **Cost**: Names, and Flatten of each item.
  virtual leveldb::Status FlattenAll(const std::string& timestamp,
                                     FlattenResult* result = nullptr) = 0;

  // ------------------------------------------------------------------- others

  /// Issues a timestamp of this writer. No operation has it, or will have it,
  /// except one that is written with it (WriteOptions::timestamp).
  /// **Cost**: none, except that of a writer's first write.
  virtual leveldb::Status NewTimestamp(std::string* timestamp) = 0;

  /// The store's replica id, 12 hex digits; empty if nothing was ever written.
  /// **Cost**: none.
  virtual std::string replica() const = 0;

  /// Gives the slot back, so that the next writer begins right after the last
  /// timestamp. The destructor does the same, but cannot report an error. A
  /// failure does little harm: the slot stays taken, and in an embedded store
  /// the next timestamps begin up to a minute ahead of the clock. A write after
  /// Close takes a slot again.
  /// **Cost**: 1 write; none if nothing was written.
  virtual leveldb::Status Close() = 0;
};

/// Opens the items in `backend`, which must outlive the store. The caller
/// deletes `*store`, which is null on failure. Nothing is written before the
/// first operation.
///
/// **Errors**: InvalidArgument for invalid options; Corruption and NotSupported
/// for a store of another version; those of the backend.
/// **Cost**: 1 range of 1 record.
leveldb::Status Open(const Options& options, Backend* backend, Store** store);
/// The same; the store owns `backend`.
leveldb::Status Open(const Options& options, std::unique_ptr<Backend> backend,
                     Store** store);

/// The same on a LevelDB, through a NewLevelDbBackend that the store owns; `db`
/// must outlive the store. Any other leveldb::DB works as well, as long as only
/// this store writes to it.
/// **Errors**: InvalidArgument for a DynamoDOWN store on DynamoDB, whose
/// property "dynamodown.supports" has "many-processes": use the Open of
/// dynamodown/dyno.h.
leveldb::Status Open(const Options& options, leveldb::DB* db, Store** store);

}  // namespace dyno

#endif  // DYNO_STORE_H_

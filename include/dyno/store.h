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
// An item is a JSON object with a name. Every change of the item is stored as a
// record with a timestamp. Replaying the records in order yields the item.
// docs/dyno.md describes each operation and what is stored, and defines the
// words of this header, such as shared, replicated, writer, slot and base.
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

/// The most bytes that a name may have in its encoded form. In this form, "/",
/// "%" and each byte that is not part of valid UTF-8 take three bytes each.
/// With this maximum, every key fits in the 1,024 bytes that DynamoDB allows.
constexpr size_t kNameBytesMax = 900;
/// The deepest nesting of JSON objects and arrays.
constexpr size_t kJsonDepthMax = 200;

struct Options {
  /// Create a new store as replicated, so that it can be synchronized with
  /// other stores. Every write to a replicated store also enters its change in
  /// a log. Default false. An existing store ignores this option and stays as
  /// it is.
  bool replicated = false;

  /// The replica id of a new store, 12 lower-case hex digits. Default empty: a
  /// random id. Two stores must never have the same id.
  std::string replica;

  /// The slot to write with, 1 to 0xfffe. The slot is a part of each of this
  /// writer's timestamps, and identifies the writer. Default 0: the store
  /// assigns a slot. Set this option to write operations that already have
  /// timestamps with this slot (see WriteOptions::timestamp). Open refuses the
  /// option for a shared store.
  uint16_t slot = 0;

  /// How far ahead of the clock a timestamp may be, in milliseconds. Default: a
  /// minute. Even a badly synchronized clock is off by less than a minute. The
  /// limit has these effects:
  /// * Each timestamp that the store issues is above every timestamp that the
  ///   store has read, but timestamps beyond the limit do not count.
  /// * The store refuses a write whose WriteOptions::timestamp is beyond the
  ///   limit.
  /// * A Sync defers operations beyond the limit (SyncSide::deferred).
  /// * By default a flatten does not fold operations beyond the limit.
  ///
  /// If the store has operations beyond the limit nevertheless, it replays them
  /// like any other operation.
  uint64_t drift_ms_max = 60 * 1000;
};

struct WriteOptions {
  /// Once the call returns, the write survives a crash of the machine. Default
  /// false: the write survives only a crash of the process. In a shared store
  /// every write survives both kinds of crash.
  bool sync = false;

  /// Write with this timestamp. Default empty: the store's next timestamp. A
  /// timestamp that you set must have this writer's slot and replica id, and be
  /// above the timestamp of the item's base. It must be no further ahead of the
  /// clock than drift_ms_max, and be above the store's last promise. (A promise
  /// is a timestamp P. The store has told other stores that it will write no
  /// more operations up to P.)
  ///
  /// To repeat a failed write, pass the timestamp of the failed write: the
  /// operation then counts once. If the operation is already stored, nothing is
  /// written. If the item was flattened beyond the timestamp, the store cannot
  /// tell whether the operation was folded. The store then refuses the
  /// repetition with an InvalidArgument that names the base.
  std::string timestamp;
};

/// A record that arrived after its item had been flattened beyond the record's
/// timestamp. The record is kept, but not applied. See Store::Settle.
///
/// In a shared store a record may be reported as late although the base
/// contains the record's operation. If the answer to a write is lost, the
/// backend sends the write again, and another process may have folded the first
/// copy before the second copy arrives. To recognize second copies, a base
/// names up to 64 folded operations: the youngest ones, and of these only those
/// less than 15 minutes old. (Older ones need no name, because no request takes
/// 15 minutes to arrive.) A second copy of an operation that the base names is
/// not reported. A second copy of any other folded operation may be reported.
/// By the time of such a report, the call that wrote the operation has long
/// returned: with success, or with an error that named the timestamp. Settle a
/// second copy; to reapply it would count the operation twice.
struct LateRecord {
  std::string key;  ///< For Settle and Reapply.
  std::string timestamp;
  /// "putItem" or another operation; or "~base", for a base of another flatten.
  std::string operation;
  std::string change;  ///< JSON text; for a "~base", the base's item.
};

struct Item {
  std::string name;
  bool exists = false;    ///< False if the item was deleted or never put.
  std::string json;       ///< An object; empty if the item does not exist.
  std::string timestamp;  ///< Of the last change; empty if there is none.
  uint64_t changes = 0;   ///< Ever made; a flatten does not alter the count.
  std::string hash;       ///< Of all changes, 64 hex digits; empty if none.
  uint64_t records = 0;   ///< Stored now, late records included.
  std::vector<LateRecord> late;  ///< Neither applied nor settled.
  /// Keys of operations that this version does not know and has skipped.
  std::vector<std::string> unknown;
};

/// One record of an item. History visits records in the order of timestamps.
struct HistoryEntry {
  enum class Kind {
    kBase,       ///< The item as a flatten left it; `change` is the item.
    kOperation,  ///< Applied.
    kUnknown,    ///< Skipped: this version does not know the operation.
    kLate,       ///< Not applied: older than the base.
    kSettled,    ///< Not applied: late, and settled.
  };
  Kind kind = Kind::kOperation;
  std::string timestamp;
  std::string operation;  ///< "putItem", ...
  std::string change;     ///< JSON text, as it is stored.
  // The item after this record; not set for kLate and kSettled.
  bool exists = false;
  std::string json;
  uint64_t changes = 0;
  std::string hash;
};

struct QueryOptions {
  std::string from;  ///< The first name; empty: from the beginning.
  std::string to;    ///< The last name, included; empty: to the end.
  /// If `attribute` is not empty, visit only items in which this attribute has
  /// the JSON value `value`. The numbers 1 and 1.0 are equal, and so are two
  /// objects that differ only in the order of their members.
  std::string attribute;
  std::string value;
  /// Include items that were deleted. Default false.
  bool deleted = false;
};

struct FlattenOptions {
  /// Fold up to the last operation at or before this timestamp, which may be a
  /// prefix (see Flake::ParseBound). Default empty: a replicated store folds
  /// all stable operations, and a store that is not replicated folds all
  /// operations that exist when the call begins. By this default, operations
  /// further ahead of the clock than Options::drift_ms_max are not folded.
  std::string timestamp;
  /// Fold up to the operation after which the item has this hash (Item::hash).
  /// Default empty: no such limit. Do not set both `hash` and `timestamp`.
  std::string hash;
};

struct FlattenResult {
  std::string timestamp;  ///< Of the base; empty if there is none.
  uint64_t folded = 0;    ///< Operations folded.
  uint64_t steps = 0;     ///< Writes that took effect.
};

/// Items in a backend.
///
/// **Thread-safety**: any thread may make any call at any time, except the
/// destructor, which must be the last call. A visitor may call the store that
/// calls it. An embedded LevelDB may have only one Store at a time. A shared
/// backend may have any number of Stores, in any number of processes.
///
/// **Ownership**: the caller deletes the store, and then the backend, unless
/// the store owns the backend. The destructor gives the slot back, as Close
/// does. After fork() the child must open a store of its own: in the child
/// every call of the parent's store fails with "forked:".
///
/// **Errors**: InvalidArgument for input that cannot be written, before
/// anything is written. Corruption if a record cannot be parsed; the message
/// names the record's key. The item of that record cannot be read; all other
/// items can. NotSupported for records in another version's format. "conflict:"
/// if other writers won every attempt; nothing was written. A backend's own
/// errors are passed on. If the outcome of a write is unknown (WriteResult),
/// the message says that the operation may be stored. `*timestamp` is set even
/// then. To make sure that the operation is stored, write it again with this
/// timestamp. If the call was Reapply, call Reapply again instead.
///
/// **Cost**: reads and writes of the backend, stated for each call. Ranges are
/// calls of Backend::Range. A writer's first write also takes a slot: 1 range
/// and 1 WriteIf (shared: 2 ranges and 1 WriteIf). The first write to a new
/// store takes 1 WriteIf more. The writer renews its slot once in each clock
/// minute in which it writes, for 1 WriteIf. This differs in a store that is
/// both replicated and shared: there the writer renews its slot every 5
/// seconds, for 1 WriteIf, and closes the slot after 10 seconds without a new
/// timestamp, for 1 WriteIf.
class Store {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  // -------------------------------------------------------------- operations
  // Each call of this section, except Settle and Reapply, adds one record
  // without reading the item. `name` is any bytes, but not empty (see
  // kNameBytesMax). `*timestamp`, if not null, is set to the record's timestamp
  // as soon as the record has one, even if the write then fails. Cost: 1 write
  // of 1 record (replicated: 1 write of 2 records; shared and replicated: 2
  // writes of 1 record each).
  //
  // WriteOptions::timestamp raises this cost. First, before the writer takes
  // its slot, 1 range reads the item. In a replicated store, 1 WriteIf then
  // puts the log entry. The write itself is a WriteIf with up to 3 conditions.
  // In a shared store, a writer without a slot also reads up to 2 more ranges,
  // of 1 record each. If others flatten the item meanwhile, the range and the
  // write are repeated, at most 16 times.

  /// Sets the item to `object`, whatever the item was before.
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
  /// Removes these attributes. A missing attribute is no error.
  virtual leveldb::Status DelAttrs(const WriteOptions& options,
                                   const std::string& name,
                                   const std::vector<std::string>& attributes,
                                   std::string* timestamp = nullptr) = 0;
  /// Adds each number in `numbers`, such as {"logins":1,"credit":-2.5}, to the
  /// attribute of the same name. If an attribute is missing or not a number, it
  /// becomes the number in `numbers`. A sum of integers is exact from -2^63 to
  /// 2^64-1; outside this range it becomes a double.
  virtual leveldb::Status IncAttrs(const WriteOptions& options,
                                   const std::string& name,
                                   const std::string& numbers,
                                   std::string* timestamp = nullptr) = 0;
  /// Appends each string in `strings`, such as {"log":"more"}, to the attribute
  /// of the same name. A missing attribute becomes the string in `strings`. An
  /// attribute that is not a string counts as its JSON text.
  virtual leveldb::Status AppendAttrs(const WriteOptions& options,
                                      const std::string& name,
                                      const std::string& strings,
                                      std::string* timestamp = nullptr) = 0;
  /// Adds the values in `sets`, such as {"colours":["red","blue"]}, to
  /// attributes that are sets, such as {"red":true,"blue":true}. Values are
  /// strings, numbers or booleans. A value that is not a string counts as its
  /// JSON text. If an attribute is not an object, the attribute is first
  /// converted to a set, as docs/dyno.md describes.
  virtual leveldb::Status AddToSet(const WriteOptions& options,
                                   const std::string& name,
                                   const std::string& sets,
                                   std::string* timestamp = nullptr) = 0;
  /// Removes the values in `sets`, which has the form that AddToSet takes.
  virtual leveldb::Status DelFromSet(const WriteOptions& options,
                                     const std::string& name,
                                     const std::string& sets,
                                     std::string* timestamp = nullptr) = 0;

  /// Marks the late records with these keys (LateRecord::key) as settled: the
  /// records are kept, but no longer reported.
  /// **Errors**: InvalidArgument for a key that is not the key of a late
  /// record.
  /// **Cost**: 1 range (shared: 2), and 1 write as for any operation.
  virtual leveldb::Status Settle(const WriteOptions& options,
                                 const std::string& name,
                                 const std::vector<std::string>& late,
                                 std::string* timestamp = nullptr) = 0;
  /// Replaces a late operation by a copy with a current timestamp. Also settles
  /// the old record, so that it is not reported if it arrives again. One atomic
  /// write does both. If several callers reapply the operation at the same
  /// time, only one of them succeeds. `*timestamp` is set to the copy's
  /// timestamp. If the outcome is unknown, call Reapply again. If the first
  /// call has succeeded after all, the second call writes nothing and returns
  /// InvalidArgument, because the operation is no longer late.
  /// **Errors**: InvalidArgument if the record is not late. InvalidArgument for
  /// a "~base", which cannot be reapplied. Read the base, put the parts of the
  /// base's item that you want, and Settle the base. InvalidArgument for an
  /// operation that this version does not know. InvalidArgument if
  /// WriteOptions::timestamp is set, because two records are written.
  /// "conflict:" as for any call (see Store).
  /// **Cost**: 1 range (shared: 2), and 1 WriteIf of 2 puts, 1 delete and a
  /// condition on one further key. In a replicated store 2 log entries are also
  /// put: by the same WriteIf, or, if the store is shared, by a separate write
  /// before the WriteIf. If others flatten the item meanwhile, the range and
  /// the writes are repeated, at most 16 times.
  virtual leveldb::Status Reapply(const WriteOptions& options,
                                  const std::string& name,
                                  const std::string& late,
                                  std::string* timestamp = nullptr) = 0;

  // ------------------------------------------------------------------- reads

  /// Reads the item. OK even if there is no such item: see Item::exists.
  /// **Cost**: 1 range over the item's records. In a shared store, an item with
  /// late or damaged records is read again, for 1 range more, because a flatten
  /// between two pages of the first range can make records look late or
  /// damaged.
  virtual leveldb::Status GetItem(const std::string& name, Item* item) = 0;

  /// Reads the item as of `timestamp`: only operations up to `timestamp` count.
  /// `timestamp` may be a prefix (see Flake::ParseBound).
  /// **Errors**: InvalidArgument if the item was flattened beyond `timestamp`;
  /// the message names the base's timestamp.
  /// **Cost**: as GetItem.
  virtual leveldb::Status GetItemAsOf(const std::string& name,
                                      const std::string& timestamp,
                                      Item* item) = 0;

  /// Visits the item's records, each with the item as it is after that record.
  /// The visitor returns false to stop.
  /// **Cost**: as GetItem; all of the item's records are in memory.
  virtual leveldb::Status History(
      const std::string& name,
      const std::function<bool(const HistoryEntry&)>& visit) = 0;

  /// Visits items in the byte order of their encoded names, compared as if each
  /// name ended in "/". The visitor may filter the items further, and returns
  /// false to stop. Items with a damaged record, and keys that belong to no
  /// item, are skipped; the status is then a Corruption that names the first
  /// damaged record's key, or the first key that belongs to no item. One item
  /// at a time is in memory.
  /// **Cost**: 1 range over the records of all items from `from` to `to`, or 2
  /// ranges if dyno's own records ("%dyno/") lie among these records. In a
  /// shared store each item with late records takes 1 range more. After a
  /// record that the backend cannot read, each later item takes 1 range more.
  virtual leveldb::Status Query(
      const QueryOptions& options,
      const std::function<bool(const Item&)>& visit) = 0;

  /// Counts the items that Query would visit.
  /// **Cost**: that of Query.
  virtual leveldb::Status Count(const QueryOptions& options,
                                uint64_t* count) = 0;

  /// Visits the names of all items from `from` to `to` that have records,
  /// deleted items included. Nothing is replayed. `attribute`, `value` and
  /// `deleted` are ignored.
  /// **Cost**: 1 or 2 ranges as in Query, without values.
  virtual leveldb::Status Names(
      const QueryOptions& options,
      const std::function<bool(const std::string&)>& visit) = 0;

  // ----------------------------------------------------------------- flatten

  /// Folds operations, and the base before them, into one base. The item, its
  /// timestamp, its number of changes and its hash stay the same. If the store
  /// is not replicated, the caller must know that no operation older than the
  /// folded operations will come. A replicated store folds only stable
  /// operations (see dyno/sync.h). If an older operation comes anyway, the
  /// store, replicated or not, keeps the operation and reports it as late, but
  /// does not apply it. A second flatten of the same operations does nothing.
  /// `*result`, if not null, is set even on failure.
  ///
  /// A flatten proceeds in steps of Backend::max_batch records, the oldest
  /// first. Each step is a flatten of its own: after a failure the item is
  /// correct, but flattened less far. In an embedded store a step is one atomic
  /// write. In a shared store a step is several writes, in an order that shows
  /// every reader the same item, and a step waits while another process
  /// flattens the item. If others change the item meanwhile, the step is
  /// planned anew, at most 16 times.
  /// **Errors**: InvalidArgument if the item has no operation up to
  /// `timestamp`, if it was flattened beyond `timestamp`, if no stored
  /// operation or base leaves the item with `hash`, or if the item does not fit
  /// in a record of the backend. In a replicated store also InvalidArgument if
  /// the item has late operations, if an operation up to `timestamp` or `hash`
  /// is not stable, or if neither `timestamp` nor `hash` is set and no
  /// operation is stable. If operations are not stable, the message names the
  /// stores that hold the operations back, as far as these stores are known.
  /// NotSupported if an operation would be folded that this version does not
  /// know. "conflict:" as for any call (see Store).
  /// **Cost**: in an embedded store each step takes 1 range and 1 WriteIf. The
  /// WriteIf has 2 puts, and 1 delete for each folded record. In a shared store
  /// each step takes 1 range, 3 WriteIf and 1 WriteUnordered; if the shared
  /// store is not replicated, the item's first base takes 1 range more. In a
  /// replicated store each call also takes 1 range and up to 1 WriteIf (shared:
  /// up to 3 ranges and 2 WriteIf).
  virtual leveldb::Status Flatten(const std::string& name,
                                  const FlattenOptions& options,
                                  FlattenResult* result = nullptr) = 0;

  /// Flattens every item that has operations to fold at or before `timestamp`.
  /// If `timestamp` is empty, folds all operations, except those further ahead
  /// of the clock than Options::drift_ms_max. A replicated store folds only
  /// stable operations. Operations that are not stable stay, which is no error.
  /// If an item cannot be flattened, the other items are flattened all the
  /// same, and FlattenAll returns the first error. `*result` has the sums over
  /// all items, and an empty `timestamp`.
  /// **Cost**: that of Names for all items, and for each item that has
  /// operations to fold also that of Flatten's steps. In a replicated store
  /// FlattenAll also takes, once for all items, 1 range and up to 1 WriteIf
  /// (shared: up to 3 ranges and 2 WriteIf), as one call of Flatten does.
  virtual leveldb::Status FlattenAll(const std::string& timestamp,
                                     FlattenResult* result = nullptr) = 0;

  // ------------------------------------------------------------------- others

  /// Issues a timestamp of this writer. No operation has this timestamp, and no
  /// operation will get it unless you pass it as WriteOptions::timestamp.
  /// **Cost**: none, except the cost of a writer's first write and of renewing
  /// its slot (see Store).
  virtual leveldb::Status NewTimestamp(std::string* timestamp) = 0;

  /// The store's replica id, 12 hex digits; empty if nothing was ever written.
  /// **Cost**: none.
  virtual std::string replica() const = 0;

  /// Gives the slot back, so that the slot's next writer begins right after the
  /// last timestamp. The destructor also gives the slot back, but cannot report
  /// an error. A failure does little harm: the slot stays taken, and in an
  /// embedded store the next timestamps begin up to a minute ahead of the
  /// clock. A write after Close takes a slot again.
  /// **Cost**: 1 write; none if this Store holds no slot.
  virtual leveldb::Status Close() = 0;
};

/// Opens the items in `backend`, which must outlive the store. The caller
/// deletes `*store`, which is null on failure. Nothing is written before the
/// first operation.
///
/// **Errors**: InvalidArgument for invalid options; Corruption if the record of
/// the store's id is damaged; NotSupported if another version of dyno made the
/// store in a format that this version does not know; the backend's own errors.
/// **Cost**: 1 range of 1 record.
leveldb::Status Open(const Options& options, Backend* backend, Store** store);
/// Does the same, except that the store owns `backend`.
leveldb::Status Open(const Options& options, std::unique_ptr<Backend> backend,
                     Store** store);

/// Opens the items in a LevelDB, through a backend of NewLevelDbBackend that
/// the store owns. `db` must outlive the store, and only this store may write
/// to `db`. `db` may be any implementation of leveldb::DB except a DynamoDOWN
/// store on DynamoDB.
/// **Errors**: InvalidArgument for a DynamoDOWN store on DynamoDB, which this
/// call recognizes by "many-processes" in the property "dynamodown.supports".
/// For such a store use the Open of dynamodown/dyno.h.
leveldb::Status Open(const Options& options, leveldb::DB* db, Store** store);

}  // namespace dyno

#endif  // DYNO_STORE_H_

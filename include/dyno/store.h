// dyno: items that are kept as the operations that made them. Start here.
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
// timestamp, and the item is what comes out when its records are replayed in
// order. docs/dyno.md tells what each operation does, and what is stored.
//
// JSON goes in and out as text, in UTF-8, attributes in the order in which they
// came. Integers from -2^63 to 2^64-1 are exact; other numbers are doubles.

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

/// Of a name, encoded as it is in keys: "/" and "%" and each byte that is not
/// UTF-8 take three bytes. Default limit of DynamoDB's keys, less what follows.
constexpr size_t kNameBytesMax = 900;
/// Of JSON: objects and arrays within each other.
constexpr size_t kJsonDepthMax = 200;

struct Options {
  /// Whether a store that has no records of dyno's own yet is made one that
  /// will be synchronized with others: every write then also enters what it
  /// changes in a log. Default false. A store stays what it was made.
  bool replicated = false;

  /// The replica, 12 lower-case hex digits, of a store that is made; empty, the
  /// default, for a random one. Two stores must never have the same.
  std::string replica;

  /// The slot to write with, 1 to 0xfffe; 0, the default: the store gives one.
  /// For who restores a known log; refused in a shared store.
  uint16_t slot = 0;

  /// How far ahead of the clock a timestamp may be, in milliseconds, to be
  /// taken as a time at all. Default: a minute, the worst of clocks that are
  /// kept by anything. Timestamps beyond are replayed like others, but the
  /// store's clock does not follow them, and none is given.
  uint64_t drift_ms_max = 60 * 1000;
};

struct WriteOptions {
  /// Durable against the end of the machine when the call returns. Default
  /// false: against the end of the process. A shared store is always durable.
  bool sync = false;

  /// Write with this timestamp; empty, the default: the next of the store's. It
  /// must be of this writer's slot and replica, above the item's base, above
  /// what the store has promised to others, and no further ahead than
  /// drift_ms_max. Giving the timestamp of a write that failed repeats that
  /// write, which then counts once: nothing is written when it is there, and
  /// InvalidArgument names the base when the item was flattened beyond it (the
  /// store cannot tell then whether the write came in time to be folded).
  std::string timestamp;
};

/// A record that came when what it belongs to had been flattened already: it is
/// kept, but not applied. See Store::Settle.
///
/// One case may be told as late although it is in the base. In a shared store
/// the backend itself sends a write whose answer was lost once more; another
/// process may have flattened the first arrival in between. The base names the
/// last 64 operations that were folded within 15 minutes, longer than a request
/// lives, and what it names is not late. Of one beyond those whoever wrote it
/// saw OK, or an error that named its timestamp. Settle it; to reapply it would
/// count it twice.
struct LateRecord {
  std::string key;  ///< For Settle and Reapply.
  std::string timestamp;
  std::string operation;  ///< Or "~base": the item that another flatten left.
  std::string change;     ///< JSON text.
};

struct Item {
  std::string name;
  bool exists = false;    ///< False: deleted, or never there.
  std::string json;       ///< An object; empty when it does not exist.
  std::string timestamp;  ///< Of the last change; empty when there is none.
  uint64_t changes = 0;   ///< Of all times; flattening keeps the count.
  std::string hash;       ///< Of all changes: 64 hex digits, or empty.
  uint64_t records = 0;   ///< Stored now, the late ones too.
  std::vector<LateRecord> late;      ///< Neither applied nor settled.
  std::vector<std::string> unknown;  ///< Keys of operations that this version
                                     ///< does not know; they were skipped.
};

/// One record of an item, in the order of timestamps.
struct HistoryEntry {
  enum class Kind {
    kBase,       ///< The item as a flatten left it; `change` is the item.
    kOperation,  ///< Applied.
    kUnknown,    ///< An operation that this version does not know; skipped.
    kLate,       ///< Not applied: older than the base.
    kSettled,    ///< Late, and settled.
  };
  Kind kind = Kind::kOperation;
  std::string timestamp;
  std::string operation;  ///< "putItem", ...
  std::string change;     ///< JSON text, as it is stored.
  /// After it; unchanged by what was not applied.
  bool exists = false;
  std::string json;
  uint64_t changes = 0;
  std::string hash;
};

struct QueryOptions {
  std::string from;  ///< The first name; empty: from the beginning.
  std::string to;    ///< The last name, itself included; empty: to the end.
  /// Only items whose attribute of this name has this JSON value, if it is set;
  /// 1 and 1.0 are equal, and so are objects in any order of their members.
  std::string attribute;
  std::string value;
  /// Only items that do not exist any more are left out by default.
  bool deleted = false;
};

struct FlattenOptions {
  /// Up to the last operation at or before this, a timestamp or the beginning
  /// of one (see Flake::ParseBound); empty, the default: all of them that are
  /// there when it begins, but for those further ahead of the clock than
  /// Options::drift_ms_max. In a replicated store: all that are stable.
  std::string timestamp;
  /// Up to the operation after which the item has this hash (Item::hash);
  /// empty, the default: not asked for. Not together with `timestamp`.
  std::string hash;
};

struct FlattenResult {
  std::string timestamp;  ///< Of the base; empty when there is none.
  uint64_t folded = 0;    ///< Operations that were.
  uint64_t steps = 0;     ///< Writes that took.
};

/// Items in a backend.
///
/// **Thread-safety**: every call from any number of threads at once, except the
/// destructor, which must be the last one. A visitor may call the store that
/// calls it. Of an embedded LevelDB there must be one Store at a time; a shared
/// backend may have any number, in any number of processes.
///
/// **Ownership**: the caller deletes the store, and the backend after it. The
/// destructor writes what the next Store needs to begin (see Close). After
/// fork() a child must open its own: every call there fails with "forked:".
///
/// **Errors**: InvalidArgument for what cannot be written, before anything is
/// written. Corruption names the key of a record that cannot be understood: the
/// item cannot be read, every other one can. NotSupported for what another
/// version wrote. A backend's own errors come as they are: after one of a
/// write whose outcome is unknown (WriteResult), the operation may be there,
/// and the message says so; `*timestamp` is set even then, and writing with it
/// again makes sure (Reapply: reapplying again). "conflict:": other writers
/// kept winning, nothing was written.
///
/// **Cost**: reads and writes of the backend, named for each call. A writer's
/// first write also takes its slot: 1 range and 1 WriteIf (shared: 2 ranges; in
/// a new store 1 WriteIf more). After each minute of the clock in which it
/// wrote its place is written again, 1 WriteIf.
class Store {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  // -------------------------------------------------------------- operations
  // Each adds one record, and does not look at the item. `name` may be any
  // bytes but none (see kNameBytesMax). `*timestamp`, if not null, is set to
  // the record's as soon as there is one, also when the write then fails.
  // Cost: 1 write of 1 record (replicated: of 2; shared and replicated: 2
  // writes); with WriteOptions::timestamp also 1 range, the item, before the
  // writer takes its place, and the write is a WriteIf with up to 3 conditions
  // (shared, in a writer that has no place: up to 2 ranges of 1 record more).
  // Both are repeated when others flattened meanwhile, at most 16 times.

  /// The item is `object`, whatever it was.
  virtual leveldb::Status PutItem(const WriteOptions& options,
                                  const std::string& name,
                                  const std::string& object,
                                  std::string* timestamp = nullptr) = 0;
  /// There is no item.
  virtual leveldb::Status DelItem(const WriteOptions& options,
                                  const std::string& name,
                                  std::string* timestamp = nullptr) = 0;
  /// Sets each attribute of `object`; the others stay.
  virtual leveldb::Status PutAttrs(const WriteOptions& options,
                                   const std::string& name,
                                   const std::string& object,
                                   std::string* timestamp = nullptr) = 0;
  /// Removes these attributes; it is no error when they are not there.
  virtual leveldb::Status DelAttrs(const WriteOptions& options,
                                   const std::string& name,
                                   const std::vector<std::string>& attributes,
                                   std::string* timestamp = nullptr) = 0;
  /// `numbers`, {"logins":1,"credit":-2.5}: adds to each. What is no number, or
  /// not there, becomes that number. A sum of integers is exact as long as it
  /// is an integer from -2^63 to 2^64-1, and a double beyond.
  virtual leveldb::Status IncAttrs(const WriteOptions& options,
                                   const std::string& name,
                                   const std::string& numbers,
                                   std::string* timestamp = nullptr) = 0;
  /// `strings`, {"log":"more"}: appends to each. What is not there becomes that
  /// string; what is no string counts as its JSON text.
  virtual leveldb::Status AppendAttrs(const WriteOptions& options,
                                      const std::string& name,
                                      const std::string& strings,
                                      std::string* timestamp = nullptr) = 0;
  /// `sets`, {"colours":["red","blue"]}: a set is an attribute like
  /// {"red":true,"blue":true}. Values are strings, numbers or booleans; what is
  /// no string counts as its JSON text. A value that is no object becomes a set
  /// first: see docs/dyno.md.
  virtual leveldb::Status AddToSet(const WriteOptions& options,
                                   const std::string& name,
                                   const std::string& sets,
                                   std::string* timestamp = nullptr) = 0;
  virtual leveldb::Status DelFromSet(const WriteOptions& options,
                                     const std::string& name,
                                     const std::string& sets,
                                     std::string* timestamp = nullptr) = 0;

  /// The late records with these keys (LateRecord::key) have been dealt with:
  /// they are kept, and not reported any more.
  /// **Errors**: InvalidArgument for a key that is not late.
  /// **Cost**: 1 range, 1 write.
  virtual leveldb::Status Settle(const WriteOptions& options,
                                 const std::string& name,
                                 const std::vector<std::string>& late,
                                 std::string* timestamp = nullptr) = 0;
  /// Puts a copy of a late operation, with a timestamp of now, in its place,
  /// and settles it, in case it comes again: atomically, and once, also when
  /// several do this at the same time. `*timestamp` is the copy's. After an
  /// unknown outcome reapply it again: if it was done, it is not late any more.
  /// **Errors**: InvalidArgument for what is not late, or is a "~base": read
  /// it, put what you want of it, and Settle; and for WriteOptions::timestamp,
  /// which cannot be that of two records. "conflict:".
  /// **Cost**: 1 range, 1 WriteIf of 2 puts, 1 delete and 1 condition more
  /// (replicated: 2 entries more; shared and replicated: in a write before).
  /// Both are repeated when others flattened meanwhile, at most 16 times.
  virtual leveldb::Status Reapply(const WriteOptions& options,
                                  const std::string& name,
                                  const std::string& late,
                                  std::string* timestamp = nullptr) = 0;

  // ------------------------------------------------------------------- reads

  /// The item as it is. OK also when there is no such item: see Item::exists.
  /// **Cost**: 1 range, the item's records. When there are late ones in a
  /// shared store, 1 more, to tell them from a flatten that came between pages.
  virtual leveldb::Status GetItem(const std::string& name, Item* item) = 0;

  /// The item as its operations up to `timestamp` made it (see
  /// Flake::ParseBound).
  /// **Errors**: InvalidArgument that names the base's timestamp when the item
  /// was flattened later than that.
  /// **Cost**: as GetItem.
  virtual leveldb::Status GetItemAsOf(const std::string& name,
                                      const std::string& timestamp,
                                      Item* item) = 0;

  /// Visits the item's records, with the item after each; the visitor returns
  /// false to end.
  /// **Cost**: as GetItem; all of the item's records in memory.
  virtual leveldb::Status History(
      const std::string& name,
      const std::function<bool(const HistoryEntry&)>& visit) = 0;

  /// Visits items in the order of the bytes of their encoded names, each
  /// followed by "/"; the visitor, which is where a predicate goes, returns
  /// false to end. An item with a damaged record is left out, and so is a key
  /// that is nobody's; the status is then Corruption, naming the first. One
  /// item at a time is in memory.
  /// **Cost**: 1 range (2 when the beginning or the end is open) over the
  /// records of the items between; a shared item with late records is read
  /// once more, and so is each item that comes after damage.
  virtual leveldb::Status Query(
      const QueryOptions& options,
      const std::function<bool(const Item&)>& visit) = 0;

  /// How many items Query would visit. **Cost**: Query's.
  virtual leveldb::Status Count(const QueryOptions& options,
                                uint64_t* count) = 0;

  /// The names of all items with records from `from` to `to`, those that were
  /// deleted too; nothing is replayed. The rest of the options is ignored.
  /// **Cost**: Query's, without values.
  virtual leveldb::Status Names(
      const QueryOptions& options,
      const std::function<bool(const std::string&)>& visit) = 0;

  // ----------------------------------------------------------------- flatten

  /// Folds operations, with the base before them, into one base. Item,
  /// timestamp, changes and hash stay what they were. In a store that is not
  /// replicated the caller knows, from elsewhere, that no older operation will
  /// come any more; in a replicated one only what is stable is folded (see
  /// dyno/sync.h). One that comes all the same is kept, not applied, and
  /// reported as late. Folding again what is folded does nothing. `*result`, if
  /// not null, is set also on failure.
  ///
  /// Done in steps of Backend::max_batch records, the oldest first, each a
  /// flatten of its own: a failure leaves the item as it was, flattened less
  /// far. A step is atomic; in a shared store it is several writes, in an order
  /// in which every reader sees the same item. Reads what it folds anew when
  /// others changed it, 16 times, and waits for others who flatten the item.
  /// **Errors**: InvalidArgument when nothing is as old as `timestamp`, when no
  /// change had that `hash`, and when the item does not fit in a record of the
  /// backend; in a replicated store when not all up to `timestamp` or `hash` is
  /// stable, or, without one, nothing is: it names who holds it back; and there
  /// when the item has late operations. NotSupported when an unknown operation
  /// would be folded; "conflict:".
  /// **Cost**: 1 range and 1 WriteIf for each step; 2 puts, and 1 delete for
  /// each folded record. Shared: 1 range, 3 WriteIf and 1 WriteUnordered for
  /// each step, and 1 range more for an item that never was flattened, unless
  /// the store is replicated. Replicated: 1 range and 1 WriteIf more (shared: 3
  /// ranges and up to 2 WriteIf).
  virtual leveldb::Status Flatten(const std::string& name,
                                  const FlattenOptions& options,
                                  FlattenResult* result = nullptr) = 0;

  /// Flattens every item that has something to fold at or before `timestamp`
  /// (empty: all, as Flatten has it; in a replicated store never more than is
  /// stable, which is no error). An item that cannot be is left as it is; the
  /// first such error is the status, and the others are flattened all the same.
  /// In `*result` are the sums, and `timestamp` is empty.
  /// **Cost**: Names, and Flatten of each item.
  virtual leveldb::Status FlattenAll(const std::string& timestamp,
                                     FlattenResult* result = nullptr) = 0;

  // ------------------------------------------------------------------- others

  /// A timestamp of this writer that no operation has or will have but one that
  /// is written with it (WriteOptions::timestamp).
  /// **Cost**: none, but for what a writer's first write costs.
  virtual leveldb::Status NewTimestamp(std::string* timestamp) = 0;

  /// 12 hex digits; empty in a store that nothing was written to. Costs
  /// nothing.
  virtual std::string replica() const = 0;

  /// Gives the slot back, and lets the next writer begin right after the last
  /// timestamp. The destructor does this too, and cannot tell of an error,
  /// which does no harm but that: the slot stays taken, and in an embedded
  /// store timestamps begin up to a minute ahead of the clock. A write after
  /// Close takes a slot again.
  /// **Cost**: 1 write; none if nothing was written.
  virtual leveldb::Status Close() = 0;
};

/// Opens the items in `backend`, which must outlive the store; the caller
/// deletes `*store`, which is null on failure. Nothing is written until an
/// operation is.
///
/// **Errors**: InvalidArgument for options that cannot be; Corruption and
/// NotSupported for a store of another version. Those of the backend.
/// **Cost**: 1 range of 1 record.
leveldb::Status Open(const Options& options, Backend* backend, Store** store);
/// The same; the store owns `backend`.
leveldb::Status Open(const Options& options, std::unique_ptr<Backend> backend,
                     Store** store);

/// The same on a LevelDB, with a backend of NewLevelDbBackend that the store
/// owns; `db` must outlive the store. Another implementation of leveldb::DB
/// does as well, as long as only this store writes to it.
/// **Errors**: InvalidArgument for one whose property "dynamodown.supports"
/// says "many-processes", a DynamoDOWN store on DynamoDB: the Open of
/// dynamodown/dyno.h is for those.
leveldb::Status Open(const Options& options, leveldb::DB* db, Store** store);

}  // namespace dyno

#endif  // DYNO_STORE_H_

// DynamoDOWN: LevelDB's API on Amazon DynamoDB. Start here.
//
//     dynamodown::Options options;
//     options.create_if_missing = true;
//     leveldb::DB* db;
//     leveldb::Status s = dynamodown::Open(options, "mytable/myhash", &db);
//
// Now use `db` like any other leveldb::DB. The other overload of Open returns a
// dynamodown::Database, which adds calls that LevelDB does not have.
//
// Locations:
//
//     table/hash     the store `hash` in the DynamoDB table `table`
//     table          the store `!` in that table
//     dynamodb://table/hash?region=eu-west-1&endpoint=http://127.0.0.1:8000
//                    the store table/hash, with options; table, hash and the
//                    options' values are percent-encoded
//     leveldb:PATH   an embedded LevelDB directory

#ifndef DYNAMODOWN_DB_H_
#define DYNAMODOWN_DB_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dynamodown/options.h"
#include "dynamodown/stats.h"
#include "dynamodown/status.h"
#include "leveldb/db.h"
#include "leveldb/iterator.h"
#include "leveldb/slice.h"
#include "leveldb/write_batch.h"

namespace dynamodown {

/// The bounds of an iterator. The iterator visits only keys that lie within
/// every bound that is set. A bound may consist of any bytes and have any
/// length. If the lower bounds lie above the upper ones, the range is empty and
/// costs no request.
struct Bounds {
  std::optional<std::string> gt;      ///< key > gt
  std::optional<std::string> gte;     ///< key >= gte
  std::optional<std::string> lt;      ///< key < lt
  std::optional<std::string> lte;     ///< key <= lte
  std::optional<std::string> prefix;  ///< key starts with prefix

  /// Do not fetch values; value() is then empty. Fewer bytes are transferred;
  /// the read units are the same.
  bool keys_only = false;
  /// The number of entries that the caller will read, so that no page fetches
  /// more entries than the caller needs. A very large number means all entries,
  /// in pages that are as full as possible. Default 0: unknown. The number is
  /// only a hint: the iterator can go on to further entries.
  uint64_t expected = 0;
};

/// A requirement on one key, checked when a WriteIf takes effect.
struct Condition {
  enum class Kind { kAbsent, kPresent, kEquals };
  static Condition Absent(const leveldb::Slice& key) {
    return {Kind::kAbsent, key.ToString(), {}};
  }
  static Condition Present(const leveldb::Slice& key) {
    return {Kind::kPresent, key.ToString(), {}};
  }
  static Condition Equals(const leveldb::Slice& key,
                          const leveldb::Slice& value) {
    return {Kind::kEquals, key.ToString(), value.ToString()};
  }
  Kind kind;
  std::string key;
  std::string value;  ///< For kEquals.
};

/// Facts about an open store, for people and tools. Some come from the store's
/// descriptor, which is a record that DynamoDOWN keeps about the store.
struct StoreInfo {
  std::string location;  ///< As "table/hash", or "leveldb:PATH".
  std::string engine;    ///< "dynamodb" or "leveldb".
  std::string endpoint;  ///< URL; empty when embedded.
  std::string region;    ///< Empty when embedded.
  // The names and types ("S", "B") of the key attributes; empty when embedded.
  std::string hash_key;
  std::string hash_key_type;
  std::string range_key;
  std::string range_key_type;
  std::string value_attribute;  ///< Empty when embedded.
  /// The store has keys but no descriptor, so another library wrote the keys.
  bool foreign = false;
  /// A random id, from the descriptor; empty when foreign or embedded.
  std::string id;
  /// When the store was created, in ISO 8601 and UTC; empty when foreign or
  /// embedded.
  std::string created;
  std::string mode;  ///< "shared"; "exclusive" when embedded.
};

/// A store: a leveldb::DB with more calls.
///
/// Put, Get, Delete and Write take LevelDB's options or ours. As options, a
/// bare `{}` is ambiguous: write `leveldb::WriteOptions()` or
/// `leveldb::ReadOptions()`, or call through a leveldb::DB*.
///
/// **Thread-safety**: any number of threads may make any calls at the same
/// time. The destructor waits for calls under way, and must be the last call.
/// An iterator belongs to one thread at a time.
///
/// **Ownership**: the caller deletes the database and its iterators, the
/// iterators first. No call keeps a Slice that it is given. In the child of a
/// fork(), every call of this database that returns a Status fails with kind
/// kForked, and the status() of every iterator has this kind. GetStats and
/// GetInfo still work in the child; all other calls do nothing. The child can
/// open a store on DynamoDB again. The child can neither use nor reopen an
/// embedded store that the parent had open at the fork.
///
/// **Errors**: see status.h. If a write fails, WriteOptions::outcome and the
/// message say either that nothing was written, or that the outcome is unknown:
/// an answer was lost, or part of an unordered batch was written. A put or
/// delete that is retried may take effect twice: once for each attempt. If the
/// network delivers one of the attempts late, the second effect can undo a
/// newer write of the same key. An attempt can take effect up to 5 minutes
/// after it was signed, because a signature is valid for 5 minutes.
/// RetryOptions::max_attempts = 1 prevents a second effect.
/// Stats::ambiguous_retries counts the retries that may cause a second effect.
///
/// **Cost**: stated for each call, without retries. A write unit is 1 KB of one
/// item, rounded up. A read unit is 4 KB of a strongly consistent read, rounded
/// up. A missing item counts as one unit. An eventually consistent read costs
/// half. A write is billed for the item before the write or after it, whichever
/// is larger.
class Database : public leveldb::DB {
 public:
  ~Database() override = default;

  /// Stores `value` under `key`, durably.
  /// **Errors**: InvalidArgument, before anything is sent, if the key is over
  /// 1,024 bytes, if the key is not UTF-8 and the table's range key is of type
  /// S, or if the item (key, value, attribute names) is over 409,600 bytes.
  /// **Cost**: 1 PutItem; 1 write unit per KB of the item.
  leveldb::Status Put(const leveldb::WriteOptions& options,
                      const leveldb::Slice& key,
                      const leveldb::Slice& value) override {
    return Put(WriteOptions(options), key, value);
  }
  virtual leveldb::Status Put(const WriteOptions& options,
                              const leveldb::Slice& key,
                              const leveldb::Slice& value) = 0;

  /// Removes `key`, durably. If the key is missing, returns OK. A key that
  /// cannot be stored is always missing, so Delete returns OK without a
  /// request.
  /// **Cost**: 1 DeleteItem; 1 write unit per KB of the removed item.
  leveldb::Status Delete(const leveldb::WriteOptions& options,
                         const leveldb::Slice& key) override {
    return Delete(WriteOptions(options), key);
  }
  virtual leveldb::Status Delete(const WriteOptions& options,
                                 const leveldb::Slice& key) = 0;

  /// Applies `updates`. If several updates have the same key, the last one
  /// counts. The whole batch is checked before anything is sent.
  ///
  /// kAtomic: all updates take effect together, or none does. NotSupported
  /// above 100 keys or 4 MB.
  /// kUnordered: any size, in parallel. If the call fails, the message says how
  /// many keys were written, how many were not, and how many have an unknown
  /// outcome.
  /// **Cost**: 0 keys: nothing. 1 key: as Put or Delete. More keys, kAtomic: 1
  /// TransactWriteItems; 2 write units per KB of each item. More keys,
  /// kUnordered: ⌈n/25⌉ BatchWriteItem for n keys (more if the batch is over 16
  /// MB); 1 write unit per KB of each item.
  leveldb::Status Write(const leveldb::WriteOptions& options,
                        leveldb::WriteBatch* updates) override {
    return Write(WriteOptions(options), updates);
  }
  virtual leveldb::Status Write(const WriteOptions& options,
                                leveldb::WriteBatch* updates) = 0;

  /// Applies `updates` atomically if every condition holds. Updates and
  /// conditions together may have at most 100 keys and 4 MB. A key may have at
  /// most one condition. `options.batch` is ignored. kEquals holds if the
  /// stored value is of type S or B and has the condition's bytes. kEquals
  /// never holds for a value of type N, which another library may have stored.
  /// **Errors**: kConflict if a condition does not hold; `*conflict`, if not
  /// null, is then the key of the first condition that does not hold. Nothing
  /// is written, unless `outcome` is kUnknown: an earlier attempt, whose answer
  /// was lost, may then have taken effect. If a condition fails because its key
  /// cannot be stored, WriteIf fails without a request, and `*conflict` is that
  /// key. If other transactions won every attempt, the error is kConflict with
  /// an empty `*conflict`.
  /// **Cost**: 1 TransactWriteItems; 2 write units per KB of each item,
  /// including items that only have a condition. 0 keys: nothing.
  virtual leveldb::Status WriteIf(const WriteOptions& options,
                                  leveldb::WriteBatch* updates,
                                  const std::vector<Condition>& conditions,
                                  std::string* conflict = nullptr) = 0;

  /// Reads the value of `key`. If the key is missing, returns NotFound and
  /// leaves `*value` unchanged, as LevelDB does. A key that cannot be stored is
  /// NotFound without a request.
  /// **Cost**: 1 GetItem; 1 read unit per 4 KB (eventual: half), also if the
  /// key is missing.
  leveldb::Status Get(const leveldb::ReadOptions& options,
                      const leveldb::Slice& key, std::string* value) override {
    return Get(ReadOptions(options), key, value);
  }
  virtual leveldb::Status Get(const ReadOptions& options,
                              const leveldb::Slice& key,
                              std::string* value) = 0;

  /// Reads many keys: `(*statuses)[i]` and `(*values)[i]` belong to `keys[i]`.
  /// Keys may repeat. Each value was committed when it was read, but the values
  /// together are no snapshot. Returns OK if every status is OK or NotFound,
  /// else the first status that is neither.
  /// **Cost**: ⌈distinct keys/100⌉ BatchGetItem (more when the values are over
  /// 16 MB), in parallel; the units of one Get for each distinct key.
  virtual leveldb::Status MultiGet(const ReadOptions& options,
                                   const std::vector<leveldb::Slice>& keys,
                                   std::vector<std::string>* values,
                                   std::vector<leveldb::Status>* statuses) = 0;

  /// Returns an iterator over all keys, in the order of their bytes. The
  /// iterator is not a snapshot: it fetches pages as it moves, so different
  /// pages can show different states of the store. As long as the iterator
  /// moves in the same direction, no key comes twice, and no key that existed
  /// during the whole scan is skipped. Deleting during a scan is safe. The
  /// iterator sees a key that is inserted beyond the page that it has fetched
  /// most recently. If another client's transaction writes several items, a
  /// page may show only some of these writes. The iterator skips an item
  /// without a readable value, and status() is then a Corruption that names the
  /// first such item (see paranoid_checks). If a page cannot be read, the scan
  /// ends before this page, and a Seek tries again. status() keeps the first
  /// failure, so it is enough to check status() once, at the end.
  ///
  /// A Seek within the current page costs no request. A Slice from key() or
  /// value() lives until the iterator moves.
  /// **Cost**: 1 Query for each page; 1 read unit per 4 KB of the page
  /// (eventual: half). The first page has 2 items, or about 4 KB once the store
  /// knows the size of its items. Each further page is up to 4 times as large
  /// as the page before, and at most 1 MB. Once half of a page is consumed, the
  /// next page is fetched in the background. So an abandoned iterator has
  /// fetched at most one page too many.
  leveldb::Iterator* NewIterator(const leveldb::ReadOptions& options) override {
    return NewIterator(ReadOptions(options), Bounds());
  }
  /// Returns an iterator over the keys within `bounds`. The iterator behaves as
  /// if the store had no other keys. Besides the items within the bounds, at
  /// most one item per page is fetched: an item whose key equals the excluded
  /// upper bound.
  virtual leveldb::Iterator* NewIterator(const ReadOptions& options,
                                         const Bounds& bounds) = 0;

  /// Measures the keys and values in [range.start, range.limit), in bytes. If
  /// one page does not hold all of these keys, the size of the rest is
  /// estimated from the share of the key space that the page covers. `*exact`,
  /// if not null, is set to whether the size is exact. If start is above limit,
  /// the size is 0. The size of an embedded store is LevelDB's estimate, which
  /// leaves out the records that are not in a table yet.
  /// **Cost**: 1 eventually consistent Query of one page. The page ends with
  /// the item that reaches 1 MB: up to 128.5 units if items are small.
  virtual leveldb::Status ApproximateSize(const leveldb::Range& range,
                                          uint64_t* bytes, bool* exact) = 0;
  /// Measures `n` ranges. This is LevelDB's call, which returns no Status: if a
  /// range cannot be measured, its size is 0.
  /// **Cost**: that of n calls of ApproximateSize.
  void GetApproximateSizes(const leveldb::Range* range, int n,
                           uint64_t* sizes) override = 0;

  /// On DynamoDB, returns a non-null sentinel, and a read with this sentinel as
  /// its snapshot fails with NotSupported. Costs nothing. On an embedded store,
  /// returns a real snapshot. A read with a snapshot of another store, or with
  /// a released one, fails with NotSupported.
  const leveldb::Snapshot* GetSnapshot() override = 0;
  /// Does nothing for null, and for a snapshot that is not this store's.
  void ReleaseSnapshot(const leveldb::Snapshot* snapshot) override = 0;

  /// The properties are "leveldb.stats" (a text),
  /// "leveldb.approximate-memory-usage", "dynamodown.supports" (the names of
  /// this store's capabilities: "snapshots", "atomic-batch", ...), and one for
  /// each field of Stats. Costs nothing.
  bool GetProperty(const leveldb::Slice& property,
                   std::string* value) override = 0;

  /// Does nothing on DynamoDB, which has nothing to compact.
  void CompactRange(const leveldb::Slice* begin,
                    const leveldb::Slice* end) override = 0;

  /// Returns the requests and units since Open. Costs nothing.
  virtual Stats GetStats() const = 0;

  /// Returns the facts that Open found. Costs nothing.
  virtual StoreInfo GetInfo() const = 0;
};

/// Checks the form of a location, as Open does first. Costs nothing.
/// **Errors**: InvalidArgument; the message says what is wrong, and names
/// options as `options.spelling` says.
leveldb::Status CheckLocation(const Options& options,
                              const std::string& location);

/// Opens the store at `location`. The caller deletes `*db`; on failure, `*db`
/// is null. Options::stats_sum also counts the requests of an Open that fails.
///
/// **Errors**: InvalidArgument for an invalid location or setting, for a store
/// that does not exist (without create_if_missing) or that exists (with
/// error_if_exists), and for a table whose keys cannot hold a store; kind
/// kDestroying for a store that Destroy has begun to delete; Corruption for a
/// store whose descriptor is damaged, and for an embedded store with damaged
/// files (see Options::check_files); NotSupported for a comparator other than
/// BytewiseComparator(), and for a store with features that this version does
/// not know.
/// **Cost**: 1 DescribeTable, or none if TableOptions has the key names; 1
/// GetItem of the store's descriptor. If there is no descriptor: 1 Query for
/// another library's keys. To create the store: 1 PutItem. To create the table:
/// 1 CreateTable and a DescribeTable now and then until the table is ACTIVE.
/// The GetItem and the PutItem cost 1 unit each. The Query costs 1 unit per 4
/// KB of the first item.
leveldb::Status Open(const Options& options, const std::string& location,
                     Database** db);
leveldb::Status Open(const Options& options, const std::string& location,
                     leveldb::DB** db);

struct DestroyOptions {
  /// Also destroy a store whose descriptor is damaged or missing. A store
  /// without a descriptor is foreign: it may belong to another library, or a
  /// program may have written keys after an earlier Destroy (see Destroy). If
  /// false (the default), Destroy fails with Corruption if the descriptor is
  /// damaged, and with InvalidArgument if the store is foreign. If the file
  /// CURRENT of an embedded store is missing, Destroy deletes LevelDB's files
  /// if `force` is true, else it fails with Corruption.
  bool force = false;
  /// Also delete the table. If the table has another store, Destroy fails with
  /// InvalidArgument and deletes nothing. Default false.
  /// DynamoDB takes a while to delete a table. Until the table is gone, its
  /// name cannot be used again.
  bool drop_table = false;
};

/// Deletes the store at `location`, and no other store. Destroy first marks the
/// store's descriptor, so that nobody can open the store. Destroy then deletes
/// the data, and deletes the descriptor last. After a failure or a crash, call
/// Destroy again. Returns OK if the store does not exist.
///
/// On DynamoDB, close the store everywhere first. A program that still has the
/// store open can go on writing, since a write does not read the descriptor.
/// If it writes after Destroy, its keys stay in the table without a descriptor,
/// and only DestroyOptions::force deletes them. An embedded store that is open
/// cannot be destroyed.
/// **Cost**: 1 DescribeTable, 1 GetItem, 1 UpdateItem, Query requests over the
/// keys until no key is left, ⌈n/25⌉ BatchWriteItem for n keys with 1 write
/// unit per KB of each item, 1 DeleteItem. With drop_table, Destroy also sends
/// 1 DeleteTable, and lists the stores of the table twice: before the deletion
/// and after it. Each listing takes the Scan and GetItem requests of ListStores
/// (but here a Scan costs 1 unit for 4 KB). A store without a descriptor takes
/// 1 more Query and no UpdateItem. `*stats`, if not null, receives the
/// consumption, even on failure.
leveldb::Status Destroy(const Options& options, const std::string& location,
                        const DestroyOptions& destroy = DestroyOptions(),
                        Stats* stats = nullptr);

/// Creates the store at `location` and leaves the store closed.
/// **Errors** and **Cost**: those of Open with create_if_missing and
/// error_if_exists.
leveldb::Status Create(const Options& options, const std::string& location);

struct StoreSummary {
  std::string location;  ///< "table/hash", as Open takes it.
  /// Either the store has no descriptor, so another library wrote the keys, or
  /// the store's descriptor is damaged.
  bool foreign = false;
  bool destroying = false;  ///< Destroy has started and not finished.
};
/// Lists the stores of a table, in no particular order. If `location` names a
/// store, the store's name is ignored.
/// **Errors**: InvalidArgument if the table does not exist; NotSupported for a
/// `leveldb:` location, because such a location is a single store.
/// **Cost**: 1 DescribeTable; 1 Scan of one item for each hash key, and 1 last
/// Scan that finds nothing; 1 GetItem for each store. A Scan costs half a unit
/// per 4 KB, and a GetItem costs 1 unit. A store's descriptor has a hash key of
/// its own, so the descriptor also takes a Scan. `*stats`, if not null,
/// receives the consumption, even on failure.
leveldb::Status ListStores(const Options& options, const std::string& location,
                           std::vector<StoreSummary>* stores,
                           Stats* stats = nullptr);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_H_

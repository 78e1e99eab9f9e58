// An ordered store of keys and values. src/db turns LevelDB's calls into the
// calls of a Store.
//
// A Store takes and returns the keys and values as the user's bytes. Each
// implementation decides how to keep them. TableStore (store/table) keeps all
// of a store's records in one hash key of a DynamoDB table. A Store can also
// wrap another Store, or combine several Stores.

#ifndef DYNAMODOWN_STORE_STORE_H_
#define DYNAMODOWN_STORE_STORE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/key_range.h"
#include "store/write_error.h"

namespace dynamodown {

struct Record {
  std::string key;
  std::string value;
};

/// Consecutive records of a range, in ascending or descending order of keys.
struct Page {
  std::vector<Record> records;
  /// The error of the first item that could not be read, if any. `records` has
  /// readable items only.
  std::optional<Error> damage;
  size_t damage_at = 0;  ///< How many records precede the item of `damage`.
};

/// A range as a stream of pages in one direction. The next page can be fetched
/// while the caller uses the current page.
///
/// **Thread-safety**: one thread at a time. **Ownership**: the store outlives
/// the stream.
class PageStream {
 public:
  virtual ~PageStream() = default;

  /// Returns the next page that has a record or damage. At the end of the
  /// range, returns a page that has neither. After an error, the next call
  /// tries the same page again.
  virtual Result<Page> Next() = 0;

  /// Starts to fetch the page that Next will return. Does nothing if no page is
  /// left, or if the fetch has started already.
  virtual void ReadAhead() = 0;
};

/// A state of a store, kept for later reads of the same store.
class StoreSnapshot {
 public:
  virtual ~StoreSnapshot() = default;
};

/// How a read sees the store.
struct ReadView {
  /// Whether the read sees every write that returned before the read began.
  bool consistent = true;
  const StoreSnapshot* snapshot = nullptr;  ///< Null: the latest state.
  /// The read fails after this time without progress. 0: the store's default.
  std::chrono::milliseconds deadline{0};
};

/// How a write is done.
struct WriteMode {
  /// If true, a batch is written whole or not at all. If false, a batch may
  /// have any size, and its keys are written in any order.
  bool atomic = true;
  /// The write fails after this time without progress. 0: the store's default.
  std::chrono::milliseconds deadline{0};
};

/// An operation of a batch: a put if it has a value, otherwise a delete. The
/// views belong to the caller.
struct BatchOperation {
  std::string_view key;
  std::optional<std::string_view> value;
};

/// A requirement on one key.
struct KeyCondition {
  enum class Kind { kAbsent, kPresent, kEquals };
  Kind kind;
  std::string_view key;
  std::string_view value;  ///< For kEquals.
};

struct ScanOptions {
  bool forward = true;
  bool keys_only = false;
  uint64_t expected = 0;  ///< Records that the caller will read; 0: unknown.
};

/// The capabilities of a store. The property "dynamodown.supports" lists them.
struct Supports {
  bool snapshots = false;
  bool atomic_batch = false;
  bool unlimited_batch = false;  ///< An atomic batch may have any size.
  bool unordered_batch = false;
  bool write_if = false;
  bool many_processes = false;  ///< Several processes may write at once.
};

/// **Thread-safety**: all calls from any thread. All calls and streams must end
/// before the destructor runs. The destructor waits for the store's own work in
/// the background.
///
/// **Errors**: a missing key is not an error. A failed write says what is known
/// of its effect (WriteError). If a read has a snapshot of another store, the
/// read fails with kNotSupported.
class Store {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  virtual Supports supports() const = 0;

  /// Returns the value, or nothing if the key is missing.
  virtual Result<std::optional<std::string>> Get(std::string_view key,
                                                 const ReadView& view) = 0;

  using Values = std::vector<Result<std::optional<std::string>>>;
  /// Returns one result for each key, in the order of `keys`.
  virtual Values MultiGet(const std::vector<std::string_view>& keys,
                          const ReadView& view) = 0;

  /// **Errors** of Put, Delete, Write and WriteIf: after kInvalidArgument or
  /// kNotSupported, nothing was written.
  virtual Result<void, WriteError> Put(std::string_view key,
                                       std::string_view value,
                                       const WriteMode& mode) = 0;
  virtual Result<void, WriteError> Delete(std::string_view key,
                                          const WriteMode& mode) = 0;
  /// Applies `operations`. If several operations have the same key, only the
  /// last of them has an effect.
  virtual Result<void, WriteError> Write(
      const std::vector<BatchOperation>& operations, const WriteMode& mode) = 0;
  /// If every condition holds, applies `operations` atomically, whatever `mode`
  /// says. **Errors**: kConflict, with WriteError::condition, if a condition
  /// does not hold.
  virtual Result<void, WriteError> WriteIf(
      const std::vector<BatchOperation>& operations,
      const std::vector<KeyCondition>& conditions, const WriteMode& mode) = 0;

  /// Returns a stream of the range's pages, and reads nothing yet. If `view` is
  /// invalid, the stream's Next returns the error.
  virtual std::unique_ptr<PageStream> NewPages(const KeyRange& range,
                                               const ScanOptions& options,
                                               const ReadView& view) = 0;

  struct Size {
    uint64_t bytes;
    bool exact;
  };
  /// Returns the total size of the range's keys and values. If `exact` is
  /// false, the size is an estimate. An exact size, too, may miss the latest
  /// writes.
  virtual Result<Size> ApproximateSize(const KeyRange& range) = 0;

  /// Returns null if the store does not support snapshots. Otherwise returns a
  /// snapshot that lives until ReleaseSnapshot.
  virtual const StoreSnapshot* GetSnapshot() = 0;
  virtual void ReleaseSnapshot(const StoreSnapshot* snapshot) = 0;

  /// The memory that the store itself takes, in bytes.
  virtual size_t memory_bytes() const = 0;

  /// **Errors**: kNotSupported if `view` has a snapshot and the store does not
  /// support snapshots.
  Result<void> CheckView(const ReadView& view) const;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_STORE_H_

// What dyno stands on: an ordered store of records.
//
// NewLevelDbBackend makes one of any leveldb::DB. Whoever has another ordered
// store implements Backend.

#ifndef DYNO_BACKEND_H_
#define DYNO_BACKEND_H_

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "leveldb/db.h"
#include "leveldb/slice.h"
#include "leveldb/status.h"
#include "leveldb/write_batch.h"

namespace dyno {

/// What must hold for a key when a WriteIf takes effect.
struct Condition {
  enum class Kind { kAbsent, kPresent, kEquals };
  static Condition Absent(std::string key) {
    return {Kind::kAbsent, std::move(key), {}};
  }
  static Condition Present(std::string key) {
    return {Kind::kPresent, std::move(key), {}};
  }
  static Condition Equals(std::string key, std::string value) {
    return {Kind::kEquals, std::move(key), std::move(value)};
  }
  Kind kind;
  std::string key;
  std::string value;  ///< For kEquals.
};

struct RangeOptions {
  /// Values are not needed: the visitor may be given empty ones.
  bool keys_only = false;
  /// How many records will be looked at; 0: unknown. A hint.
  size_t expected = 0;
  /// If not null, set to true, by the Range, when a record cannot be read: at
  /// the latest before the visitor is given one that comes after it.
  bool* damaged = nullptr;
};

/// Records in the order of their keys' bytes. Keys have at most 1,024 bytes.
///
/// **Thread-safety**: every call from any number of threads at once; a visitor
/// may call the backend that calls it.
///
/// **Ownership**: the backend keeps nothing of its arguments. Slices given to a
/// visitor live until it returns. After fork() the child's calls may fail.
///
/// **Errors**: of a write, whatever MayHaveWritten says no to means that
/// nothing was written. Write and WriteIf are atomic; all writes are durable
/// against the end of the process when they return OK.
class Backend {
 public:
  virtual ~Backend() = default;

  /// Whether several processes may write at once. What this process has written
  /// is then seen by every other process's next read; but a Range may show a
  /// part of a write of several keys that takes effect meanwhile.
  virtual bool shared() const = 0;

  /// How many keys, those of updates and conditions together, one write may
  /// have; at least 8. The same key counts once.
  virtual size_t max_batch() const = 0;

  /// Returns true to go on with the next record, false to end.
  using Visitor = std::function<bool(const leveldb::Slice& key,
                                     const leveldb::Slice& value)>;

  /// Visits the records with start <= key < limit, in order; an empty limit is
  /// none. Reads are strongly consistent: each record is seen as it was at some
  /// time after the call began. A record that cannot be read is left out, which
  /// RangeOptions::damaged tells in time, and the status is Corruption that
  /// names the first such. OK when the visitor ended it.
  virtual leveldb::Status Range(const RangeOptions& options,
                                const leveldb::Slice& start,
                                const leveldb::Slice& limit,
                                const Visitor& visit) = 0;

  /// Applies `updates`, of at most max_batch keys, no key twice. With `sync`
  /// they are durable against the end of the machine when it returns.
  virtual leveldb::Status Write(leveldb::WriteBatch* updates, bool sync) = 0;

  /// The same, if every condition holds; then `*met` is true. Otherwise nothing
  /// is written, the status is OK and `*met` is false. At most one condition a
  /// key; a key may have an update and a condition.
  virtual leveldb::Status WriteIf(leveldb::WriteBatch* updates,
                                  const std::vector<Condition>& conditions,
                                  bool sync, bool* met) = 0;

  /// Applies `updates`, of any number of keys, no key twice, in any order and
  /// not atomically: when it fails, some may have taken effect. As durable as
  /// other writes are without `sync`.
  virtual leveldb::Status WriteUnordered(leveldb::WriteBatch* updates) = 0;

  /// Whether a write that ended with `status`, which is not OK, may have taken
  /// effect, or may yet.
  virtual bool MayHaveWritten(const leveldb::Status& status) const {
    return status.IsIOError();
  }
};

/// A backend on `db`, which must order keys by their bytes and outlive it; the
/// caller deletes the backend. It is not shared, and knows of no batch limit.
/// Only one backend at a time may write to a `db`, and nothing else may:
/// conditions are looked at under a lock of the backend's own.
/// **Cost**: a Range is one iterator; a Write is LevelDB's own; a WriteIf, one
/// Get for each condition and a Write, alone.
Backend* NewLevelDbBackend(leveldb::DB* db);

}  // namespace dyno

#endif  // DYNO_BACKEND_H_

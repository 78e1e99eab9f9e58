// The ordered store of records that dyno runs on.
//
// NewLevelDbBackend makes a Backend from any leveldb::DB. For another ordered
// store, implement Backend yourself.

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

/// A requirement on one key, checked when a WriteIf takes effect.
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
  /// The caller needs no values: the visitor may get empty ones.
  bool keys_only = false;
  /// How many records the caller expects to visit; 0: unknown. A hint.
  size_t expected = 0;
  /// If `damaged` is not null and a record cannot be read, Range first sets
  /// `*damaged` to true, and only then visits later records.
  bool* damaged = nullptr;
};

/// The effect of a write.
enum class WriteOutcome {
  kUnknown,         ///< All or a part may be written, now or later.
  kNothingWritten,  ///< Nothing was written, and nothing will be.
  kAllWritten,
};

/// The status of a write together with its outcome:
///
///     Written()              OK, everything was written
///     ConditionFailed()      OK, and nothing was written: WriteIf only
///     NothingWritten(error)  an error, certainly without effect
///     Unknown(error)         any other error: if in doubt, return this
struct [[nodiscard]] WriteResult {
  static WriteResult Written() {
    return {leveldb::Status::OK(), WriteOutcome::kAllWritten};
  }
  static WriteResult ConditionFailed() {
    return {leveldb::Status::OK(), WriteOutcome::kNothingWritten};
  }
  static WriteResult NothingWritten(leveldb::Status error) {
    return {std::move(error), WriteOutcome::kNothingWritten};
  }
  static WriteResult Unknown(leveldb::Status error) {
    return {std::move(error), WriteOutcome::kUnknown};
  }

  bool ok() const { return status.ok(); }
  bool is_written() const { return outcome == WriteOutcome::kAllWritten; }
  bool is_unknown() const { return outcome == WriteOutcome::kUnknown; }

  leveldb::Status status;
  WriteOutcome outcome = WriteOutcome::kUnknown;
};

/// Records in the order of their keys' bytes. Keys have at most 1,024 bytes.
///
/// **Thread-safety**: any thread may make any call at any time; a visitor may
/// call the backend that calls it.
///
/// **Ownership**: no call keeps its arguments. Slices given to a visitor live
/// until the visitor returns. After fork(), calls in the child may fail.
///
/// **Errors**: the WriteResult of a failed write says whether anything may be
/// written. Write and WriteIf are atomic. Once a write has returned OK, the
/// write survives a crash of the process.
class Backend {
 public:
  virtual ~Backend() = default;

  /// Returns whether several processes may write at the same time. If they may,
  /// every read sees everything that any process wrote before the read began.
  /// But if a write of several keys takes effect during a Range, the Range may
  /// show only a part of that write.
  virtual bool shared() const = 0;

  /// Returns the maximum number of distinct keys in one write, in updates and
  /// conditions together. The maximum must be at least 8.
  virtual size_t max_batch() const = 0;

  /// Called by Range for each record. Returns true to continue with the next
  /// record, false to stop.
  using Visitor = std::function<bool(const leveldb::Slice& key,
                                     const leveldb::Slice& value)>;

  /// Visits the records with start <= key < limit, in order; an empty limit
  /// means no limit. Reads are strongly consistent: each record is shown as it
  /// was at some time after the call began. If a record cannot be read, the
  /// Range sets RangeOptions::damaged, skips the record and goes on. The status
  /// is then a Corruption that names the first record skipped. If the visitor
  /// stops the Range, the status is OK.
  virtual leveldb::Status Range(const RangeOptions& options,
                                const leveldb::Slice& start,
                                const leveldb::Slice& limit,
                                const Visitor& visit) = 0;

  /// Applies `updates`, which have at most max_batch keys, each key at most
  /// once. If `sync` is true and the call has returned OK, the updates also
  /// survive a crash of the machine.
  virtual WriteResult Write(leveldb::WriteBatch* updates, bool sync) = 0;

  /// Does the same as Write if every condition holds. Otherwise writes nothing
  /// and returns ConditionFailed(). A key may have at most one condition, and
  /// may have both an update and a condition.
  virtual WriteResult WriteIf(leveldb::WriteBatch* updates,
                              const std::vector<Condition>& conditions,
                              bool sync) = 0;

  /// Applies `updates` in any order and not atomically. The updates may have
  /// any number of keys, each key at most once. If a failed call may have
  /// written some of the updates, the outcome of the call is unknown. The
  /// updates are as durable as those of a Write without `sync`.
  virtual WriteResult WriteUnordered(leveldb::WriteBatch* updates) = 0;
};

/// Returns a backend on `db`, which must order keys by their bytes and outlive
/// the backend. The caller deletes the backend. The backend is not shared. To
/// bound memory, its max_batch is 100,000 keys. At any time, `db` must have
/// only one backend, and nothing else may write to `db`, because the backend
/// checks conditions under its own lock.
/// **Cost**: Range: one iterator. Write: one Write of LevelDB. WriteIf: one Get
/// for each condition, and one Write, while all other writes wait.
Backend* NewLevelDbBackend(leveldb::DB* db);

}  // namespace dyno

#endif  // DYNO_BACKEND_H_

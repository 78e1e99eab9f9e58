// Implements dyno's Backend on a Database. Range uses a bounded iterator, and
// WriteIf uses the Database's WriteIf.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "dynamodown/dyno.h"

namespace dynamodown {
namespace {

using leveldb::Slice;
using leveldb::Status;

/// A transaction of DynamoDB can have 100 keys. This limit leaves 4 of these
/// keys for a write that needs other keys beside its records.
constexpr size_t kSharedBatchMax = 96;
/// LevelDB has no limit of its own. This limit bounds the memory of a batch.
constexpr size_t kEmbeddedBatchMax = 100 * 1000;

constexpr uint64_t kAll = std::numeric_limits<uint64_t>::max();

bool IsEmbedded(const Database& db) { return db.GetInfo().engine == "leveldb"; }

Condition ConditionOf(const dyno::Condition& condition) {
  switch (condition.kind) {
    case dyno::Condition::Kind::kAbsent:
      return Condition::Absent(condition.key);
    case dyno::Condition::Kind::kPresent:
      return Condition::Present(condition.key);
    case dyno::Condition::Kind::kEquals:
      break;
  }
  return Condition::Equals(condition.key, condition.value);
}

WriteOptions AtomicOptions(bool sync, WriteOutcome* outcome) {
  WriteOptions options;
  options.sync = sync;
  options.batch = BatchMode::kAtomic;
  options.outcome = outcome;
  return options;
}

dyno::WriteResult ResultOf(const Status& status, WriteOutcome outcome) {
  if (status.ok()) return dyno::WriteResult::Written();
  switch (outcome) {
    case WriteOutcome::kNothingWritten:
      return dyno::WriteResult::NothingWritten(status);
    case WriteOutcome::kAllWritten:
      return {status, dyno::WriteOutcome::kAllWritten};
    case WriteOutcome::kUnknown:
      break;
  }
  return dyno::WriteResult::Unknown(status);
}

class DatabaseBackend final : public dyno::Backend {
 public:
  explicit DatabaseBackend(Database* db)
      : db_(db), embedded_(IsEmbedded(*db)) {}

  bool shared() const override { return !embedded_; }
  size_t max_batch() const override {
    return embedded_ ? kEmbeddedBatchMax : kSharedBatchMax;
  }

  Status Range(const dyno::RangeOptions& options, const Slice& start,
               const Slice& limit, const Visitor& visit) override {
    ReadOptions reading;
    reading.consistency = Consistency::kStrong;
    reading.verify_checksums = true;
    const std::unique_ptr<leveldb::Iterator> it(
        db_->NewIterator(reading, BoundsOf(options, start, limit)));
    for (it->SeekToFirst(); it->Valid(); it->Next()) {
      TellDamage(options, *it);
      // If the visitor stops the Range, the status is OK in spite of damage.
      if (!visit(it->key(), it->value())) return Status::OK();
    }
    TellDamage(options, *it);
    return it->status();
  }

  dyno::WriteResult Write(leveldb::WriteBatch* updates, bool sync) override {
    WriteOutcome outcome = WriteOutcome::kUnknown;
    const Status status = db_->Write(AtomicOptions(sync, &outcome), updates);
    return ResultOf(status, outcome);
  }

  dyno::WriteResult WriteIf(leveldb::WriteBatch* updates,
                            const std::vector<dyno::Condition>& conditions,
                            bool sync) override {
    std::vector<Condition> same;
    same.reserve(conditions.size());
    for (const dyno::Condition& each : conditions) {
      same.push_back(ConditionOf(each));
    }
    std::string conflict;
    WriteOutcome outcome = WriteOutcome::kUnknown;
    const Status status =
        db_->WriteIf(AtomicOptions(sync, &outcome), updates, same, &conflict);
    // WriteIf sets `conflict` to the key of a condition that failed. dyno has
    // no empty keys, so an empty `conflict` means that no condition failed.
    const bool is_condition =
        KindOf(status) == StatusKind::kConflict && !conflict.empty();
    return is_condition && outcome == WriteOutcome::kNothingWritten
               ? dyno::WriteResult::ConditionFailed()
               : ResultOf(status, outcome);
  }

  dyno::WriteResult WriteUnordered(leveldb::WriteBatch* updates) override {
    WriteOutcome outcome = WriteOutcome::kUnknown;
    WriteOptions options;
    options.batch = BatchMode::kUnordered;
    options.outcome = &outcome;
    const Status status = db_->Write(options, updates);
    return ResultOf(status, outcome);
  }

 private:
  /// Sets `*options.damaged` to true if the iterator's status is a failure.
  /// When the iterator comes to the first record of a page, its status reports
  /// damage anywhere in that page. A status that is a failure stays a failure.
  static void TellDamage(const dyno::RangeOptions& options,
                         const leveldb::Iterator& it) {
    if (options.damaged != nullptr && !it.status().ok()) {
      *options.damaged = true;
    }
  }

  static Bounds BoundsOf(const dyno::RangeOptions& options, const Slice& start,
                         const Slice& limit) {
    Bounds bounds;
    if (!start.empty()) bounds.gte = start.ToString();
    bounds.keys_only = options.keys_only;
    bounds.expected = options.expected;
    if (!limit.empty()) {
      bounds.lt = limit.ToString();
      // If a range has a limit, callers read the whole range. So fetch the
      // range in one page if it fits.
      if (bounds.expected == 0) bounds.expected = kAll;
    }
    return bounds;
  }

  Database* const db_;
  const bool embedded_;
};

}  // namespace

dyno::Backend* NewDynoBackend(Database* db) { return new DatabaseBackend(db); }

}  // namespace dynamodown

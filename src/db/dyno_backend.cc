// dyno's backend on a Database: a Range is one bounded iterator, a WriteIf the
// Database's own.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "db/to_status.h"
#include "dynamodown/dyno.h"

namespace dynamodown {
namespace {

using leveldb::Slice;
using leveldb::Status;

/// A transaction of DynamoDB's has 100 keys; a few are left for what a write
/// may need beside its records.
constexpr size_t kSharedBatchMax = 96;
/// LevelDB has no limit; this one is for the memory that a batch takes.
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

WriteOptions OptionsOf(bool sync) {
  WriteOptions options;
  options.sync = sync;
  options.batch = BatchMode::kAtomic;
  return options;
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
      // Damage further on in the page is then nobody's business.
      if (!visit(it->key(), it->value())) return Status::OK();
    }
    TellDamage(options, *it);
    return it->status();
  }

  dyno::WriteResult Write(leveldb::WriteBatch* updates, bool sync) override {
    return ResultOf(db_->Write(OptionsOf(sync), updates));
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
    const Status status =
        db_->WriteIf(OptionsOf(sync), updates, same, &conflict);
    // With a key, it is a condition that failed: no key of dyno's is empty.
    const bool is_condition =
        KindOf(status) == StatusKind::kConflict && !conflict.empty();
    return is_condition && !MayHaveWritten(status)
               ? dyno::WriteResult::ConditionFailed()
               : ResultOf(status);
  }

  dyno::WriteResult WriteUnordered(leveldb::WriteBatch* updates) override {
    WriteOptions options;
    options.batch = BatchMode::kUnordered;
    return ResultOf(db_->Write(options, updates));
  }

 private:
  static dyno::WriteResult ResultOf(const Status& status) {
    if (status.ok()) return dyno::WriteResult::Written();
    return MayHaveWritten(status) ? dyno::WriteResult::Unknown(status)
                                  : dyno::WriteResult::NothingWritten(status);
  }

  /// The status is that of the page as soon as its first record is visited, and
  /// stays.
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
      // Who names both ends wants what is between them: in one page, if it
      // fits.
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

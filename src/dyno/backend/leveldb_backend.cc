// A backend on a leveldb::DB. WriteIf checks and writes while no other write of
// this backend is under way; LevelDB does the rest.

#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>

#include "dyno/backend.h"
#include "leveldb/iterator.h"
#include "leveldb/options.h"

namespace dyno {
namespace {

using leveldb::Slice;
using leveldb::Status;

/// Bounds the memory of a batch. LevelDB has no limit.
constexpr size_t kBatchMax = 100 * 1000;

class LevelDbBackend final : public Backend {
 public:
  explicit LevelDbBackend(leveldb::DB* db) : db_(db) {}

  bool shared() const override { return false; }
  size_t max_batch() const override { return kBatchMax; }

  Status Range(const RangeOptions& options, const Slice& start,
               const Slice& limit, const Visitor& visit) override {
    leveldb::ReadOptions reading;
    reading.verify_checksums = true;
    const std::unique_ptr<leveldb::Iterator> it(db_->NewIterator(reading));
    for (it->Seek(start); it->Valid(); it->Next()) {
      if (!limit.empty() && it->key().compare(limit) >= 0) break;
      ReportDamage(options, *it);
      if (!visit(it->key(), it->value())) return Status::OK();
    }
    ReportDamage(options, *it);
    return it->status();
  }

  WriteResult Write(leveldb::WriteBatch* updates, bool sync) override {
    std::unique_lock<std::mutex> turn(turnstile_);
    const std::shared_lock<std::shared_mutex> lock(writing_);
    turn.unlock();
    return ResultOf(db_->Write(OptionsOf(sync), updates));
  }

  WriteResult WriteUnordered(leveldb::WriteBatch* updates) override {
    return Write(updates, false);
  }

  WriteResult WriteIf(leveldb::WriteBatch* updates,
                      const std::vector<Condition>& conditions,
                      bool sync) override {
    std::unique_lock<std::mutex> turn(turnstile_);
    const std::unique_lock<std::shared_mutex> lock(writing_);
    turn.unlock();
    for (const Condition& condition : conditions) {
      bool holds = false;
      const Status looked = Holds(condition, &holds);
      if (!looked.ok()) return ResultOf(looked);
      if (!holds) return WriteResult::ConditionFailed();
    }
    return ResultOf(db_->Write(OptionsOf(sync), updates));
  }

 private:
  /// An iterator skips records that it cannot read; its status then stays bad.
  static void ReportDamage(const RangeOptions& options,
                           const leveldb::Iterator& it) {
    if (options.damaged != nullptr && !it.status().ok()) {
      *options.damaged = true;
    }
  }

  /// A write that failed with an IOError may still be in LevelDB's log.
  static WriteResult ResultOf(const Status& status) {
    if (status.ok()) return WriteResult::Written();
    return status.IsIOError() ? WriteResult::Unknown(status)
                              : WriteResult::NothingWritten(status);
  }

  static leveldb::WriteOptions OptionsOf(bool sync) {
    leveldb::WriteOptions options;
    options.sync = sync;
    return options;
  }

  Status Holds(const Condition& condition, bool* holds) const {
    std::string value;
    const Status found =
        db_->Get(leveldb::ReadOptions(), condition.key, &value);
    if (!found.ok() && !found.IsNotFound()) return found;
    switch (condition.kind) {
      case Condition::Kind::kAbsent:
        *holds = found.IsNotFound();
        break;
      case Condition::Kind::kPresent:
        *holds = found.ok();
        break;
      case Condition::Kind::kEquals:
        *holds = found.ok() && value == condition.value;
        break;
    }
    return Status::OK();
  }

  leveldb::DB* const db_;
  /// Every write passes it, and a WriteIf holds it until it has `writing_`: so
  /// a stream of other writes cannot keep a WriteIf waiting forever.
  std::mutex turnstile_;
  std::shared_mutex writing_;  // Exclusive for WriteIf, shared for others.
};

}  // namespace

Backend* NewLevelDbBackend(leveldb::DB* db) { return new LevelDbBackend(db); }

}  // namespace dyno

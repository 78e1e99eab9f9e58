// A backend on a leveldb::DB. ConditionalWriter adds WriteIf; LevelDB does the
// rest.

#include <memory>

#include "dyno/backend.h"
#include "leveldb/iterator.h"
#include "leveldb/options.h"
#include "leveldb_util/conditional_writer.h"

namespace dyno {
namespace {

using leveldb::Slice;
using leveldb::Status;

/// Bounds the memory of a batch. LevelDB itself has no limit.
constexpr size_t kBatchMax = 100 * 1000;

class LevelDbBackend final : public Backend {
 public:
  explicit LevelDbBackend(leveldb::DB* db) : db_(db), writer_(db) {}

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
    const auto lock = writer_.ShareWriting();
    return ResultOf(db_->Write(OptionsOf(sync), updates));
  }

  WriteResult WriteUnordered(leveldb::WriteBatch* updates) override {
    return Write(updates, false);
  }

  WriteResult WriteIf(leveldb::WriteBatch* updates,
                      const std::vector<Condition>& conditions,
                      bool sync) override {
    const auto result = writer_.WriteIf(OptionsOf(sync), updates, conditions);
    if (result.failed_condition.has_value()) {
      return WriteResult::ConditionFailed();
    }
    if (!result.began_to_write) {
      return WriteResult::NothingWritten(result.status);
    }
    return ResultOf(result.status);
  }

 private:
  /// An iterator skips records that it cannot read. From then on its status is
  /// an error.
  static void ReportDamage(const RangeOptions& options,
                           const leveldb::Iterator& it) {
    if (options.damaged != nullptr && !it.status().ok()) {
      *options.damaged = true;
    }
  }

  /// After an error, the write may or may not be in LevelDB's log. The error's
  /// code does not tell, because each leveldb::Env chooses its codes freely.
  static WriteResult ResultOf(const Status& status) {
    return status.ok() ? WriteResult::Written() : WriteResult::Unknown(status);
  }

  static leveldb::WriteOptions OptionsOf(bool sync) {
    leveldb::WriteOptions options;
    options.sync = sync;
    return options;
  }

  leveldb::DB* const db_;
  dynamodown::ConditionalWriter writer_;
};

}  // namespace

Backend* NewLevelDbBackend(leveldb::DB* db) { return new LevelDbBackend(db); }

}  // namespace dyno

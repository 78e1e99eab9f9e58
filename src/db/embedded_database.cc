// LevelDB does nearly all the work. The class Database has some calls that
// LevelDB lacks. ConditionalWriter implements WriteIf. LevelDB's own calls
// implement the others.

#include "db/embedded_database.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "base/fork.h"
#include "base/printable.h"
#include "db/bounds.h"
#include "db/guarded_iterator.h"
#include "db/properties.h"
#include "db/to_status.h"
#include "leveldb_util/conditional_writer.h"
#include "store/store.h"

namespace dynamodown {
namespace {

using leveldb::Slice;
using leveldb::Status;

/// Restricts another iterator to a range.
class BoundedIterator final : public leveldb::Iterator {
 public:
  BoundedIterator(std::unique_ptr<leveldb::Iterator> all, KeyRange range,
                  bool keys_only)
      : all_(std::move(all)), range_(std::move(range)), keys_only_(keys_only) {}

  bool Valid() const override {
    return all_->Valid() && !range_.empty() &&
           all_->key().compare(range_.lower) >= 0 &&
           (!range_.upper || all_->key().compare(*range_.upper) < 0);
  }
  void SeekToFirst() override { all_->Seek(range_.lower); }
  void SeekToLast() override {
    if (!range_.upper) {
      all_->SeekToLast();
      return;
    }
    all_->Seek(*range_.upper);
    if (all_->Valid()) {
      all_->Prev();
    } else {
      all_->SeekToLast();
    }
  }
  void Seek(const Slice& target) override {
    all_->Seek(target.compare(range_.lower) < 0 ? Slice(range_.lower) : target);
  }
  void Next() override { all_->Next(); }
  void Prev() override { all_->Prev(); }
  Slice key() const override { return all_->key(); }
  Slice value() const override { return keys_only_ ? Slice() : all_->value(); }
  Status status() const override { return all_->status(); }

 private:
  const std::unique_ptr<leveldb::Iterator> all_;
  const KeyRange range_;
  const bool keys_only_;
};

/// Reports the outcome of LevelDB's own write. After an error, LevelDB's log
/// may hold the write or not. The error's code does not tell which is true,
/// since each Env chooses its codes freely.
Status Reported(const WriteOptions& options, const Status& status) {
  Report(options,
         status.ok() ? WriteOutcome::kAllWritten : WriteOutcome::kUnknown);
  return status;
}

/// Requires a `message` that names no option, since this function spells
/// options as in C++.
Status Refuse(const WriteOptions& options, ErrorKind kind,
              std::string message) {
  return FinishWrite(
      options,
      Refused(Error{kind, std::move(message)}, WriteError::Subject::kBatch),
      Spelling::kCpp);
}

Status NullBatch(const WriteOptions& options) {
  Report(options, WriteOutcome::kNothingWritten);
  return Status::InvalidArgument("the write batch is null");
}

Supports EmbeddedSupports() {
  Supports supports;
  supports.snapshots = true;
  supports.atomic_batch = true;
  supports.unlimited_batch = true;
  supports.write_if = true;
  return supports;
}

/// Returns the handle that GetSnapshot returns in a forked child.
const leveldb::Snapshot* NoSnapshot() {
  class Snapshot final : public leveldb::Snapshot {};
  static const Snapshot none;
  return &none;
}

class EmbeddedDatabase final : public Database {
 public:
  explicit EmbeddedDatabase(EmbeddedParts parts)
      : claim_(std::move(parts.claim)),
        env_(std::move(parts.env)),
        db_(std::move(parts.db)),
        path_(std::move(parts.path)),
        bytewise_(parts.bytewise) {}
  ~EmbeddedDatabase() override {
    if (creator_.IsThis()) return;
    // In a forked child, leave LevelDB alone: its lock, log and threads are the
    // parent's.
    static_cast<void>(db_.release());
    static_cast<void>(env_.release());
    static_cast<void>(claim_.release());
  }

  using Database::Delete;
  using Database::Get;
  using Database::NewIterator;
  using Database::Put;
  using Database::Write;

  Status Put(const WriteOptions& options, const Slice& key,
             const Slice& value) override {
    const Status process = CheckProcess(options);
    if (!process.ok()) return process;
    const auto lock = writer_.ShareWriting();
    return Reported(options, db_->Put(options, key, value));
  }
  Status Delete(const WriteOptions& options, const Slice& key) override {
    const Status process = CheckProcess(options);
    if (!process.ok()) return process;
    const auto lock = writer_.ShareWriting();
    return Reported(options, db_->Delete(options, key));
  }
  Status Write(const WriteOptions& options,
               leveldb::WriteBatch* updates) override {
    const Status process = CheckProcess(options);
    if (!process.ok()) return process;
    if (updates == nullptr) return NullBatch(options);
    const auto lock = writer_.ShareWriting();
    return Reported(options, db_->Write(options, updates));
  }

  Status WriteIf(const WriteOptions& options, leveldb::WriteBatch* updates,
                 const std::vector<Condition>& conditions,
                 std::string* conflict) override {
    const Status process = CheckProcess(options);
    if (!process.ok()) return process;
    if (conflict != nullptr) conflict->clear();
    if (updates == nullptr) return NullBatch(options);
    std::set<std::string> seen;
    for (const Condition& condition : conditions) {
      if (!seen.insert(condition.key).second) {
        return Refuse(
            options, ErrorKind::kInvalidArgument,
            "key " + Printable(condition.key) + " has more than one condition");
      }
    }
    const ConditionalWriter::Result result =
        writer_.WriteIf(options, updates, conditions);
    if (result.failed_condition.has_value()) {
      const std::string& key = conditions[*result.failed_condition].key;
      if (conflict != nullptr) *conflict = key;
      return Refuse(
          options, ErrorKind::kConflict,
          "the condition on key " + Printable(key) + " does not hold");
    }
    if (!result.began_to_write) {
      Report(options, WriteOutcome::kNothingWritten);
      return result.status;
    }
    return Reported(options, result.status);
  }

  Status Get(const ReadOptions& options, const Slice& key,
             std::string* value) override {
    const Status process = CheckProcess();
    if (!process.ok()) return process;
    // If LevelDB fails, it may clear the string or fill a part of it. So do not
    // pass `value` to LevelDB.
    std::string found;
    const Status status = db_->Get(options, key, &found);
    if (status.ok()) *value = std::move(found);
    return status;
  }

  Status MultiGet(const ReadOptions& options, const std::vector<Slice>& keys,
                  std::vector<std::string>* values,
                  std::vector<Status>* statuses) override {
    const Status process = CheckProcess();
    if (!process.ok()) return process;
    values->assign(keys.size(), std::string());
    statuses->assign(keys.size(), Status::OK());
    Status first;
    for (size_t i = 0; i < keys.size(); ++i) {
      (*statuses)[i] = Get(options, keys[i], &(*values)[i]);
      if (!(*statuses)[i].ok() && !(*statuses)[i].IsNotFound() && first.ok()) {
        first = (*statuses)[i];
      }
    }
    return first;
  }

  leveldb::Iterator* NewIterator(const ReadOptions& options,
                                 const Bounds& bounds) override {
    const Status process = CheckProcess();
    if (!process.ok()) return leveldb::NewErrorIterator(process);
    KeyRange range = RangeOf(bounds);
    const bool bounded = !range.lower.empty() || range.upper.has_value();
    if (bounded && !bytewise_) {
      return leveldb::NewErrorIterator(Status::NotSupported(
          "bounds compare bytes, but this store's comparator orders keys "
          "differently; use Seek"));
    }
    std::unique_ptr<leveldb::Iterator> iterator(db_->NewIterator(options));
    if (bounded || bounds.keys_only) {
      iterator = std::make_unique<BoundedIterator>(
          std::move(iterator), std::move(range), bounds.keys_only);
    }
    return new GuardedIterator(std::move(iterator));
  }

  Status ApproximateSize(const leveldb::Range& range, uint64_t* bytes,
                         bool* exact) override {
    const Status process = CheckProcess();
    if (!process.ok()) return process;
    db_->GetApproximateSizes(&range, 1, bytes);
    if (exact != nullptr) *exact = false;
    return Status::OK();
  }
  void GetApproximateSizes(const leveldb::Range* range, int n,
                           uint64_t* sizes) override {
    if (!creator_.IsThis()) {
      std::fill_n(sizes, n, 0);
      return;
    }
    db_->GetApproximateSizes(range, n, sizes);
  }
  const leveldb::Snapshot* GetSnapshot() override {
    return creator_.IsThis() ? db_->GetSnapshot() : NoSnapshot();
  }
  void ReleaseSnapshot(const leveldb::Snapshot* snapshot) override {
    if (creator_.IsThis() && snapshot != nullptr) {
      db_->ReleaseSnapshot(snapshot);
    }
  }
  bool GetProperty(const Slice& property, std::string* value) override {
    if (!creator_.IsThis()) return false;
    if (property == Slice("dynamodown.supports")) {
      *value = SupportsText(EmbeddedSupports());
      return true;
    }
    return db_->GetProperty(property, value) ||
           StatsProperty(std::string_view(property.data(), property.size()),
                         Stats(), value);
  }
  void CompactRange(const Slice* begin, const Slice* end) override {
    if (creator_.IsThis()) db_->CompactRange(begin, end);
  }
  Stats GetStats() const override { return Stats(); }
  StoreInfo GetInfo() const override {
    StoreInfo info;
    info.location = "leveldb:" + path_;
    info.engine = "leveldb";
    info.mode = "exclusive";
    return info;
  }

 private:
  /// In a forked child, refuses a call before the call takes a lock, since a
  /// thread that exists only in the parent may hold the lock.
  Status CheckProcess() const {
    return creator_.IsThis() ? Status::OK() : Forked();
  }
  /// Does the same check for a write. If the write is refused, also reports
  /// that nothing was written.
  Status CheckProcess(const WriteOptions& options) const {
    const Status process = CheckProcess();
    if (!process.ok()) Report(options, WriteOutcome::kNothingWritten);
    return process;
  }

  const CreatorProcess creator_;
  std::unique_ptr<DirectoryClaim> claim_;
  std::unique_ptr<leveldb::Env> env_;  // Outlives db_.
  std::unique_ptr<leveldb::DB> db_;
  ConditionalWriter writer_{db_.get()};
  const std::string path_;
  const bool bytewise_;  // Keys are ordered by their bytes.
};

}  // namespace

Database* NewEmbeddedDatabase(EmbeddedParts parts) {
  return new EmbeddedDatabase(std::move(parts));
}

}  // namespace dynamodown

// LevelDB does nearly all the work. The class Database has some calls that
// LevelDB lacks. ConditionalWriter implements WriteIf. LevelDB's own calls
// implement the others.

#include "db/embedded_database.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <utility>

#include "base/fork.h"
#include "base/printable.h"
#include "db/bounds.h"
#include "db/check_options.h"
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
  struct Options {
    bool keys_only = false;
    /// LevelDB's own iterator passes over what it cannot read.
    bool stop_at_damage = false;
  };

  /// If keys are not ordered by their bytes, `range` must be that of all keys.
  BoundedIterator(std::unique_ptr<leveldb::Iterator> all, KeyRange range,
                  const Options& options)
      : all_(std::move(all)), range_(std::move(range)), options_(options) {}

  bool Valid() const override {
    return all_->Valid() && !range_.empty() &&
           all_->key().compare(range_.lower) >= 0 &&
           (!range_.upper || all_->key().compare(*range_.upper) < 0) &&
           (!options_.stop_at_damage || all_->status().ok());
  }
  void SeekToFirst() override {
    if (range_.lower.empty()) {
      all_->SeekToFirst();
    } else {
      all_->Seek(range_.lower);
    }
  }
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
  Slice value() const override {
    return options_.keys_only ? Slice() : all_->value();
  }
  Status status() const override { return all_->status(); }

 private:
  const std::unique_ptr<leveldb::Iterator> all_;
  const KeyRange range_;
  const Options options_;
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
        bytewise_(parts.bytewise),
        stop_at_damage_(parts.stop_at_damage) {}
  ~EmbeddedDatabase() override {
    if (creator_.IsThis()) {
      // Waits for the calls under way.
      const std::unique_lock<std::shared_mutex> all_ended(calls_);
      return;
    }
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
    const Status allowed = CheckWrite(CheckProcess(), options);
    if (!allowed.ok()) return allowed;
    const auto inside = Enter();
    const auto lock = writer_.ShareWriting();
    return Reported(options, db_->Put(options, key, value));
  }
  Status Delete(const WriteOptions& options, const Slice& key) override {
    const Status allowed = CheckWrite(CheckProcess(), options);
    if (!allowed.ok()) return allowed;
    const auto inside = Enter();
    const auto lock = writer_.ShareWriting();
    return Reported(options, db_->Delete(options, key));
  }
  Status Write(const WriteOptions& options,
               leveldb::WriteBatch* updates) override {
    const Status allowed = CheckWrite(CheckProcess(), options);
    if (!allowed.ok()) return allowed;
    const auto inside = Enter();
    if (updates == nullptr) return NullBatch(options);
    const auto lock = writer_.ShareWriting();
    return Reported(options, db_->Write(options, updates));
  }

  Status WriteIf(const WriteOptions& options, leveldb::WriteBatch* updates,
                 const std::vector<Condition>& conditions,
                 std::string* conflict) override {
    const Status allowed = CheckWrite(CheckProcess(), options);
    if (!allowed.ok()) return allowed;
    const auto inside = Enter();
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
    const auto inside = Enter();
    const Status readable = CheckRead(options);
    return readable.ok() ? GetValue(options, key, value) : readable;
  }

  Status MultiGet(const ReadOptions& options, const std::vector<Slice>& keys,
                  std::vector<std::string>* values,
                  std::vector<Status>* statuses) override {
    const Status process = CheckProcess();
    if (!process.ok()) return process;
    const auto inside = Enter();
    const Status readable = CheckRead(options);
    values->assign(keys.size(), std::string());
    statuses->assign(keys.size(), readable);
    if (!readable.ok()) return readable;
    Status first;
    for (size_t i = 0; i < keys.size(); ++i) {
      (*statuses)[i] = GetValue(options, keys[i], &(*values)[i]);
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
    const auto inside = Enter();
    const Status readable = CheckRead(options);
    if (!readable.ok()) return leveldb::NewErrorIterator(readable);
    KeyRange range = RangeOf(bounds);
    const bool bounded = !range.lower.empty() || range.upper.has_value();
    if (bounded && !bytewise_) {
      return leveldb::NewErrorIterator(Status::NotSupported(
          "bounds compare bytes, but this store's comparator orders keys "
          "differently; use Seek"));
    }
    std::unique_ptr<leveldb::Iterator> iterator(db_->NewIterator(options));
    if (bounded || bounds.keys_only || stop_at_damage_) {
      iterator = std::make_unique<BoundedIterator>(
          std::move(iterator), std::move(range),
          BoundedIterator::Options{bounds.keys_only, stop_at_damage_});
    }
    return new GuardedIterator(std::move(iterator), kEmbeddedBeforeFork);
  }

  Status ApproximateSize(const leveldb::Range& range, uint64_t* bytes,
                         bool* exact) override {
    const Status process = CheckProcess();
    if (!process.ok()) return process;
    const auto inside = Enter();
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
    const auto inside = Enter();
    db_->GetApproximateSizes(range, n, sizes);
  }
  const leveldb::Snapshot* GetSnapshot() override {
    if (!creator_.IsThis()) return NoSnapshot();
    const auto inside = Enter();
    const std::lock_guard<std::mutex> lock(snapshots_mutex_);
    return *snapshots_.insert(db_->GetSnapshot()).first;
  }
  void ReleaseSnapshot(const leveldb::Snapshot* snapshot) override {
    if (!creator_.IsThis()) return;
    const auto inside = Enter();
    const std::lock_guard<std::mutex> lock(snapshots_mutex_);
    if (snapshots_.erase(snapshot) > 0) db_->ReleaseSnapshot(snapshot);
  }
  bool GetProperty(const Slice& property, std::string* value) override {
    if (!creator_.IsThis()) return false;
    const auto inside = Enter();
    if (property == Slice("dynamodown.supports")) {
      *value = SupportsText(EmbeddedSupports());
      return true;
    }
    return db_->GetProperty(property, value) ||
           StatsProperty(std::string_view(property.data(), property.size()),
                         Stats(), value);
  }
  void CompactRange(const Slice* begin, const Slice* end) override {
    if (!creator_.IsThis()) return;
    const auto inside = Enter();
    db_->CompactRange(begin, end);
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
    return creator_.IsThis() ? Status::OK() : Forked(kEmbeddedBeforeFork);
  }
  /// Counts a call as under way until the result is destroyed.
  [[nodiscard]] std::shared_lock<std::shared_mutex> Enter() {
    return std::shared_lock<std::shared_mutex>(calls_);
  }
  /// Checks the options of a read. LevelDB would crash with a snapshot that is
  /// not its own.
  Status CheckRead(const ReadOptions& options) {
    const Status allowed = CheckDeadline(options.deadline);
    if (!allowed.ok()) return allowed;
    if (options.snapshot == nullptr) return Status::OK();
    const std::lock_guard<std::mutex> lock(snapshots_mutex_);
    if (snapshots_.contains(options.snapshot)) return Status::OK();
    return Status::NotSupported(
        "the snapshot is another store's, or was released; read with a "
        "snapshot that GetSnapshot of this store returned");
  }
  Status GetValue(const ReadOptions& options, const Slice& key,
                  std::string* value) {
    // If LevelDB fails, it may clear the string or fill a part of it. So do not
    // pass `value` to LevelDB.
    std::string found;
    const Status status = db_->Get(options, key, &found);
    if (status.ok()) *value = std::move(found);
    return status;
  }

  const CreatorProcess creator_;
  std::unique_ptr<DirectoryClaim> claim_;
  std::unique_ptr<leveldb::Env> env_;  // Outlives db_.
  std::unique_ptr<leveldb::DB> db_;
  ConditionalWriter writer_{db_.get()};
  const std::string path_;
  const bool bytewise_;        // Keys are ordered by their bytes.
  const bool stop_at_damage_;  // As Options::paranoid_checks says.
  std::mutex snapshots_mutex_;
  std::set<const leveldb::Snapshot*>
      snapshots_;            // Guarded by snapshots_mutex_.
  std::shared_mutex calls_;  // Each call under way shares it.
};

}  // namespace

Database* NewEmbeddedDatabase(EmbeddedParts parts) {
  return new EmbeddedDatabase(std::move(parts));
}

}  // namespace dynamodown

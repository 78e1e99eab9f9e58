// The Database on a DynamoDB table. Turns LevelDB's calls into the calls of a
// Store.

#ifndef DYNAMODOWN_DB_DYNAMO_DATABASE_H_
#define DYNAMODOWN_DB_DYNAMO_DATABASE_H_

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/fork.h"
#include "base/gate.h"
#include "base/scheduler.h"
#include "dynamodown/db.h"
#include "store/store.h"

namespace dynamodown {

class DynamoDatabase final : public Database {
 public:
  /// Everything below the store.
  class Stack {
   public:
    virtual ~Stack() = default;
    virtual Stats stats() const = 0;
    virtual Scheduler* scheduler() const = 0;
  };
  struct Defaults {
    Consistency consistency;
    BatchMode batch;
    bool paranoid_checks;
    Spelling spelling;
  };

  DynamoDatabase(std::unique_ptr<Stack> stack, std::unique_ptr<Store> store,
                 const Defaults& defaults, StoreInfo info);
  ~DynamoDatabase() override;

  using Database::Delete;
  using Database::Get;
  using Database::NewIterator;
  using Database::Put;
  using Database::Write;

  leveldb::Status Put(const WriteOptions& options, const leveldb::Slice& key,
                      const leveldb::Slice& value) override;
  leveldb::Status Delete(const WriteOptions& options,
                         const leveldb::Slice& key) override;
  leveldb::Status Write(const WriteOptions& options,
                        leveldb::WriteBatch* updates) override;
  leveldb::Status WriteIf(const WriteOptions& options,
                          leveldb::WriteBatch* updates,
                          const std::vector<Condition>& conditions,
                          std::string* conflict) override;
  leveldb::Status Get(const ReadOptions& options, const leveldb::Slice& key,
                      std::string* value) override;
  leveldb::Status MultiGet(const ReadOptions& options,
                           const std::vector<leveldb::Slice>& keys,
                           std::vector<std::string>* values,
                           std::vector<leveldb::Status>* statuses) override;
  leveldb::Iterator* NewIterator(const ReadOptions& options,
                                 const Bounds& bounds) override;
  leveldb::Status ApproximateSize(const leveldb::Range& range, uint64_t* bytes,
                                  bool* exact) override;
  void GetApproximateSizes(const leveldb::Range* range, int n,
                           uint64_t* sizes) override;
  const leveldb::Snapshot* GetSnapshot() override;
  void ReleaseSnapshot(const leveldb::Snapshot* snapshot) override;
  bool GetProperty(const leveldb::Slice& property, std::string* value) override;
  void CompactRange(const leveldb::Slice* begin,
                    const leveldb::Slice* end) override;
  Stats GetStats() const override;
  StoreInfo GetInfo() const override;

 private:
  /// In a forked child, refuses a call before the call takes a lock, since a
  /// thread that exists only in the parent may hold the lock.
  leveldb::Status CheckProcess() const;
  /// **Errors**: NotSupported for a snapshot that this database does not hold;
  /// InvalidArgument for a deadline out of range.
  leveldb::Status ViewOf(const ReadOptions& options, ReadView* view) const;
  // These functions return statuses whose messages spell options in
  // Defaults::spelling.
  leveldb::Status ToStatus(const Error& error) const;
  leveldb::Status ToStatus(const Result<void>& result) const;
  leveldb::Status FinishWrite(const WriteOptions& options,
                              Result<void, WriteError> result) const;

  /// The caller's handle of a snapshot. The database compares the handle's
  /// address and never looks inside, since the caller may pass another
  /// database's snapshot.
  class HeldSnapshot final : public leveldb::Snapshot {};
  /// The handle that GetSnapshot returns if the store does not support
  /// snapshots.
  static const HeldSnapshot& NoSnapshot();

  const CreatorProcess creator_;
  // Members are destroyed in reverse order, so the store is destroyed before
  // the stack. The store waits for its fetches, which run on the stack's
  // scheduler.
  std::unique_ptr<Stack> stack_;
  std::unique_ptr<Store> store_;
  Gate calls_;  // Holds the calls that are under way.
  const Defaults defaults_;
  const StoreInfo info_;
  mutable std::mutex snapshots_mutex_;
  std::map<const leveldb::Snapshot*, const StoreSnapshot*> snapshots_;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_DYNAMO_DATABASE_H_

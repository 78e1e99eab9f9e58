// The Database on a DynamoDB table.

#ifndef DYNAMODOWN_DB_DYNAMO_DATABASE_H_
#define DYNAMODOWN_DB_DYNAMO_DATABASE_H_

#include <memory>
#include <string>
#include <vector>

#include "base/fork.h"
#include "dynamodown/db.h"
#include "store/store.h"

namespace dynamodown {

class DynamoDatabase final : public Database {
 public:
  /// What is below the store. `scheduler` may run fetches of the store's, so it
  /// is not destroyed before the store has waited for them.
  class Stack {
   public:
    virtual ~Stack() = default;
    virtual Stats stats() const = 0;
  };
  struct Defaults {
    Consistency consistency;
    BatchMode batch;
    bool paranoid_checks;
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
  /// A call's beginning: refused, before any lock is taken, in a forked child,
  /// where a thread that is not there may hold it.
  leveldb::Status CheckProcess() const;
  bool Consistent(const ReadOptions& options) const;

  class NoSnapshot final : public leveldb::Snapshot {};

  const CreatorProcess creator_;
  const NoSnapshot snapshot_;
  // Destroyed in the reverse order.
  std::unique_ptr<Stack> stack_;
  std::unique_ptr<Store> store_;
  const Defaults defaults_;
  const StoreInfo info_;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_DYNAMO_DATABASE_H_

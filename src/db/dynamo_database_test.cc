// Tests DynamoDatabase on a store with snapshots. DynamoDB has no snapshots, so
// the store is a map in memory.

#include "db/dynamo_database.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/scheduler.h"
#include "support/model.h"

namespace dynamodown_test {
namespace {

using dynamodown::BatchMode;
using dynamodown::BatchOperation;
using dynamodown::Consistency;
using dynamodown::DynamoDatabase;
using dynamodown::Error;
using dynamodown::ErrorKind;
using dynamodown::KeyCondition;
using dynamodown::KeyRange;
using dynamodown::KindOf;
using dynamodown::Page;
using dynamodown::PageStream;
using dynamodown::ReadOptions;
using dynamodown::ReadView;
using dynamodown::Record;
using dynamodown::Result;
using dynamodown::ScanOptions;
using dynamodown::Spelling;
using dynamodown::Stats;
using dynamodown::StatusKind;
using dynamodown::Store;
using dynamodown::StoreInfo;
using dynamodown::StoreSnapshot;
using dynamodown::Supports;
using dynamodown::WriteError;
using dynamodown::WriteMode;
using leveldb::Slice;
using leveldb::Status;

/// Pages of one record each.
class RecordPages final : public PageStream {
 public:
  explicit RecordPages(std::vector<Record> records)
      : records_(std::move(records)) {}

  Result<Page> Next() override {
    Page page;
    if (next_ < records_.size()) page.records.push_back(records_[next_++]);
    return page;
  }
  void ReadAhead() override {}

 private:
  const std::vector<Record> records_;
  size_t next_ = 0;
};

class ErrorPages final : public PageStream {
 public:
  explicit ErrorPages(Error error) : error_(std::move(error)) {}
  Result<Page> Next() override { return error_; }
  void ReadAhead() override {}

 private:
  const Error error_;
};

/// A store whose records are a map in memory. A snapshot is a copy of the map.
class MapStore final : public Store {
 public:
  explicit MapStore(const Supports& supports) : supports_(supports) {}

  /// Returns the number of snapshots that are not released.
  size_t snapshots() const { return snapshots_.size(); }
  /// Returns the number of calls of ReleaseSnapshot.
  int releases() const { return releases_; }

  Supports supports() const override { return supports_; }

  Result<std::optional<std::string>> Get(std::string_view key,
                                         const ReadView& view) override {
    const Result<const Map*> map = MapOf(view);
    if (!map.ok()) return map.error();
    const auto found = (*map)->find(std::string(key));
    if (found == (*map)->end()) return std::optional<std::string>();
    return std::optional<std::string>(found->second);
  }
  Values MultiGet(const std::vector<std::string_view>& keys,
                  const ReadView& view) override {
    Values values;
    for (const std::string_view key : keys) values.push_back(Get(key, view));
    return values;
  }

  Result<void, WriteError> Put(std::string_view key, std::string_view value,
                               const WriteMode&) override {
    map_[std::string(key)] = value;
    return {};
  }
  Result<void, WriteError> Delete(std::string_view key,
                                  const WriteMode&) override {
    map_.erase(std::string(key));
    return {};
  }
  Result<void, WriteError> Write(const std::vector<BatchOperation>&,
                                 const WriteMode&) override {
    return NoBatches();
  }
  Result<void, WriteError> WriteIf(const std::vector<BatchOperation>&,
                                   const std::vector<KeyCondition>&,
                                   const WriteMode&) override {
    return NoBatches();
  }

  std::unique_ptr<PageStream> NewPages(const KeyRange& range,
                                       const ScanOptions& options,
                                       const ReadView& view) override {
    const Result<const Map*> map = MapOf(view);
    if (!map.ok()) return std::make_unique<ErrorPages>(map.error());
    std::vector<Record> records;
    for (const auto& [key, value] : **map) {
      if (key < range.lower || (range.upper && key >= *range.upper)) continue;
      records.push_back({key, value});
    }
    if (!options.forward) std::reverse(records.begin(), records.end());
    return std::make_unique<RecordPages>(std::move(records));
  }

  Result<Size> ApproximateSize(const KeyRange&) override {
    return Size{0, false};
  }

  const StoreSnapshot* GetSnapshot() override {
    if (!supports_.snapshots) return nullptr;
    snapshots_.push_back(std::make_unique<MapSnapshot>(map_));
    return snapshots_.back().get();
  }
  void ReleaseSnapshot(const StoreSnapshot* snapshot) override {
    ++releases_;
    const size_t released = std::erase_if(
        snapshots_,
        [snapshot](const auto& held) { return held.get() == snapshot; });
    EXPECT_EQ(released, 1u);
  }

  size_t memory_bytes() const override { return 0; }

 private:
  struct MapSnapshot final : StoreSnapshot {
    explicit MapSnapshot(Map taken) : map(std::move(taken)) {}
    const Map map;
  };

  static WriteError NoBatches() {
    return Refused(Error{ErrorKind::kNotSupported, "no batches"},
                   WriteError::Subject::kBatch);
  }

  Result<const Map*> MapOf(const ReadView& view) const {
    if (view.snapshot == nullptr) return &map_;
    for (const auto& held : snapshots_) {
      if (held.get() == view.snapshot) return &held->map;
    }
    return Error{ErrorKind::kNotSupported, "a snapshot of another store"};
  }

  const Supports supports_;
  Map map_;
  std::vector<std::unique_ptr<MapSnapshot>> snapshots_;
  int releases_ = 0;
};

class EmptyStack final : public DynamoDatabase::Stack {
 public:
  Stats stats() const override { return {}; }
  dynamodown::Scheduler* scheduler() const override { return scheduler_.get(); }

 private:
  const std::unique_ptr<dynamodown::Scheduler> scheduler_ =
      dynamodown::NewThreadScheduler(1);
};

class DynamoDatabaseTest : public testing::Test {
 protected:
  DynamoDatabaseTest() {
    Supports supports;
    supports.snapshots = true;
    Open(supports);
  }

  void Open(const Supports& supports) {
    auto store = std::make_unique<MapStore>(supports);
    store_ = store.get();
    db_ = NewDatabase(std::move(store));
  }
  static std::unique_ptr<DynamoDatabase> NewDatabase(
      std::unique_ptr<MapStore> store) {
    const DynamoDatabase::Defaults defaults = {
        Consistency::kStrong, BatchMode::kAtomic, false, Spelling::kCpp};
    return std::make_unique<DynamoDatabase>(std::make_unique<EmptyStack>(),
                                            std::move(store), defaults,
                                            StoreInfo());
  }
  void Put(const std::string& key, const std::string& value) {
    ASSERT_TRUE(db_->Put(leveldb::WriteOptions(), key, value).ok());
  }
  void Delete(const std::string& key) {
    ASSERT_TRUE(db_->Delete(leveldb::WriteOptions(), key).ok());
  }
  static ReadOptions At(const leveldb::Snapshot* snapshot) {
    ReadOptions options;
    options.snapshot = snapshot;
    return options;
  }
  /// Returns the value, or the status if it is not OK.
  std::string Get(const leveldb::Snapshot* snapshot, const std::string& key) {
    std::string value;
    const Status status = db_->Get(At(snapshot), key, &value);
    return status.ok() ? value : status.ToString();
  }
  std::string Property(const std::string& name) {
    std::string value;
    EXPECT_TRUE(db_->GetProperty(name, &value));
    return value;
  }

  MapStore* store_ = nullptr;
  std::unique_ptr<DynamoDatabase> db_;
};

TEST_F(DynamoDatabaseTest, GetWithASnapshotReadsTheStateOfItsCreation) {
  Put("changed", "old");
  Put("deleted", "old");
  const leveldb::Snapshot* snapshot = db_->GetSnapshot();
  Put("changed", "new");
  Put("added", "new");
  Delete("deleted");
  EXPECT_EQ(Get(snapshot, "changed"), "old");
  EXPECT_EQ(Get(snapshot, "deleted"), "old");
  EXPECT_EQ(Get(snapshot, "added"), "NotFound: ");
  EXPECT_EQ(Get(nullptr, "changed"), "new");
  EXPECT_EQ(Get(nullptr, "deleted"), "NotFound: ");
  EXPECT_EQ(Get(nullptr, "added"), "new");
  db_->ReleaseSnapshot(snapshot);
}

TEST_F(DynamoDatabaseTest, MultiGetWithASnapshotReadsTheStateOfItsCreation) {
  Put("changed", "old");
  Put("deleted", "old");
  const leveldb::Snapshot* snapshot = db_->GetSnapshot();
  Put("changed", "new");
  Put("added", "new");
  Delete("deleted");
  std::vector<std::string> values;
  std::vector<Status> statuses;
  const std::vector<Slice> keys = {"added", "changed", "deleted"};
  EXPECT_TRUE(db_->MultiGet(At(snapshot), keys, &values, &statuses).ok());
  EXPECT_EQ(values, (std::vector<std::string>{"", "old", "old"}));
  EXPECT_TRUE(statuses[0].IsNotFound());
  EXPECT_TRUE(statuses[1].ok());
  EXPECT_TRUE(statuses[2].ok());
  db_->ReleaseSnapshot(snapshot);
}

TEST_F(DynamoDatabaseTest, AnIteratorWithASnapshotReadsTheStateOfItsCreation) {
  Put("a", "old");
  Put("b", "old");
  Put("d", "old");
  const leveldb::Snapshot* snapshot = db_->GetSnapshot();
  const std::unique_ptr<leveldb::Iterator> iterator(
      db_->NewIterator(At(snapshot), {}));
  const Entries before = {{"a", "old"}, {"b", "old"}, {"d", "old"}};
  EXPECT_EQ(Forward(iterator.get()), before);
  Put("a", "new");
  Put("c", "new");
  Delete("b");
  EXPECT_EQ(Forward(iterator.get()), before);
  EXPECT_EQ(Backward(iterator.get()), Reversed(before));
  const std::unique_ptr<leveldb::Iterator> latest(
      db_->NewIterator(ReadOptions(), {}));
  EXPECT_EQ(Forward(latest.get()),
            (Entries{{"a", "new"}, {"c", "new"}, {"d", "old"}}));
  db_->ReleaseSnapshot(snapshot);
}

TEST_F(DynamoDatabaseTest, EachSnapshotHasItsOwnState) {
  const leveldb::Snapshot* empty = db_->GetSnapshot();
  Put("k", "1");
  const leveldb::Snapshot* first = db_->GetSnapshot();
  Put("k", "2");
  EXPECT_EQ(Get(empty, "k"), "NotFound: ");
  EXPECT_EQ(Get(first, "k"), "1");
  db_->ReleaseSnapshot(empty);
  EXPECT_EQ(Get(first, "k"), "1");
  db_->ReleaseSnapshot(first);
}

TEST_F(DynamoDatabaseTest, ReleaseSnapshotReleasesTheSnapshotOfTheStore) {
  const leveldb::Snapshot* first = db_->GetSnapshot();
  const leveldb::Snapshot* second = db_->GetSnapshot();
  EXPECT_EQ(store_->snapshots(), 2u);
  db_->ReleaseSnapshot(first);
  EXPECT_EQ(store_->snapshots(), 1u);
  db_->ReleaseSnapshot(nullptr);
  EXPECT_EQ(store_->snapshots(), 1u);
  db_->ReleaseSnapshot(second);
  EXPECT_EQ(store_->snapshots(), 0u);
  EXPECT_EQ(store_->releases(), 2);
}

TEST_F(DynamoDatabaseTest, AStoreWithoutSnapshotsIsNotAskedToReleaseOne) {
  Open(Supports());
  const leveldb::Snapshot* snapshot = db_->GetSnapshot();
  ASSERT_NE(snapshot, nullptr);
  std::string value;
  EXPECT_EQ(KindOf(db_->Get(At(snapshot), "k", &value)),
            StatusKind::kNotSupported);
  db_->ReleaseSnapshot(snapshot);
  EXPECT_EQ(store_->releases(), 0);
}

TEST_F(DynamoDatabaseTest, ASnapshotOfAStoreWithoutSnapshotsIsNotSupported) {
  const std::unique_ptr<DynamoDatabase> other =
      NewDatabase(std::make_unique<MapStore>(Supports()));
  const leveldb::Snapshot* snapshot = other->GetSnapshot();
  std::string value;
  EXPECT_EQ(KindOf(db_->Get(At(snapshot), "k", &value)),
            StatusKind::kNotSupported);
  std::vector<std::string> values;
  std::vector<Status> statuses;
  EXPECT_EQ(KindOf(db_->MultiGet(At(snapshot), {"k"}, &values, &statuses)),
            StatusKind::kNotSupported);
  EXPECT_EQ(KindOf(statuses[0]), StatusKind::kNotSupported);
  const std::unique_ptr<leveldb::Iterator> iterator(
      db_->NewIterator(At(snapshot), {}));
  iterator->SeekToFirst();
  EXPECT_FALSE(iterator->Valid());
  EXPECT_EQ(KindOf(iterator->status()), StatusKind::kNotSupported);
}

TEST_F(DynamoDatabaseTest, AForeignSnapshotIsNeitherReadNorReleased) {
  class Foreign final : public leveldb::Snapshot {
   public:
    ~Foreign() override = default;
  };
  const Foreign foreign;
  std::string value;
  for (const bool snapshots : {true, false}) {
    Supports supports;
    supports.snapshots = snapshots;
    Open(supports);
    EXPECT_EQ(KindOf(db_->Get(At(&foreign), "k", &value)),
              StatusKind::kNotSupported);
    db_->ReleaseSnapshot(&foreign);
    EXPECT_EQ(store_->releases(), 0);
  }
}

TEST_F(DynamoDatabaseTest, ASnapshotIsReleasedOnce) {
  const leveldb::Snapshot* snapshot = db_->GetSnapshot();
  db_->ReleaseSnapshot(snapshot);
  db_->ReleaseSnapshot(snapshot);
  EXPECT_EQ(store_->releases(), 1);
}

TEST_F(DynamoDatabaseTest, APropertyListsTheCapabilities) {
  EXPECT_EQ(Property("dynamodown.supports"), "snapshots");
  Open(Supports());
  EXPECT_EQ(Property("dynamodown.supports"), "");
  Supports shared;
  shared.atomic_batch = true;
  shared.unordered_batch = true;
  shared.write_if = true;
  shared.many_processes = true;
  Open(shared);
  EXPECT_EQ(Property("dynamodown.supports"),
            "atomic-batch unordered-batch write-if many-processes");
  Supports all = shared;
  all.snapshots = true;
  all.unlimited_batch = true;
  Open(all);
  EXPECT_EQ(Property("dynamodown.supports"),
            "snapshots atomic-batch unlimited-batch unordered-batch write-if "
            "many-processes");
}

}  // namespace
}  // namespace dynamodown_test

// The promises in the comments of dynamodown/db.h that no other file of the
// contract tests. Each holds on every kind of store.

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "contract/contract.h"
#include "dynamodown/status.h"
#include "leveldb/comparator.h"

namespace dynamodown_test {
namespace {

using dynamodown::Condition;
using dynamodown::KindOf;
using dynamodown::StatusKind;
using dynamodown::WriteOutcome;
using leveldb::Status;

class PromiseTest : public DatabaseTest {
 protected:
  /// Returns write options that report to outcome_.
  dynamodown::WriteOptions Reporting() {
    outcome_ = WriteOutcome::kUnknown;
    dynamodown::WriteOptions options;
    options.outcome = &outcome_;
    return options;
  }
  void ExpectWritten(const Status& status) {
    EXPECT_TRUE(status.ok()) << status.ToString();
    EXPECT_EQ(outcome_, WriteOutcome::kAllWritten);
  }
  void ExpectRefused(const Status& status, StatusKind kind) {
    EXPECT_EQ(KindOf(status), kind) << status.ToString();
    EXPECT_EQ(outcome_, WriteOutcome::kNothingWritten);
  }

  WriteOutcome outcome_ = WriteOutcome::kUnknown;
};
CONTRACT_SUITE(PromiseTest, can.database);

// ---- WriteOptions::outcome --------------------------------------------------

TEST_P(PromiseTest, AWriteThatSucceedsReportsThatAllIsWritten) {
  leveldb::WriteBatch batch;
  batch.Put("a", "1");
  ExpectWritten(database()->Put(Reporting(), "a", "1"));
  ExpectWritten(database()->Delete(Reporting(), "a"));
  ExpectWritten(database()->Delete(Reporting(), "missing"));
  ExpectWritten(database()->Write(Reporting(), &batch));
  leveldb::WriteBatch empty;
  ExpectWritten(database()->Write(Reporting(), &empty));
}

TEST_P(PromiseTest, ADeadlineOutOfRangeIsInvalidAndNothingIsDone) {
  ASSERT_TRUE(Put("a", "1").ok());
  leveldb::WriteBatch batch;
  batch.Put("a", "2");
  for (const auto deadline :
       {std::chrono::milliseconds(-1),
        std::chrono::milliseconds(std::chrono::minutes(9)) +
            std::chrono::milliseconds(1)}) {
    const auto writing = [&] {
      dynamodown::WriteOptions options = Reporting();
      options.deadline = deadline;
      return options;
    };
    const StatusKind refused = StatusKind::kInvalidArgument;
    ExpectRefused(database()->Put(writing(), "a", "2"), refused);
    ExpectRefused(database()->Delete(writing(), "a"), refused);
    ExpectRefused(database()->Write(writing(), &batch), refused);
    ExpectRefused(database()->WriteIf(writing(), &batch, {}, nullptr), refused);
    dynamodown::ReadOptions reading;
    reading.deadline = deadline;
    std::string value = "unset";
    EXPECT_EQ(KindOf(database()->Get(reading, "a", &value)), refused);
    EXPECT_EQ(value, "unset");
    std::vector<std::string> values;
    std::vector<Status> statuses;
    EXPECT_EQ(KindOf(database()->MultiGet(reading, {"a"}, &values, &statuses)),
              refused);
    ASSERT_EQ(statuses.size(), 1u);
    EXPECT_EQ(KindOf(statuses[0]), refused);
    const std::unique_ptr<leveldb::Iterator> iterator(
        database()->NewIterator(reading, dynamodown::Bounds()));
    iterator->SeekToFirst();
    EXPECT_FALSE(iterator->Valid());
    EXPECT_EQ(KindOf(iterator->status()), refused);
  }
  EXPECT_EQ(Get("a"), "1");
}

TEST_P(PromiseTest, ANullBatchIsInvalidAndNothingIsWritten) {
  ExpectRefused(database()->Write(Reporting(), nullptr),
                StatusKind::kInvalidArgument);
  std::string conflict = "unset";
  ExpectRefused(database()->WriteIf(Reporting(), nullptr,
                                    {Condition::Absent("a")}, &conflict),
                StatusKind::kInvalidArgument);
  EXPECT_EQ(conflict, "");
}

class PromiseOfWriteIfTest : public PromiseTest {};
CONTRACT_SUITE(PromiseOfWriteIfTest, can.database&& can.atomic_batch);

TEST_P(PromiseOfWriteIfTest, TheOutcomeTellsWhetherTheConditionsHeld) {
  leveldb::WriteBatch batch;
  batch.Put("a", "1");
  std::string conflict = "unset";
  ExpectWritten(database()->WriteIf(Reporting(), &batch,
                                    {Condition::Absent("a")}, &conflict));
  EXPECT_EQ(conflict, "");
  ExpectRefused(database()->WriteIf(Reporting(), &batch,
                                    {Condition::Absent("a")}, &conflict),
                StatusKind::kConflict);
  EXPECT_EQ(conflict, "a");
  ExpectRefused(
      database()->WriteIf(Reporting(), &batch,
                          {Condition::Absent("b"), Condition::Present("b")},
                          &conflict),
      StatusKind::kInvalidArgument);
  EXPECT_EQ(conflict, "");
}

// ---- Ownership --------------------------------------------------------------

TEST_P(PromiseTest, NoCallKeepsASliceOfItsArguments) {
  std::string key = "key", value = "value";
  ASSERT_TRUE(database()->Put(dynamodown::WriteOptions(), key, value).ok());
  dynamodown::Bounds bounds;
  bounds.gte = key;
  const auto iterator = Iterate(bounds);
  bounds.gte->assign(3, 'x');
  iterator->Seek(key);
  key.assign(3, 'x');
  value.assign(5, 'x');
  ASSERT_TRUE(iterator->Valid());
  EXPECT_EQ(iterator->key().ToString(), "key");
  EXPECT_EQ(iterator->value().ToString(), "value");
  ExpectContents({{"key", "value"}});
}

// ---- Snapshots --------------------------------------------------------------

TEST_P(PromiseTest, ASnapshotOfAnotherStoreOrAReleasedOneIsNotSupported) {
  ASSERT_TRUE(Put("a", "1").ok());
  OpenStore other;
  ASSERT_TRUE(
      engine().Open(engine().options(), engine().NewLocation(), &other).ok());
  const leveldb::Snapshot* const of_other = other.db->GetSnapshot();
  const leveldb::Snapshot* const released = db()->GetSnapshot();
  db()->ReleaseSnapshot(released);
  db()->ReleaseSnapshot(released);
  db()->ReleaseSnapshot(of_other);
  for (const leveldb::Snapshot* snapshot : {of_other, released}) {
    leveldb::ReadOptions options;
    options.snapshot = snapshot;
    std::string value = "untouched";
    EXPECT_EQ(KindOf(db()->Get(options, "a", &value)),
              StatusKind::kNotSupported);
    EXPECT_EQ(value, "untouched");
    std::vector<std::string> values;
    std::vector<Status> statuses;
    EXPECT_EQ(KindOf(database()->MultiGet(options, {"a"}, &values, &statuses)),
              StatusKind::kNotSupported);
    ASSERT_EQ(statuses.size(), 1u);
    EXPECT_EQ(KindOf(statuses[0]), StatusKind::kNotSupported);
    const std::unique_ptr<leveldb::Iterator> it(db()->NewIterator(options));
    it->SeekToFirst();
    EXPECT_FALSE(it->Valid());
    EXPECT_EQ(KindOf(it->status()), StatusKind::kNotSupported);
  }
  other.db->ReleaseSnapshot(of_other);
}

// ---- Open -------------------------------------------------------------------

TEST_P(PromiseTest, AFailedOpenSetsTheDatabaseToNull) {
  dynamodown::Options missing = engine().options();
  missing.create_if_missing = false;
  dynamodown::Options existing = engine().options();
  existing.error_if_exists = true;
  struct Case {
    dynamodown::Options options;
    std::string location;
  };
  for (const Case& failing :
       {Case{missing, engine().NewLocation()}, Case{existing, location()},
        Case{missing, "leveldb:"}, Case{missing, "./path"}}) {
    auto* const garbage = reinterpret_cast<dynamodown::Database*>(8);
    dynamodown::Database* database = garbage;
    leveldb::DB* db = garbage;
    EXPECT_FALSE(
        dynamodown::Open(failing.options, failing.location, &database).ok());
    EXPECT_EQ(database, nullptr) << failing.location;
    EXPECT_FALSE(dynamodown::Open(failing.options, failing.location, &db).ok());
    EXPECT_EQ(db, nullptr) << failing.location;
  }
}

TEST_P(PromiseTest, NullPointersInTheOptionsMeanTheDefaults) {
  dynamodown::Options options = engine().options();
  options.comparator = nullptr;
  options.env = nullptr;
  Close();
  OpenStore store;
  const Status status = engine().Open(options, location(), &store);
  ASSERT_TRUE(status.ok()) << status.ToString();
  EXPECT_TRUE(store.db->Put({}, "a", "1").ok());
}

// ---- Sizes and properties ---------------------------------------------------

TEST_P(PromiseTest, AnEmptyRangeHasNoBytes) {
  ASSERT_TRUE(Put("m", std::string(1000, 'v')).ok());
  uint64_t bytes = 1;
  bool exact = false;
  const leveldb::Range inverted("z", "a");
  EXPECT_TRUE(database()->ApproximateSize(inverted, &bytes, &exact).ok());
  EXPECT_EQ(bytes, 0u);
  bytes = 1;
  EXPECT_TRUE(database()->ApproximateSize(inverted, &bytes, nullptr).ok());
  EXPECT_EQ(bytes, 0u);
}

TEST_P(PromiseTest, ThePropertiesThatAreNamedExist) {
  for (const char* name :
       {"leveldb.stats", "leveldb.approximate-memory-usage",
        "dynamodown.supports", "dynamodown.requests", "dynamodown.retries",
        "dynamodown.read-units", "dynamodown.write-units"}) {
    std::string value;
    EXPECT_TRUE(db()->GetProperty(name, &value)) << name;
  }
}

// ---- Comparators ------------------------------------------------------------

class ReverseKeysOnlyTest : public DatabaseTest {};
CONTRACT_SUITE(ReverseKeysOnlyTest, can.database&& can.any_comparator);

TEST_P(ReverseKeysOnlyTest, KeysOnlyFollowsTheComparator) {
  class Reverse final : public leveldb::Comparator {
    int Compare(const leveldb::Slice& a,
                const leveldb::Slice& b) const override {
      return b.compare(a);
    }
    const char* Name() const override { return "reverse"; }
    void FindShortestSeparator(std::string*,
                               const leveldb::Slice&) const override {}
    void FindShortSuccessor(std::string*) const override {}
  };
  const Reverse reverse;
  dynamodown::Options options = engine().options();
  options.comparator = &reverse;
  OpenStore store;
  ASSERT_TRUE(engine().Open(options, engine().NewLocation(), &store).ok());
  for (const char* key : {"", "a", "b"}) {
    ASSERT_TRUE(store.db->Put({}, key, "v").ok());
  }
  dynamodown::Bounds bounds;
  bounds.keys_only = true;
  const std::unique_ptr<leveldb::Iterator> it(
      store.database->NewIterator(dynamodown::ReadOptions(), bounds));
  EXPECT_EQ(Forward(it.get()), (Entries{{"b", ""}, {"a", ""}, {"", ""}}));
  EXPECT_EQ(Backward(it.get()), (Entries{{"", ""}, {"a", ""}, {"b", ""}}));
}

}  // namespace
}  // namespace dynamodown_test

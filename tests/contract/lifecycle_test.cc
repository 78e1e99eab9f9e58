// Tests of opening, closing, destroying; two stores; many threads; properties.

#include <thread>

#include "contract/contract.h"
#include "dynamodown/status.h"
#include "leveldb/comparator.h"

namespace dynamodown_test {
namespace {

using dynamodown::KindOf;
using dynamodown::StatusKind;
using ::testing::AnyOf;

class LifecycleTest : public ContractTest {
 protected:
  /// Opens another store, or the same one again.
  leveldb::Status Open(const dynamodown::Options& options,
                       const std::string& location, OpenStore* store) {
    return engine().Open(options, location, store);
  }
  OpenStore OpenOr(const std::string& location) {
    OpenStore store;
    const leveldb::Status status = Open(engine().options(), location, &store);
    EXPECT_TRUE(status.ok()) << status.ToString();
    return store;
  }
  static Entries Contents(leveldb::DB* db) {
    return Forward(std::unique_ptr<leveldb::Iterator>(
                       db->NewIterator(leveldb::ReadOptions()))
                       .get());
  }
};
CONTRACT_SUITE(LifecycleTest, true);

TEST_P(LifecycleTest, AStoreKeepsItsDataWhenItIsReopened) {
  const Map expected = {
      {"", "empty key"}, {"a", "text"}, {"b", "\xff\xfe"}, {"c", ""}};
  Fill(expected);
  Reopen();
  ExpectContents(expected);
  ASSERT_TRUE(Delete("a").ok());
  Reopen();
  EXPECT_EQ(Get("a"), std::nullopt);
  EXPECT_EQ(Get("c"), "");
}

TEST_P(LifecycleTest, ANewStoreIsEmptyAndStaysThereWhenReopened) {
  ExpectContents({});
  Close();
  dynamodown::Options options = engine().options();
  options.create_if_missing = false;
  OpenStore store;
  const leveldb::Status status = Open(options, location(), &store);
  EXPECT_TRUE(status.ok()) << status.ToString();
}

TEST_P(LifecycleTest, AMissingStoreIsNotOpenedUnasked) {
  dynamodown::Options options = engine().options();
  options.create_if_missing = false;
  const std::string missing = engine().NewLocation();
  for (int i = 0; i < 2; ++i) {
    OpenStore store;
    const leveldb::Status status = Open(options, missing, &store);
    EXPECT_TRUE(status.IsInvalidArgument()) << status.ToString();
    EXPECT_EQ(KindOf(status), StatusKind::kInvalidArgument);
    EXPECT_THAT(status.ToString(), HasSubstr("does not exist"));
    EXPECT_THAT(status.ToString(), HasSubstr("create_if_missing"));
    EXPECT_EQ(store.db, nullptr);
  }
}

TEST_P(LifecycleTest, AStoreThatExistsIsNotOpenedAsANewOne) {
  ASSERT_TRUE(Put("k", "v").ok());
  Close();
  dynamodown::Options options = engine().options();
  options.error_if_exists = true;
  OpenStore store;
  const leveldb::Status status = Open(options, location(), &store);
  EXPECT_TRUE(status.IsInvalidArgument()) << status.ToString();
  EXPECT_THAT(status.ToString(), HasSubstr("exists"));
  EXPECT_THAT(status.ToString(), HasSubstr("error_if_exists"));
  EXPECT_EQ(store.db, nullptr);
  const leveldb::Status fresh = Open(options, engine().NewLocation(), &store);
  EXPECT_TRUE(fresh.ok()) << fresh.ToString();
}

TEST_P(LifecycleTest, TwoStoresDoNotSeeEachOther) {
  OpenStore other = OpenOr(engine().NewLocation());
  ASSERT_TRUE(Put("k", "mine").ok());
  ASSERT_TRUE(Put("only mine", "1").ok());
  ASSERT_TRUE(other.db->Put(leveldb::WriteOptions(), "k", "other's").ok());
  ExpectContents({{"k", "mine"}, {"only mine", "1"}});
  EXPECT_EQ(Contents(other.db.get()), (Entries{{"k", "other's"}}));
  ASSERT_TRUE(Delete("k").ok());
  EXPECT_EQ(Contents(other.db.get()), (Entries{{"k", "other's"}}));
}

TEST_P(LifecycleTest, DestroyRemovesOnlyThisStore) {
  const std::string beside = engine().NewLocation();
  {
    OpenStore other = OpenOr(beside);
    ASSERT_TRUE(other.db->Put(leveldb::WriteOptions(), "k", "stays").ok());
  }
  Map many;
  for (int i = 0; i < 130; ++i) many["key" + std::to_string(i)] = "goes";
  Fill(many);
  Close();
  const leveldb::Status status = engine().Destroy(location());
  ASSERT_TRUE(status.ok()) << status.ToString();

  dynamodown::Options options = engine().options();
  options.create_if_missing = false;
  OpenStore gone;
  EXPECT_TRUE(Open(options, location(), &gone).IsInvalidArgument());
  OpenStore other = OpenOr(beside);
  EXPECT_EQ(Contents(other.db.get()), (Entries{{"k", "stays"}}));
}

TEST_P(LifecycleTest, ADestroyedStoreComesBackEmpty) {
  ASSERT_TRUE(Put("k", "v").ok());
  Close();
  ASSERT_TRUE(engine().Destroy(location()).ok());
  Reopen();
  ExpectContents({});
  ASSERT_TRUE(Put("k", "again").ok());
  ExpectContents({{"k", "again"}});
}

TEST_P(LifecycleTest, DestroyOfAMissingStoreIsOk) {
  const std::string missing = engine().NewLocation();
  EXPECT_TRUE(engine().Destroy(missing).ok());
  EXPECT_TRUE(engine().Destroy(missing).ok());
}

TEST_P(LifecycleTest, AllCallsAreSafeFromManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kKeys = 25;
  std::vector<std::thread> threads;
  std::vector<std::string> failures(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([this, t, &failures] {
      for (int i = 0; i < kKeys; ++i) {
        const std::string key = std::to_string(t) + "/" + std::to_string(i);
        std::string value;
        leveldb::WriteBatch batch;
        batch.Put(key, "batch");
        batch.Put(key + "/b", "batch");
        leveldb::Status status = Put(key, "put");
        if (status.ok()) status = Write(&batch);
        if (status.ok()) status = Delete(key + "/b");
        if (status.ok()) {
          status = db()->Get(leveldb::ReadOptions(), key, &value);
        }
        const auto iterator = Iterate();
        iterator->Seek(key);
        if (!status.ok() || value != "batch" || !iterator->Valid() ||
            iterator->key() != key) {
          failures[static_cast<size_t>(t)] += " " + status.ToString();
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, std::vector<std::string>(kThreads));
  EXPECT_EQ(Forward(Iterate().get()).size(), size_t{kThreads * kKeys});
}

TEST_P(LifecycleTest, PropertiesAreKnownOrRefused) {
  std::string value;
  EXPECT_TRUE(db()->GetProperty("leveldb.stats", &value));
  EXPECT_FALSE(value.empty());
  EXPECT_TRUE(db()->GetProperty("leveldb.approximate-memory-usage", &value));
  for (const char* unknown : {"", "leveldb.", "leveldb.unknown", "unknown",
                              "dynamodown.", "dynamodown.unknown"}) {
    EXPECT_FALSE(db()->GetProperty(unknown, &value)) << unknown;
  }
}

TEST_P(LifecycleTest, CompactRangeChangesNothing) {
  const Map expected = {{"a", "1"}, {"b", "2"}, {"c", "3"}};
  Fill(expected);
  const leveldb::Slice begin("b");
  const leveldb::Slice end("c");
  db()->CompactRange(&begin, &end);
  db()->CompactRange(nullptr, &end);
  db()->CompactRange(nullptr, nullptr);
  ExpectContents(expected);
}

TEST_P(LifecycleTest, ApproximateSizesAreNotZeroWhereThereIsData) {
  Random random(40);
  Map entries;
  for (int i = 0; i < 100; ++i) {
    entries["key" + std::to_string(100 + i)] = random.Bytes(3000);
  }
  Fill(entries);
  db()->CompactRange(nullptr, nullptr);  // LevelDB measures only its files.
  const leveldb::Range ranges[] = {
      {"", "\xff"}, {"key100", "key150"}, {"x", "y"}, {"y", "x"}};
  uint64_t sizes[] = {7, 7, 7, 7};
  db()->GetApproximateSizes(ranges, 4, sizes);
  EXPECT_GT(sizes[0], 200000u);
  EXPECT_GT(sizes[1], 0u);
  EXPECT_LT(sizes[1], sizes[0]);
  EXPECT_EQ(sizes[2], 0u);
  EXPECT_EQ(sizes[3], 0u);
}

/// Orders keys in reverse.
class ReverseComparator : public leveldb::Comparator {
 public:
  int Compare(const leveldb::Slice& a, const leveldb::Slice& b) const override {
    return b.compare(a);
  }
  const char* Name() const override { return "test.Reverse"; }
  void FindShortestSeparator(std::string*,
                             const leveldb::Slice&) const override {}
  void FindShortSuccessor(std::string*) const override {}
};

class ComparatorTest : public LifecycleTest {};
CONTRACT_SUITE(ComparatorTest, can.any_comparator);

TEST_P(ComparatorTest, AnyComparatorOrdersTheKeys) {
  const ReverseComparator reverse;
  dynamodown::Options options = engine().options();
  options.comparator = &reverse;
  OpenStore store;
  ASSERT_TRUE(Open(options, engine().NewLocation(), &store).ok());
  for (const char* key : {"b", "c", "a"}) {
    ASSERT_TRUE(store.db->Put(leveldb::WriteOptions(), key, "").ok());
  }
  EXPECT_EQ(Contents(store.db.get()),
            (Entries{{"c", ""}, {"b", ""}, {"a", ""}}));
  store.db.reset();
}

class NoComparatorTest : public LifecycleTest {};
CONTRACT_SUITE(NoComparatorTest, !can.any_comparator);

TEST_P(NoComparatorTest, AnotherComparatorIsNotSupportedInWords) {
  const ReverseComparator reverse;
  dynamodown::Options options = engine().options();
  options.comparator = &reverse;
  OpenStore store;
  const leveldb::Status status = Open(options, location(), &store);
  EXPECT_TRUE(status.IsNotSupportedError()) << status.ToString();
  EXPECT_THAT(status.ToString(), HasSubstr("comparator"));
  EXPECT_THAT(status.ToString(), HasSubstr("test.Reverse"));
  EXPECT_EQ(store.db, nullptr);
}

class LockTest : public LifecycleTest {};
CONTRACT_SUITE(LockTest, can.exclusive_lock);

TEST_P(LockTest, AStoreThatIsOpenIsNotOpenedAgain) {
  OpenStore store;
  const leveldb::Status status = Open(engine().options(), location(), &store);
  EXPECT_TRUE(status.IsIOError()) << status.ToString();
  EXPECT_THAT(status.ToString(), HasSubstr("lock"));
  EXPECT_EQ(store.db, nullptr);
}

class SharedTest : public LifecycleTest {};
CONTRACT_SUITE(SharedTest, !can.exclusive_lock);

TEST_P(SharedTest, WhatOneHandleWritesAnotherReads) {
  OpenStore other = OpenOr(location());
  ASSERT_TRUE(Put("mine", "1").ok());
  ASSERT_TRUE(other.db->Put(leveldb::WriteOptions(), "other's", "2").ok());
  const Map expected = {{"mine", "1"}, {"other's", "2"}};
  EXPECT_EQ(Contents(other.db.get()), EntriesOf(expected));
  ExpectContents(expected);
}

class RemoteTest : public LifecycleTest {
 protected:
  /// Returns the location of a table that no test has made.
  std::string NewTable() {
    std::string hash = engine().NewLocation();
    return "contract-" + hash.substr(hash.find('/') + 1);
  }
};
CONTRACT_SUITE(RemoteTest, can.remote);

TEST_P(RemoteTest, AMissingTableIsNotCreatedUnasked) {
  dynamodown::Options options = engine().options();
  options.create_if_missing = false;
  const std::string table = NewTable();
  for (const char* hash : {"", "/hash"}) {
    OpenStore store;
    const leveldb::Status status = Open(options, table + hash, &store);
    EXPECT_TRUE(status.IsInvalidArgument()) << status.ToString();
    EXPECT_THAT(status.ToString(), HasSubstr("does not exist"));
    EXPECT_THAT(status.ToString(), HasSubstr(table));
  }
}

TEST_P(RemoteTest, ATableOfItsOwnIsMadeAndDroppedOnRequest) {
  const std::string table = NewTable();
  OpenStore store;
  leveldb::Status status = Open(engine().options(), table, &store);
  ASSERT_TRUE(status.ok()) << status.ToString();
  ASSERT_TRUE(store.db->Put(leveldb::WriteOptions(), "k", "v").ok());
  store = OpenStore();
  OpenStore named = OpenOr(table + "/!");  // The default store's name.
  EXPECT_EQ(Contents(named.db.get()), (Entries{{"k", "v"}}));
  named = OpenStore();
  dynamodown::DestroyOptions destroy;
  destroy.drop_table = true;
  status = dynamodown::Destroy(engine().options(), table, destroy);
  EXPECT_TRUE(status.ok()) << status.ToString();
  dynamodown::Options options = engine().options();
  options.create_if_missing = false;
  // DynamoDB takes a while to delete a table.
  status = Open(options, table, &store);
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(status.ToString(), AnyOf(HasSubstr("does not exist"),
                                       HasSubstr("is being deleted")));
}

TEST_P(RemoteTest, HashNamesOfAnyTextAreStoresOfTheirOwn) {
  const std::string table = location().substr(0, location().find('/') + 1);
  const std::string run = location().substr(table.size());
  std::vector<std::string> names = {run + "/a",
                                    run + "/a/b",
                                    run + " with spaces",
                                    run + "\"\\\n",
                                    run + "\xc3\xa9\xf0\x9f\x98\x80",
                                    run + std::string(1500, 'n')};
  for (const std::string& name : names) {
    OpenStore store = OpenOr(table + name);
    ASSERT_NE(store.db, nullptr) << Shown(name);
    ASSERT_TRUE(store.db->Put(leveldb::WriteOptions(), "k", name).ok());
  }
  for (const std::string& name : names) {
    OpenStore store = OpenOr(table + name);
    EXPECT_EQ(Contents(store.db.get()), (Entries{{"k", name}}));
  }
}

TEST_P(RemoteTest, TheAuxiliaryHashKeyIsNotAStore) {
  OpenStore store;
  const leveldb::Status status =
      Open(engine().options(), location() + "/.dynamodown", &store);
  EXPECT_TRUE(status.IsInvalidArgument()) << status.ToString();
}

}  // namespace
}  // namespace dynamodown_test

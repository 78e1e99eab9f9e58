#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "dyno/dyno_test_world.h"
#include "leveldb/db.h"
#include "leveldb/env.h"
#include "support/temp_dir.h"

namespace dyno {
namespace {

using leveldb::Slice;
using leveldb::Status;

class LevelDbBackendTest : public testing::Test {
 protected:
  void SetUp() override {
    leveldb::Options options;
    options.create_if_missing = true;
    leveldb::DB* db = nullptr;
    DYNO_OK(leveldb::DB::Open(options, folder_.Child("db"), &db));
    db_.reset(db);
    backend_.reset(NewLevelDbBackend(db));
  }
  std::string Range(const Slice& start, const Slice& limit) {
    std::string found;
    const Status status = backend_->Range(RangeOptions(), start, limit,
                                          [&](const Slice& key, const Slice&) {
                                            found += key.ToString() + " ";
                                            return true;
                                          });
    return status.ok() ? found : status.ToString();
  }
  bool WriteIf(leveldb::WriteBatch batch,
               const std::vector<Condition>& conditions) {
    bool met = false;
    const Status status = backend_->WriteIf(&batch, conditions, false, &met);
    EXPECT_TRUE(status.ok()) << status.ToString();
    return met;
  }

  dynamodown_test::TempDir folder_;
  std::unique_ptr<leveldb::DB> db_;
  std::unique_ptr<Backend> backend_;
};

TEST_F(LevelDbBackendTest, RangesAreHalfOpenAndEndWhenTheVisitorDoes) {
  leveldb::WriteBatch batch;
  for (const char* key : {"a", "b", "c", "d"}) batch.Put(key, "");
  DYNO_OK(backend_->Write(&batch, false));
  EXPECT_EQ(Range("b", "d"), "b c ");
  EXPECT_EQ(Range("", ""), "a b c d ");
  EXPECT_EQ(Range("c", ""), "c d ");
  EXPECT_EQ(Range("d", "a"), "");
  int visited = 0;
  DYNO_OK(backend_->Range(RangeOptions(), "", "",
                          [&](auto&, auto&) { return ++visited < 2; }));
  EXPECT_EQ(visited, 2);
  EXPECT_FALSE(backend_->shared());
}

TEST_F(LevelDbBackendTest, ConditionsHoldOrNothingIsWritten) {
  leveldb::WriteBatch batch;
  batch.Put("a", "1");
  EXPECT_TRUE(WriteIf(batch, {Condition::Absent("a")}));
  EXPECT_FALSE(WriteIf(batch, {Condition::Absent("a")}));
  leveldb::WriteBatch both;
  both.Put("b", "1");
  both.Delete("a");
  EXPECT_FALSE(
      WriteIf(both, {Condition::Present("a"), Condition::Present("c")}));
  EXPECT_FALSE(WriteIf(both, {Condition::Equals("a", "2")}));
  EXPECT_FALSE(WriteIf(both, {Condition::Equals("c", "")}));
  EXPECT_EQ(Range("", ""), "a ");
  EXPECT_TRUE(
      WriteIf(both, {Condition::Equals("a", "1"), Condition::Absent("c")}));
  EXPECT_EQ(Range("", ""), "b ");
}

TEST_F(LevelDbBackendTest, OfManyWithOneConditionOneWins) {
  std::atomic<int> won{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int turn = 0; turn < 200; ++turn) {
        const std::string key = "key" + std::to_string(turn);
        leveldb::WriteBatch batch;
        batch.Put(key, "");
        won += WriteIf(batch, {Condition::Absent(key)});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 200);
}

TEST_F(LevelDbBackendTest, AStoreOnADbOfItsOwnNeedsNoMore) {
  Store* opened = nullptr;
  DYNO_OK(Open(Options(), db_.get(), &opened));
  std::unique_ptr<Store> store(opened);
  DYNO_OK(store->PutItem({}, "kim", R"({"a":1})"));
  const std::string replica = store->replica();
  EXPECT_EQ(replica.size(), 12u);
  EXPECT_EQ(JsonOf(store.get(), "kim"), R"({"a":1})");
  store.reset();

  DYNO_OK(Open(Options(), backend_.get(), &opened));
  store.reset(opened);
  EXPECT_EQ(store->replica(), replica);
  EXPECT_EQ(JsonOf(store.get(), "kim"), R"({"a":1})");
}

TEST_F(LevelDbBackendTest, ManyThreadsWriteOneItem) {
  Store* opened = nullptr;
  DYNO_OK(Open(Options(), db_.get(), &opened));
  const std::unique_ptr<Store> store(opened);
  std::vector<std::thread> threads;
  std::atomic<int> failures{0};
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int turn = 0; turn < 200; ++turn) {
        failures += !store->IncAttrs({}, "kim", R"({"n":1})").ok();
        Item item;
        failures += turn % 20 == i && !store->GetItem("kim", &item).ok();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(JsonOf(store.get(), "kim"), R"({"n":800})");
  DYNO_OK(store->Flatten("kim", FlattenOptions()));
  EXPECT_EQ(JsonOf(store.get(), "kim"), R"({"n":800})");
}

}  // namespace
}  // namespace dyno

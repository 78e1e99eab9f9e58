#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "dyno/dyno_test_environment.h"
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
    const WriteResult result = backend_->WriteIf(&batch, conditions, false);
    EXPECT_TRUE(result.ok()) << result.status.ToString();
    return result.is_written();
  }

  dynamodown_test::TempDir folder_;
  std::unique_ptr<leveldb::DB> db_;
  std::unique_ptr<Backend> backend_;
};

TEST_F(LevelDbBackendTest, RangesAreHalfOpenAndEndWhenTheVisitorReturnsFalse) {
  leveldb::WriteBatch batch;
  for (const char* key : {"a", "b", "c", "d"}) batch.Put(key, "");
  DYNO_OK(backend_->Write(&batch, false).status);
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

/// Blocks of 1 KiB, the smallest that LevelDB has. So each item of these tests
/// takes several blocks.
leveldb::Options SmallBlocks() {
  leveldb::Options options;
  options.create_if_missing = true;
  options.compression = leveldb::kNoCompression;
  options.block_size = 1024;
  return options;
}

std::unique_ptr<leveldb::DB> OpenDb(const leveldb::Options& options,
                                    const std::string& path) {
  leveldb::DB* db = nullptr;
  const Status opened = leveldb::DB::Open(options, path, &db);
  EXPECT_TRUE(opened.ok()) << opened.ToString();
  return std::unique_ptr<leveldb::DB>(db);
}

std::unique_ptr<Store> OpenStore(leveldb::DB* db) {
  Store* store = nullptr;
  const Status opened = Open(Options(), db, &store);
  EXPECT_TRUE(opened.ok()) << opened.ToString();
  return std::unique_ptr<Store>(store);
}

/// Makes items of 100 changes each. Returns the JSON of each item, by name.
std::map<std::string, std::string> FillItems(Store* store) {
  std::map<std::string, std::string> items;
  for (const std::string name : {"#", "a", "b", "c", "d"}) {
    for (int i = 0; i < 100; ++i) {
      const std::string change =
          "{\"" + name + std::to_string(i) + "\":" + std::to_string(i) + "}";
      EXPECT_TRUE(store->PutAttrs({}, name, change).ok());
    }
    items[name] = JsonOf(store, name);
  }
  return items;
}

/// Changes the first byte of each text in the database's tables. Returns the
/// number of texts found.
int Damage(const std::string& path, const std::vector<std::string>& texts) {
  int damaged = 0;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    if (entry.path().extension() != ".ldb") continue;
    std::fstream file(entry.path(),
                      std::ios::in | std::ios::out | std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(file)),
                      std::istreambuf_iterator<char>());
    for (const std::string& text : texts) {
      const size_t at = bytes.find(text);
      if (at == std::string::npos) continue;
      file.clear();
      file.seekp(static_cast<std::streamoff>(at));
      file.put('!');
      ++damaged;
    }
  }
  return damaged;
}

TEST_F(LevelDbBackendTest, ADamagedBlockHidesItsItemAndNoOther) {
  const std::string path = folder_.Child("damaged");
  auto db = OpenDb(SmallBlocks(), path);
  auto store = OpenStore(db.get());
  std::map<std::string, std::string> whole = FillItems(store.get());
  DYNO_OK(store->Close());
  store.reset();
  db->CompactRange(nullptr, nullptr);
  db.reset();
  ASSERT_EQ(Damage(path, {"{\"a50\"", "{\"c50\""}), 2);

  db = OpenDb(SmallBlocks(), path);
  store = OpenStore(db.get());
  std::map<std::string, std::string> shown;
  const Status status = store->Query(QueryOptions(), [&](const Item& item) {
    shown[item.name] = item.json;
    return true;
  });
  EXPECT_TRUE(status.IsCorruption()) << status.ToString();
  for (const char* name : {"a", "c"}) {
    Item item;
    EXPECT_TRUE(store->GetItem(name, &item).IsCorruption()) << name;
    EXPECT_EQ(shown.count(name), 0u) << name;
    whole.erase(name);
  }
  EXPECT_EQ(shown, whole);
}

TEST_F(LevelDbBackendTest, OneOfManyWritersWithTheSameConditionWins) {
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

TEST_F(LevelDbBackendTest, AStoreOpensOnADbOrOnABackend) {
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

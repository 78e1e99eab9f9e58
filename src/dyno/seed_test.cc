// level-dyno's example on an embedded LevelDB, byte for byte, except for the
// two mistakes that docs/dyno.md describes. The tests call level-dyno the seed.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "dyno/dyno_test_environment.h"
#include "leveldb/db.h"
#include "support/temp_dir.h"

namespace dyno {
namespace {

std::map<std::string, std::string> RecordsOf(leveldb::DB* db) {
  std::map<std::string, std::string> records;
  const std::unique_ptr<leveldb::Iterator> it(
      db->NewIterator(leveldb::ReadOptions()));
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    if (it->key().starts_with("%dyno/")) continue;
    records[it->key().ToString()] = it->value().ToString();
  }
  EXPECT_TRUE(it->status().ok());
  return records;
}

class SeedTest : public testing::Test {
 protected:
  void SetUp() override {
    leveldb::Options options;
    options.create_if_missing = true;
    leveldb::DB* db = nullptr;
    DYNO_OK(leveldb::DB::Open(options, folder_.Child("users"), &db));
    db_.reset(db);
    backend_.reset(NewLevelDbBackend(db));
  }

  std::unique_ptr<Store> Open() {
    Store* store = nullptr;
    const leveldb::Status status =
        OpenWithEnvironment(DynoTestEnvironment::SeedOptions(), backend_.get(),
                            environment_.injected(), nullptr, &store);
    EXPECT_TRUE(status.ok()) << status.ToString();
    return std::unique_ptr<Store>(store);
  }

  void WriteExample(Store* store) {
    DYNO_OK(store->PutItem(
        {}, "chilts", R"({ "nick" : "chilts", "email" : "me@example.com" })"));
    DYNO_OK(store->DelAttrs({}, "chilts", {"email"}));
    DYNO_OK(store->PutAttrs({}, "chilts", R"({ "name" : "Andy Chilton" })"));
  }

  dynamodown_test::TempDir folder_;
  DynoTestEnvironment environment_;
  std::unique_ptr<leveldb::DB> db_;
  std::unique_ptr<Backend> backend_;
};

TEST_F(SeedTest, RecordsAreTheSeedsByteForByte) {
  const std::unique_ptr<Store> store = Open();
  WriteExample(store.get());
  const std::map<std::string, std::string> expected = {
      {"chilts/013d58c7276e-0000-188c-786ae2e1f629/putItem",
       R"({"nick":"chilts","email":"me@example.com"})"},
      {"chilts/013d58c7276e-0001-188c-786ae2e1f629/delAttrs", R"(["email"])"},
      {"chilts/013d58c7276e-0002-188c-786ae2e1f629/putAttrs",
       R"({"name":"Andy Chilton"})"}};
  EXPECT_EQ(RecordsOf(db_.get()), expected);
  Item item;
  DYNO_OK(store->GetItem("chilts", &item));
  EXPECT_EQ(item.json, R"({"nick":"chilts","name":"Andy Chilton"})");
  EXPECT_EQ(item.timestamp, "013d58c7276e-0002-188c-786ae2e1f629");
  EXPECT_EQ(item.changes, 3u);
  EXPECT_EQ(item.records, 3u);
}

TEST_F(SeedTest, ASecondProgramFlattensWhatTheFirstOneWrote) {
  {
    const std::unique_ptr<Store> store = Open();
    WriteExample(store.get());
  }
  const std::unique_ptr<Store> store = Open();
  Item before;
  DYNO_OK(store->GetItem("chilts", &before));
  FlattenOptions options;
  options.timestamp = before.timestamp;
  FlattenResult result;
  DYNO_OK(store->Flatten("chilts", options, &result));
  EXPECT_EQ(result.folded, 3u);
  EXPECT_EQ(result.timestamp, before.timestamp);

  // The base has the timestamp of the last operation that was folded, and it
  // has each attribute once.
  const std::map<std::string, std::string> expected = {
      {"chilts/013d58c7276e-0002-188c-786ae2e1f629/putItem",
       R"({"nick":"chilts","name":"Andy Chilton"})"},
      {"chilts/013d58c7276e-0002-188c-786ae2e1f629/~base",
       R"({"n":3,"h":")" + before.hash + R"(","seen":{},"done":[]})"}};
  EXPECT_EQ(RecordsOf(db_.get()), expected);
  Item after;
  DYNO_OK(store->GetItem("chilts", &after));
  EXPECT_EQ(after.json, before.json);
  EXPECT_EQ(after.timestamp, before.timestamp);
  EXPECT_EQ(after.changes, 3u);
  EXPECT_EQ(after.hash, before.hash);
}

TEST_F(SeedTest, TheNextProgramsTimestampsBeginRightAfterTheLast) {
  {
    const std::unique_ptr<Store> store = Open();
    WriteExample(store.get());
  }
  std::string timestamp;
  DYNO_OK(Open()->DelItem({}, "chilts", &timestamp));
  EXPECT_EQ(timestamp, "013d58c7276e-0003-188c-786ae2e1f629");
}

}  // namespace
}  // namespace dyno

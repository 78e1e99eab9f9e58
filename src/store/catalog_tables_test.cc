// Tests how Open creates a table and waits for it, and which tables cannot hold
// a store.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "leveldb/write_batch.h"
#include "store/catalog_test_fixture.h"

namespace dynamodown_test {
namespace {

using dynamodown::Database;
using dynamodown::KeyType;
using dynamodown::KindOf;
using dynamodown::StatusKind;
using dynamodown::StoreInfo;
using leveldb::Status;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(CatalogTest, ANewTableIsOnDemandUnlessCapacityIsGiven) {
  Info("table/hash");
  EXPECT_EQ(world_.Bodies("CreateTable")[0].at("BillingMode"),
            "PAY_PER_REQUEST");
}

TEST_F(CatalogTest, ATableIsCreatedWithTheNamesAndTypesThatAreGiven) {
  world_.options.table.hash_key = "id";
  world_.options.table.range_key = "sort";
  world_.options.table.hash_key_type = KeyType::kBinary;
  world_.options.table.key_type = KeyType::kString;
  world_.options.table.value_attribute = "data";
  Info("table/hash");
  world_.options.table = {};
  world_.options.table.value_attribute = "data";
  const StoreInfo info = Info("table/hash");
  EXPECT_EQ(info.hash_key, "id");
  EXPECT_EQ(info.hash_key_type, "B");
  EXPECT_EQ(info.range_key, "sort");
  EXPECT_EQ(info.range_key_type, "S");
}

TEST_F(CatalogTest, ATableOfOddNamesAndTypesHoldsAStore) {
  // Reserved words, and characters that have a meaning in expressions.
  world_.MakeTable("table", {"#hash :key", "B", "value", "S"});
  world_.options.table.value_attribute = "size.of[0] \"x\"";
  const std::unique_ptr<Database> db = world_.Open("table/hash");
  ASSERT_NE(db, nullptr);
  EXPECT_EQ(db->GetInfo().hash_key, "#hash :key");
  leveldb::WriteBatch batch;
  batch.Put("a", "1");
  batch.Put("", "\xff");
  ASSERT_TRUE(db->Write(leveldb::WriteOptions(), &batch).ok());
  ASSERT_TRUE(db->Put(leveldb::WriteOptions(), "b", "2").ok());
  std::string found;
  ASSERT_TRUE(db->Get(leveldb::ReadOptions(), "", &found).ok());
  EXPECT_EQ(found, "\xff");
  std::string keys;
  const std::unique_ptr<leveldb::Iterator> i(
      db->NewIterator(leveldb::ReadOptions()));
  for (i->SeekToFirst(); i->Valid(); i->Next()) {
    keys += "[" + i->key().ToString() + "]";
  }
  EXPECT_EQ(keys, "[][a][b]");
  leveldb::WriteBatch more;
  more.Delete("a");
  EXPECT_TRUE(db->WriteIf(leveldb::WriteOptions(), &more,
                          {dynamodown::Condition::Equals("b", "2")})
                  .ok());
}

TEST_F(CatalogTest, ATableThatCannotHoldAStoreIsRefusedWithTheReason) {
  world_.MakeTable("hash-only", {"hkey", "S", "", ""});
  world_.MakeTable("number-hash", {"h", "N", "r", "B"});
  world_.MakeTable("number-range", {"h", "S", "r", "N"});
  const auto refused = [&](const std::string& location) {
    const Status status = world_.TryOpen(location);
    EXPECT_EQ(KindOf(status), StatusKind::kInvalidArgument);
    return status.ToString();
  };
  EXPECT_EQ(refused("hash-only/x"),
            "Invalid argument: table \"hash-only\" has no range key, so it "
            "cannot hold an ordered store; use a table with a hash key and a "
            "range key");
  EXPECT_EQ(refused("number-hash/x"),
            "Invalid argument: table \"number-hash\": its hash key h is of "
            "type N; a store needs S or B");
  EXPECT_EQ(refused("number-range/x"),
            "Invalid argument: table \"number-range\": its range key r is of "
            "type N; a store needs S or B");
  EXPECT_EQ(Count("DescribeTable"), 3u);
  EXPECT_EQ(Count(""), 3u);
}

TEST_F(CatalogTest, AValueAttributeThatIsAKeyIsRefused) {
  world_.MakeTable("table", {"id", "S", "value", "B"});
  const Status status = world_.TryOpen("table/x");
  EXPECT_EQ(KindOf(status), StatusKind::kInvalidArgument);
  EXPECT_THAT(status.ToString(),
              HasSubstr("set Options::table.value_attribute to another "
                        "name"));
  // A new table with these names could not hold a store. So the error comes
  // before CreateTable.
  world_.options.table.value_attribute = "rkey";
  EXPECT_EQ(KindOf(world_.TryOpen("other/x")), StatusKind::kInvalidArgument);
  EXPECT_EQ(Count("CreateTable"), 0u);
}

TEST_F(CatalogTest, CreationIsWaitedFor) {
  world_.dynamo.set_table_ready_after(4);
  EXPECT_NE(world_.Open("table/hash"), nullptr);
  EXPECT_EQ(Count("DescribeTable"), 6u);
  EXPECT_EQ(Elapsed(), milliseconds(50 + 100 + 200 + 400));
}

TEST_F(CatalogTest, ATableThatOthersAreCreatingIsWaitedFor) {
  world_.dynamo.set_table_ready_after(3);
  world_.MakeTable("table");
  EXPECT_NE(world_.Open("table/hash"), nullptr);
  EXPECT_EQ(Count("CreateTable"), 0u);
}

TEST_F(CatalogTest, WaitingForATableEndsAtCreateTimeout) {
  world_.dynamo.set_table_ready_after(1'000'000);
  world_.options.table.create_timeout = milliseconds(10'000);
  const Status status = world_.TryOpen("table/hash");
  EXPECT_EQ(KindOf(status), StatusKind::kTimeout);
  EXPECT_EQ(status.ToString(),
            "IO error: timeout: table \"table\" is still CREATING after 10000 "
            "ms; open the store again later, or raise "
            "Options::table.create_timeout");
  EXPECT_GT(Elapsed(), milliseconds(8000));
  EXPECT_LE(Elapsed(), milliseconds(10'000));
}

TEST_F(CatalogTest, ACreateTableWhoseAnswerWasLostIsNoFailure) {
  world_.dynamo.LoseAnswersNext("CreateTable", 1);
  EXPECT_NE(world_.Open("table/hash"), nullptr);
  EXPECT_EQ(Count("CreateTable"), 2u);
}

TEST_F(CatalogTest, IfTheKeyNamesAreSetDescribeTableIsNotSent) {
  Info("table/hash");
  world_.options.table.hash_key = "hkey";
  world_.options.table.range_key = "rkey";
  world_.dynamo.Clear();
  EXPECT_FALSE(Info("table/hash").foreign);
  EXPECT_THAT(Operations(), ElementsAre("GetItem"));
  PutForeign("table", "foreign", "k");
  world_.dynamo.Clear();
  EXPECT_TRUE(Info("table/foreign").foreign);
  EXPECT_THAT(Operations(), ElementsAre("GetItem", "Query"));
  world_.dynamo.Clear();
  EXPECT_FALSE(Info("table/new").foreign);
  EXPECT_THAT(Operations(), ElementsAre("GetItem", "Query", "PutItem"));
}

TEST_F(CatalogTest, IfTheKeyNamesAreSetAMissingTableIsStillDetected) {
  world_.options.table.hash_key = "id";
  world_.options.table.range_key = "sort";
  world_.options.create_if_missing = false;
  const Status status = world_.TryOpen("table/hash");
  EXPECT_EQ(KindOf(status), StatusKind::kInvalidArgument);
  EXPECT_THAT(status.ToString(), HasSubstr("the table does not exist"));
  EXPECT_THAT(Operations(), ElementsAre("GetItem"));
  world_.options.create_if_missing = true;
  EXPECT_EQ(Info("table/hash").range_key, "sort");
}

}  // namespace
}  // namespace dynamodown_test

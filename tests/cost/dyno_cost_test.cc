// Tests of the requests and units of dyno's calls on a DynamoDOWN store,
// counted on the fake.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "dynamodown/dyno.h"
#include "support/fake_environment.h"

namespace dynamodown_test {
namespace {

using leveldb::Status;

using Requests = std::map<std::string, size_t>;

class DynoCostTest : public testing::Test {
 protected:
  void SetUp() override {
    Reopen();
    // A writer's first write takes its slot.
    Ok(items_->PutItem({}, "first", "{}"));
    Clear();
  }

  void Open() {
    db_ = world_.Open("table/s");
    dyno::Store* opened = nullptr;
    Ok(dyno::Open(dyno::Options(), db_.get(), &opened));
    items_.reset(opened);
  }
  void Close() {
    items_.reset();
    db_.reset();
  }
  /// The new handle knows nothing about the sizes of the items.
  void Reopen() {
    Close();
    Open();
    Clear();
  }
  void Clear() {
    world_.scheduler.RunAll();
    world_.dynamo.Clear();
  }
  static void Ok(const Status& status) {
    ASSERT_TRUE(status.ok()) << status.ToString();
  }
  /// Compares everything since the last Clear, and counts anew.
  void ExpectCost(const Requests& requests, double read_units,
                  double write_units) {
    world_.scheduler.RunAll();
    Requests counted;
    for (const auto& seen : world_.dynamo.seen()) ++counted[seen.operation];
    EXPECT_EQ(counted, requests);
    EXPECT_EQ(world_.dynamo.read_units(), read_units);
    EXPECT_EQ(world_.dynamo.write_units(), write_units);
    Clear();
  }
  dyno::Item Get(const std::string& name) {
    dyno::Item item;
    const Status status = items_->GetItem(name, &item);
    EXPECT_TRUE(status.ok()) << status.ToString();
    return item;
  }

  FakeEnvironment world_;
  std::unique_ptr<dynamodown::Database> db_;
  std::unique_ptr<dyno::Store> items_;
};

TEST_F(DynoCostTest, AnOperationIsOnePutItemOfOneUnit) {
  Ok(items_->PutItem({}, "chilts", R"({"nick":"chilts"})"));
  ExpectCost({{"PutItem", 1}}, 0, 1);
  Ok(items_->IncAttrs({}, "chilts", R"({"logins":1})"));
  ExpectCost({{"PutItem", 1}}, 0, 1);
  Ok(items_->DelItem({}, "chilts"));
  ExpectCost({{"PutItem", 1}}, 0, 1);
}

TEST_F(DynoCostTest, AWriterOfOneOperationIsFourUnitsOfEachKindMore) {
  Close();
  Clear();
  Open();
  Ok(items_->PutItem({}, "chilts", "{}"));
  Close();
  ExpectCost({{"DescribeTable", 1},
              {"GetItem", 1},
              {"Query", 3},
              {"TransactWriteItems", 2},
              {"PutItem", 1}},
             4, 4 + 1);
}

TEST_F(DynoCostTest, TheFirstOperationOfAStoreIsATransactionMore) {
  Close();
  Ok(world_.Destroy("table/s"));
  Open();  // Creates the store.
  Close();
  Clear();
  Open();
  Ok(items_->PutItem({}, "chilts", "{}"));
  Close();
  ExpectCost({{"DescribeTable", 1},
              {"GetItem", 1},
              {"Query", 3},
              {"TransactWriteItems", 3},
              {"PutItem", 1}},
             4, 4 + 1 + 2);
}

TEST_F(DynoCostTest, AnItemIsReadWithOneQueryHoweverManyRecordsItHas) {
  for (const int records : {1, 3, 50, 400}) {
    SCOPED_TRACE(records);
    const std::string name = "n" + std::to_string(records);
    for (int i = 0; i < records; ++i) {
      Ok(items_->IncAttrs({}, name, R"({"logins":1})"));
    }
    Ok(items_->PutItem({}, name + "/next", "{}"));
    Reopen();  // Even the first page must not be a guess.
    EXPECT_EQ(Get(name).changes, static_cast<uint64_t>(records));
    // Each record is less than 100 bytes.
    const double units = world_.dynamo.read_units();
    EXPECT_GE(units, 1);
    EXPECT_LE(units, records * 100.0 / 4096 + 1);
    ExpectCost({{"Query", 1}}, units, 0);
  }
}

TEST_F(DynoCostTest, AnItemThatIsNotThereIsOneQuery) {
  EXPECT_FALSE(Get("nobody").exists);
  ExpectCost({{"Query", 1}}, 1, 0);
}

TEST_F(DynoCostTest, AFlattenOfNIsAQueryOrTwoAndThreeNPlusTwelveUnits) {
  for (int i = 0; i < 10; ++i) {
    Ok(items_->PutAttrs({}, "chilts", R"({"nick":"chilts"})"));
  }
  Clear();
  dyno::FlattenResult result;
  Ok(items_->Flatten("chilts", {}, &result));
  EXPECT_EQ(result.folded, 10u);
  EXPECT_EQ(result.steps, 1u);
  ExpectCost({{"Query", 2}, {"TransactWriteItems", 3}, {"BatchWriteItem", 1}},
             2, 3 * 10 + 12);
  // With an earlier base of this hour, a flatten costs four units more, and one
  // or two for each KB of names of the folded operations.
  for (int i = 0; i < 10; ++i) {
    Ok(items_->PutAttrs({}, "chilts", R"({"nick":"chilts"})"));
  }
  Clear();
  Ok(items_->Flatten("chilts", {}, &result));
  ExpectCost({{"Query", 1}, {"TransactWriteItems", 3}, {"BatchWriteItem", 1}},
             1, 3 * 10 + 16 + 6);
  EXPECT_EQ(Get("chilts").records, 2u);
}

TEST_F(DynoCostTest, AFlattenOfManyIsSeveralTransactions) {
  for (int i = 0; i < 200; ++i) {
    Ok(items_->IncAttrs({}, "chilts", R"({"logins":1})"));
  }
  Clear();
  dyno::FlattenResult result;
  Ok(items_->Flatten("chilts", {}, &result));
  EXPECT_EQ(result.folded, 200u);
  EXPECT_EQ(world_.dynamo.count("TransactWriteItems"), 3 * result.steps);
  EXPECT_EQ(world_.dynamo.count("Query"), result.steps + 1);
  EXPECT_LE(result.steps, 3u);
  Clear();
  EXPECT_EQ(Get("chilts").json, R"({"logins":200})");
  ExpectCost({{"Query", 1}}, 1, 0);
}

TEST_F(DynoCostTest, AQueryOfManyItemsReadsFullPages) {
  for (int i = 0; i < 300; ++i) {
    Ok(items_->PutItem({}, "n" + std::to_string(i), R"({"a":1})"));
  }
  Reopen();
  uint64_t count = 0;
  Ok(items_->Count({}, &count));
  EXPECT_EQ(count, 301u);
  // dyno's own records split the store into two ranges; each is one page.
  EXPECT_EQ(world_.dynamo.count("Query"), 2u);
  EXPECT_EQ(world_.dynamo.count(""), 2u);
}

}  // namespace
}  // namespace dynamodown_test

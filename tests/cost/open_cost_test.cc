// Tests of the cost of opening, creating, listing, the doctor and a policy.

#include <memory>
#include <string>
#include <vector>

#include "cost/cost_fixture.h"
#include "db/open_environment.h"
#include "support/temp_dir.h"

namespace dynamodown_test {
namespace {

using dynamodown::Access;
using dynamodown::Stats;
using dynamodown::StoreSummary;

class OpenCostTest : public CostTest {
 protected:
  /// Without a table.
  void SetUp() override {}

  void GiveNames() {
    world_.options.table.hash_key = "hkey";
    world_.options.table.range_key = "rkey";
  }
  leveldb::Status Open() { return world_.TryOpen(kLocation); }
  void PutForeign(const std::string& hash, size_t value_bytes) {
    world_.PutItem("table", {{"hkey", S(hash)},
                             {"rkey", B("k")},
                             {"value", S(std::string(value_bytes, 'v'))}});
  }
};

TEST_F(OpenCostTest, AStoreThatExistsIsADescribeTableAndAGetItem) {
  Open();
  Clear();
  world_.options.create_if_missing = false;
  EXPECT_TRUE(Open().ok());
  ExpectCost({{"DescribeTable", 1}, {"GetItem", 1}}, 1, 0);
  GiveNames();
  EXPECT_TRUE(Open().ok());
  ExpectCost({{"GetItem", 1}}, 1, 0);
}

TEST_F(OpenCostTest, WithoutADescriptorItIsAQueryMore) {
  world_.MakeTable("table");
  PutForeign("s", 100);
  Clear();
  EXPECT_TRUE(Open().ok());
  ExpectCost({{"DescribeTable", 1}, {"GetItem", 1}, {"Query", 1}}, 2, 0);
  GiveNames();
  PutForeign("s", 5000);
  Clear();
  EXPECT_TRUE(Open().ok());
  ExpectCost({{"GetItem", 1}, {"Query", 1}}, 1 + 2, 0);
}

TEST_F(OpenCostTest, WhatDoesNotExistIsKnownAfterThat) {
  world_.options.create_if_missing = false;
  EXPECT_FALSE(Open().ok());
  ExpectCost({{"DescribeTable", 1}}, 0, 0);
  world_.MakeTable("table");
  EXPECT_FALSE(Open().ok());
  ExpectCost({{"DescribeTable", 1}, {"GetItem", 1}, {"Query", 1}}, 2, 0);
}

TEST_F(OpenCostTest, TheSumCountsFailedCallsAndNoEmbeddedStore) {
  const auto sum = std::make_shared<dynamodown::StatsSum>();
  world_.options.stats_sum = sum;
  world_.options.create_if_missing = false;
  EXPECT_FALSE(Open().ok());
  ExpectCost({{"DescribeTable", 1}}, 0, 0);
  EXPECT_EQ(sum->Take().requests, 1u);
  world_.options.create_if_missing = true;
  const TempDir folder;
  EXPECT_TRUE(world_.TryOpen("leveldb:" + folder.Child("db")).ok());
  EXPECT_EQ(sum->Read().requests, 0u);
}

TEST_F(OpenCostTest, CreatingAStoreIsAPutItem) {
  world_.MakeTable("table");
  EXPECT_TRUE(Open().ok());
  ExpectCost(
      {{"DescribeTable", 1}, {"GetItem", 1}, {"Query", 1}, {"PutItem", 1}}, 2,
      1);
}

// Create is Open with create_if_missing and error_if_exists.
TEST_F(OpenCostTest, CreatingWhatMustBeNewCostsTheSame) {
  world_.MakeTable("table");
  world_.options.error_if_exists = true;
  EXPECT_TRUE(Open().ok());
  ExpectCost(
      {{"DescribeTable", 1}, {"GetItem", 1}, {"Query", 1}, {"PutItem", 1}}, 2,
      1);
  EXPECT_FALSE(Open().ok());
  ExpectCost({{"DescribeTable", 1}, {"GetItem", 1}}, 1, 0);
}

TEST_F(OpenCostTest, CreatingATableIsACreateTableAndDescribesUntilItIsThere) {
  world_.dynamo.set_table_ready_after(3);
  EXPECT_TRUE(Open().ok());
  EXPECT_EQ(Counted().at("CreateTable"), 1u);
  EXPECT_EQ(Counted().at("PutItem"), 1u);
  EXPECT_EQ(Counted().size(), 3u);
  // The first finds that there is no table. More follow until it is ACTIVE.
  EXPECT_GE(Counted().at("DescribeTable"), 4u);
  EXPECT_LE(Counted().at("DescribeTable"), 5u);
  EXPECT_EQ(world_.dynamo.read_units(), 0);
  EXPECT_EQ(world_.dynamo.write_units(), 1);
}

TEST_F(OpenCostTest, ATableThatIsCreatedCostsNothingWhileIdle) {
  EXPECT_TRUE(Open().ok());
  EXPECT_EQ(world_.Bodies("CreateTable").at(0).at("BillingMode"),
            "PAY_PER_REQUEST");
}

TEST_F(OpenCostTest, ListingIsAScanOfOneItemForEachHashKey) {
  world_.MakeTable("table");
  std::vector<StoreSummary> stores;
  Stats stats;
  const auto list = [&] {
    ASSERT_TRUE(dynamodown::ListStoresIn(world_.open_environment,
                                         world_.options, "table", &stores,
                                         &stats)
                    .ok());
    EXPECT_EQ(stats.read_units, world_.dynamo.read_units());
    EXPECT_EQ(stats.requests, world_.dynamo.count(""));
  };
  list();
  EXPECT_EQ(stores.size(), 0u);
  ExpectCost({{"DescribeTable", 1}, {"Scan", 1}}, 0.5, 0);

  // Two stores with a descriptor, one of them with data, and a foreign one
  // whose first item is large: four hash keys, and nothing behind them.
  Open();
  world_.TryOpen("table/t");
  PutForeign("s", 100);
  PutForeign("foreign", 5000);
  Clear();
  list();
  EXPECT_EQ(stores.size(), 3u);
  ExpectCost({{"DescribeTable", 1}, {"Scan", 5}, {"GetItem", 3}},
             0.5 * (3 + 2 + 1) + 3, 0);
}

TEST_F(OpenCostTest, AVerificationIsAScanAndThreeIfAnItemCannotBeRead) {
  world_.Open("table/s")->Put(dynamodown::WriteOptions(), "k", "v");
  const auto verify = [this] {
    world_.dynamo.Clear();
    dynamodown::VerifyResult result;
    EXPECT_TRUE(dynamodown::VerifyIn(
                    world_.open_environment, world_.options, "table/s",
                    [](const auto&) {}, &result)
                    .ok());
  };
  verify();
  EXPECT_EQ(Counted(),
            (Requests{{"DescribeTable", 1}, {"GetItem", 1}, {"Query", 1}}));
  world_.PutItem("table", {{"hkey", S("s")}, {"rkey", B("x")}});
  verify();
  EXPECT_EQ(Counted(),
            (Requests{{"DescribeTable", 1}, {"GetItem", 2}, {"Query", 3}}));
}

TEST_F(OpenCostTest, TheDoctorsVisit) {
  for (const bool foreign : {false, true}) {
    FakeEnvironment world;
    if (foreign) {
      world.MakeTable("table");
    } else {
      world.TryOpen("table/s");
      // A store's contents do not make the doctor more expensive.
      world.PutItem("table", {{"hkey", S("s")},
                              {"rkey", B("k")},
                              {"value", S(std::string(100'000, 'v'))}});
    }
    for (const Access access :
         {Access::kRead, Access::kWrite, Access::kManage}) {
      SCOPED_TRACE(static_cast<int>(access));
      world.dynamo.Clear();
      Stats stats;
      std::vector<dynamodown::Finding> findings;
      dynamodown::DoctorOptions doctor;
      doctor.access = access;
      ASSERT_TRUE(dynamodown::DiagnoseIn(world.open_environment, world.options,
                                         "table/s", doctor, &findings, &stats)
                      .ok());
      Requests requests = {{"", 1},  // The GET.
                           {"DescribeTable", 1},
                           {"GetItem", 2},
                           {"BatchGetItem", 1},
                           {"Query", foreign ? 2u : 1u}};
      double read = foreign ? 5 : 4;
      double write = 0;
      if (access != Access::kRead) {
        for (const char* name : {"PutItem", "DeleteItem", "BatchWriteItem",
                                 "TransactWriteItems"}) {
          requests[name] = 1;
        }
        write += 5;
      }
      if (access == Access::kManage) {
        requests["Scan"] = 1;
        requests["UpdateItem"] = 1;
        read += foreign ? 0.5 : 12.5;  // The Scan finds that item.
        write += 1;
      }
      Requests counted;
      for (const auto& seen : world.dynamo.seen()) ++counted[seen.operation];
      EXPECT_EQ(counted, requests);
      EXPECT_EQ(world.dynamo.read_units(), read);
      EXPECT_EQ(world.dynamo.write_units(), write);
      // These exclude the units of the conditions that did not hold.
      EXPECT_EQ(stats.read_units, world.dynamo.read_units());
      EXPECT_EQ(stats.write_units, access == Access::kRead ? 0 : 1);
    }
  }
}

TEST_F(OpenCostTest, APolicyCostsNothing) {
  std::string policy;
  ASSERT_TRUE(dynamodown::IamPolicyIn(world_.open_environment, world_.options,
                                      kLocation, {}, &policy)
                  .ok());
  EXPECT_NE(policy, "");
  ExpectNothing();
}

}  // namespace
}  // namespace dynamodown_test

// Tests of the cost of Destroy.

#include <string>

#include "cost/cost_fixture.h"
#include "db/open_environment.h"

namespace dynamodown_test {
namespace {

using dynamodown::DestroyOptions;
using dynamodown::Stats;

class DestroyCostTest : public CostTest {
 protected:
  void Destroy(const DestroyOptions& destroy = {}, bool succeeds = true) {
    db_.reset();
    Clear();
    Stats stats;
    const leveldb::Status status = dynamodown::DestroyIn(
        world_.open_environment, world_.options, kLocation, destroy, &stats);
    EXPECT_EQ(status.ok(), succeeds) << status.ToString();
    EXPECT_EQ(stats.requests, world_.dynamo.count(""));
    EXPECT_EQ(stats.read_units, world_.dynamo.read_units());
    EXPECT_EQ(stats.write_units, world_.dynamo.write_units());
  }
};

// Marking and unmarking the descriptor cost a unit each. So do the Query of the
// data, the Query that finds nothing left, and the Query of the descriptor's
// hash key.
TEST_F(DestroyCostTest, AnEmptyStore) {
  Destroy();
  ExpectCost({{"DescribeTable", 1},
              {"GetItem", 1},
              {"UpdateItem", 1},
              {"Query", 2},
              {"DeleteItem", 1}},
             1 + 2, 2);
}

TEST_F(DestroyCostTest, ItsKeysGoIn25sHoweverTheyCome) {
  struct {
    size_t n;
    size_t item_bytes;
    size_t queries;  // One of them finds nothing, and one is the descriptor's.
  } const cases[] = {{1, 100, 3},      {25, 100, 3},    {26, 100, 3},
                     {1000, 100, 4},   {1001, 1024, 4}, {700, 3000, 5},
                     {30, 390'000, 17}};
  for (const auto& one : cases) {
    SCOPED_TRACE(std::to_string(one.n) + " of " +
                 std::to_string(one.item_bytes));
    Reopen();
    Fill(one.n, one.item_bytes);
    Destroy();
    const Requests counted = Counted();
    EXPECT_EQ(counted.at("BatchWriteItem"), (one.n + 24) / 25);
    EXPECT_EQ(counted.at("Query"), one.queries);
    EXPECT_EQ(counted.at("DescribeTable"), 1u);
    EXPECT_EQ(counted.at("GetItem"), 1u);
    EXPECT_EQ(counted.at("UpdateItem"), 1u);
    EXPECT_EQ(counted.at("DeleteItem"), 1u);
    EXPECT_EQ(counted.size(), 6u);
    const size_t units = (one.item_bytes + 1023) / 1024;
    EXPECT_EQ(world_.dynamo.write_units(),
              static_cast<double>(one.n * units + 2));
    EXPECT_EQ(world_.dynamo.ItemCount("table"), 0u);
  }
}

TEST_F(DestroyCostTest, WithoutADescriptorItIsAQueryMoreAndNoMark) {
  Destroy();
  Destroy();
  ExpectCost(
      {{"DescribeTable", 1}, {"GetItem", 1}, {"Query", 3}, {"DeleteItem", 1}},
      1 + 3, 1);
}

TEST_F(DestroyCostTest, DroppingTheTableLooksWhetherAnotherStoreIsInIt) {
  DestroyOptions drop;
  drop.drop_table = true;
  world_.TryOpen("table/other");
  Destroy(drop, false);
  // Nothing is deleted: the descriptor is read, and the table is listed.
  ExpectCost({{"DescribeTable", 1}, {"GetItem", 3}, {"Scan", 3}}, 1 + 3 + 2, 0);
  ASSERT_TRUE(world_.Destroy("table/other").ok());
  Reopen();
  Destroy(drop);
  ExpectCost({{"DescribeTable", 1},
              {"GetItem", 2},
              {"UpdateItem", 1},
              {"Query", 2},
              {"DeleteItem", 1},
              {"Scan", 3},
              {"DeleteTable", 1}},
             2 + 2 + 3, 2);
}

}  // namespace
}  // namespace dynamodown_test

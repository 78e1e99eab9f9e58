// BatchGetItem and BatchWriteItem.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "fake/fake_test_fixture.h"

namespace dynamodown {
namespace {

using testing::HasSubstr;

Json BatchPut(int n) {
  Json batch;
  for (int i = 0; i < n; ++i) {
    batch["RequestItems"]["table"].push_back(
        {{"PutRequest", {{"Item", ItemOf(std::to_string(i), "v")}}}});
  }
  return batch;
}

TEST_F(FakeDynamoTest, BatchWriteTakes25AndNoKeyTwice) {
  EXPECT_EQ(Error("BatchWriteItem", BatchPut(25)), "OK");
  EXPECT_EQ(fake_.ItemCount("table"), 25u);
  EXPECT_THAT(Error("BatchWriteItem", BatchPut(26)), HasSubstr("Too many"));
  Json batch = BatchPut(2);
  batch["RequestItems"]["table"].push_back(
      {{"DeleteRequest", {{"Key", KeyOf("1")}}}});
  EXPECT_THAT(Error("BatchWriteItem", batch), HasSubstr("duplicates"));
  batch["RequestItems"]["table"].erase(1);
  EXPECT_EQ(Error("BatchWriteItem", batch), "OK");
  EXPECT_EQ(fake_.ItemCount("table"), 24u);
}

Json BatchGet(int n) {
  Json batch;
  batch["RequestItems"]["table"]["ConsistentRead"] = true;
  for (int i = 0; i < n; ++i) {
    batch["RequestItems"]["table"]["Keys"].push_back(KeyOf(std::to_string(i)));
  }
  return batch;
}

TEST_F(FakeDynamoTest, BatchGetTakes100AndNoKeyTwice) {
  Put("0", "a");
  Put("1", "b");
  Json batch = BatchGet(100);
  batch["ReturnConsumedCapacity"] = "TOTAL";
  const Json answer = Call("BatchGetItem", batch);
  EXPECT_EQ(answer["Responses"]["table"],
            Json({ItemOf("1", "b"), ItemOf("0", "a")}));
  EXPECT_EQ(answer["UnprocessedKeys"], Json::object());
  EXPECT_EQ(answer["ConsumedCapacity"][0]["CapacityUnits"], 100.0);
  EXPECT_THAT(Error("BatchGetItem", BatchGet(101)), HasSubstr("Too many"));
  batch = BatchGet(2);
  batch["RequestItems"]["table"]["Keys"].push_back(KeyOf("1"));
  EXPECT_THAT(Error("BatchGetItem", batch), HasSubstr("duplicates"));
}

TEST_F(FakeDynamoTest, BatchGetStopsAt16Megabytes) {
  for (int i = 0; i < 50; ++i) {
    Put(std::to_string(i), std::string(400'000, 'v'));
  }
  const Json answer = Call("BatchGetItem", BatchGet(50));
  EXPECT_EQ(answer["Responses"]["table"].size(), 41u);
  EXPECT_EQ(answer["UnprocessedKeys"]["table"]["Keys"].size(), 9u);
  EXPECT_EQ(answer["UnprocessedKeys"]["table"]["ConsistentRead"], true);
}

TEST_F(FakeDynamoTest, BatchesLeaveUndoneWhatTheTestChooses) {
  int turn = 0;
  fake_.LeaveUnprocessed([&] { return turn++ % 2 == 0; });
  Json answer = Call("BatchWriteItem", BatchPut(4));
  EXPECT_EQ(answer["UnprocessedItems"]["table"],
            Json({{{"PutRequest", {{"Item", ItemOf("0", "v")}}}},
                  {{"PutRequest", {{"Item", ItemOf("2", "v")}}}}}));
  EXPECT_EQ(fake_.ItemCount("table"), 2u);
  answer = Call("BatchGetItem", BatchGet(4));
  EXPECT_EQ(answer["UnprocessedKeys"]["table"]["Keys"],
            Json({KeyOf("0"), KeyOf("2")}));
  fake_.LeaveUnprocessed([] { return true; });
  EXPECT_THAT(Error("BatchWriteItem", BatchPut(4)),
              HasSubstr("ProvisionedThroughputExceededException"));
  EXPECT_EQ(fake_.ItemCount("table"), 2u);
}

}  // namespace
}  // namespace dynamodown

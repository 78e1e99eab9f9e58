// TransactWriteItems without virtual time. transactions_test.cc has the rest.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "fake/fake_test_fixture.h"

namespace dynamodown {
namespace {

using testing::HasSubstr;

Json TransactPut(const std::string& range, const std::string& value,
                 const std::string& condition = "") {
  Json put = {{"TableName", "table"}, {"Item", ItemOf(range, value)}};
  if (!condition.empty()) put["ConditionExpression"] = condition;
  return {{"Put", put}};
}

TEST_F(FakeDynamoTest, ATransactionIsAllOrNothing) {
  Put("old", "v");
  const Json check = {{"ConditionCheck",
                       {{"TableName", "table"},
                        {"Key", KeyOf("old")},
                        {"ConditionExpression", "attribute_not_exists(h)"}}}};
  Json request = {{"TransactItems", {TransactPut("a", "1"), check}}};
  const Json answer = Call("TransactWriteItems", request);
  EXPECT_EQ(response_.status, 400);
  EXPECT_EQ(answer["__type"],
            "com.amazonaws.dynamodb.v20120810#TransactionCanceledException");
  EXPECT_EQ(answer["Message"],
            "Transaction cancelled, please refer cancellation reasons for "
            "specific reasons [None, ConditionalCheckFailed]");
  EXPECT_EQ(answer["CancellationReasons"][0], (Json{{"Code", "None"}}));
  EXPECT_EQ(answer["CancellationReasons"][1]["Code"], "ConditionalCheckFailed");
  EXPECT_EQ(fake_.ItemCount("table"), 1u);

  request["TransactItems"][1] = {
      {"Delete", {{"TableName", "table"}, {"Key", KeyOf("old")}}}};
  request["ReturnConsumedCapacity"] = "TOTAL";
  EXPECT_EQ(Call("TransactWriteItems",
                 request)["ConsumedCapacity"][0]["WriteCapacityUnits"],
            4.0);
  EXPECT_TRUE(Get("a").contains("Item"));
  EXPECT_FALSE(Get("old").contains("Item"));
}

TEST_F(FakeDynamoTest, ATransactionTakes100ItemsAnd4MegabytesAndNoItemTwice) {
  const auto error = [&](int n, size_t bytes) {
    Json request;
    for (int i = 0; i < n; ++i) {
      request["TransactItems"].push_back(
          TransactPut(std::to_string(i), std::string(bytes, 'v')));
    }
    return Error("TransactWriteItems", request);
  };
  EXPECT_EQ(error(100, 10), "OK");
  EXPECT_THAT(error(101, 10), HasSubstr("less than or equal to 100"));
  EXPECT_EQ(error(10, 409'000), "OK");
  EXPECT_THAT(error(11, 409'000), HasSubstr("cannot exceed 4MB"));
  EXPECT_THAT(Error("TransactWriteItems",
                    {{"TransactItems",
                      {TransactPut("a", "1"), TransactPut("a", "2")}}}),
              HasSubstr("multiple operations on one item"));
}

TEST_F(FakeDynamoTest, ATokenMakesARepetitionHarmlessForTenMinutes) {
  Json request = {
      {"ClientRequestToken", "token"},
      {"TransactItems", {TransactPut("a", "1", "attribute_not_exists(h)")}}};
  EXPECT_EQ(Error("TransactWriteItems", request), "OK");
  EXPECT_EQ(Error("TransactWriteItems", request), "OK");
  Put("a", "2");
  EXPECT_EQ(Error("TransactWriteItems", request), "OK");
  EXPECT_EQ(Get("a")["Item"]["value"], S("2"));
  request["TransactItems"][0] = TransactPut("b", "1");
  EXPECT_THAT(Error("TransactWriteItems", request),
              HasSubstr("IdempotentParameterMismatchException"));
  now_ += 601;
  date_ = "20150830T124601Z";
  EXPECT_EQ(Error("TransactWriteItems", request), "OK");
}

TEST_F(FakeDynamoTest, CancelledTransactionsCarryTheReasonsAskedFor) {
  fake_.CancelNext(1, {"None", "TransactionConflict"});
  const Json request = {
      {"TransactItems", {TransactPut("a", "1"), TransactPut("b", "1")}}};
  EXPECT_THAT(Error("TransactWriteItems", request),
              HasSubstr("[None, TransactionConflict]"));
  EXPECT_EQ(Error("TransactWriteItems", request), "OK");
}

}  // namespace
}  // namespace dynamodown

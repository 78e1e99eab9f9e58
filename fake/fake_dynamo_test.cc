// Headers, tables, scripted faults, hooks and the log.

#include "fake/fake_dynamo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/crypto.h"
#include "fake/fake_test_fixture.h"

namespace dynamodown {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(FakeDynamoTest, AnswersCarryRequestIdChecksumAndDate) {
  Call("ListTables", Json::object());
  EXPECT_EQ(response_.status, 200);
  EXPECT_EQ(response_.Header("x-amz-crc32"),
            std::to_string(Crc32(response_.body)));
  EXPECT_EQ(response_.Header("Date"), "Sun, 30 Aug 2015 12:36:00 GMT");
  EXPECT_EQ(ParseHttpDate(std::string(response_.Header("Date"))), kNow);
  const std::string id(response_.Header("x-amzn-RequestId"));
  EXPECT_EQ(id.size(), 52u);
  Call("ListTables", Json::object());
  EXPECT_NE(response_.Header("x-amzn-RequestId"), id);
}

TEST_F(FakeDynamoTest, RequestsWithoutTheirHeadersAreRefused) {
  authorization_ = "";
  EXPECT_THAT(Error("ListTables", Json::object()),
              HasSubstr("MissingAuthenticationTokenException"));
  authorization_ = "Basic abc";
  EXPECT_THAT(Error("ListTables", Json::object()),
              HasSubstr("IncompleteSignatureException"));
  authorization_ = "AWS4-HMAC-SHA256 Credential=a/b";
  now_ += 301;
  EXPECT_THAT(Error("ListTables", Json::object()),
              HasSubstr("InvalidSignatureException: Signature expired"));
  now_ -= 602;
  EXPECT_THAT(Error("ListTables", Json::object()),
              HasSubstr("Signature not yet current"));
}

TEST_F(FakeDynamoTest, WhatItDoesNotKnowIsRefused) {
  EXPECT_THAT(Error("TransactGetItems", Json::object()),
              HasSubstr("UnknownOperationException"));
  EXPECT_THAT(Error("ListTables", {{"Limits", 3}}),
              HasSubstr("SerializationException"));
  ASSERT_TRUE(Send("ListTables", "{\"Limit\":").ok());
  EXPECT_THAT(response_.body, HasSubstr("SerializationException"));
  Json query = QueryOf();
  query["IndexName"] = "index";
  EXPECT_THAT(Error("Query", query), HasSubstr("IndexName is not modelled"));
}

TEST_F(FakeDynamoTest, TablesAreCreatedDescribedListedAndDeleted) {
  fake_.set_table_ready_after(1);
  const Json wanted = {
      {"TableName", "second"},
      {"AttributeDefinitions",
       {{{"AttributeName", "k"}, {"AttributeType", "B"}}}},
      {"KeySchema", {{{"AttributeName", "k"}, {"KeyType", "HASH"}}}},
      {"ProvisionedThroughput",
       {{"ReadCapacityUnits", 5}, {"WriteCapacityUnits", 6}}}};
  EXPECT_EQ(Call("CreateTable", wanted)["TableDescription"]["TableStatus"],
            "CREATING");
  EXPECT_THAT(Error("CreateTable", wanted),
              HasSubstr("ResourceInUseException"));
  const Json put = {{"TableName", "second"}, {"Item", {{"k", B("a")}}}};
  EXPECT_THAT(Error("PutItem", put), HasSubstr("ResourceNotFoundException"));
  const Json name = {{"TableName", "second"}};
  EXPECT_EQ(Call("DescribeTable", name)["Table"]["TableStatus"], "CREATING");
  EXPECT_EQ(Call("DescribeTable", name)["Table"]["TableStatus"], "ACTIVE");
  EXPECT_EQ(Error("PutItem", put), "OK");

  Json list = Call("ListTables", {{"Limit", 1}});
  EXPECT_EQ(list["TableNames"], Json({"second"}));
  EXPECT_EQ(list["LastEvaluatedTableName"], "second");
  list = Call("ListTables", {{"ExclusiveStartTableName", "second"}});
  EXPECT_EQ(list["TableNames"], Json({"table"}));
  EXPECT_FALSE(list.contains("LastEvaluatedTableName"));

  EXPECT_EQ(Call("DeleteTable", name)["TableDescription"]["TableStatus"],
            "DELETING");
  EXPECT_THAT(Error("DescribeTable", name),
              HasSubstr("ResourceNotFoundException"));
}

TEST_F(FakeDynamoTest, FailedCallsHaveNoEffect) {
  fake_.FailNext("PutItem", 2, 500, "InternalServerError", "try again");
  const Json put = {{"TableName", "table"}, {"Item", ItemOf("a", "1")}};
  EXPECT_EQ(Error("PutItem", put), "InternalServerError: try again");
  EXPECT_EQ(response_.status, 500);
  EXPECT_FALSE(Get("a").contains("Item"));
  EXPECT_EQ(Error("PutItem", put), "InternalServerError: try again");
  EXPECT_EQ(Error("PutItem", put), "OK");
}

TEST_F(FakeDynamoTest, LostAnswersHaveAnEffectAndRefusedCallsHaveNone) {
  const std::string a =
      Json{{"TableName", "table"}, {"Item", ItemOf("a", "1")}}.dump();
  const std::string b =
      Json{{"TableName", "table"}, {"Item", ItemOf("b", "1")}}.dump();
  fake_.LoseAnswersNext("PutItem", 1);
  fake_.RefuseNext("", 1);
  const auto lost = Send("PutItem", a);
  ASSERT_FALSE(lost.ok());
  EXPECT_EQ(lost.error().reason, NoAnswer::Reason::kTimeout);
  EXPECT_TRUE(lost.error().sent);
  const auto refused = Send("PutItem", b);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason, NoAnswer::Reason::kConnect);
  EXPECT_FALSE(refused.error().sent);
  EXPECT_TRUE(Get("a").contains("Item"));
  EXPECT_FALSE(Get("b").contains("Item"));
}

TEST_F(FakeDynamoTest, HooksSeeEachCallAndMayAnswerInstead) {
  std::vector<std::string> calls;
  fake_.set_before_hook(
      [&](const FakeDynamo::Call& call,
          HttpResponse* response) -> std::optional<Result<void, NoAnswer>> {
        calls.push_back("before " + call.operation);
        // The hook may use the service itself: no mutex is held.
        EXPECT_EQ(fake_.Carry("ListTables", "{}").status, 200);
        if (call.operation != "ListTables") return {};
        fake_.AnswerError(400, "ThrottlingException", "slow", response);
        return Result<void, NoAnswer>();
      });
  fake_.set_after_hook(
      [&](const FakeDynamo::Call& call,
          HttpResponse*) -> std::optional<Result<void, NoAnswer>> {
        calls.push_back("after " + call.operation);
        return NoAnswer{NoAnswer::Reason::kTimeout, true, "lost"};
      });
  EXPECT_EQ(Error("ListTables", Json::object()), "ThrottlingException: slow");
  EXPECT_FALSE(Send("GetItem", "{}").ok());
  EXPECT_THAT(calls, ElementsAre("before ListTables", "before GetItem",
                                 "after GetItem"));
}

TEST_F(FakeDynamoTest, TheLogShowsEveryRequest) {
  Put("a", "1");
  fake_.RefuseNext("GetItem", 1);
  EXPECT_FALSE(Send("GetItem", "{}").ok());
  EXPECT_EQ(fake_.count("PutItem"), 1u);
  EXPECT_EQ(fake_.count(""), 2u);
  EXPECT_EQ(fake_.seen()[1].operation, "GetItem");
  EXPECT_EQ(fake_.seen()[1].body, "{}");
  EXPECT_EQ(fake_.seen()[1].date, "20150830T123600Z");
  fake_.Clear();
  EXPECT_EQ(fake_.count(""), 0u);
  EXPECT_EQ(fake_.write_units(), 0);
  EXPECT_EQ(fake_.ItemCount("table"), 1u);
}

}  // namespace
}  // namespace dynamodown

// Query and Scan.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "fake/fake_test_fixture.h"

namespace dynamodown {
namespace {

using testing::HasSubstr;

TEST_F(FakeDynamoTest, QueryReturnsARangeInTheOrderOfBytes) {
  Put(std::string("\xff", 1), "5");
  Put("b", "3");
  Put(std::string("a\0", 2), "2");
  Put("a", "1");
  Put("\x7f", "4");
  ASSERT_EQ(Error("PutItem", {{"TableName", "table"},
                              {"Item", {{"h", S("stor")}, {"r", B("z")}}}}),
            "OK");
  EXPECT_EQ(QueryValues(""), "12345");
  EXPECT_EQ(QueryValues(" AND r = :a", {{":a", B("b")}}), "3");
  EXPECT_EQ(QueryValues(" AND r < :a", {{":a", B("b")}}), "12");
  EXPECT_EQ(QueryValues(" AND r <= :a", {{":a", B("b")}}), "123");
  EXPECT_EQ(QueryValues(" AND r > :a", {{":a", B("a")}}), "2345");
  EXPECT_EQ(QueryValues(" AND r >= :a", {{":a", B("a")}}), "12345");
  EXPECT_EQ(
      QueryValues(" and r between :a and :b", {{":a", B("a")}, {":b", B("b")}}),
      "123");
  Json query = QueryOf();
  query["ScanIndexForward"] = false;
  EXPECT_EQ(Values(Call("Query", query)), "54321");
}

TEST_F(FakeDynamoTest, QueryRefusesBoundsThatTheServiceRefuses) {
  EXPECT_THAT(
      QueryValues(" AND r BETWEEN :a AND :b", {{":a", B("b")}, {":b", B("a")}}),
      HasSubstr("BETWEEN operator requires"));
  EXPECT_THAT(QueryValues(" AND r < :a", {{":a", B(std::string(1025, 'a'))}}),
              HasSubstr("range keys has exceeded the size limit"));
  EXPECT_THAT(QueryValues(" AND r >= :a", {{":a", B("")}}),
              HasSubstr("empty binary value"));
  EXPECT_THAT(QueryValues(" AND r >= :a", {{":a", S("a")}}),
              HasSubstr("does not match schema type"));
  EXPECT_THAT(
      QueryValues(" AND r > :a AND r < :b", {{":a", B("a")}, {":b", B("b")}}),
      HasSubstr("one condition per key"));
  EXPECT_THAT(QueryValues(" AND r > :a", Json::object()),
              HasSubstr("not defined; attribute value: :a"));
}

TEST_F(FakeDynamoTest, PagesGoOnFromAnyKeyStoredOrNot) {
  for (const char* key : {"a", "b", "c", "d"}) Put(key, key);
  Json query = QueryOf();
  query["Limit"] = 2;
  Json answer = Call("Query", query);
  EXPECT_EQ(Values(answer), "ab");
  EXPECT_EQ(answer["LastEvaluatedKey"], KeyOf("b"));
  // A page that reaches its limit exactly at the end still names a last key.
  EXPECT_EQ(QueryAll(query), std::make_pair(std::string("abcd"), 3));
  query["ExclusiveStartKey"] = KeyOf("bb");
  EXPECT_EQ(Values(Call("Query", query)), "cd");
  query["ScanIndexForward"] = false;
  EXPECT_EQ(Values(Call("Query", query)), "ba");
  query["ExclusiveStartKey"]["h"] = S("other");
  EXPECT_THAT(Error("Query", query), HasSubstr("range key predicate"));
  query = QueryOf(" AND r > :a", {{":a", B("b")}});
  query["ExclusiveStartKey"] = KeyOf("a");
  EXPECT_THAT(Error("Query", query), HasSubstr("range key predicate"));
}

TEST_F(FakeDynamoTest, APageHasAtMostOneMegabyteBeforeProjection) {
  for (const char* key : {"a", "b", "c", "d"}) {
    Put(key, std::string(400'000, key[0]));
  }
  Json query = QueryOf();
  query["ProjectionExpression"] = "r";
  const Json answer = Call("Query", query);
  EXPECT_EQ(answer["Count"], 2);
  EXPECT_EQ(answer["LastEvaluatedKey"], KeyOf("b"));
  // 2 * 400,013 bytes, eventually consistent: ceil(195.3) / 2.
  EXPECT_EQ(answer["ConsumedCapacity"]["CapacityUnits"], 98.0);
}

TEST_F(FakeDynamoTest, CutPagesAreShortOrEmptyButNoneEndsEarly) {
  for (const char* key : {"a", "b", "c", "d"}) Put(key, key);
  fake_.set_page_items_max(1);
  EXPECT_EQ(QueryAll(QueryOf()), std::make_pair(std::string("abcd"), 4));
  fake_.set_page_items_max(0);
  Json answer = Call("Query", QueryOf());
  EXPECT_EQ(answer["Count"], 0);
  EXPECT_TRUE(answer.contains("LastEvaluatedKey"));
  EXPECT_EQ(QueryAll(QueryOf()), std::make_pair(std::string("abcd"), 8));
  Json query =
      QueryOf(" AND r BETWEEN :a AND :b", {{":a", B("b")}, {":b", B("d")}});
  EXPECT_EQ(QueryAll(query).first, "bcd");
  query["ScanIndexForward"] = false;
  EXPECT_EQ(QueryAll(query).first, "dcb");
}

TEST_F(FakeDynamoTest, NumberKeysOrderAsNumbersAndPagesOfThemEnd) {
  const auto key = [](const std::string& n) {
    return Json{{"h", {{"N", "7"}}}, {"r", {{"N", n}}}};
  };
  Call("CreateTable", {{"TableName", "numbers"},
                       {"AttributeDefinitions",
                        {{{"AttributeName", "h"}, {"AttributeType", "N"}},
                         {{"AttributeName", "r"}, {"AttributeType", "N"}}}},
                       {"KeySchema",
                        {{{"AttributeName", "h"}, {"KeyType", "HASH"}},
                         {{"AttributeName", "r"}, {"KeyType", "RANGE"}}}},
                       {"BillingMode", "PAY_PER_REQUEST"}});
  for (const char* n : {"10", "9", "-1", "-10", "0", "1.0"}) {
    Json item = key(n);
    item["value"] = S(std::string(n) + " ");
    ASSERT_EQ(Error("PutItem", {{"TableName", "numbers"}, {"Item", item}}),
              "OK");
  }
  Json query = QueryOf();
  query["TableName"] = "numbers";
  query["ExpressionAttributeValues"][":h"] = {{"N", "7.0"}};
  for (const size_t items_max : {SIZE_MAX, size_t{1}, size_t{0}}) {
    fake_.set_page_items_max(items_max);
    EXPECT_EQ(QueryAll(query).first, "-10 -1 0 1.0 9 10 ");
  }
  EXPECT_EQ(Error("DeleteItem", {{"TableName", "numbers"}, {"Key", key("1")}}),
            "OK");
  EXPECT_EQ(QueryAll(query).first, "-10 -1 0 9 10 ");
}

TEST_F(FakeDynamoTest, AFilterComesBehindTheLimitAndTheUnits) {
  for (const char* range : {"a", "b", "c", "d"}) {
    Put(range, range[0] % 2 == 0 ? "even" : "odd");
  }
  Json query = QueryOf("", {{":v", S("even")}});
  query["FilterExpression"] = "#v = :v";
  query["ExpressionAttributeNames"]["#v"] = "value";
  query["Limit"] = 3;
  const Json answer = Call("Query", query);
  EXPECT_EQ(Values(answer), "even");
  EXPECT_EQ(answer["Count"], 1);
  EXPECT_EQ(answer["ScannedCount"], 3);
  EXPECT_EQ(answer["LastEvaluatedKey"], KeyOf("c"));
  EXPECT_EQ(QueryAll(query).first, "eveneven");
}

TEST_F(FakeDynamoTest, ScanGoesThroughAllHashKeys) {
  Put("a", "1");
  ASSERT_EQ(Error("PutItem", {{"TableName", "table"},
                              {"Item", {{"h", S("a")}, {"r", B("z")}}}}),
            "OK");
  Json answer = Call("Scan", {{"TableName", "table"}, {"Limit", 1}});
  EXPECT_EQ(answer["Items"][0]["h"], S("store"));  // SHA-1 3a21..., a: 86f7...
  answer = Call("Scan", {{"TableName", "table"},
                         {"ExclusiveStartKey", answer["LastEvaluatedKey"]},
                         {"Select", "COUNT"}});
  EXPECT_EQ(answer["Count"], 1);
  EXPECT_FALSE(answer.contains("Items"));
  EXPECT_FALSE(answer.contains("LastEvaluatedKey"));
}

}  // namespace
}  // namespace dynamodown

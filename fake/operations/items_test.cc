// Operations on single items: values, keys, conditions, updates and units.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "fake/fake_test_fixture.h"

namespace dynamodown {
namespace {

using testing::HasSubstr;

TEST_F(FakeDynamoTest, AllTypesOfValuesComeBack) {
  Json item = KeyOf("k");
  item["n"] = {{"N", "-0012.50e1"}};
  item["null"] = {{"NULL", true}};
  item["bool"] = {{"BOOL", false}};
  item["ss"] = {{"SS", {"b", "a"}}};
  item["bs"] = {{"BS", {"AP8="}}};
  item["list"] = {{"L", {S(""), {{"M", {{"x", S("y")}}}}}}};
  ASSERT_EQ(Error("PutItem", {{"TableName", "table"}, {"Item", item}}), "OK");
  item["n"] = {{"N", "-125"}};
  item["ss"] = {{"SS", {"a", "b"}}};
  EXPECT_EQ(Get("k")["Item"], item);
}

TEST_F(FakeDynamoTest, ValuesThatAreNoneAreRefused) {
  const auto error = [&](const Json& value) {
    Json item = KeyOf("k");
    item["v"] = value;
    return Error("PutItem", {{"TableName", "table"}, {"Item", item}});
  };
  EXPECT_THAT(error({{"S", "a"}, {"B", "YQ=="}}), HasSubstr("more than one"));
  EXPECT_THAT(error(Json::object()), HasSubstr("is empty"));
  EXPECT_THAT(error({{"B", "YQ"}}), HasSubstr("SerializationException"));
  EXPECT_THAT(error({{"B", "YR=="}}), HasSubstr("SerializationException"));
  EXPECT_THAT(error({{"S", 1}}), HasSubstr("SerializationException"));
  EXPECT_THAT(error({{"N", "1x"}}), HasSubstr("into a number"));
  EXPECT_THAT(error({{"SS", Json::array()}}), HasSubstr("may not be empty"));
  EXPECT_THAT(error({{"SS", {"a", "a"}}}), HasSubstr("duplicates"));
}

TEST_F(FakeDynamoTest, KeysHaveTheirTypesAndLimits) {
  const auto error = [&](const Json& hash, const Json& range) {
    return Error("GetItem", {{"TableName", "table"},
                             {"Key", {{"h", hash}, {"r", range}}}});
  };
  EXPECT_EQ(error(S(std::string(2048, 'h')), B(std::string(1024, 'r'))), "OK");
  EXPECT_THAT(error(S(std::string(2049, 'h')), B("r")),
              HasSubstr("must be under 2048 bytes"));
  EXPECT_THAT(error(S("h"), B(std::string(1025, 'r'))),
              HasSubstr("must be under 1024 bytes"));
  EXPECT_THAT(error(S("h"), B("")), HasSubstr("empty binary value. Key: r"));
  EXPECT_THAT(error(S(""), B("r")), HasSubstr("empty string value. Key: h"));
  EXPECT_THAT(error(S("h"), S("r")), HasSubstr("Type mismatch for key"));
  EXPECT_THAT(
      Error("GetItem", {{"TableName", "table"}, {"Key", ItemOf("k", "v")}}),
      HasSubstr("number of conditions on the keys"));
}

TEST_F(FakeDynamoTest, AnItemHas409600BytesWithItsNames) {
  // h, store, r, k, value: 13 bytes.
  Json item = ItemOf("k", std::string(409'600 - 13, 'v'));
  EXPECT_EQ(Error("PutItem", {{"TableName", "table"}, {"Item", item}}), "OK");
  item["value"]["S"] = std::string(409'600 - 12, 'v');
  EXPECT_THAT(Error("PutItem", {{"TableName", "table"}, {"Item", item}}),
              HasSubstr("Item size has exceeded"));
  Json batch;
  batch["RequestItems"]["table"] = {{{"PutRequest", {{"Item", item}}}}};
  EXPECT_THAT(Error("BatchWriteItem", batch),
              HasSubstr("Item size has exceeded"));
}

TEST_F(FakeDynamoTest, ReservedWordsNeedAnAlias) {
  Json request = {{"TableName", "table"},
                  {"Key", KeyOf("k")},
                  {"ProjectionExpression", "value"}};
  EXPECT_THAT(Error("GetItem", request), HasSubstr("reserved keyword: value"));
  request["ProjectionExpression"] = "#v, h";
  EXPECT_THAT(Error("GetItem", request), HasSubstr("attribute name: #v"));
  request["ExpressionAttributeNames"] = {{"#v", "value"}};
  EXPECT_EQ(Error("GetItem", request), "OK");
  request["ExpressionAttributeNames"]["#w"] = "w";
  EXPECT_THAT(Error("GetItem", request),
              HasSubstr("unused in expressions: keys: {#w}"));
  request.erase("ProjectionExpression");
  EXPECT_THAT(Error("GetItem", request), HasSubstr("only be specified"));
}

TEST_F(FakeDynamoTest, ProjectionReturnsTheNamedAttributesOnly) {
  Put("k", "v");
  const Json answer = Call("GetItem", {{"TableName", "table"},
                                       {"Key", KeyOf("k")},
                                       {"ProjectionExpression", "r, absent"}});
  EXPECT_EQ(answer["Item"], (Json{{"r", B("k")}}));
}

TEST_F(FakeDynamoTest, ConditionsDecideAWrite) {
  const auto put = [&](const std::string& condition, const Json& names,
                       const Json& values) {
    Json request = {{"TableName", "table"},
                    {"Item", ItemOf("k", "new")},
                    {"ConditionExpression", condition}};
    if (!names.empty()) request["ExpressionAttributeNames"] = names;
    if (!values.empty()) request["ExpressionAttributeValues"] = values;
    return Error("PutItem", request);
  };
  const std::string failed =
      "ConditionalCheckFailedException: The conditional request failed";
  const Json v = {{"#v", "value"}};
  EXPECT_EQ(put("attribute_exists(h)", {}, {}), failed);
  EXPECT_EQ(put("attribute_not_exists(h)", {}, {}), "OK");
  EXPECT_EQ(put("attribute_not_exists(h)", {}, {}), failed);
  EXPECT_EQ(put("#v = :a OR #v = :b", v, {{":a", S("x")}, {":b", S("new")}}),
            "OK");
  EXPECT_EQ(put("#v = :a OR #v = :b", v, {{":a", S("x")}, {":b", B("new")}}),
            failed);
  EXPECT_EQ(put("(attribute_exists(#v) AND #v = :a) OR attribute_exists(z)", v,
                {{":a", S("new")}}),
            "OK");
  // AND binds closer than OR.
  EXPECT_EQ(put("attribute_exists(h) OR attribute_exists(h) AND "
                "attribute_exists(z)",
                {}, {}),
            "OK");
  EXPECT_THAT(put("((attribute_exists(h)))", {}, {}),
              HasSubstr("redundant parentheses"));
  EXPECT_THAT(put("#v = ", v, {}), HasSubstr("Syntax error; token: \"<EOF>\""));
  EXPECT_THAT(put("size = h", {}, {}), HasSubstr("reserved keyword: size"));
  EXPECT_THAT(put("attribute_exists(h) attribute_exists(r)", {}, {}),
              HasSubstr("Syntax error"));
}

TEST_F(FakeDynamoTest, AFailedConditionMayReturnTheItem) {
  Put("k", "v");
  const Json answer =
      Call("DeleteItem", {{"TableName", "table"},
                          {"Key", KeyOf("k")},
                          {"ConditionExpression", "attribute_not_exists(h)"},
                          {"ReturnValuesOnConditionCheckFailure", "ALL_OLD"}});
  EXPECT_EQ(response_.status, 400);
  EXPECT_EQ(answer["Item"], ItemOf("k", "v"));
}

TEST_F(FakeDynamoTest, UpdateSetsAttributesAndCreatesTheItem) {
  Json request = {
      {"TableName", "table"},
      {"Key", KeyOf("k")},
      {"UpdateExpression", "SET #v = :v, o = :o"},
      {"ExpressionAttributeNames", {{"#v", "value"}}},
      {"ExpressionAttributeValues", {{":v", S("v")}, {":o", {{"N", "1"}}}}}};
  EXPECT_EQ(Error("UpdateItem", request), "OK");
  Json item = ItemOf("k", "v");
  item["o"] = {{"N", "1"}};
  EXPECT_EQ(Get("k")["Item"], item);
  request = {{"TableName", "table"},
             {"Key", KeyOf("k")},
             {"UpdateExpression", "SET r = :v"},
             {"ExpressionAttributeValues", {{":v", B("v")}}}};
  EXPECT_THAT(Error("UpdateItem", request), HasSubstr("part of the key"));
  request["UpdateExpression"] = "REMOVE o = :v";
  EXPECT_THAT(Error("UpdateItem", request), HasSubstr("Syntax error"));
}

TEST_F(FakeDynamoTest, UnitsAreRoundedAsTheyAreBilled) {
  const auto units = [](const Json& answer) {
    return answer.at("ConsumedCapacity").at("CapacityUnits").get<double>();
  };
  EXPECT_EQ(units(Get("missing")), 1);
  EXPECT_EQ(units(Call("Query", QueryOf())), 0.5);
  const auto put = [&](const std::string& range, size_t bytes) {
    return units(
        Call("PutItem", {{"TableName", "table"},
                         {"Item", ItemOf(range, std::string(bytes - 13, 'v'))},
                         {"ReturnConsumedCapacity", "TOTAL"}}));
  };
  EXPECT_EQ(put("a", 1024), 1);
  EXPECT_EQ(put("b", 1025), 2);
  EXPECT_EQ(put("c", 4097), 5);
  EXPECT_EQ(put("c", 100), 5);  // The larger of old and new.
  EXPECT_EQ(units(Get("b")), 1);
  EXPECT_EQ(put("c", 4097), 5);
  EXPECT_EQ(units(Get("c")), 2);
  // 1024 + 1025 + 4097 bytes are 6,146: two units, each half.
  EXPECT_EQ(units(Call("Query", QueryOf())), 1);
  EXPECT_EQ(units(Call("DeleteItem", {{"TableName", "table"},
                                      {"Key", KeyOf("c")},
                                      {"ReturnConsumedCapacity", "TOTAL"}})),
            5);
  EXPECT_EQ(fake_.write_units(), 1 + 2 + 5 + 5 + 5 + 5);
  EXPECT_EQ(fake_.read_units(), 1 + 0.5 + 1 + 2 + 1);
}

}  // namespace
}  // namespace dynamodown

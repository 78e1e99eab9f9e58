#include "fake/fake_dynamo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/crypto.h"

namespace dynamodown {
namespace {

using Json = nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr int64_t kNow = 1'440'938'160;  // 2015-08-30T12:36:00Z

Json S(const std::string& text) { return {{"S", text}}; }
Json B(const std::string& bytes) {
  std::string text;
  AppendBase64(bytes, &text);
  return {{"B", text}};
}
Json KeyOf(const std::string& range) {
  return {{"h", S("store")}, {"r", B(range)}};
}
Json ItemOf(const std::string& range, const std::string& value) {
  Json item = KeyOf(range);
  item["value"] = S(value);
  return item;
}

class FakeDynamoTest : public testing::Test {
 protected:
  FakeDynamoTest() { MakeTable("table"); }

  void MakeTable(const std::string& name) {
    Call("CreateTable", {{"TableName", name},
                         {"AttributeDefinitions",
                          {{{"AttributeName", "h"}, {"AttributeType", "S"}},
                           {{"AttributeName", "r"}, {"AttributeType", "B"}}}},
                         {"KeySchema",
                          {{{"AttributeName", "h"}, {"KeyType", "HASH"}},
                           {{"AttributeName", "r"}, {"KeyType", "RANGE"}}}},
                         {"BillingMode", "PAY_PER_REQUEST"}});
    ASSERT_EQ(response_.status, 200) << response_.body;
    fake_.Clear();
  }

  Result<void, NoAnswer> Send(const std::string& operation,
                              const std::string& body) {
    const std::string target = "DynamoDB_20120810." + operation;
    HttpRequest request{"POST",
                        "http://localhost:8000/",
                        {{"X-Amz-Target", target},
                         {"X-Amz-Date", date_},
                         {"Content-Type", "application/x-amz-json-1.0"},
                         {"Authorization", authorization_}},
                        body};
    return fake_.Send(request, std::chrono::seconds(1), &response_);
  }

  /// The answer, whatever its status.
  Json Call(const std::string& operation, const Json& request) {
    EXPECT_TRUE(Send(operation, request.dump()).ok());
    return Json::parse(response_.body);
  }
  /// The error's code and message; "OK" without one.
  std::string Error(const std::string& operation, const Json& request) {
    const Json answer = Call(operation, request);
    if (response_.status == 200) return "OK";
    const std::string type = answer["__type"];
    return type.substr(type.find('#') + 1) + ": " +
           answer.value("message", answer.value("Message", ""));
  }

  void Put(const std::string& range, const std::string& value) {
    const Json request = {{"TableName", "table"},
                          {"Item", ItemOf(range, value)}};
    ASSERT_EQ(Error("PutItem", request), "OK");
  }
  Json Get(const std::string& range) {
    return Call("GetItem", {{"TableName", "table"},
                            {"Key", KeyOf(range)},
                            {"ConsistentRead", true},
                            {"ReturnConsumedCapacity", "TOTAL"}});
  }
  Json QueryOf(const std::string& more = "", const Json& values = {}) {
    Json query = {{"TableName", "table"},
                  {"KeyConditionExpression", "#h = :h" + more},
                  {"ExpressionAttributeNames", {{"#h", "h"}}},
                  {"ExpressionAttributeValues", {{":h", S("store")}}},
                  {"ReturnConsumedCapacity", "TOTAL"}};
    for (const auto& [name, value] : values.items()) {
      query["ExpressionAttributeValues"][name] = value;
    }
    return query;
  }
  /// The values of a page.
  static std::string Values(const Json& answer) {
    std::string values;
    for (const Json& item : answer.at("Items")) {
      values += item.at("value").at("S").get<std::string>();
    }
    return values;
  }
  std::string QueryValues(const std::string& more, const Json& values = {}) {
    const Json answer = Call("Query", QueryOf(more, values));
    return response_.status == 200 ? Values(answer) : response_.body;
  }
  /// All pages, and how many there were.
  std::pair<std::string, int> QueryAll(Json query) {
    std::string values;
    for (int pages = 1; pages < 100; ++pages) {
      const Json answer = Call("Query", query);
      values += Values(answer);
      if (!answer.contains("LastEvaluatedKey")) return {values, pages};
      query["ExclusiveStartKey"] = answer["LastEvaluatedKey"];
    }
    return {values + " without end", 0};
  }

  int64_t now_ = kNow;
  std::string date_ = "20150830T123600Z";
  std::string authorization_ = "AWS4-HMAC-SHA256 Credential=a/b";
  FakeDynamo fake_{[this] { return now_; }};
  HttpResponse response_;
};

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
  // A limit that is met exactly at the end still names a last key.
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

TEST_F(FakeDynamoTest, CancelledTransactionsCarryTheReasonsAskedFor) {
  fake_.CancelNext(1, {"None", "TransactionConflict"});
  const Json request = {
      {"TransactItems", {TransactPut("a", "1"), TransactPut("b", "1")}}};
  EXPECT_THAT(Error("TransactWriteItems", request),
              HasSubstr("[None, TransactionConflict]"));
  EXPECT_EQ(Error("TransactWriteItems", request), "OK");
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

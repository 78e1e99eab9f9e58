#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/crypto.h"
#include "base/json.h"
#include "dynamo/operations.h"

namespace dynamodown {
namespace {

using Json = nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;
using Type = AttributeValue::Type;
using Condition = ConditionExpression;

const TableKeys kTable = {"table", "hkey", "rkey"};
const TableKeys kReserved = {"Table", "Key", "Order"};

AttributeValue S(std::string text) {
  return AttributeValue::S(std::move(text));
}
AttributeValue B(std::string bytes) {
  return AttributeValue::B(std::move(bytes));
}
AttributeValue Bool(bool value) {
  return {Type::kBool, value ? "true" : "false", {}};
}
AttributeValue N(std::string number) {
  return {Type::kN, std::move(number), {}};
}

/// The request's text, which must be JSON.
std::string Encoded(const Operation& operation) {
  std::string body;
  operation.Encode(&body);
  EXPECT_TRUE(Json::accept(body)) << body;
  return body;
}

Result<void> Decode(Operation* operation, std::string answer) {
  static JsonParser parser;
  static std::string text;
  text = std::move(answer);
  const Result<JsonValue> value = parser.Parse(&text);
  if (!value.ok()) {
    ADD_FAILURE() << "no JSON: " << text;
    return value.error();
  }
  return operation->Decode(*value);
}

/// Fails unless each answer is Corruption, whose message names the operation.
template <class MakeOperation>
void ExpectCorruption(const MakeOperation& make,
                      const std::vector<std::string>& answers) {
  for (const std::string& answer : answers) {
    auto operation = make();
    const Result<void> result = Decode(&operation, answer);
    ASSERT_FALSE(result.ok()) << answer;
    EXPECT_EQ(result.error().kind, ErrorKind::kCorruption) << answer;
    EXPECT_THAT(result.error().message,
                HasSubstr(std::string(operation.name())))
        << answer;
  }
}

// ---- Golden requests ------------------------------------------------------

TEST(EncodeGetItem, WithAndWithoutItsOptions) {
  GetItem get;
  get.table = kTable;
  get.key = {S("store"), B(std::string("k\0\xff", 3))};
  EXPECT_EQ(Encoded(get), R"({"TableName":"table","Key":{"hkey":{"S":"store"},)"
                          R"("rkey":{"B":"awD/"}},"ConsistentRead":true,)"
                          R"("ReturnConsumedCapacity":"TOTAL"})");
  get.consistent_read = false;
  get.projection = {"value", "a.b", "q\"uote"};
  EXPECT_EQ(Encoded(get),
            R"({"TableName":"table","Key":{"hkey":{"S":"store"},)"
            R"("rkey":{"B":"awD/"}},"ProjectionExpression":"#0,#1,#2",)"
            R"("ExpressionAttributeNames":)"
            R"({"#0":"value","#1":"a.b","#2":"q\"uote"},)"
            R"("ReturnConsumedCapacity":"TOTAL"})");
}

TEST(EncodePutItem, EveryTypeOfValue) {
  PutItem put;
  put.table = kTable;
  put.item = {{"hkey", S("store")},
              {"rkey", S("a\"b\\c\n\x01\u2028é")},
              {"b", B("")},
              {"n", AttributeValue::N(-9'223'372'036'854'775'807)},
              {"z", AttributeValue::Null()},
              {"t", Bool(true)},
              {"f", Bool(false)},
              {"ss", AttributeValue::SS({"x", "\t"})}};
  EXPECT_EQ(Encoded(put),
            R"({"TableName":"table","Item":{"hkey":{"S":"store"},)"
            R"("rkey":{"S":"a\"b\\c\u000a\u0001)"
            "\u2028é"
            R"("},"b":{"B":""},"n":{"N":"-9223372036854775807"},)"
            R"("z":{"NULL":true},"t":{"BOOL":true},"f":{"BOOL":false},)"
            R"("ss":{"SS":["x","\u0009"]}},)"
            R"("ReturnConsumedCapacity":"TOTAL"})");
}

TEST(EncodePutItem, ReservedNamesAndConditions) {
  PutItem put;
  put.table = kReserved;
  put.item = {{"Key", S("h")}, {"Order", B("r")}, {"Select", S("v")}};
  put.condition.terms = {{Condition::Kind::kNotExists, "Order", {}},
                         {Condition::Kind::kEquals, "Select", S("\"old\"")},
                         {Condition::Kind::kExists, "Size", {}}};
  EXPECT_EQ(Encoded(put),
            R"({"TableName":"Table","Item":{"Key":{"S":"h"},)"
            R"("Order":{"B":"cg=="},"Select":{"S":"v"}},)"
            R"("ConditionExpression":"attribute_not_exists(#0) OR #1 = :0 OR )"
            R"x(attribute_exists(#2)",)x"
            R"("ExpressionAttributeNames":)"
            R"({"#0":"Order","#1":"Select","#2":"Size"},)"
            R"("ExpressionAttributeValues":{":0":{"S":"\"old\""}},)"
            R"("ReturnConsumedCapacity":"TOTAL"})");
}

TEST(EncodeUpdateItem, SetsAndConditions) {
  UpdateItem update;
  update.table = kTable;
  update.key = {S("store"), B("k")};
  update.set = {{"state", S("destroying")}, {"count", AttributeValue::N(3)}};
  EXPECT_EQ(Encoded(update),
            R"({"TableName":"table","Key":{"hkey":{"S":"store"},)"
            R"("rkey":{"B":"aw=="}},)"
            R"("UpdateExpression":"SET #0 = :0, #1 = :1",)"
            R"("ExpressionAttributeNames":{"#0":"state","#1":"count"},)"
            R"("ExpressionAttributeValues":)"
            R"({":0":{"S":"destroying"},":1":{"N":"3"}},)"
            R"("ReturnConsumedCapacity":"TOTAL"})");
  update.set.resize(1);
  update.condition.terms = {{Condition::Kind::kEquals, "state", S("open")}};
  EXPECT_EQ(Encoded(update),
            R"({"TableName":"table","Key":{"hkey":{"S":"store"},)"
            R"("rkey":{"B":"aw=="}},"UpdateExpression":"SET #0 = :0",)"
            R"("ConditionExpression":"#1 = :1",)"
            R"("ExpressionAttributeNames":{"#0":"state","#1":"state"},)"
            R"("ExpressionAttributeValues":)"
            R"({":0":{"S":"destroying"},":1":{"S":"open"}},)"
            R"("ReturnConsumedCapacity":"TOTAL"})");
}

TEST(EncodeDeleteItem, WithAndWithoutACondition) {
  DeleteItem remove;
  remove.table = kTable;
  remove.key = {B("store"), S("k")};
  EXPECT_EQ(Encoded(remove),
            R"({"TableName":"table","Key":{"hkey":{"B":"c3RvcmU="},)"
            R"("rkey":{"S":"k"}},"ReturnConsumedCapacity":"TOTAL"})");
  remove.condition.terms = {{Condition::Kind::kExists, "rkey", {}}};
  EXPECT_EQ(Encoded(remove),
            R"({"TableName":"table","Key":{"hkey":{"B":"c3RvcmU="},)"
            R"("rkey":{"S":"k"}},)"
            R"x("ConditionExpression":"attribute_exists(#0)",)x"
            R"("ExpressionAttributeNames":{"#0":"rkey"},)"
            R"("ReturnConsumedCapacity":"TOTAL"})");
}

TEST(EncodeQuery, EveryFormOfRange) {
  const auto condition = [](const Query& query) {
    return Json::parse(Encoded(query))["KeyConditionExpression"];
  };
  Query query;
  query.table = kTable;
  query.hash = S("store");
  EXPECT_EQ(condition(query), "#0 = :0");
  query.lower = B("a");
  EXPECT_EQ(condition(query), "#0 = :0 AND #1 >= :1");
  query.upper = B("b");
  EXPECT_EQ(condition(query), "#0 = :0 AND #1 BETWEEN :1 AND :2");
  query.lower.reset();
  EXPECT_EQ(condition(query), "#0 = :0 AND #1 <= :1");
}

TEST(EncodeQuery, Plain) {
  Query query;
  query.table = kTable;
  query.hash = S("store");
  query.consistent_read = false;
  EXPECT_EQ(Encoded(query),
            R"({"TableName":"table","KeyConditionExpression":"#0 = :0",)"
            R"("ExpressionAttributeNames":{"#0":"hkey"},)"
            R"("ExpressionAttributeValues":{":0":{"S":"store"}},)"
            R"("ReturnConsumedCapacity":"TOTAL"})");
}

TEST(EncodeQuery, WithEveryOption) {
  Query query;
  query.table = kReserved;
  query.hash = S("store");
  query.lower = B(std::string(1, '\0'));
  query.upper = B("\xff");
  query.exclusive_start = B("m");
  query.forward = false;
  query.limit = 18'446'744'073'709'551'615u;
  query.projection = {"Order", "Value"};
  EXPECT_EQ(Encoded(query),
            R"({"TableName":"Table",)"
            R"("KeyConditionExpression":"#0 = :0 AND #1 BETWEEN :1 AND :2",)"
            R"("ExclusiveStartKey":{"Key":{"S":"store"},"Order":{"B":"bQ=="}},)"
            R"("ScanIndexForward":false,"ConsistentRead":true,)"
            R"("Limit":18446744073709551615,"ProjectionExpression":"#2,#3",)"
            R"("ExpressionAttributeNames":)"
            R"({"#0":"Key","#1":"Order","#2":"Order","#3":"Value"},)"
            R"("ExpressionAttributeValues":)"
            R"({":0":{"S":"store"},":1":{"B":"AA=="},":2":{"B":"/w=="}},)"
            R"("ReturnConsumedCapacity":"TOTAL"})");
}

TEST(EncodeScan, WithAndWithoutItsOptions) {
  Scan scan;
  scan.table = kTable;
  EXPECT_EQ(Encoded(scan),
            R"({"TableName":"table","ReturnConsumedCapacity":"TOTAL"})");
  scan.start = Key{S("\n"), B("x")};
  scan.consistent_read = true;
  scan.limit = 1;
  scan.projection = {"hkey"};
  EXPECT_EQ(Encoded(scan), R"({"TableName":"table","ExclusiveStartKey":)"
                           R"({"hkey":{"S":"\u000a"},"rkey":{"B":"eA=="}},)"
                           R"("ConsistentRead":true,"Limit":1,)"
                           R"("ProjectionExpression":"#0",)"
                           R"("ExpressionAttributeNames":{"#0":"hkey"},)"
                           R"("ReturnConsumedCapacity":"TOTAL"})");
}

TEST(EncodeBatchGetItem, WithAndWithoutItsOptions) {
  BatchGetItem get;
  get.table = kTable;
  get.hash = S("store");
  get.ranges = {B("a"), B("b")};
  EXPECT_EQ(Encoded(get),
            R"({"RequestItems":{"table":{"Keys":[)"
            R"({"hkey":{"S":"store"},"rkey":{"B":"YQ=="}},)"
            R"({"hkey":{"S":"store"},"rkey":{"B":"Yg=="}}],)"
            R"("ConsistentRead":true}},"ReturnConsumedCapacity":"TOTAL"})");
  get.ranges.resize(1);
  get.consistent_read = false;
  get.projection = {"rkey", "value"};
  EXPECT_EQ(Encoded(get),
            R"({"RequestItems":{"table":{"Keys":[)"
            R"({"hkey":{"S":"store"},"rkey":{"B":"YQ=="}}],)"
            R"("ProjectionExpression":"#0,#1",)"
            R"("ExpressionAttributeNames":{"#0":"rkey","#1":"value"}}},)"
            R"("ReturnConsumedCapacity":"TOTAL"})");
}

TEST(EncodeBatchWriteItem, PutsAndDeletes) {
  BatchWriteItem write;
  write.table = kTable;
  write.hash = S("store");
  write.requests = {
      {B("a"), Item{{"hkey", S("store")}, {"rkey", B("a")}, {"v", B("1")}}},
      {B("b"), std::nullopt}};
  EXPECT_EQ(Encoded(write),
            R"({"RequestItems":{"table":[{"PutRequest":{"Item":)"
            R"({"hkey":{"S":"store"},"rkey":{"B":"YQ=="},"v":{"B":"MQ=="}}}},)"
            R"({"DeleteRequest":{"Key":)"
            R"({"hkey":{"S":"store"},"rkey":{"B":"Yg=="}}}}]},)"
            R"("ReturnConsumedCapacity":"TOTAL"})");
}

TEST(EncodeTransactWriteItems, EveryKindOfWriteWithItsOwnPlaceholders) {
  using Kind = TransactWriteItems::Write::Kind;
  TransactWriteItems transaction;
  transaction.table = kTable;
  transaction.client_request_token = "0123456789abcdef";
  const Key a = {S("store"), B("a")};
  const Key b = {S("store"), B("b")};
  const Key c = {S("store"), B("c")};
  transaction.writes_in_order = {
      {Kind::kPut, a, {{"hkey", S("store")}, {"rkey", B("a")}}, {}},
      {Kind::kDelete, b, {}, {{{Condition::Kind::kEquals, "value", B("old")}}}},
      {Kind::kConditionCheck,
       c,
       {},
       {{{Condition::Kind::kNotExists, "rkey", {}}}}}};
  EXPECT_EQ(Encoded(transaction),
            R"({"TransactItems":[{"Put":{"TableName":"table","Item":)"
            R"({"hkey":{"S":"store"},"rkey":{"B":"YQ=="}}}},)"
            R"({"Delete":{"TableName":"table","Key":)"
            R"({"hkey":{"S":"store"},"rkey":{"B":"Yg=="}},)"
            R"("ConditionExpression":"#0 = :0",)"
            R"("ExpressionAttributeNames":{"#0":"value"},)"
            R"("ExpressionAttributeValues":{":0":{"B":"b2xk"}}}},)"
            R"({"ConditionCheck":{"TableName":"table","Key":)"
            R"({"hkey":{"S":"store"},"rkey":{"B":"Yw=="}},)"
            R"x("ConditionExpression":"attribute_not_exists(#0)",)x"
            R"("ExpressionAttributeNames":{"#0":"rkey"}}}],)"
            R"("ClientRequestToken":"0123456789abcdef",)"
            R"("ReturnConsumedCapacity":"TOTAL"})");
}

TEST(EncodeCreateTable, OnDemandAndProvisioned) {
  CreateTable create;
  create.description = {"table", "", "hkey", "S", "rkey", "B"};
  EXPECT_EQ(Encoded(create),
            R"({"TableName":"table","AttributeDefinitions":[)"
            R"({"AttributeName":"hkey","AttributeType":"S"},)"
            R"({"AttributeName":"rkey","AttributeType":"B"}],"KeySchema":[)"
            R"({"AttributeName":"hkey","KeyType":"HASH"},)"
            R"({"AttributeName":"rkey","KeyType":"RANGE"}],)"
            R"("BillingMode":"PAY_PER_REQUEST"})");
  create.read_capacity_units = 5;
  create.write_capacity_units = 10;
  EXPECT_EQ(Encoded(create),
            R"({"TableName":"table","AttributeDefinitions":[)"
            R"({"AttributeName":"hkey","AttributeType":"S"},)"
            R"({"AttributeName":"rkey","AttributeType":"B"}],"KeySchema":[)"
            R"({"AttributeName":"hkey","KeyType":"HASH"},)"
            R"({"AttributeName":"rkey","KeyType":"RANGE"}],)"
            R"("BillingMode":"PROVISIONED","ProvisionedThroughput":)"
            R"({"ReadCapacityUnits":5,"WriteCapacityUnits":10}})");
}

TEST(EncodeTables, DescribeDeleteAndList) {
  DescribeTable describe;
  describe.table = "a \"table\"";
  EXPECT_EQ(Encoded(describe), R"({"TableName":"a \"table\""})");
  DeleteTable remove;
  remove.table = "table";
  EXPECT_EQ(Encoded(remove), R"({"TableName":"table"})");
  ListTables list;
  EXPECT_EQ(Encoded(list), "{}");
  list.exclusive_start_table_name = "table";
  EXPECT_EQ(Encoded(list), R"({"ExclusiveStartTableName":"table"})");
}

TEST(Encode, AppendsToWhatIsThere) {
  std::string body = "before";
  ListTables().Encode(&body);
  EXPECT_EQ(body, "before{}");
}

TEST(Encode, OperationsKnowTheirNamesAndWhetherTheyWrite) {
  std::map<std::string, bool> writes;
  const auto note = [&](const Operation& operation) {
    writes[std::string(operation.name())] = operation.writes();
  };
  note(GetItem());
  note(PutItem());
  note(UpdateItem());
  note(DeleteItem());
  note(Query());
  note(Scan());
  note(BatchGetItem());
  note(BatchWriteItem());
  note(TransactWriteItems());
  note(CreateTable());
  note(DescribeTable());
  note(DeleteTable());
  note(ListTables());
  EXPECT_EQ(writes, (std::map<std::string, bool>{{"BatchGetItem", false},
                                                 {"BatchWriteItem", true},
                                                 {"CreateTable", true},
                                                 {"DeleteItem", true},
                                                 {"DeleteTable", true},
                                                 {"DescribeTable", false},
                                                 {"GetItem", false},
                                                 {"ListTables", false},
                                                 {"PutItem", true},
                                                 {"Query", false},
                                                 {"Scan", false},
                                                 {"TransactWriteItems", true},
                                                 {"UpdateItem", true}}));
}

// ---- Golden answers -------------------------------------------------------

TEST(DecodeGetItem, FoundAndMissing) {
  GetItem get;
  ASSERT_TRUE(Decode(&get, R"({"ConsumedCapacity":{"TableName":"table",)"
                           R"("CapacityUnits":1.5},"Item":{)"
                           R"("hkey":{"S":"a\n\u00e9\ud83d\ude00"},)"
                           R"("rkey":{"B":"AP8="},"n":{"N":"-1.5E+10"},)"
                           R"("z":{"NULL":true},"t":{"BOOL":true},)"
                           R"("f":{"BOOL":false},"ss":{"SS":["x",""]},)"
                           R"("l":{"L":[{"S":"in"}]},"m":{"M":{}},)"
                           R"("ns":{"NS":["1"]},"bs":{"BS":["AA=="]}}})")
                  .ok());
  ASSERT_TRUE(get.item.has_value());
  const Item& item = *get.item;
  ASSERT_EQ(item.size(), 11u);
  EXPECT_EQ(*Find(item, "hkey"), S("a\né\U0001F600"));
  EXPECT_EQ(*Find(item, "rkey"), B(std::string("\0\xff", 2)));
  EXPECT_EQ(*Find(item, "n"), N("-1.5E+10"));
  EXPECT_EQ(*Find(item, "z"), AttributeValue::Null());
  EXPECT_EQ(*Find(item, "t"), Bool(true));
  EXPECT_EQ(*Find(item, "f"), Bool(false));
  EXPECT_EQ(*Find(item, "ss"), AttributeValue::SS({"x", ""}));
  for (const char* name : {"l", "m", "ns", "bs"}) {
    EXPECT_EQ(Find(item, name)->type, Type::kOther) << name;
  }
  EXPECT_EQ(TypeName(*Find(item, "l")), "L");
  EXPECT_EQ(TypeName(*Find(item, "bs")), "BS");
  EXPECT_EQ(Find(item, "other"), nullptr);
  EXPECT_EQ(get.capacity().read_units, 1.5);
  EXPECT_EQ(get.capacity().write_units, 0);

  ASSERT_TRUE(Decode(&get, "{}").ok());
  EXPECT_FALSE(get.item.has_value());
  EXPECT_EQ(get.capacity().read_units, 0);
}

const std::vector<std::string> kBadValues = {"null",
                                             "\"x\"",
                                             "[]",
                                             "{}",
                                             R"({"S":1})",
                                             R"({"S":null})",
                                             R"({"B":"?"})",
                                             R"({"B":"QQ"})",
                                             R"({"B":true})",
                                             R"({"N":1})",
                                             R"({"BOOL":"true"})",
                                             R"({"SS":"x"})",
                                             R"({"SS":[1]})",
                                             R"({"X":"x"})",
                                             R"({"s":"x"})",
                                             R"({"S":"x","B":"QQ=="})"};

TEST(DecodeGetItem, WrongShapesAreCorruption) {
  std::vector<std::string> answers = {"[]",
                                      "null",
                                      "\"Item\"",
                                      "17",
                                      R"({"Item":null})",
                                      R"({"Item":[]})",
                                      R"({"Item":"x"})"};
  for (const std::string& value : kBadValues) {
    answers.push_back(R"({"Item":{"good":{"S":"x"},"bad":)" + value + "}}");
  }
  ExpectCorruption([] { return GetItem(); }, answers);
}

TEST(DecodeWrites, TakeEveryObjectAndNothingElse) {
  const auto check = [](auto operation) {
    ASSERT_TRUE(
        Decode(&operation, R"({"ConsumedCapacity":{"CapacityUnits":3}})").ok());
    EXPECT_EQ(operation.capacity().write_units, 3);
    EXPECT_EQ(operation.capacity().read_units, 0);
    EXPECT_TRUE(Decode(&operation, "{}").ok());
    EXPECT_EQ(operation.capacity().write_units, 0);
    ExpectCorruption([] { return decltype(operation)(); },
                     {"[]", "null", "true", "\"x\"", "1"});
  };
  check(PutItem());
  check(UpdateItem());
  check(DeleteItem());
  check(TransactWriteItems());
}

TEST(DecodeTransactWriteItems, AddsUpTheUnitsOfItsTables) {
  TransactWriteItems transaction;
  ASSERT_TRUE(Decode(&transaction, R"({"ConsumedCapacity":[)"
                                   R"({"TableName":"a","CapacityUnits":4,)"
                                   R"("WriteCapacityUnits":4},)"
                                   R"({"TableName":"b","CapacityUnits":2,)"
                                   R"("ReadCapacityUnits":2}]})")
                  .ok());
  EXPECT_EQ(transaction.capacity().write_units, 4);
  EXPECT_EQ(transaction.capacity().read_units, 2);
}

TEST(DecodeQuery, ItemsAndWhereToGoOn) {
  Query query;
  query.table = kTable;
  ASSERT_TRUE(
      Decode(&query,
             R"({"Items":[{"rkey":{"B":"YQ=="}},{"rkey":{"B":"Yg=="}}],)"
             R"("Count":2,"ScannedCount":2,"LastEvaluatedKey":)"
             R"({"hkey":{"S":"store"},"rkey":{"B":"Yg=="}},)"
             R"("ConsumedCapacity":{"CapacityUnits":0.5}})")
          .ok());
  ASSERT_EQ(query.items.size(), 2u);
  EXPECT_EQ(*Find(query.items[1], "rkey"), B("b"));
  EXPECT_THAT(query.last_evaluated, Optional(B("b")));
  EXPECT_EQ(query.capacity().read_units, 0.5);

  ASSERT_TRUE(Decode(&query, R"({"Items":[]})").ok());
  EXPECT_THAT(query.items, IsEmpty());
  EXPECT_FALSE(query.last_evaluated.has_value());
}

TEST(DecodeQuery, AnEmptyPageMayGoOn) {
  Query query;
  query.table = kTable;
  ASSERT_TRUE(Decode(&query, R"({"Items":[],"LastEvaluatedKey":)"
                             R"({"hkey":{"S":"store"},"rkey":{"S":"x"}}})")
                  .ok());
  EXPECT_THAT(query.last_evaluated, Optional(S("x")));
}

TEST(DecodeQuery, WrongShapesAreCorruption) {
  std::vector<std::string> answers = {
      "[]", "null", "{}", R"({"Items":{}})", R"({"Items":null})",
      R"({"Items":[[]]})", R"({"Items":[{"a":{"S":"x"}},17]})",
      // To take one of these for the end would lose the rest.
      R"({"Items":[],"LastEvaluatedKey":{}})",
      R"({"Items":[],"LastEvaluatedKey":"x"})",
      R"({"Items":[],"LastEvaluatedKey":[]})",
      R"({"Items":[],"LastEvaluatedKey":{"hkey":{"S":"store"}}})"};
  for (const std::string& value : kBadValues) {
    answers.push_back(R"({"Items":[{"a":)" + value + "}]}");
    answers.push_back(R"({"Items":[],"LastEvaluatedKey":{"rkey":)" + value +
                      "}}");
  }
  ExpectCorruption(
      [] {
        Query query;
        query.table = kTable;
        return query;
      },
      answers);
}

TEST(DecodeScan, ItemsAndWhereToGoOn) {
  Scan scan;
  scan.table = kTable;
  ASSERT_TRUE(Decode(&scan,
                     R"({"Items":[{"hkey":{"S":"x"}}],"LastEvaluatedKey":)"
                     R"({"hkey":{"S":"x"},"rkey":{"B":"YQ=="}}})")
                  .ok());
  EXPECT_EQ(scan.items.size(), 1u);
  ASSERT_TRUE(scan.last_evaluated.has_value());
  EXPECT_EQ(scan.last_evaluated->hash, S("x"));
  EXPECT_EQ(scan.last_evaluated->range, B("a"));
  ASSERT_TRUE(Decode(&scan, R"({"Items":[]})").ok());
  EXPECT_THAT(scan.items, IsEmpty());
  EXPECT_FALSE(scan.last_evaluated.has_value());
}

TEST(DecodeScan, WrongShapesAreCorruption) {
  ExpectCorruption(
      [] {
        Scan scan;
        scan.table = kTable;
        return scan;
      },
      {"[]", "{}", R"({"Items":{}})", R"({"Items":[1]})",
       R"({"Items":[],"LastEvaluatedKey":"x"})",
       R"({"Items":[],"LastEvaluatedKey":{}})",
       R"({"Items":[],"LastEvaluatedKey":{"hkey":{"S":"x"}}})"});
}

TEST(DecodeTables, DescriptionsOfEveryAnswer) {
  const std::string description =
      R"({"TableName":"table","TableStatus":"CREATING","KeySchema":[)"
      R"({"AttributeName":"hkey","KeyType":"HASH"},)"
      R"({"AttributeName":"rkey","KeyType":"RANGE"}],)"
      R"("AttributeDefinitions":[)"
      R"({"AttributeName":"rkey","AttributeType":"B"},)"
      R"({"AttributeName":"index","AttributeType":"N"},)"
      R"({"AttributeName":"hkey","AttributeType":"S"}],"ItemCount":0})";
  const auto check = [](const TableDescription& d) {
    EXPECT_EQ(d.name, "table");
    EXPECT_EQ(d.status, "CREATING");
    EXPECT_EQ(d.hash_name, "hkey");
    EXPECT_EQ(d.hash_type, "S");
    EXPECT_EQ(d.range_name, "rkey");
    EXPECT_EQ(d.range_type, "B");
  };
  CreateTable create;
  ASSERT_TRUE(
      Decode(&create, R"({"TableDescription":)" + description + "}").ok());
  check(create.created);
  DescribeTable describe;
  ASSERT_TRUE(Decode(&describe, R"({"Table":)" + description + "}").ok());
  check(describe.description);
  DeleteTable remove;
  EXPECT_TRUE(
      Decode(&remove, R"({"TableDescription":)" + description + "}").ok());
}

TEST(DecodeTables, ATableMayHaveNoRangeKey) {
  DescribeTable describe;
  describe.description.range_name = "of an earlier answer";
  ASSERT_TRUE(Decode(&describe,
                     R"({"Table":{"TableStatus":"ACTIVE","KeySchema":[)"
                     R"({"AttributeName":"id","KeyType":"HASH"}],)"
                     R"("AttributeDefinitions":[)"
                     R"({"AttributeName":"id","AttributeType":"N"}]}})")
                  .ok());
  EXPECT_EQ(describe.description.hash_name, "id");
  EXPECT_EQ(describe.description.hash_type, "N");
  EXPECT_EQ(describe.description.range_name, "");
}

TEST(DecodeTables, WrongShapesAreCorruption) {
  ExpectCorruption([] { return CreateTable(); },
                   {"[]", "{}", R"({"TableDescription":{}})"});
  ExpectCorruption(
      [] { return DescribeTable(); },
      {"[]", "{}", R"({"Table":[]})", R"({"Table":{"TableStatus":1}})"});
  ExpectCorruption([] { return DeleteTable(); }, {"[]", "null"});
  ExpectCorruption([] { return ListTables(); },
                   {"[]", "{}", R"({"TableNames":{}})", R"({"TableNames":[1]})",
                    R"({"TableNames":[],"LastEvaluatedTableName":1})"});
}

TEST(DecodeListTables, NamesAndWhereToGoOn) {
  ListTables list;
  ASSERT_TRUE(
      Decode(&list, R"({"TableNames":["a","b"],"LastEvaluatedTableName":"b"})")
          .ok());
  EXPECT_THAT(list.table_names, ElementsAre("a", "b"));
  EXPECT_EQ(list.last_evaluated_table_name, "b");
  ASSERT_TRUE(Decode(&list, R"({"TableNames":[]})").ok());
  EXPECT_THAT(list.table_names, IsEmpty());
  EXPECT_EQ(list.last_evaluated_table_name, "");
}

TEST(Decode, CapacityOfAnyShapeNeverFails) {
  for (const char* capacity :
       {"null", "[]", "[1]", "1", "\"x\"", R"({"CapacityUnits":"x"})"}) {
    GetItem get;
    EXPECT_TRUE(
        Decode(&get, R"({"ConsumedCapacity":)" + std::string(capacity) + "}")
            .ok());
    EXPECT_EQ(get.capacity().read_units, 0);
  }
}

// ---- Batches --------------------------------------------------------------

BatchGetItem MakeBatchGet(int n) {
  BatchGetItem get;
  get.table = kTable;
  get.hash = S("store");
  for (int i = 0; i < n; ++i) {
    get.ranges.push_back(S(std::string(1, static_cast<char>('a' + i))));
  }
  return get;
}

std::string FoundItem(const std::string& range) {
  return R"({"hkey":{"S":"store"},"rkey":{"S":")" + range +
         R"("},"value":{"S":"of )" + range + R"("}})";
}
std::string KeyText(const std::string& range) {
  return R"({"hkey":{"S":"store"},"rkey":{"S":")" + range + R"("}})";
}

/// The range keys that the next request asks for.
std::vector<std::string> Asked(const BatchGetItem& get) {
  std::vector<std::string> ranges;
  const Json body = Json::parse(Encoded(get));
  for (const Json& key : body["RequestItems"]["table"]["Keys"]) {
    EXPECT_EQ(key["hkey"]["S"], "store");
    ranges.push_back(key["rkey"]["S"]);
  }
  return ranges;
}

/// What was found for each key; "-": nothing.
std::vector<std::string> Found(const BatchGetItem& get) {
  std::vector<std::string> values;
  for (const std::optional<Item>& item : get.items) {
    values.push_back(item ? Find(*item, "value")->text : "-");
  }
  return values;
}

TEST(BatchGetItem, AnswersComeInAnyOrderAndMissingOnesNotAtAll) {
  BatchGetItem get = MakeBatchGet(3);
  ASSERT_TRUE(Decode(&get, R"({"Responses":{"table":[)" + FoundItem("c") + "," +
                               FoundItem("a") +
                               R"(]},"UnprocessedKeys":{},)"
                               R"("ConsumedCapacity":[{"TableName":"table",)"
                               R"("CapacityUnits":3}]})")
                  .ok());
  EXPECT_THAT(Found(get), ElementsAre("of a", "-", "of c"));
  EXPECT_EQ(get.unprocessed(), 0u);
  EXPECT_EQ(get.capacity().read_units, 3);
}

TEST(BatchGetItem, AsksAgainForUnprocessedKeysOnlyUntilThereAreNone) {
  BatchGetItem get = MakeBatchGet(4);
  EXPECT_THAT(Asked(get), ElementsAre("a", "b", "c", "d"));
  EXPECT_EQ(get.unprocessed(), 4u);
  EXPECT_FALSE(get.answered(0));
  ASSERT_TRUE(Decode(&get, R"({"Responses":{"table":[)" + FoundItem("b") +
                               R"(]},"UnprocessedKeys":{"table":{"Keys":[)" +
                               KeyText("d") + "," + KeyText("a") +
                               R"(],"ConsistentRead":true}}})")
                  .ok());
  EXPECT_EQ(get.unprocessed(), 2u);
  EXPECT_FALSE(get.answered(0));
  EXPECT_TRUE(get.answered(1));
  EXPECT_TRUE(get.answered(2));
  EXPECT_FALSE(get.answered(3));
  EXPECT_THAT(Asked(get), ElementsAre("a", "d"));

  ASSERT_TRUE(Decode(&get, R"({"Responses":{},"UnprocessedKeys":)"
                           R"({"table":{"Keys":[)" +
                               KeyText("a") + R"(]}}})")
                  .ok());
  EXPECT_THAT(Asked(get), ElementsAre("a"));
  ASSERT_TRUE(Decode(&get, R"({"Responses":{"table":[)" + FoundItem("a") +
                               R"(]},"UnprocessedKeys":{}})")
                  .ok());
  EXPECT_EQ(get.unprocessed(), 0u);
  EXPECT_THAT(Found(get), ElementsAre("of a", "of b", "-", "-"));
}

TEST(BatchGetItem, WrongShapesAreCorruptionAndAskAgainForAll) {
  for (const std::string answer : {
           R"([])",
           R"({})",
           R"({"Responses":[]})",
           R"({"Responses":{"table":{}}})",
           R"({"Responses":{"table":[1]}})",
           R"({"Responses":{"table":[{"value":{"S":"no key"}}]}})",
           R"({"Responses":{"table":[{"rkey":{"S":"foreign"}}]}})",
           R"({"Responses":{"table":[{"rkey":{"B":"YQ=="}}]}})",
           // To take one of these for "all done" would hide items.
           R"({"Responses":{},"UnprocessedKeys":[]})",
           R"({"Responses":{},"UnprocessedKeys":"x"})",
           R"({"Responses":{},"UnprocessedKeys":{"table":[]}})",
           R"({"Responses":{},"UnprocessedKeys":{"table":{}}})",
           R"({"Responses":{},"UnprocessedKeys":{"table":{"Keys":{}}}})",
           R"({"Responses":{},"UnprocessedKeys":{"table":{"Keys":[1]}}})",
           R"({"Responses":{},"UnprocessedKeys":{"other":{"Keys":[]}}})",
           R"({"Responses":{},"UnprocessedKeys":{"table":{"Keys":[)"
           R"({"hkey":{"S":"store"},"rkey":{"S":"foreign"}}]}}})",
           // Twice.
           R"({"Responses":{},"UnprocessedKeys":{"table":{"Keys":[)"
           R"({"rkey":{"S":"a"}},{"rkey":{"S":"a"}}]}}})",
       }) {
    BatchGetItem get = MakeBatchGet(2);
    const Result<void> result = Decode(&get, answer);
    ASSERT_FALSE(result.ok()) << answer;
    EXPECT_EQ(result.error().kind, ErrorKind::kCorruption) << answer;
    EXPECT_THAT(Asked(get), ElementsAre("a", "b")) << answer;
  }
}

BatchWriteItem MakeBatchWrite(int n) {
  BatchWriteItem write;
  write.table = kTable;
  write.hash = S("store");
  for (int i = 0; i < n; ++i) {
    const AttributeValue range = S(std::string(1, static_cast<char>('a' + i)));
    WriteRequest& request = write.requests.emplace_back();
    request.range = range;
    if (i % 2 == 0) {
      request.put = Item{{"hkey", S("store")}, {"rkey", range}};
    }
  }
  return write;
}

/// What the next request writes: range keys, "-" before those it deletes.
std::vector<std::string> Writes(const BatchWriteItem& write) {
  std::vector<std::string> writes;
  const Json body = Json::parse(Encoded(write));
  for (const Json& request : body["RequestItems"]["table"]) {
    if (request.contains("PutRequest")) {
      writes.push_back(request["PutRequest"]["Item"]["rkey"]["S"]);
    } else {
      const std::string range = request["DeleteRequest"]["Key"]["rkey"]["S"];
      writes.push_back("-" + range);
    }
  }
  return writes;
}

std::string Unprocessed(const std::vector<std::string>& writes) {
  std::string text;
  for (const std::string& write : writes) {
    if (!text.empty()) text += ",";
    text +=
        write[0] == '-'
            ? R"({"DeleteRequest":{"Key":)" + KeyText(write.substr(1)) + "}}"
            : R"({"PutRequest":{"Item":)" + KeyText(write) + "}}";
  }
  return R"({"UnprocessedItems":{"table":[)" + text + "]}}";
}

TEST(BatchWriteItem, SendsUnprocessedItemsAgainUntilThereAreNone) {
  BatchWriteItem write = MakeBatchWrite(4);
  EXPECT_THAT(Writes(write), ElementsAre("a", "-b", "c", "-d"));
  EXPECT_EQ(write.unprocessed(), 4u);
  EXPECT_FALSE(write.written(0));

  ASSERT_TRUE(Decode(&write, Unprocessed({"-d", "a"})).ok());
  EXPECT_EQ(write.unprocessed(), 2u);
  EXPECT_THAT(Writes(write), ElementsAre("a", "-d"));
  EXPECT_FALSE(write.written(0));
  EXPECT_TRUE(write.written(1));
  EXPECT_TRUE(write.written(2));
  EXPECT_FALSE(write.written(3));

  ASSERT_TRUE(Decode(&write, Unprocessed({"-d"})).ok());
  EXPECT_THAT(Writes(write), ElementsAre("-d"));
  EXPECT_TRUE(write.written(0));

  ASSERT_TRUE(Decode(&write, R"({"UnprocessedItems":{},"ConsumedCapacity":[)"
                             R"({"TableName":"table","CapacityUnits":2}]})")
                  .ok());
  EXPECT_EQ(write.unprocessed(), 0u);
  EXPECT_TRUE(write.written(3));
  EXPECT_EQ(write.capacity().write_units, 2);
}

TEST(BatchWriteItem, WrongShapesAreCorruptionAndSayNothingIsWritten) {
  for (const std::string& answer : {
           std::string("[]"),
           std::string("null"),
           std::string(R"({"UnprocessedItems":[]})"),
           std::string(R"({"UnprocessedItems":"x"})"),
           std::string(R"({"UnprocessedItems":{"table":{}}})"),
           std::string(R"({"UnprocessedItems":{"table":[1]}})"),
           std::string(R"({"UnprocessedItems":{"table":[{}]}})"),
           std::string(R"({"UnprocessedItems":{"other":[]}})"),
           Unprocessed({"foreign"}),
           Unprocessed({"a", "foreign"}),
           Unprocessed({"a", "a"}),
       }) {
    BatchWriteItem write = MakeBatchWrite(2);
    const Result<void> result = Decode(&write, answer);
    ASSERT_FALSE(result.ok()) << answer;
    EXPECT_EQ(result.error().kind, ErrorKind::kCorruption) << answer;
    EXPECT_FALSE(write.written(0)) << answer;
    EXPECT_THAT(Writes(write), ElementsAre("a", "-b")) << answer;
  }
}

TEST(BatchWriteItem, WhatWasWrittenBeforeADamagedAnswerStaysSo) {
  BatchWriteItem write = MakeBatchWrite(3);
  ASSERT_TRUE(Decode(&write, Unprocessed({"c"})).ok());
  EXPECT_FALSE(Decode(&write, Unprocessed({"a"})).ok());
  EXPECT_TRUE(write.written(0));
  EXPECT_FALSE(write.written(2));
  EXPECT_THAT(Writes(write), ElementsAre("c"));
}

// ---- Random items ---------------------------------------------------------

class RandomItems {
 public:
  explicit RandomItems(uint64_t seed) : random_(seed) {}

  Item Next() {
    Item item;
    std::map<std::string, bool> names;
    for (size_t n = 1 + Below(8); n > 0; --n) {
      std::string name = Text(12);
      if (!names.emplace(name, true).second) continue;
      item.push_back({std::move(name), Value()});
    }
    return item;
  }
  size_t Below(size_t n) { return random_() % n; }

 private:
  std::string Text(size_t characters_max) {
    std::string text;
    for (size_t n = Below(characters_max + 1); n > 0; --n) {
      uint32_t c = 0;
      switch (Below(5)) {
        case 0:
          c = static_cast<uint32_t>(Below(0x20));
          break;
        case 1:
          c = static_cast<uint32_t>("\"\\/\x7f{}[],:"[Below(11)]);
          break;
        case 2:
          c = static_cast<uint32_t>(0x20 + Below(0x60));
          break;
        case 3:
          c = static_cast<uint32_t>(0x80 + Below(0xd800 - 0x80));
          break;
        default:
          c = static_cast<uint32_t>(0xe000 + Below(0x110000 - 0xe000));
      }
      AppendUtf8(c, &text);
    }
    return text;
  }
  std::string Bytes(size_t n_max) {
    std::string bytes;
    for (size_t n = Below(n_max + 1); n > 0; --n) {
      bytes.push_back(static_cast<char>(Below(256)));
    }
    return bytes;
  }
  AttributeValue Value() {
    switch (Below(6)) {
      case 0:
        return S(Text(40));
      case 1:
        return B(Bytes(Below(50) == 0 ? 5'000 : 60));
      case 2:
        return N(std::to_string(static_cast<int64_t>(random_())));
      case 3:
        return AttributeValue::Null();
      case 4:
        return Bool(Below(2) == 0);
      default: {
        std::vector<std::string> set;
        for (size_t n = Below(4); n > 0; --n) set.push_back(Text(8));
        return AttributeValue::SS(std::move(set));
      }
    }
  }
  static void AppendUtf8(uint32_t c, std::string* out) {
    const auto add = [out](uint32_t byte) {
      out->push_back(static_cast<char>(byte));
    };
    if (c < 0x80) {
      add(c);
    } else if (c < 0x800) {
      add(0xc0 | c >> 6);
      add(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
      add(0xe0 | c >> 12);
      add(0x80 | (c >> 6 & 0x3f));
      add(0x80 | (c & 0x3f));
    } else {
      add(0xf0 | c >> 18);
      add(0x80 | (c >> 12 & 0x3f));
      add(0x80 | (c >> 6 & 0x3f));
      add(0x80 | (c & 0x3f));
    }
  }

  std::mt19937_64 random_;
};

/// By another hand than the codec's.
std::string PlainBase64(const std::string& bytes) {
  static const char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t bits = 0;
    for (size_t j = i; j < i + 3; ++j) {
      bits = bits << 8 |
             (j < bytes.size() ? static_cast<unsigned char>(bytes[j]) : 0u);
    }
    for (size_t j = 0; j < 4; ++j) {
      text.push_back(i + j <= bytes.size() ? kDigits[bits >> (18 - 6 * j) & 63]
                                           : '=');
    }
  }
  return text;
}

Json ToJson(const Item& item) {
  Json json = Json::object();
  for (const Attribute& attribute : item) {
    const AttributeValue& value = attribute.value;
    switch (value.type) {
      case Type::kB:
        json[attribute.name] = {{"B", PlainBase64(value.text)}};
        break;
      case Type::kNull:
        json[attribute.name] = {{"NULL", true}};
        break;
      case Type::kBool:
        json[attribute.name] = {{"BOOL", value.text == "true"}};
        break;
      case Type::kSS:
        json[attribute.name] = {{"SS", value.set}};
        break;
      default:
        json[attribute.name] = {{std::string(TypeName(value)), value.text}};
    }
  }
  return json;
}

TEST(RandomItems, AreEncodedToWhatAnotherParserReads) {
  RandomItems items(1);
  for (int round = 0; round < 1'000; ++round) {
    PutItem put;
    put.table = kTable;
    put.item = items.Next();
    EXPECT_EQ(Json::parse(Encoded(put))["Item"], ToJson(put.item));
  }
}

TEST(RandomItems, AreDecodedFromWhatAnotherWriterWrites) {
  RandomItems items(2);
  for (int round = 0; round < 1'000; ++round) {
    const Item item = items.Next();
    const Json answer = {{"Item", ToJson(item)}};
    GetItem get;
    // With every character above ASCII escaped, or as it is; in one line or in
    // many.
    ASSERT_TRUE(
        Decode(&get, answer.dump(round % 3 == 0 ? 2 : -1, ' ', round % 2 == 0))
            .ok());
    ASSERT_TRUE(get.item.has_value());
    ASSERT_EQ(get.item->size(), item.size());
    for (const Attribute& attribute : item) {
      const AttributeValue* value = Find(*get.item, attribute.name);
      ASSERT_NE(value, nullptr);
      EXPECT_EQ(*value, attribute.value);
    }
  }
}

TEST(RandomItems, TruncatedOrDamagedAnswersNeverCrash) {
  RandomItems items(3);
  JsonParser parser;
  for (int round = 0; round < 1'000; ++round) {
    std::string answer =
        Json{{"Items", {ToJson(items.Next()), ToJson(items.Next())}}}.dump();
    for (size_t n = items.Below(4); n > 0; --n) {
      answer[items.Below(answer.size())] = static_cast<char>(items.Below(256));
    }
    const Result<JsonValue> value = parser.Parse(&answer);
    if (!value.ok()) continue;
    Query query;
    query.table = kTable;
    BatchGetItem get = MakeBatchGet(2);
    BatchWriteItem write = MakeBatchWrite(2);
    DescribeTable describe;
    for (Operation* operation :
         std::initializer_list<Operation*>{&query, &get, &write, &describe}) {
      const Result<void> result = operation->Decode(*value);
      EXPECT_TRUE(result.ok() || result.error().kind == ErrorKind::kCorruption);
    }
  }
}

}  // namespace
}  // namespace dynamodown

// Compares encoded requests with golden requests.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dynamo/codec/codec_test_helpers.h"

namespace dynamodown {
namespace {

using Json = nlohmann::json;
using Condition = ConditionExpression;

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

}  // namespace
}  // namespace dynamodown

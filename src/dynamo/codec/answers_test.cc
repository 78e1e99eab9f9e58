// Decodes golden answers.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dynamo/codec/codec_test_helpers.h"

namespace dynamodown {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;
using Type = AttributeValue::Type;

TEST(DecodeGetItem, FoundAndMissing) {
  GetItem get;
  get.table.table = "table";
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
                                             R"({"N":"junk"})",
                                             R"({"N":""})",
                                             R"({"N":"-"})",
                                             R"({"N":"."})",
                                             R"({"N":"1e"})",
                                             R"({"N":"1e+"})",
                                             R"({"N":"1 "})",
                                             R"({"N":"1.2.3"})",
                                             R"({"N":"0x1"})",
                                             R"({"N":"NaN"})",
                                             R"({"S":"x","S":"x"})",
                                             R"({"BOOL":"true"})",
                                             R"({"SS":"x"})",
                                             R"({"SS":[1]})",
                                             R"({"X":"x"})",
                                             R"({"s":"x"})",
                                             R"({"S":"x","B":"QQ=="})"};

TEST(DecodeGetItem, WrongShapesAreCorruption) {
  std::vector<std::string> answers = {
      "[]", "null", "\"Item\"", "17", R"({"Item":[]})", R"({"Item":"x"})"};
  for (const std::string& value : kBadValues) {
    answers.push_back(R"({"Item":{"good":{"S":"x"},"bad":)" + value + "}}");
  }
  ExpectCorruption([] { return GetItem(); }, answers);
}

TEST(DecodeWrites, AcceptAnObjectAndNothingElse) {
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

TEST(DecodeTransactWriteItems, AddsUpTheUnitsOfTheList) {
  TransactWriteItems transaction;
  transaction.table = kTable;
  ASSERT_TRUE(Decode(&transaction, R"({"ConsumedCapacity":[)"
                                   R"({"TableName":"table","CapacityUnits":4,)"
                                   R"("WriteCapacityUnits":4},)"
                                   R"({"TableName":"table","CapacityUnits":2,)"
                                   R"("ReadCapacityUnits":2}]})")
                  .ok());
  EXPECT_EQ(transaction.capacity().write_units, 4);
  EXPECT_EQ(transaction.capacity().read_units, 2);
}

TEST(DecodeQuery, ItemsAndWhereToGoOn) {
  Query query;
  query.table = kTable;
  query.hash = S("store");
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

TEST(DecodeQuery, AnEmptyPageNeedNotBeTheLast) {
  Query query;
  query.table = kTable;
  query.hash = S("store");
  ASSERT_TRUE(Decode(&query, R"({"Items":[],"LastEvaluatedKey":)"
                             R"({"hkey":{"S":"store"},"rkey":{"S":"x"}}})")
                  .ok());
  EXPECT_THAT(query.last_evaluated, Optional(S("x")));
}

TEST(DecodeQuery, WrongShapesAreCorruption) {
  std::vector<std::string> answers = {
      "[]", "null", "{}", R"({"Items":{}})", R"({"Items":null})",
      R"({"Items":[[]]})", R"({"Items":[{"a":{"S":"x"}},17]})",
      // If one of these counted as the end, the items after this page would be
      // lost.
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

TEST(DecodeTables, ReadsTheDescriptionInEveryAnswer) {
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
  create.description.name = "table";
  ASSERT_TRUE(
      Decode(&create, R"({"TableDescription":)" + description + "}").ok());
  check(create.created);
  DescribeTable describe;
  describe.table = "table";
  ASSERT_TRUE(Decode(&describe, R"({"Table":)" + description + "}").ok());
  check(describe.description);
  DeleteTable remove;
  remove.table = "table";
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

TEST(Decode, AMemberOrAnAttributeTwiceIsCorruption) {
  ExpectCorruption([] { return GetItem(); },
                   {R"({"Item":{},"Item":{}})", R"({"x":1,"x":1})",
                    R"({"Item":{"a":{"S":"x"},"b":{"S":"x"},"a":{"S":"x"}}})"});
  ExpectCorruption(
      [] { return Query(); },
      {R"({"Items":[],"Items":[]})",
       R"({"Items":[{"rkey":{"B":"AA=="},"rkey":{"B":"AQ=="}}]})"});
  ExpectCorruption([] { return PutItem(); },
                   {R"({"ConsumedCapacity":{},"ConsumedCapacity":{}})"});
}

TEST(DecodeTables, AKeysNameAndTypeAreShort) {
  const auto table = [](const std::string& name, const std::string& type) {
    return R"({"Table":{"TableStatus":"ACTIVE","KeySchema":[)"
           R"({"AttributeName":")" +
           name + R"(","KeyType":"HASH"}],"AttributeDefinitions":[)" +
           R"({"AttributeName":")" + name + R"(","AttributeType":")" + type +
           R"("}]}})";
  };
  DescribeTable describe;
  ASSERT_TRUE(Decode(&describe, table(std::string(255, 'k'), "S")).ok());
  EXPECT_EQ(describe.description.hash_name.size(), 255u);
  ExpectCorruption(
      [] { return DescribeTable(); },
      {table(std::string(256, 'k'), "S"), table("k", std::string(5000, 'S'))});
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

TEST(Decode, ACapacityWithoutUnitsIsAccepted) {
  for (const char* capacity : {"[]", "{}", "[{}]"}) {
    GetItem get;
    EXPECT_TRUE(
        Decode(&get, R"({"ConsumedCapacity":)" + std::string(capacity) + "}")
            .ok());
    EXPECT_EQ(get.capacity().read_units, 0);
  }
}

}  // namespace
}  // namespace dynamodown

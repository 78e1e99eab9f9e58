#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "dynamo/codec/codec_test_helpers.h"

namespace dynamodown {
namespace {

using Json = nlohmann::json;
using testing::ElementsAre;

std::string FoundItem(const std::string& range) {
  return R"({"hkey":{"S":"store"},"rkey":{"S":")" + range +
         R"("},"value":{"S":"of )" + range + R"("}})";
}
std::string KeyText(const std::string& range) {
  return R"({"hkey":{"S":"store"},"rkey":{"S":")" + range + R"("}})";
}

/// Returns the range keys that the next request asks for.
std::vector<std::string> Asked(const BatchGetItem& get) {
  std::vector<std::string> ranges;
  const Json body = Json::parse(Encoded(get));
  for (const Json& key : body["RequestItems"]["table"]["Keys"]) {
    EXPECT_EQ(key["hkey"]["S"], "store");
    ranges.push_back(key["rkey"]["S"]);
  }
  return ranges;
}

/// Returns the value found for each key, or "-" if no value was found.
std::vector<std::string> Found(const BatchGetItem& get) {
  std::vector<std::string> values;
  for (const std::optional<Item>& item : get.items) {
    values.push_back(item ? Find(*item, "value")->text : "-");
  }
  return values;
}

TEST(BatchGetItem, ItemsMayComeInAnyOrderOrBeMissing) {
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

TEST(BatchGetItem, AnAnswerToAnArnHasTheArnOrTheName) {
  const std::string arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/table";
  for (const std::string& named : {arn, std::string("table")}) {
    BatchGetItem get = MakeBatchGet(1);
    get.table.table = arn;
    EXPECT_TRUE(Decode(&get, R"({"Responses":{")" + named + R"(":[)" +
                                 FoundItem("a") + "]}}")
                    .ok())
        << named;
    EXPECT_THAT(Found(get), ElementsAre("of a"));
  }
  for (const char* other : {"able", "", "arn:aws:dynamodb:x:1:table/table"}) {
    BatchGetItem get = MakeBatchGet(1);
    get.table.table = arn;
    EXPECT_FALSE(Decode(&get, R"({"Responses":{")" + std::string(other) +
                                  R"(":[)" + FoundItem("a") + "]}}")
                     .ok())
        << other;
  }
}

TEST(BatchGetItem, AsksAgainOnlyForUnprocessedKeysUntilThereAreNone) {
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

  ASSERT_TRUE(Decode(&get, R"({"Responses":{"table":[]},"UnprocessedKeys":)"
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
           // If one of these counted as "all done", the result would lack
           // items.
           R"({"Responses":{},"UnprocessedKeys":[]})",
           R"({"Responses":{},"UnprocessedKeys":"x"})",
           R"({"Responses":{},"UnprocessedKeys":{"table":[]}})",
           R"({"Responses":{},"UnprocessedKeys":{"table":{}}})",
           R"({"Responses":{},"UnprocessedKeys":{"table":{"Keys":{}}}})",
           R"({"Responses":{},"UnprocessedKeys":{"table":{"Keys":[1]}}})",
           R"({"Responses":{},"UnprocessedKeys":{"other":{"Keys":[]}}})",
           R"({"Responses":{},"UnprocessedKeys":{"table":{"Keys":[)"
           R"({"hkey":{"S":"store"},"rkey":{"S":"foreign"}}]}}})",
           // One key, listed twice.
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

/// Returns the range keys that the next request puts and deletes. A deleted key
/// has the prefix "-".
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

TEST(BatchWriteItem, WrongShapesAreCorruptionAndReportNoItemAsWritten) {
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

TEST(BatchWriteItem, ItemsWrittenBeforeADamagedAnswerStayWritten) {
  BatchWriteItem write = MakeBatchWrite(3);
  ASSERT_TRUE(Decode(&write, Unprocessed({"c"})).ok());
  EXPECT_FALSE(Decode(&write, Unprocessed({"a"})).ok());
  EXPECT_TRUE(write.written(0));
  EXPECT_FALSE(write.written(2));
  EXPECT_THAT(Writes(write), ElementsAre("c"));
}

}  // namespace
}  // namespace dynamodown

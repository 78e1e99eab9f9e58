// Checks that requests hold exactly the bytes that docs/format.md describes.

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "db/open_environment.h"
#include "fake/fake_dynamo.h"

namespace dynamodown {
namespace {

class NoonClock final : public Clock {
 public:
  int64_t UnixSeconds() override { return 1795348800; }  // 2026-11-22T12:00Z
};

class FormatTest : public ::testing::Test {
 protected:
  FormatTest() : fake_([this] { return clock_.UnixSeconds(); }), random_(7) {
    environment_.transport = &fake_;
    environment_.clock = &clock_;
    environment_.random = &random_;
    environment_.variables =
        [](const char* name) -> std::optional<std::string> {
      const std::string variable = name;
      if (variable == "AWS_REGION") return "us-east-1";
      if (variable == "AWS_ACCESS_KEY_ID") return "test";
      if (variable == "AWS_SECRET_ACCESS_KEY") return "test";
      return std::nullopt;
    };
    options_.connection.endpoint = "http://fake";
    options_.create_if_missing = true;
  }

  std::unique_ptr<Database> OpenStore() {
    Database* db = nullptr;
    const leveldb::Status status =
        OpenIn(environment_, options_, "table/yourHashKey", &db);
    EXPECT_TRUE(status.ok()) << status.ToString();
    return std::unique_ptr<Database>(db);
  }

  /// Returns the body of the last request of `operation`.
  std::string Body(const std::string& operation) {
    std::string body = "none";
    for (const FakeDynamo::Seen& seen : fake_.seen()) {
      if (seen.operation == operation) body = seen.body;
    }
    return body;
  }

  std::string ItemOf(const std::string& key, const std::string& value) {
    const std::unique_ptr<Database> db = OpenStore();
    EXPECT_TRUE(db->Put(leveldb::WriteOptions(), key, value).ok());
    const std::string body = Body("PutItem");
    const std::string begin = "{\"TableName\":\"table\",\"Item\":";
    const std::string end = ",\"ReturnConsumedCapacity\":\"TOTAL\"}";
    EXPECT_EQ(body.substr(0, begin.size()), begin);
    EXPECT_GT(body.size(), begin.size() + end.size());
    return body.substr(begin.size(), body.size() - begin.size() - end.size());
  }

  NoonClock clock_;
  FakeDynamo fake_;
  Random random_;
  OpenEnvironment environment_;
  Options options_;
};

TEST_F(FormatTest, AnEntryIsThreeAttributes) {
  EXPECT_EQ(ItemOf("some-key", "some-value"),
            R"({"hkey":{"S":"yourHashKey"},"rkey":{"B":"c29tZS1rZXk="},)"
            R"("value":{"S":"some-value"}})");
}

TEST_F(FormatTest, AnEntryWithAStringRangeKeyIsAsInTheJavaScriptLibraries) {
  options_.table.key_type = KeyType::kString;
  EXPECT_EQ(ItemOf("some-key", "some-value"),
            R"({"hkey":{"S":"yourHashKey"},"rkey":{"S":"some-key"},)"
            R"("value":{"S":"some-value"}})");
}

TEST_F(FormatTest, AValueThatIsNotUtf8IsB) {
  EXPECT_EQ(ItemOf("k", "\xff\x01"),
            R"({"hkey":{"S":"yourHashKey"},"rkey":{"B":"aw=="},)"
            R"("value":{"B":"/wE="}})");
}

TEST_F(FormatTest, TheEmptyValueIsAnEmptyS) {
  EXPECT_EQ(ItemOf("k", ""),
            R"({"hkey":{"S":"yourHashKey"},"rkey":{"B":"aw=="},)"
            R"("value":{"S":""}})");
}

TEST_F(FormatTest, KeysOf00BytesAreStoredOneByteLonger) {
  const auto range_of = [this](const std::string& key) {
    const std::string item = ItemOf(key, "");
    const std::string begin = R"("rkey":{"B":")";
    const size_t at = item.find(begin) + begin.size();
    return item.substr(at, item.find('"', at) - at);
  };
  EXPECT_EQ(range_of(std::string()), "AA==");          // 00
  EXPECT_EQ(range_of(std::string(1, '\0')), "AAA=");   // 00 00
  EXPECT_EQ(range_of(std::string(2, '\0')), "AAAA");   // 00 00 00
  EXPECT_EQ(range_of(std::string("\0a", 2)), "AGE=");  // 00 61
}

TEST_F(FormatTest, TheDescriptorIsInAHashKeyOfItsOwn) {
  Random same_seed(7);
  const std::string id = same_seed.Id();
  OpenStore();
  EXPECT_EQ(Body("PutItem"),
            R"({"TableName":"table","Item":{)"
            R"("hkey":{"S":"yourHashKey/.dynamodown"},)"
            R"("rkey":{"B":"ZGVzY3JpcHRvcg=="},"version":{"N":"1"},)"
            R"("id":{"S":")" +
                id +
                R"("},"created":{"S":"2026-11-22T12:00:00Z"},)"
                R"("mode":{"S":"shared"}},)"
                R"x("ConditionExpression":"attribute_not_exists(#0)",)x"
                R"("ExpressionAttributeNames":{"#0":"rkey"},)"
                R"("ReturnConsumedCapacity":"TOTAL"})");
}

TEST_F(FormatTest, DestroySetsTheStateInTheDescriptor) {
  Random same_seed(7);
  const std::string id = same_seed.Id();
  OpenStore();
  ASSERT_TRUE(DestroyIn(environment_, options_, "table/yourHashKey", {}).ok());
  EXPECT_EQ(Body("UpdateItem"),
            R"({"TableName":"table","Key":{)"
            R"("hkey":{"S":"yourHashKey/.dynamodown"},)"
            R"("rkey":{"B":"ZGVzY3JpcHRvcg=="}},)"
            R"("UpdateExpression":"SET #0 = :0",)"
            R"("ConditionExpression":"#1 = :1",)"
            R"("ExpressionAttributeNames":{"#0":"state","#1":"id"},)"
            R"("ExpressionAttributeValues":{":0":{"S":"destroying"},)"
            R"(":1":{"S":")" +
                id + R"("}},"ReturnConsumedCapacity":"TOTAL"})");
}

TEST_F(FormatTest, ANewTableIsOnDemandWithAStringAndABinaryKey) {
  OpenStore();
  EXPECT_EQ(Body("CreateTable"),
            R"({"TableName":"table","AttributeDefinitions":[)"
            R"({"AttributeName":"hkey","AttributeType":"S"},)"
            R"({"AttributeName":"rkey","AttributeType":"B"}],"KeySchema":[)"
            R"({"AttributeName":"hkey","KeyType":"HASH"},)"
            R"({"AttributeName":"rkey","KeyType":"RANGE"}],)"
            R"("BillingMode":"PAY_PER_REQUEST"})");
}

}  // namespace
}  // namespace dynamodown

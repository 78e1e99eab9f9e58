// A FakeDynamo with a table, for tests that need neither virtual time nor
// random faults.

#ifndef DYNAMODOWN_FAKE_FAKE_TEST_FIXTURE_H_
#define DYNAMODOWN_FAKE_FAKE_TEST_FIXTURE_H_

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "fake/fake_dynamo.h"
#include "fake/fake_test_items.h"

namespace dynamodown {

class FakeDynamoTest : public testing::Test {
 protected:
  FakeDynamoTest() { MakeTable("table"); }

  void MakeTable(const std::string& name) {
    Call("CreateTable", TableOf(name));
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

  /// Returns the answer, whatever its status.
  Json Call(const std::string& operation, const Json& request) {
    EXPECT_TRUE(Send(operation, request.dump()).ok());
    return Json::parse(response_.body);
  }
  /// Returns the error's code and message, or "OK".
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
  /// The values of a page, concatenated.
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
  /// The values of all pages, and the number of pages.
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

  static constexpr int64_t kNow = 1'440'938'160;  // 2015-08-30T12:36:00Z
  int64_t now_ = kNow;
  std::string date_ = "20150830T123600Z";
  std::string authorization_ = "AWS4-HMAC-SHA256 Credential=a/b";
  FakeDynamo fake_{[this] { return now_; }};
  HttpResponse response_;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_FAKE_FAKE_TEST_FIXTURE_H_

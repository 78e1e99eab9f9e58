// The fake with a table, virtual time and faults, for its own tests.

#ifndef DYNAMODOWN_FAKE_FAKE_TEST_ENVIRONMENT_H_
#define DYNAMODOWN_FAKE_FAKE_TEST_ENVIRONMENT_H_

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aws/sigv4.h"
#include "base/clock.h"
#include "fake/fake_dynamo.h"
#include "fake/fake_test_items.h"
#include "fake/faults/faults.h"
#include "sim/sim_scheduler.h"

namespace dynamodown {

/// The outcome of a request.
struct Sent {
  std::optional<NoAnswer> no_answer;
  HttpResponse response;

  bool ok() const { return !no_answer.has_value() && response.status == 200; }
  Json body() const { return Json::parse(response.body, nullptr, false); }
  /// "OK", an error's code, "HTTP 503" if the error has no code, "timeout",
  /// "lost" or "refused".
  std::string what() const {
    if (no_answer.has_value()) {
      return no_answer->reason == NoAnswer::Reason::kTimeout ? "timeout"
             : no_answer->sent                               ? "lost"
                                                             : "refused";
    }
    if (response.status == 200) return "OK";
    const Json json = body();
    if (!json.is_object() || !json.contains("__type")) {
      return "HTTP " + std::to_string(response.status);
    }
    const std::string type = json["__type"];
    return type.substr(type.find('#') + 1);
  }
};

class FakeTestEnvironment {
 public:
  static constexpr int64_t kStart = 1'795'348'800;  // 2026-11-22T12:00:00Z

  /// The seed drives the scheduler and the faults.
  explicit FakeTestEnvironment(FaultPlan plan = {}, uint64_t seed = 1,
                               FakeDynamo::Settings settings = {})
      : scheduler(seed),
        clock(&scheduler, kStart),
        faults(std::move(plan), seed),
        dynamo(Complete(std::move(settings))) {
    faults.set_on(false);
    MakeTable("table");
    faults.set_on(true);
  }

  void MakeTable(const std::string& name) {
    const HttpResponse response =
        dynamo.Carry("CreateTable", TableOf(name).dump());
    EXPECT_EQ(response.status, 200) << response.body;
  }

  Sent Send(const std::string& operation, const Json& request) {
    const std::string target = "DynamoDB_20120810." + operation;
    const std::string date = FormatBasicTime(clock.UnixSeconds());
    const std::string body = request.dump();
    return Exchange({"POST",
                     "http://localhost:8000/",
                     {{"X-Amz-Target", target},
                      {"X-Amz-Date", date},
                      {"Content-Type", "application/x-amz-json-1.0"},
                      {"Authorization", "AWS4-HMAC-SHA256 Credential=a/b"}},
                     body});
  }
  Sent Exchange(const HttpRequest& request) {
    Sent sent;
    Result<void, NoAnswer> result =
        dynamo.Send(request, timeout, &sent.response);
    if (!result.ok()) sent.no_answer = std::move(result).error();
    return sent;
  }

  /// Like Send, with a real signature.
  Sent SendSigned(const std::string& operation, const Json& request,
                  const SigningCredentials& credentials) {
    const std::string target = "DynamoDB_20120810." + operation;
    const std::string date = FormatBasicTime(clock.UnixSeconds());
    const std::string body = request.dump();
    SignableRequest signable;
    signable.method = "POST";
    signable.path = "/";
    signable.headers = {{"host", "localhost:8000"},
                        {"x-amz-date", date},
                        {"x-amz-security-token", credentials.session_token},
                        {"x-amz-target", target}};
    signable.body = body;
    const std::string authorization =
        Signer("eu-west-1", "dynamodb")
            .Sign(signable,
                  std::make_shared<const SigningCredentials>(credentials),
                  date);
    return Exchange({"POST",
                     "http://localhost:8000/",
                     {{"X-Amz-Target", target},
                      {"X-Amz-Date", date},
                      {"X-Amz-Security-Token", credentials.session_token},
                      {"Content-Type", "application/x-amz-json-1.0"},
                      {"Authorization", authorization}},
                     body});
  }

  // Calls on the items of the table's one hash key.

  Sent Put(const std::string& range, const std::string& value) {
    return Send("PutItem",
                {{"TableName", "table"}, {"Item", ItemOf(range, value)}});
  }
  Sent Delete(const std::string& range) {
    return Send("DeleteItem", {{"TableName", "table"}, {"Key", KeyOf(range)}});
  }
  Sent Get(const std::string& range, bool consistent = true) {
    return Send("GetItem", {{"TableName", "table"},
                            {"Key", KeyOf(range)},
                            {"ConsistentRead", consistent}});
  }
  Sent Query(bool consistent = true) {
    return Send("Query", {{"TableName", "table"},
                          {"KeyConditionExpression", "h = :h"},
                          {"ExpressionAttributeValues", {{":h", S("store")}}},
                          {"ConsistentRead", consistent}});
  }
  Sent Scan(bool consistent = true) {
    return Send("Scan",
                {{"TableName", "table"}, {"ConsistentRead", consistent}});
  }
  Sent BatchGet(const std::vector<std::string>& ranges,
                bool consistent = true) {
    Json keys = Json::array();
    for (const std::string& range : ranges) keys.push_back(KeyOf(range));
    return Send(
        "BatchGetItem",
        {{"RequestItems",
          {{"table", {{"Keys", keys}, {"ConsistentRead", consistent}}}}}});
  }
  Sent BatchPut(const std::vector<std::string>& ranges,
                const std::string& value) {
    Json puts = Json::array();
    for (const std::string& range : ranges) {
      puts.push_back({{"PutRequest", {{"Item", ItemOf(range, value)}}}});
    }
    return Send("BatchWriteItem", {{"RequestItems", {{"table", puts}}}});
  }
  Sent TransactPut(const std::vector<std::string>& ranges,
                   const std::string& value, const std::string& token = "") {
    Json items = Json::array();
    for (const std::string& range : ranges) {
      items.push_back(
          {{"Put", {{"TableName", "table"}, {"Item", ItemOf(range, value)}}}});
    }
    Json request = {{"TransactItems", items}};
    if (!token.empty()) request["ClientRequestToken"] = token;
    return Send("TransactWriteItems", request);
  }

  /// The stored value, read without faults; "" if there is none.
  std::string Stored(const std::string& range) {
    return ValueOf(Json::parse(
        dynamo
            .Carry("GetItem",
                   Json{{"TableName", "table"}, {"Key", KeyOf(range)}}.dump())
            .body));
  }
  /// The value in GetItem's answer.
  static std::string ValueOf(const Json& answer) {
    return answer.contains("Item") ? answer["Item"]["value"]["S"]
                                   : Json(std::string());
  }
  /// The values of a page's items, concatenated.
  static std::string ValuesOf(const Json& answer) {
    std::string values;
    for (const Json& item : answer.at("Items")) {
      values += item.at("value").at("S").get<std::string>();
    }
    return values;
  }

  SimScheduler scheduler;
  SimClock clock;
  FaultSource faults;
  std::chrono::milliseconds timeout{5000};
  FakeDynamo dynamo;

 private:
  FakeDynamo::Settings Complete(FakeDynamo::Settings settings) {
    settings.unix_seconds = [this] { return clock.UnixSeconds(); };
    settings.scheduler = &scheduler;
    settings.faults = &faults;
    return settings;
  }
};

/// A plan whose one rule affects every request.
inline FaultPlan Always(FaultKind kind,
                        FaultRule::When when = FaultRule::When::kEither) {
  FaultRule rule;
  rule.kind = kind;
  rule.rate = 1;
  rule.when = when;
  return {rule};
}

/// Like Always, for a fault of a fixed duration.
inline FaultPlan AlwaysFor(FaultKind kind, std::chrono::milliseconds time) {
  FaultPlan plan = Always(kind);
  plan[0].least = plan[0].most = time;
  return plan;
}

}  // namespace dynamodown

#endif  // DYNAMODOWN_FAKE_FAKE_TEST_ENVIRONMENT_H_

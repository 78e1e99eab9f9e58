// A RetryingClient over a MeteredClient over an HttpClient, which sends to the
// in-memory DynamoDB fake. Tests can make requests fail, and can lose or damage
// answers.

#ifndef DYNAMODOWN_DYNAMO_RETRYING_CLIENT_TEST_FIXTURE_H_
#define DYNAMODOWN_DYNAMO_RETRYING_CLIENT_TEST_FIXTURE_H_

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aws/client_test_environment.h"
#include "dynamo/client_stack.h"
#include "fake/fake_dynamo.h"

namespace dynamodown {

inline const TableKeys kTable = {"table", "hkey", "rkey"};

inline AttributeValue Range(int i) {
  return AttributeValue::B("key " + std::to_string(i));
}
inline Item ItemOf(int i, const std::string& value = "value") {
  return {{"hkey", AttributeValue::S("store")},
          {"rkey", Range(i)},
          {"value", AttributeValue::S(value)}};
}

inline void FlipAByte(HttpResponse* response) { response->body[1] ^= 1; }

class RetryingClientTest : public testing::Test {
 protected:
  RetryingClientTest()
      : clock_(&scheduler_),
        random_(1),
        dynamo_([this] { return clock_.True(); }),
        transport_([this](const HttpRequest& request,
                          std::chrono::milliseconds timeout,
                          HttpResponse* response) {
          return dynamo_.Send(request, timeout, response);
        }) {
    const HttpResponse created = dynamo_.Carry(
        "CreateTable",
        R"({"TableName":"table","AttributeDefinitions":[)"
        R"({"AttributeName":"hkey","AttributeType":"S"},)"
        R"({"AttributeName":"rkey","AttributeType":"B"}],"KeySchema":[)"
        R"({"AttributeName":"hkey","KeyType":"HASH"},)"
        R"({"AttributeName":"rkey","KeyType":"RANGE"}],)"
        R"("BillingMode":"PAY_PER_REQUEST"})");
    EXPECT_EQ(created.status, 200) << created.body;
    Make({});
  }

  void Make(const RetrySettings& settings) {
    service_clock_ = std::make_unique<ServiceClock>(&clock_);
    const ClientEnvironment environment{&transport_,   &scheduler_,
                                        &clock_,       &random_,
                                        &credentials_, service_clock_.get()};
    http_ = NewHttpClient(
        {"http://localhost:8000", "us-east-1", std::chrono::seconds(5)},
        environment);
    metered_ = NewMeteredClient(
        http_.get(), &meter_, &scheduler_,
        [this](const std::string& line) { log_.push_back(line); });
    client_ = NewRetryingClient(metered_.get(), settings, environment, &meter_);
  }

  Result<void, ServiceError> Put(int i = 0,
                                 const std::string& value = "value") {
    PutItem put;
    put.table = kTable;
    put.item = ItemOf(i, value);
    return client_->Send(&put);
  }
  /// Returns the value of an item, or an empty string if there is no item.
  /// Reads the fake without a client.
  std::string Stored(int i) {
    GetItem get;
    get.table = kTable;
    get.key = {AttributeValue::S("store"), Range(i)};
    std::string body;
    get.Encode(&body);
    const nlohmann::json answer =
        nlohmann::json::parse(dynamo_.Carry("GetItem", body).body);
    return answer.contains("Item") ? answer["Item"]["value"]["S"]
                                   : nlohmann::json(std::string());
  }
  /// Returns a transaction that puts items 0 to n - 1. If `only_new` is true,
  /// the transaction fails if any of the items exists.
  TransactWriteItems Transaction(int n, bool only_new) {
    TransactWriteItems transaction;
    transaction.table = kTable;
    transaction.client_request_token = random_.Id();
    for (int i = 0; i < n; ++i) {
      TransactWriteItems::Write& write =
          transaction.writes_in_order.emplace_back();
      write.kind = TransactWriteItems::Write::Kind::kPut;
      write.item = ItemOf(i);
      if (only_new) {
        write.condition.terms = {
            {ConditionExpression::Kind::kNotExists, "rkey", {}}};
      }
    }
    return transaction;
  }
  BatchWriteItem Batch(int n) {
    BatchWriteItem batch;
    batch.table = kTable;
    batch.hash = AttributeValue::S("store");
    for (int i = 0; i < n; ++i) batch.requests.push_back({Range(i), ItemOf(i)});
    return batch;
  }
  /// Applies `damage` to each of the next `n` answers before the client
  /// receives it.
  void Damage(int n, std::function<void(HttpResponse*)> damage) {
    dynamo_.set_after_hook(
        [left = std::make_shared<int>(n), damage = std::move(damage)](
            const FakeDynamo::Call&,
            HttpResponse* response) -> std::optional<Result<void, NoAnswer>> {
          if ((*left)-- > 0) damage(response);
          return std::nullopt;
        });
  }
  /// Makes each request take `duration`.
  void TakeTime(Scheduler::Duration duration) {
    dynamo_.set_before_hook(
        [this, duration](
            const FakeDynamo::Call&,
            HttpResponse*) -> std::optional<Result<void, NoAnswer>> {
          scheduler_.Advance(duration);
          return std::nullopt;
        });
  }
  static void DropHeader(HttpResponse* response, const std::string& name) {
    const size_t at = response->headers.find(name + ":");
    ASSERT_NE(at, std::string::npos);
    response->headers.erase(at, response->headers.find("\r\n", at) + 2 - at);
  }
  size_t requests() const { return transport_.exchanges.size(); }

  TestScheduler scheduler_;
  TestClock clock_;
  Random random_;
  TestCredentials credentials_;
  FakeDynamo dynamo_;
  RecordingTransport transport_;
  Meter meter_;
  std::vector<std::string> log_;
  std::unique_ptr<ServiceClock> service_clock_;
  std::unique_ptr<Client> http_;
  std::unique_ptr<Client> metered_;
  std::unique_ptr<Client> client_;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_DYNAMO_RETRYING_CLIENT_TEST_FIXTURE_H_

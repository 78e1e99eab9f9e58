// The whole stack of clients, RetryingClient on MeteredClient on HttpClient, on
// the in-memory DynamoDB, whose answers fail, are lost and are damaged.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "aws/client_test_environment.h"
#include "dynamo/client_stack.h"
#include "fake/fake_dynamo.h"

namespace dynamodown {
namespace {

using Json = nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Hook = FakeDynamo::Hook;

const TableKeys kTable = {"table", "hkey", "rkey"};

AttributeValue Range(int i) {
  return AttributeValue::B("key " + std::to_string(i));
}
Item ItemOf(int i, const std::string& value = "value") {
  return {{"hkey", AttributeValue::S("store")},
          {"rkey", Range(i)},
          {"value", AttributeValue::S(value)}};
}

class RetryingClientTest : public testing::Test {
 protected:
  RetryingClientTest()
      : clock_(&scheduler_),
        random_(1),
        dynamo_([this] { return clock_.True(); }),
        transport_([this](const HttpRequest& request, milliseconds timeout,
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
    const ClientEnvironment environment{&transport_, &scheduler_, &clock_,
                                        &random_, &credentials_};
    http_ = NewHttpClient({"http://localhost:8000", "us-east-1", seconds(5)},
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
  /// The value of an item, asked past all clients; empty: there is none.
  std::string Stored(int i) {
    GetItem get;
    get.table = kTable;
    get.key = {AttributeValue::S("store"), Range(i)};
    std::string body;
    get.Encode(&body);
    const Json answer = Json::parse(dynamo_.Carry("GetItem", body).body);
    return answer.contains("Item") ? answer["Item"]["value"]["S"]
                                   : Json(std::string());
  }
  /// The puts of items 0 to n - 1, new ones if `only_new`.
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
  /// The next `n` answers are changed on their way.
  void Damage(int n, std::function<void(HttpResponse*)> damage) {
    dynamo_.set_after_hook(
        [left = std::make_shared<int>(n), damage = std::move(damage)](
            const FakeDynamo::Call&,
            HttpResponse* response) -> std::optional<Result<void, NoAnswer>> {
          if ((*left)-- > 0) damage(response);
          return std::nullopt;
        });
  }
  /// Each request takes that long.
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
  std::unique_ptr<Client> http_;
  std::unique_ptr<Client> metered_;
  std::unique_ptr<Client> client_;
};

TEST_F(RetryingClientTest, ASuccessIsOneRequestAndNoWait) {
  ASSERT_TRUE(Put().ok());
  EXPECT_EQ(requests(), 1u);
  EXPECT_THAT(scheduler_.sleeps, IsEmpty());
  const ClientStats stats = meter_.Read();
  EXPECT_EQ(stats.requests, 1u);
  EXPECT_EQ(stats.retries, 0u);
}

// ---- What is retried ------------------------------------------------------

struct Failure {
  int status;
  const char* code;
  ErrorKind kind;
};
std::ostream& operator<<(std::ostream& out, const Failure& failure) {
  return out << failure.status << " " << failure.code;
}

class MayPass : public RetryingClientTest,
                public testing::WithParamInterface<Failure> {};

TEST_P(MayPass, IsRetriedUntilItDid) {
  dynamo_.FailNext("PutItem", 3, GetParam().status, GetParam().code, "words");
  ASSERT_TRUE(Put().ok());
  EXPECT_EQ(requests(), 4u);
  EXPECT_EQ(scheduler_.sleeps.size(), 3u);
  EXPECT_EQ(Stored(0), "value");
  const ClientStats stats = meter_.Read();
  EXPECT_EQ(stats.retries, 3u);
  EXPECT_EQ(stats.throttles,
            GetParam().kind == ErrorKind::kThrottled ? 3u : 0u);
  EXPECT_EQ(stats.ambiguous_retries, GetParam().status >= 500 ? 3u : 0u);
}

TEST_P(MayPass, IsAnErrorWhenItDoesNot) {
  dynamo_.FailNext("PutItem", 1'000, GetParam().status, GetParam().code,
                   "words");
  const Result<void, ServiceError> result = Put();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(requests(), static_cast<size_t>(RetrySettings().max_attempts));
  EXPECT_EQ(result.error().kind, GetParam().kind);
  EXPECT_EQ(result.error().code, GetParam().code);
  EXPECT_EQ(result.error().ambiguous, GetParam().status >= 500);
  EXPECT_THAT(result.error().message, HasSubstr("words"));
  EXPECT_THAT(result.error().message, HasSubstr("gave up after 10 attempts"));
}

INSTANTIATE_TEST_SUITE_P(
    Codes, MayPass,
    testing::Values(
        Failure{400, "ProvisionedThroughputExceededException",
                ErrorKind::kThrottled},
        Failure{400, "RequestLimitExceeded", ErrorKind::kThrottled},
        Failure{400, "ThrottlingException", ErrorKind::kThrottled},
        Failure{400, "LimitExceededException", ErrorKind::kThrottled},
        Failure{400, "TransactionConflictException", ErrorKind::kConflict},
        Failure{400, "TransactionInProgressException", ErrorKind::kConflict},
        Failure{400, "ReplicatedWriteConflictException", ErrorKind::kConflict},
        Failure{500, "InternalServerError", ErrorKind::kUnavailable},
        Failure{503, "ServiceUnavailable", ErrorKind::kUnavailable},
        Failure{504, "", ErrorKind::kUnavailable}));

TEST_F(RetryingClientTest, AnHtmlPageWith503IsRetried) {
  Damage(2, [](HttpResponse* response) {
    response->status = 503;
    response->headers = "Content-Type: text/html\r\n";
    response->body = "<html>busy</html>";
  });
  ASSERT_TRUE(Put().ok());
  EXPECT_EQ(requests(), 3u);
}

TEST_F(RetryingClientTest, ARefusedConnectionIsRetriedAndWasNoRequest) {
  dynamo_.RefuseNext("PutItem", 2);
  ASSERT_TRUE(Put().ok());
  EXPECT_EQ(requests(), 3u);
  const ClientStats stats = meter_.Read();
  EXPECT_EQ(stats.requests, 1u);
  EXPECT_EQ(stats.retries, 2u);
  EXPECT_EQ(stats.ambiguous_retries, 0u);
  EXPECT_EQ(stats.bytes_sent, transport_.exchanges[2].body.size());
}

TEST_F(RetryingClientTest, ALostAnswerIsRetriedAndAmbiguous) {
  dynamo_.LoseAnswersNext("PutItem", 2);
  ASSERT_TRUE(Put().ok());
  EXPECT_EQ(requests(), 3u);
  const ClientStats stats = meter_.Read();
  EXPECT_EQ(stats.requests, 3u);
  EXPECT_EQ(stats.retries, 2u);
  EXPECT_EQ(stats.ambiguous_retries, 2u);
}

TEST_F(RetryingClientTest, ALostAnswerOfAReadIsNotAmbiguous) {
  ASSERT_TRUE(Put().ok());
  dynamo_.LoseAnswersNext("GetItem", 2);
  GetItem get;
  get.table = kTable;
  get.key = {AttributeValue::S("store"), Range(0)};
  ASSERT_TRUE(client_->Send(&get).ok());
  EXPECT_TRUE(get.item.has_value());
  EXPECT_EQ(meter_.Read().retries, 2u);
  EXPECT_EQ(meter_.Read().ambiguous_retries, 0u);
}

TEST_F(RetryingClientTest, OnceAmbiguousAFailureStaysSo) {
  dynamo_.LoseAnswersNext("PutItem", 1);
  dynamo_.FailNext("PutItem", 1, 400, "ValidationException", "words");
  const Result<void, ServiceError> result = Put();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, "ValidationException");
  EXPECT_TRUE(result.error().ambiguous);
}

TEST_F(RetryingClientTest, WhatCannotPassIsNeverRetried) {
  for (const char* code :
       {"ValidationException", "ConditionalCheckFailedException",
        "AccessDeniedException", "ResourceNotFoundException",
        "UnrecognizedClientException", "SerializationException",
        "ItemCollectionSizeLimitExceededException", "SomethingNewException"}) {
    transport_.exchanges.clear();
    dynamo_.FailNext("PutItem", 1, 400, code, "words");
    const Result<void, ServiceError> result = Put();
    ASSERT_FALSE(result.ok()) << code;
    EXPECT_EQ(result.error().code, code);
    EXPECT_FALSE(result.error().ambiguous) << code;
    EXPECT_THAT(result.error().message, Not(HasSubstr("gave up"))) << code;
    EXPECT_EQ(requests(), 1u) << code;
  }
  EXPECT_EQ(meter_.Read().retries, 0u);
  EXPECT_THAT(scheduler_.sleeps, IsEmpty());
}

TEST_F(RetryingClientTest, WithoutCredentialsNothingIsSentOrRetried) {
  credentials_.none = true;
  const Result<void, ServiceError> result = Put();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::kCredentials);
  EXPECT_EQ(requests(), 0u);
  EXPECT_EQ(meter_.Read().requests, 0u);
}

// ---- Damaged answers ------------------------------------------------------

void FlipAByte(HttpResponse* response) { response->body[1] ^= 1; }
void Garble(HttpResponse* response) {
  response->headers.clear();
  response->body = "{\"Item\":\x01}";
}
void Truncate(HttpResponse* response) {
  response->headers.clear();
  response->body.resize(response->body.size() / 2);
}
void Misshape(HttpResponse* response) {
  response->headers.clear();
  response->body = R"({"Item":[]})";
}

class DamagedAnswers
    : public RetryingClientTest,
      public testing::WithParamInterface<void (*)(HttpResponse*)> {
 protected:
  Result<void, ServiceError> Get() {
    get_ = GetItem();
    get_.table = kTable;
    get_.key = {AttributeValue::S("store"), Range(0)};
    return client_->Send(&get_);
  }
  GetItem get_;
};

TEST_P(DamagedAnswers, AreAskedForAgain) {
  ASSERT_TRUE(Put().ok());
  transport_.exchanges.clear();
  Damage(2, GetParam());
  ASSERT_TRUE(Get().ok());
  EXPECT_EQ(requests(), 3u);
  ASSERT_TRUE(get_.item.has_value());
  EXPECT_EQ(Find(*get_.item, "value")->text, "value");
}

TEST_P(DamagedAnswers, AreCorruptionInTheEnd) {
  Damage(1'000, GetParam());
  const Result<void, ServiceError> result = Get();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::kCorruption);
  EXPECT_THAT(result.error().message, HasSubstr("damaged answer"));
  EXPECT_THAT(result.error().message, HasSubstr("gave up after 10 attempts"));
  EXPECT_EQ(requests(), 10u);
}

std::string DamageName(
    const testing::TestParamInfo<void (*)(HttpResponse*)>& damage) {
  const char* const names[] = {"FlippedByte", "Garbled", "Truncated",
                               "Misshapen"};
  return names[damage.index];
}
INSTANTIATE_TEST_SUITE_P(Kinds, DamagedAnswers,
                         testing::Values(&FlipAByte, &Garble, &Truncate,
                                         &Misshape),
                         DamageName);

TEST_F(RetryingClientTest, ADamagedAnswerToAWriteIsAmbiguous) {
  Damage(1, &FlipAByte);
  ASSERT_TRUE(Put().ok());
  EXPECT_EQ(meter_.Read().ambiguous_retries, 1u);
}

// ---- Transactions ---------------------------------------------------------

TEST_F(RetryingClientTest, ARepeatedTransactionHasItsTokenAndIsAppliedOnce) {
  TransactWriteItems transaction = Transaction(3, true);
  dynamo_.LoseAnswersNext("TransactWriteItems", 1);
  // Applied twice, its conditions would fail the second time.
  ASSERT_TRUE(client_->Send(&transaction).ok());
  ASSERT_EQ(requests(), 2u);
  EXPECT_EQ(transport_.exchanges[0].body, transport_.exchanges[1].body);
  EXPECT_EQ(Json::parse(transport_.exchanges[1].body)["ClientRequestToken"],
            transaction.client_request_token);
  EXPECT_EQ(dynamo_.ItemCount("table"), 3u);
  EXPECT_EQ(meter_.Read().retries, 1u);
  EXPECT_EQ(meter_.Read().ambiguous_retries, 0u);
}

TEST_F(RetryingClientTest,
       ACancelledTransactionIsRetriedWhenAllReasonsMayPass) {
  for (const std::vector<std::string>& codes :
       {std::vector<std::string>{"TransactionConflict"},
        {"None", "TransactionConflict"},
        {"ThrottlingError", "None"},
        {"ProvisionedThroughputExceeded"},
        {"None", "None"},
        {"TransactionConflict", "ThrottlingError"}}) {
    transport_.exchanges.clear();
    dynamo_.CancelNext(2, codes);
    TransactWriteItems transaction = Transaction(2, false);
    ASSERT_TRUE(client_->Send(&transaction).ok());
    ASSERT_EQ(requests(), 3u);
    EXPECT_EQ(transport_.exchanges[0].body, transport_.exchanges[2].body);
  }
  EXPECT_EQ(meter_.Read().ambiguous_retries, 0u);
}

TEST_F(RetryingClientTest, ACancelledTransactionIsFinalWhenOneReasonIs) {
  for (const std::vector<std::string>& codes :
       {std::vector<std::string>{"ConditionalCheckFailed"},
        {"TransactionConflict", "ConditionalCheckFailed"},
        {"ValidationError", "ThrottlingError"},
        {"None", "SomethingNew"}}) {
    transport_.exchanges.clear();
    dynamo_.CancelNext(1, codes);
    TransactWriteItems transaction = Transaction(2, false);
    const Result<void, ServiceError> result = client_->Send(&transaction);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().reasons, codes);
    EXPECT_FALSE(result.error().ambiguous);
    EXPECT_EQ(requests(), 1u);
  }
  EXPECT_EQ(dynamo_.ItemCount("table"), 0u);
}

TEST_F(RetryingClientTest, ATransactionInProgressIsWaitedFor) {
  dynamo_.FailNext("TransactWriteItems", 3, 400,
                   "TransactionInProgressException", "in progress");
  TransactWriteItems transaction = Transaction(2, true);
  ASSERT_TRUE(client_->Send(&transaction).ok());
  EXPECT_EQ(requests(), 4u);
}

// A repetition after the token's 10 minutes would be applied again.
TEST_F(RetryingClientTest, NoDeadlineOutlivesATransactionsToken) {
  RetrySettings settings;
  settings.deadline = std::chrono::hours(24);
  settings.max_attempts = 1'000'000;
  settings.budget = 1'000'000'000;
  Make(settings);
  TakeTime(seconds(5));
  dynamo_.FailNext("TransactWriteItems", 1'000'000, 503, "ServiceUnavailable",
                   "");
  TransactWriteItems transaction = Transaction(1, false);
  EXPECT_FALSE(client_->Send(&transaction).ok());
  EXPECT_LT(scheduler_.elapsed(), std::chrono::minutes(10));
  EXPECT_GT(scheduler_.elapsed(), std::chrono::minutes(8));
}

// ---- Batches --------------------------------------------------------------

TEST_F(RetryingClientTest, UnprocessedItemsAreSentUntilDone) {
  // All but the first of each request.
  bool first = false;
  dynamo_.LeaveUnprocessed([&] { return std::exchange(first, true); });
  dynamo_.set_after_hook(
      [&](const FakeDynamo::Call&,
          HttpResponse*) -> std::optional<Result<void, NoAnswer>> {
        first = false;
        return std::nullopt;
      });
  BatchWriteItem batch = Batch(20);
  ASSERT_TRUE(client_->Send(&batch).ok());
  EXPECT_EQ(requests(), 20u);
  EXPECT_EQ(dynamo_.ItemCount("table"), 20u);
  for (size_t i = 0; i < 20; ++i) EXPECT_TRUE(batch.written(i));
  const ClientStats stats = meter_.Read();
  EXPECT_EQ(stats.requests, 20u);
  EXPECT_EQ(stats.unprocessed, 190u);  // 19 + 18 + ... + 1.
  EXPECT_EQ(stats.ambiguous_retries, 0u);
  EXPECT_EQ(stats.write_units, dynamo_.write_units());
  EXPECT_THAT(scheduler_.sleeps,
              Each(testing::Le(Scheduler::Duration(milliseconds(25)))));
}

TEST_F(RetryingClientTest, UnprocessedKeysAreAskedForUntilDone) {
  BatchWriteItem batch = Batch(30);
  batch.requests.resize(25);
  ASSERT_TRUE(client_->Send(&batch).ok());
  uint64_t n = 0;
  dynamo_.LeaveUnprocessed([&] { return n++ % 3 != 0; });
  BatchGetItem get;
  get.table = kTable;
  get.hash = AttributeValue::S("store");
  for (int i = 0; i < 30; ++i) get.ranges.push_back(Range(i));
  ASSERT_TRUE(client_->Send(&get).ok());
  ASSERT_EQ(get.items.size(), 30u);
  for (int i = 0; i < 30; ++i) {
    ASSERT_EQ(get.items[static_cast<size_t>(i)].has_value(), i < 25) << i;
  }
  EXPECT_GT(meter_.Read().unprocessed, 20u);
}

TEST_F(RetryingClientTest, AttemptsAndDeadlineCountFromTheLastProgress) {
  RetrySettings settings;
  settings.max_attempts = 3;
  settings.deadline = seconds(60);
  Make(settings);
  TakeTime(seconds(20));
  // One item a request, and a failure between each two.
  bool first = false;
  int answers = 0;
  dynamo_.LeaveUnprocessed([&] { return std::exchange(first, true); });
  dynamo_.set_after_hook(
      [&](const FakeDynamo::Call&,
          HttpResponse*) -> std::optional<Result<void, NoAnswer>> {
        first = false;
        if (++answers < 10) {
          dynamo_.FailNext("BatchWriteItem", 1, 503, "ServiceUnavailable", "");
        }
        return std::nullopt;
      });
  BatchWriteItem batch = Batch(10);
  ASSERT_TRUE(client_->Send(&batch).ok());
  EXPECT_EQ(requests(), 19u);
  EXPECT_GE(scheduler_.elapsed(), seconds(380));
  EXPECT_EQ(dynamo_.ItemCount("table"), 10u);
}

TEST_F(RetryingClientTest, WithoutProgressUnprocessedItemsAreAnErrorInTheEnd) {
  dynamo_.set_after_hook(
      [](const FakeDynamo::Call& call,
         HttpResponse* response) -> std::optional<Result<void, NoAnswer>> {
        const Json body = Json::parse(call.request->body);
        Json left = body["RequestItems"];
        auto& writes = left["table"];
        while (writes.size() > 2) writes.erase(writes.size() - 1);
        response->headers.clear();
        response->body = Json{{"UnprocessedItems", left}}.dump();
        return std::nullopt;
      });
  BatchWriteItem batch = Batch(5);
  const Result<void, ServiceError> result = client_->Send(&batch);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::kThrottled);
  EXPECT_THAT(result.error().message, HasSubstr("2 items of a batch were"));
  EXPECT_THAT(result.error().message, HasSubstr("gave up after 10 attempts"));
  EXPECT_EQ(requests(), 10u);
  EXPECT_FALSE(batch.written(0));
  EXPECT_TRUE(batch.written(4));
}

// ---- Limits ---------------------------------------------------------------

TEST_F(RetryingClientTest, OneAttemptSendsOnce) {
  RetrySettings settings;
  settings.max_attempts = 1;
  Make(settings);
  dynamo_.LoseAnswersNext("PutItem", 1);
  Result<void, ServiceError> result = Put();
  ASSERT_FALSE(result.ok());
  EXPECT_TRUE(result.error().ambiguous);
  EXPECT_EQ(requests(), 1u);

  for (const char* code :
       {"ThrottlingException", "InternalServerError", "RequestTimeTooSkewed",
        "ExpiredTokenException", "TransactionConflictException"}) {
    transport_.exchanges.clear();
    dynamo_.FailNext("PutItem", 1, 400, code, "words");
    result = Put();
    ASSERT_FALSE(result.ok()) << code;
    EXPECT_EQ(result.error().code, code);
    EXPECT_EQ(requests(), 1u) << code;
  }
  EXPECT_EQ(meter_.Read().retries, 0u);
}

TEST_F(RetryingClientTest, OneAttemptAtABatchGoesOnOnlyWithProgress) {
  RetrySettings settings;
  settings.max_attempts = 1;
  Make(settings);
  dynamo_.set_after_hook([](const FakeDynamo::Call& call,
                            HttpResponse* response)
                             -> std::optional<Result<void, NoAnswer>> {
    const Json body = Json::parse(call.request->body);
    response->headers.clear();
    response->body = Json{{"UnprocessedItems", body["RequestItems"]}}.dump();
    return std::nullopt;
  });
  BatchWriteItem batch = Batch(5);
  EXPECT_FALSE(client_->Send(&batch).ok());
  EXPECT_EQ(requests(), 1u);
}

// With one attempt, too, the next call must not fail for the same reason.
TEST_F(RetryingClientTest, WithOneAttemptATokenAndAClockAreMendedForTheNext) {
  RetrySettings settings;
  settings.max_attempts = 1;
  Make(settings);
  dynamo_.FailNext("PutItem", 1, 400, "ExpiredTokenException", "expired");
  EXPECT_FALSE(Put().ok());
  EXPECT_EQ(credentials_.expired, 1);
  ASSERT_TRUE(Put().ok());
  EXPECT_EQ(dynamo_.seen().back().token_header, "TOKEN1");
  clock_.skew = 3'600;
  EXPECT_FALSE(Put().ok());
  EXPECT_TRUE(Put().ok());
}

TEST_F(RetryingClientTest, TheDeadlineBoundsTheCallAndEachAttempt) {
  RetrySettings settings;
  settings.deadline = seconds(12);
  settings.max_attempts = 1'000;
  Make(settings);
  TakeTime(milliseconds(4'900));
  dynamo_.FailNext("PutItem", 1'000, 503, "ServiceUnavailable", "");
  const Result<void, ServiceError> result = Put();
  ASSERT_FALSE(result.ok());
  EXPECT_THAT(result.error().message, HasSubstr("at the deadline"));
  ASSERT_EQ(requests(), 3u);
  EXPECT_EQ(transport_.exchanges[0].timeout, seconds(5));
  EXPECT_EQ(transport_.exchanges[1].timeout, seconds(5));
  EXPECT_LE(transport_.exchanges[2].timeout, milliseconds(2'200));
  EXPECT_GT(transport_.exchanges[2].timeout, milliseconds(0));
}

TEST_F(RetryingClientTest, ACallsOwnDeadlineGoesBeforeTheSettings) {
  TakeTime(seconds(1));
  dynamo_.FailNext("PutItem", 1'000, 503, "ServiceUnavailable", "");
  PutItem put;
  put.table = kTable;
  put.item = ItemOf(0);
  CallOptions options;
  options.deadline = milliseconds(2'500);
  EXPECT_FALSE(client_->Send(&put, options).ok());
  EXPECT_LE(requests(), 3u);
  EXPECT_LT(scheduler_.elapsed(), seconds(4));
}

TEST_F(RetryingClientTest, WaitsAreFullJitterUnderADoublingCeiling) {
  RetrySettings settings;
  settings.budget = 1'000'000;
  Make(settings);
  for (int call = 0; call < 50; ++call) {
    scheduler_.sleeps.clear();
    dynamo_.FailNext("PutItem", 9, 503, "ServiceUnavailable", "");
    ASSERT_TRUE(Put().ok());
    // A wait of 0 is none; it hardly ever happens in nanoseconds.
    ASSERT_EQ(scheduler_.sleeps.size(), 9u);
    milliseconds ceiling(25);
    for (const Scheduler::Duration sleep : scheduler_.sleeps) {
      EXPECT_LE(sleep, ceiling);
      ceiling = std::min(ceiling * 2, milliseconds(5'000));
    }
  }
}

TEST_F(RetryingClientTest, TheBudgetKeepsAnOutageFromBeingAmplified) {
  RetrySettings settings;
  settings.budget = 50;
  Make(settings);
  dynamo_.FailNext("PutItem", 1'000'000, 503, "ServiceUnavailable", "");
  constexpr size_t kCalls = 1'000;
  for (size_t i = 0; i < kCalls; ++i) EXPECT_FALSE(Put().ok());
  // Each call once, and 10 retries in all.
  EXPECT_EQ(requests(), kCalls + 10);
  EXPECT_THAT(Put().error().message, HasSubstr("too many calls are failing"));

  // Calls that succeed at once fill it again, by one each.
  dynamo_.ClearFaults();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Put().ok());
  dynamo_.FailNext("PutItem", 2, 503, "ServiceUnavailable", "");
  EXPECT_FALSE(Put().ok());
  EXPECT_EQ(requests(), kCalls + 10 + 1 + 5 + 2);
}

// What is throttled for long but gets done is no outage.
TEST_F(RetryingClientTest, RetriesThatSucceedDoNotEmptyTheBudget) {
  RetrySettings settings;
  settings.budget = 50;
  Make(settings);
  for (int i = 0; i < 200; ++i) {
    dynamo_.FailNext("PutItem", 1, 400, "ThrottlingException", "");
    ASSERT_TRUE(Put().ok()) << i;
  }
}

TEST_F(RetryingClientTest, OnlyARepetitionThatMayMatterIsAmbiguous) {
  const auto ambiguous_retries = [this](Operation* operation) {
    const uint64_t before = meter_.Read().ambiguous_retries;
    dynamo_.LoseAnswersNext(std::string(operation->name()), 1);
    (void)client_->Send(operation);
    return meter_.Read().ambiguous_retries - before;
  };
  PutItem put;
  put.table = kTable;
  put.item = ItemOf(0);
  EXPECT_EQ(ambiguous_retries(&put), 1u);
  put.condition.terms = {{ConditionExpression::Kind::kExists, "rkey", {}}};
  EXPECT_EQ(ambiguous_retries(&put), 0u);
  DeleteItem remove;
  remove.table = kTable;
  remove.key = {AttributeValue::S("store"), Range(0)};
  EXPECT_EQ(ambiguous_retries(&remove), 1u);
  BatchWriteItem batch = Batch(2);
  EXPECT_EQ(ambiguous_retries(&batch), 1u);
  TransactWriteItems transaction = Transaction(2, false);
  EXPECT_EQ(ambiguous_retries(&transaction), 0u);
}

// ---- Signatures -----------------------------------------------------------

TEST_F(RetryingClientTest, EveryRetryIsSignedAnew) {
  TakeTime(seconds(2));
  dynamo_.FailNext("PutItem", 4, 503, "ServiceUnavailable", "");
  ASSERT_TRUE(Put().ok());
  ASSERT_EQ(requests(), 5u);
  std::set<std::string> dates;
  std::set<std::string> authorizations;
  for (const RecordingTransport::Exchange& exchange : transport_.exchanges) {
    dates.insert(exchange.Header("X-Amz-Date"));
    authorizations.insert(exchange.Header("Authorization"));
  }
  EXPECT_EQ(dates.size(), 5u);
  EXPECT_EQ(authorizations.size(), 5u);
}

TEST_F(RetryingClientTest, ASkewedClockIsMendedOnceAndAtOnce) {
  for (const int64_t skew : {-86'400, 86'400}) {
    transport_.exchanges.clear();
    clock_.skew = skew;
    Make({});
    ASSERT_TRUE(Put().ok());
    EXPECT_EQ(requests(), 2u);
    ASSERT_TRUE(Put().ok());
    EXPECT_EQ(requests(), 3u);
  }
  EXPECT_THAT(scheduler_.sleeps, IsEmpty());
  EXPECT_EQ(meter_.Read().retries, 2u);
}

TEST_F(RetryingClientTest, AClockThatCannotBeMendedIsAnError) {
  clock_.skew = -3'600;
  Damage(1'000, [](HttpResponse* response) { DropHeader(response, "Date"); });
  const Result<void, ServiceError> result = Put();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, "InvalidSignatureException");
  EXPECT_THAT(result.error().message, HasSubstr("Signature expired"));
  EXPECT_EQ(requests(), 2u);
}

TEST_F(RetryingClientTest, AnExpiredTokenIsRefreshedOnceAndAtOnce) {
  dynamo_.FailNext("PutItem", 1, 400, "ExpiredTokenException", "expired");
  ASSERT_TRUE(Put().ok());
  ASSERT_EQ(requests(), 2u);
  EXPECT_EQ(transport_.exchanges[0].Header("X-Amz-Security-Token"), "TOKEN0");
  EXPECT_EQ(transport_.exchanges[1].Header("X-Amz-Security-Token"), "TOKEN1");
  EXPECT_THAT(transport_.exchanges[1].Header("Authorization"),
              HasSubstr("Credential=AKID1/"));
  EXPECT_EQ(credentials_.expired, 1);
  EXPECT_THAT(scheduler_.sleeps, IsEmpty());
}

TEST_F(RetryingClientTest, ATokenThatStaysExpiredIsAnError) {
  dynamo_.FailNext("PutItem", 1'000, 400, "ExpiredTokenException", "expired");
  const Result<void, ServiceError> result = Put();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::kCredentials);
  EXPECT_EQ(requests(), 2u);
}

// ---- Counters and log -----------------------------------------------------

TEST_F(RetryingClientTest, TheCountersAreThoseOfWhatWasSent) {
  dynamo_.FailNext("PutItem", 2, 400, "ThrottlingException", "");
  dynamo_.FailNext("PutItem", 1, 500, "InternalServerError", "");
  dynamo_.RefuseNext("PutItem", 1);
  ASSERT_TRUE(Put(100, std::string(5'000, 'x')).ok());
  GetItem get;
  get.table = kTable;
  get.key = {AttributeValue::S("store"), Range(100)};
  ASSERT_TRUE(client_->Send(&get).ok());
  get.consistent_read = false;
  ASSERT_TRUE(client_->Send(&get).ok());
  BatchWriteItem batch = Batch(3);
  ASSERT_TRUE(client_->Send(&batch).ok());
  TransactWriteItems transaction = Transaction(2, false);
  ASSERT_TRUE(client_->Send(&transaction).ok());

  const ClientStats stats = meter_.Read();
  EXPECT_EQ(stats.requests, requests() - 1);  // But for the refused one.
  EXPECT_EQ(stats.requests, 8u);
  EXPECT_EQ(stats.retries, 4u);
  EXPECT_EQ(stats.throttles, 2u);
  EXPECT_EQ(stats.ambiguous_retries, 1u);
  EXPECT_EQ(stats.unprocessed, 0u);
  size_t sent = 0;
  size_t received = 0;
  for (const RecordingTransport::Exchange& exchange : transport_.exchanges) {
    sent += exchange.body.size();
    received += exchange.answer_bytes;
  }
  EXPECT_EQ(stats.bytes_sent, sent - transport_.exchanges[0].body.size());
  EXPECT_EQ(stats.bytes_received, received);
  EXPECT_EQ(stats.read_units, dynamo_.read_units());
  EXPECT_EQ(stats.write_units, dynamo_.write_units());
  EXPECT_EQ(stats.read_units, 3);  // 2 and 1.
  EXPECT_EQ(stats.write_units, 5 + 3 + 4);
}

TEST_F(RetryingClientTest, ALogLineAnAttemptSaysWhatItCost) {
  dynamo_.FailNext("PutItem", 1, 400, "ThrottlingException", "");
  dynamo_.LoseAnswersNext("PutItem", 1);
  dynamo_.RefuseNext("PutItem", 1);
  TakeTime(milliseconds(7));
  ASSERT_TRUE(Put().ok());
  EXPECT_THAT(log_, ElementsAre(HasSubstr("PutItem failed 7.0 ms"),
                                HasSubstr("PutItem failed 7.0 ms"),
                                HasSubstr("PutItem not sent"),
                                HasSubstr("PutItem ok 7.0 ms, 0 read units, "
                                          "1 write units, sent ")));
  EXPECT_THAT(log_[0], HasSubstr("ThrottlingException"));
  EXPECT_THAT(log_[1], HasSubstr("no usable answer"));
}

TEST_F(RetryingClientTest, AMessageThatRepeatsCredentialsIsLeftOut) {
  for (const char* message :
       {"refused: x-amz-security-token:TOKEN0", "keyed with SECRET0"}) {
    dynamo_.FailNext("PutItem", 1, 400, "InvalidSignatureException", message);
    const auto result = Put(1, "value");
    ASSERT_FALSE(result.ok());
    EXPECT_THAT(result.error().message, HasSubstr("InvalidSignatureException"));
    EXPECT_THAT(result.error().message, Not(HasSubstr("TOKEN0")));
    EXPECT_THAT(result.error().message, Not(HasSubstr("SECRET0")));
  }
}

TEST_F(RetryingClientTest, TheLogHasNoKeysValuesOrCredentials) {
  const std::string key = "key 4711";  // Of Range(4711).
  dynamo_.FailNext("PutItem", 1, 400, "ThrottlingException", "about " + key);
  dynamo_.FailNext("PutItem", 1, 500, "InternalServerError",
                   "SECRET0 TOKEN0 private value");
  dynamo_.LoseAnswersNext("PutItem", 1);
  ASSERT_TRUE(Put(4711, "private value").ok());
  dynamo_.FailNext("PutItem", 1, 400, "ValidationException",
                   "The item private value is bad, and so is " + key);
  EXPECT_FALSE(Put(4711, "private value").ok());
  dynamo_.FailNext("PutItem", 1, 400, "ExpiredTokenException", "TOKEN0");
  ASSERT_TRUE(Put(4711, "private value").ok());
  Damage(1, &FlipAByte);
  ASSERT_TRUE(Put(4711, "private value").ok());
  EXPECT_EQ(log_.size(), 9u);
  for (const std::string& line : log_) {
    for (const char* word :
         {"4711", "a2V5IDQ3MTE", "private", "value", "SECRET", "TOKEN0",
          "TOKEN1", "AKID", "store", "Signature"}) {
      EXPECT_THAT(line, Not(HasSubstr(word)));
    }
  }
}

}  // namespace
}  // namespace dynamodown

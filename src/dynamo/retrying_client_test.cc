// Tests which failures and which damaged answers are retried, and within which
// limits.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <ostream>
#include <string>

#include "dynamo/retrying_client_test_fixture.h"

namespace dynamodown {
namespace {

using Json = nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST_F(RetryingClientTest, ASuccessIsOneRequestAndNoWait) {
  ASSERT_TRUE(Put().ok());
  EXPECT_EQ(requests(), 1u);
  EXPECT_THAT(scheduler_.sleeps, IsEmpty());
  const ClientStats stats = meter_.Read();
  EXPECT_EQ(stats.requests, 1u);
  EXPECT_EQ(stats.retries, 0u);
}

struct Failure {
  int status;
  const char* code;
  ErrorKind kind;
  bool slows = false;  ///< The service asks for slower sending.
};
std::ostream& operator<<(std::ostream& out, const Failure& failure) {
  return out << failure.status << " " << failure.code;
}

class TemporaryFailure : public RetryingClientTest,
                         public testing::WithParamInterface<Failure> {};

TEST_P(TemporaryFailure, IsRetriedUntilItEnds) {
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

TEST_P(TemporaryFailure, IsAnErrorIfItDoesNotEnd) {
  dynamo_.FailNext("PutItem", 1'000, GetParam().status, GetParam().code,
                   "words");
  const Result<void, ServiceError> result = Put();
  ASSERT_FALSE(result.ok());
  if (GetParam().slows) {
    EXPECT_THAT(result.error().message, HasSubstr(", at the deadline"));
    EXPECT_EQ(result.error().advice.option, "max_write_units");
    EXPECT_GT(scheduler_.elapsed(), seconds(54));
  } else {
    EXPECT_THAT(result.error().message, HasSubstr("gave up after 10 attempts"));
    EXPECT_EQ(requests(), static_cast<size_t>(RetrySettings().max_attempts));
  }
  EXPECT_EQ(result.error().kind, GetParam().kind);
  EXPECT_EQ(result.error().code, GetParam().code);
  EXPECT_EQ(result.error().ambiguous, GetParam().status >= 500);
  EXPECT_THAT(result.error().message, HasSubstr("words"));
}

INSTANTIATE_TEST_SUITE_P(
    Codes, TemporaryFailure,
    testing::Values(
        Failure{400, "ProvisionedThroughputExceededException",
                ErrorKind::kThrottled, true},
        Failure{400, "RequestLimitExceeded", ErrorKind::kThrottled, true},
        Failure{400, "ThrottlingException", ErrorKind::kThrottled, true},
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

TEST_F(RetryingClientTest,
       ARefusedConnectionIsRetriedButIsNotCountedAsARequest) {
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

TEST_F(RetryingClientTest, AFailureStaysAmbiguousAfterALaterAttempt) {
  dynamo_.LoseAnswersNext("PutItem", 1);
  dynamo_.FailNext("PutItem", 1, 400, "ValidationException", "words");
  const Result<void, ServiceError> result = Put();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, "ValidationException");
  EXPECT_TRUE(result.error().ambiguous);
}

TEST_F(RetryingClientTest, APermanentFailureIsNeverRetried) {
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

TEST_F(RetryingClientTest, WithOneAttemptACallSendsOneRequest) {
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

TEST_F(RetryingClientTest, WithOneAttemptABatchIsSentAgainOnlyAfterProgress) {
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

// Even if a call has only one attempt, the next call must not fail for the same
// reason.
TEST_F(RetryingClientTest, WithOneAttemptTheNextCallHasANewTokenAndClock) {
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

TEST_F(RetryingClientTest, ACallsOwnDeadlineOverridesTheSettings) {
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
    // The client skips a wait of 0 ns, but a random wait is hardly ever that
    // short.
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
  // One request for each call, and 10 retries in all.
  EXPECT_EQ(requests(), kCalls + 10);
  EXPECT_THAT(Put().error().message, HasSubstr("too many calls are failing"));

  // Each call that succeeds at once gives one token back.
  dynamo_.ClearFaults();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Put().ok());
  dynamo_.FailNext("PutItem", 2, 503, "ServiceUnavailable", "");
  EXPECT_FALSE(Put().ok());
  EXPECT_EQ(requests(), kCalls + 10 + 1 + 5 + 2);
}

TEST_F(RetryingClientTest, ThrottlingTakesNothingFromTheBudgetAndAddsNothing) {
  RetrySettings settings;
  settings.budget = 5;
  Make(settings);
  dynamo_.FailNext("PutItem", 2, 503, "ServiceUnavailable", "");
  EXPECT_FALSE(Put().ok());  // Takes all tokens.
  for (int i = 0; i < 4; ++i) {
    dynamo_.FailNext("PutItem", 9, 400, "ThrottlingException", "");
    ASSERT_TRUE(Put().ok());  // Gives one token back.
  }
  dynamo_.FailNext("PutItem", 1, 503, "ServiceUnavailable", "");
  EXPECT_THAT(Put().error().message, HasSubstr("too many calls are failing"));
}

TEST_F(RetryingClientTest, AThrottledCallAboutTablesIsNotToldToConsumeLess) {
  dynamo_.FailNext("DescribeTable", 1'000, 400, "ThrottlingException", "");
  DescribeTable describe;
  describe.table = "table";
  const Result<void, ServiceError> result = client_->Send(&describe);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().advice.kind, Advice::Kind::kNone);
}

// If calls fail for a long time but succeed in the end, there is no outage.
TEST_F(RetryingClientTest, RetriesThatSucceedDoNotEmptyTheBudget) {
  RetrySettings settings;
  settings.budget = 50;
  Make(settings);
  for (int i = 0; i < 200; ++i) {
    dynamo_.FailNext("PutItem", 1, 503, "ServiceUnavailable", "");
    ASSERT_TRUE(Put().ok()) << i;
  }
}

TEST_F(RetryingClientTest, OnlyRetriesOfNonRepeatableOperationsAreAmbiguous) {
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

// These calls are those of an iterator that gets only empty pages, each of
// which says that more follow.
TEST_F(RetryingClientTest, CallsWithoutProgressGetRareAndEndAtTheDeadline) {
  using std::chrono::milliseconds;
  for (const milliseconds takes :
       {milliseconds(0), milliseconds(1), milliseconds(300)}) {
    SCOPED_TRACE(takes.count());
    transport_.exchanges.clear();
    const Scheduler::TimePoint start = scheduler_.Now();
    Query query;
    query.table = kTable;
    query.hash = AttributeValue::S("store");
    Result<void, ServiceError> sent;
    scheduler_.Advance(milliseconds(2));
    while (sent.ok()) {
      ASSERT_LT(requests(), 50u);
      sent = client_->Send(&query, {milliseconds(10'000), start});
      scheduler_.Advance(takes);
    }
    EXPECT_EQ(sent.error().kind, ErrorKind::kTimeout);
    EXPECT_NE(sent.error().message.find("only empty pages"), std::string::npos)
        << sent.error().message;
    EXPECT_LE(scheduler_.Now() - start, milliseconds(11'000));
    EXPECT_GE(scheduler_.Now() - start, milliseconds(10'000));
  }
}

TEST_F(RetryingClientTest, ATimeoutAfterEmptyPagesNamesTheirCause) {
  using std::chrono::milliseconds;
  const Scheduler::TimePoint start = scheduler_.Now();
  scheduler_.Advance(milliseconds(1'900));
  Query query;
  query.table = kTable;
  query.hash = AttributeValue::S("store");
  dynamo_.LoseAnswersNext("Query", 100);
  const Result<void, ServiceError> sent =
      client_->Send(&query, {milliseconds(4'000), start});
  ASSERT_FALSE(sent.ok());
  EXPECT_NE(sent.error().message.find("only empty pages"), std::string::npos)
      << sent.error().message;
}

}  // namespace
}  // namespace dynamodown

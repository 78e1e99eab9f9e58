// Tests of the signature, the counters and the log line of each attempt.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>

#include "dynamo/retrying_client_test_fixture.h"

namespace dynamodown {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

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

TEST_F(RetryingClientTest, CountersCountWhatWasSent) {
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
  // All requests except the one whose connection was refused.
  EXPECT_EQ(stats.requests, requests() - 1);
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
  // The consistent read consumes 2 units. The eventually consistent read
  // consumes 1 unit.
  EXPECT_EQ(stats.read_units, 3);
  EXPECT_EQ(stats.write_units, 5 + 3 + 4);
}

TEST_F(RetryingClientTest, EachAttemptHasALogLineWithItsCost) {
  dynamo_.FailNext("PutItem", 1, 400, "ThrottlingException", "");
  dynamo_.LoseAnswersNext("PutItem", 1);
  dynamo_.RefuseNext("PutItem", 1);
  TakeTime(milliseconds(7));
  ASSERT_TRUE(Put().ok());
  EXPECT_THAT(log_, ElementsAre(HasSubstr("PutItem failed 7.0 ms"),
                                HasSubstr("PutItem failed 7.0 ms"),
                                HasSubstr("PutItem not sent"),
                                HasSubstr("PutItem ok 7.0 ms, 0 read units, "
                                          "1 write unit, sent ")));
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
  const std::string key = "key 4711";  // The bytes of Range(4711).
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

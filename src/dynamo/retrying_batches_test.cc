// Retries of transactions and batches.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "dynamo/retrying_client_test_fixture.h"

namespace dynamodown {
namespace {

using Json = nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Each;
using testing::HasSubstr;

TEST_F(RetryingClientTest, ARepeatedTransactionKeepsItsTokenAndIsAppliedOnce) {
  TransactWriteItems transaction = Transaction(3, true);
  dynamo_.LoseAnswersNext("TransactWriteItems", 1);
  // If the transaction were applied twice, its conditions would fail the second
  // time.
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
       ACancelledTransactionIsRetriedIfAllReasonsAreTemporary) {
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

TEST_F(RetryingClientTest, ACancelledTransactionIsFinalIfOneReasonIsFinal) {
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

// DynamoDB forgets a token after 10 minutes. If the client then sent the
// transaction again, DynamoDB would apply the transaction a second time.
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

TEST_F(RetryingClientTest, UnprocessedItemsAreSentUntilDone) {
  // Process only the first item of each request.
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
              Each(testing::Le(Scheduler::Duration(seconds(5)))));
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
  // Each request that succeeds processes one item. Between any two requests
  // that succeed, one request fails.
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
  EXPECT_THAT(result.error().message, HasSubstr(", at the deadline"));
  EXPECT_EQ(result.error().advice.option, "max_write_units");
  EXPECT_THAT(result.error().advice.lead,
              HasSubstr("at most 1,000 write units a second"));
  EXPECT_GT(requests(), 15u);
  EXPECT_LT(requests(), 60u);
  EXPECT_GT(scheduler_.elapsed(), seconds(54));
  EXPECT_FALSE(batch.written(0));
  EXPECT_TRUE(batch.written(4));
}

TEST_F(RetryingClientTest, ABatchWhoseAnswerIsTooLongAsksForLess) {
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(
        Put(i, std::string(1000, static_cast<char>('a' + i % 26))).ok());
  }
  for (const size_t bytes_max : {20'000u, 2'000u}) {
    dynamo_.set_after_hook(
        [bytes_max](
            const FakeDynamo::Call&,
            HttpResponse* response) -> std::optional<Result<void, NoAnswer>> {
          if (response->body.size() <= bytes_max) return std::nullopt;
          return NoAnswer{NoAnswer::Reason::kTooLong, true, "too long"};
        });
    BatchGetItem get;
    get.table = kTable;
    get.hash = AttributeValue::S("store");
    for (int i = 0; i < 100; ++i) get.ranges.push_back(Range(i));
    get.ranges.push_back(Range(1'000));  // Is missing.
    get.ranges.erase(get.ranges.begin());
    const Result<void, ServiceError> sent = client_->Send(&get);
    ASSERT_TRUE(sent.ok()) << sent.error().message;
    for (size_t i = 0; i < 99; ++i) {
      ASSERT_TRUE(get.items[i].has_value()) << i;
      EXPECT_EQ(Find(*get.items[i], "value")->text.front(), 'a' + (i + 1) % 26);
    }
    EXPECT_FALSE(get.items[99].has_value());
  }
}

TEST_F(RetryingClientTest, AnItemThatIsTooLongForAnAnswerIsAnError) {
  ASSERT_TRUE(Put(1).ok());
  dynamo_.set_after_hook(
      [](const FakeDynamo::Call&,
         HttpResponse*) -> std::optional<Result<void, NoAnswer>> {
        return NoAnswer{NoAnswer::Reason::kTooLong, true, "too long"};
      });
  BatchGetItem get;
  get.table = kTable;
  get.hash = AttributeValue::S("store");
  get.ranges = {Range(1), Range(2)};
  const Result<void, ServiceError> sent = client_->Send(&get);
  ASSERT_FALSE(sent.ok());
  EXPECT_EQ(sent.error().kind, ErrorKind::kCorruption);
  EXPECT_THAT(sent.error().message, testing::HasSubstr("too long"));
  EXPECT_EQ(requests(), 3u) << "a put, a read of 2 keys, a read of 1 key";
}

}  // namespace
}  // namespace dynamodown

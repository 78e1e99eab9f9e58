// How other calls see a transaction that takes time.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "fake/fake_test_environment.h"

namespace dynamodown {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::Ge;
using testing::SizeIs;

const std::vector<std::string> kKeys = {"a", "b", "c", "d"};

FakeDynamo::Settings Slow() {
  FakeDynamo::Settings settings;
  settings.transaction_step = seconds(1);
  return settings;
}

/// A transaction of four writes, from "old" to "new", at 1 s a step: locked at
/// 0 s, decided at 2 s, shown one by one from 3 s to 6 s.
class SlowTransaction : public testing::Test {
 protected:
  SlowTransaction() {
    environment_.timeout = seconds(60);
    for (const std::string& key : kKeys) environment_.Put(key, "old");
  }

  void Begin(const std::string& token = "") {
    environment_.scheduler.Spawn("writer", [this, token] {
      sent_ = environment_.TransactPut(kKeys, "new", token);
      answered_at_ = environment_.scheduler.Now();
    });
    environment_.scheduler.Sleep(milliseconds(1));
  }
  void SleepTo(milliseconds time) {
    environment_.scheduler.Sleep(Scheduler::TimePoint(time) -
                                 environment_.scheduler.Now());
  }
  /// The items that Query, Scan and BatchGetItem show as new. All three must
  /// agree.
  std::set<std::string> ShownAsNew() {
    const auto keys_of = [](const Json& items) {
      std::set<std::string> keys;
      for (const Json& item : items) {
        if (item["value"]["S"] == "new") keys.insert(item["r"]["B"]);
      }
      return keys;
    };
    const auto shown = keys_of(environment_.Query().body()["Items"]);
    EXPECT_EQ(keys_of(environment_.Scan().body()["Items"]), shown);
    EXPECT_EQ(
        keys_of(environment_.BatchGet(kKeys).body()["Responses"]["table"]),
        shown);
    return shown;
  }

  // Declared before the environment, whose destructor lets writers finish.
  Sent sent_;
  Scheduler::TimePoint answered_at_;
  FakeTestEnvironment environment_{{}, 1, Slow()};
};

TEST_F(SlowTransaction, ShowsItsWritesOneByOneAndAnswersLast) {
  Begin();
  std::vector<size_t> counts;
  std::set<std::string> before;
  for (int i = 0; i < 7; ++i) {
    SleepTo(milliseconds(i * 1000 + 500));
    const std::set<std::string> shown = ShownAsNew();
    EXPECT_TRUE(std::includes(shown.begin(), shown.end(), before.begin(),
                              before.end()));
    before = shown;
    counts.push_back(shown.size());
  }
  EXPECT_THAT(counts, ElementsAre(0, 0, 0, 1, 2, 3, 4));
  environment_.scheduler.RunAll();
  EXPECT_EQ(sent_.what(), "OK");
  EXPECT_EQ(answered_at_, Scheduler::TimePoint(seconds(6)));
}

TEST_F(SlowTransaction, GetItemSeesNoneOfItOrAll) {
  Begin();
  const auto values = [&] {
    std::set<std::string> seen;
    for (const std::string& key : kKeys) {
      seen.insert(FakeTestEnvironment::ValueOf(environment_.Get(key).body()));
    }
    return seen;
  };
  SleepTo(milliseconds(1999));
  EXPECT_THAT(values(), ElementsAre("old"));
  SleepTo(milliseconds(2000));
  EXPECT_THAT(values(), ElementsAre("new"));
}

TEST_F(SlowTransaction, WhatGetItemHasShownStaysShown) {
  Begin();
  SleepTo(milliseconds(2500));
  EXPECT_THAT(ShownAsNew(), SizeIs(0));
  for (const char* key : {"a", "c"}) {
    EXPECT_EQ(FakeTestEnvironment::ValueOf(environment_.Get(key).body()),
              "new");
  }
  EXPECT_THAT(ShownAsNew(), SizeIs(2));
  SleepTo(milliseconds(3500));
  EXPECT_THAT(ShownAsNew(), SizeIs(AllOf(Ge(2u), testing::Le(3u))));
  SleepTo(milliseconds(6500));
  EXPECT_THAT(ShownAsNew(), SizeIs(4));
}

TEST_F(SlowTransaction, APlainWriteToALockedItemConflicts) {
  Begin();
  for (const int time : {500, 2500, 5500}) {
    SleepTo(milliseconds(time));
    EXPECT_EQ(environment_.Put("a", "rival").what(),
              "TransactionConflictException");
    EXPECT_EQ(environment_.Delete("b").what(), "TransactionConflictException");
    EXPECT_EQ(environment_.Put("z", "other").what(), "OK");
  }
  SleepTo(milliseconds(6001));
  EXPECT_EQ(environment_.Put("a", "rival").what(), "OK");
  EXPECT_EQ(environment_.Stored("a"), "rival");
}

TEST_F(SlowTransaction, ABatchLeavesLockedItemsUndone) {
  Begin();
  const Json answer = environment_.BatchPut({"d", "e"}, "rival").body();
  ASSERT_EQ(answer["UnprocessedItems"]["table"].size(), 1u);
  EXPECT_EQ(answer["UnprocessedItems"]["table"][0]["PutRequest"]["Item"]["r"],
            B("d"));
  EXPECT_EQ(environment_.Stored("e"), "rival");
}

TEST_F(SlowTransaction, AnotherIsCancelledForJustThoseItems) {
  Begin();
  const auto before = environment_.scheduler.Now();
  const Json answer = environment_.TransactPut({"x", "b", "y"}, "rival").body();
  ASSERT_TRUE(answer.contains("CancellationReasons"));
  std::vector<std::string> codes;
  for (const Json& reason : answer["CancellationReasons"]) {
    codes.push_back(reason["Code"]);
  }
  EXPECT_THAT(codes, ElementsAre("None", "TransactionConflict", "None"));
  EXPECT_EQ(environment_.scheduler.Now() - before, seconds(1));
  EXPECT_EQ(environment_.Stored("x"), "");
  environment_.scheduler.RunAll();
  EXPECT_EQ(environment_.Stored("b"), "new");
}

TEST_F(SlowTransaction, ACancelledOneHoldsItsItemsUntilItAnswers) {
  environment_.scheduler.Spawn("writer", [this] {
    sent_ = environment_.Send(
        "TransactWriteItems",
        {{"TransactItems",
          {{{"Put", {{"TableName", "table"}, {"Item", ItemOf("a", "new")}}}},
           {{"ConditionCheck",
             {{"TableName", "table"},
              {"Key", KeyOf("b")},
              {"ConditionExpression", "attribute_not_exists(h)"}}}}}}});
  });
  environment_.scheduler.Sleep(milliseconds(1));
  // The transaction also locks the items that it only checks.
  EXPECT_EQ(environment_.Put("a", "rival").what(),
            "TransactionConflictException");
  EXPECT_EQ(environment_.Put("b", "rival").what(),
            "TransactionConflictException");
  SleepTo(milliseconds(2001));
  EXPECT_EQ(environment_.Put("a", "rival").what(), "OK");
  environment_.scheduler.RunAll();
  EXPECT_EQ(sent_.what(), "TransactionCanceledException");
  EXPECT_EQ(environment_.Stored("a"), "rival");
}

TEST_F(SlowTransaction, TheSameTokenMeanwhileIsInProgress) {
  Begin("token");
  EXPECT_EQ(environment_.TransactPut(kKeys, "new", "token").what(),
            "TransactionInProgressException");
  EXPECT_EQ(environment_.TransactPut(kKeys, "other", "token").what(),
            "IdempotentParameterMismatchException");
  SleepTo(milliseconds(6001));
  EXPECT_EQ(environment_.Put("a", "rival").what(), "OK");
  EXPECT_EQ(environment_.TransactPut(kKeys, "new", "token").what(), "OK");
  EXPECT_EQ(environment_.Stored("a"), "rival");
}

TEST_F(SlowTransaction, ATokenOfACancelledOneIsFreeAfterwards) {
  Begin();
  EXPECT_EQ(environment_.TransactPut({"a"}, "rival", "token").what(),
            "TransactionCanceledException");
  SleepTo(milliseconds(6001));
  EXPECT_EQ(environment_.TransactPut({"a"}, "rival", "token").what(), "OK");
  EXPECT_EQ(environment_.Stored("a"), "rival");
}

TEST_F(SlowTransaction, WhoGivesUpOnItDoesNotStopIt) {
  environment_.timeout = milliseconds(2500);
  Begin();
  SleepTo(milliseconds(2600));
  environment_.timeout = seconds(60);
  EXPECT_EQ(sent_.what(), "timeout");
  SleepTo(milliseconds(6001));
  EXPECT_THAT(ShownAsNew(), SizeIs(4));
}

TEST_F(SlowTransaction, DeletesAreShownLikePuts) {
  environment_.scheduler.Spawn("writer", [this] {
    sent_ = environment_.Send(
        "TransactWriteItems",
        {{"TransactItems",
          {{{"Delete", {{"TableName", "table"}, {"Key", KeyOf("a")}}}},
           {{"Delete", {{"TableName", "table"}, {"Key", KeyOf("b")}}}}}}});
  });
  environment_.scheduler.Sleep(milliseconds(1));
  SleepTo(milliseconds(3500));
  EXPECT_EQ(environment_.Query().body()["Count"], 3);
  EXPECT_EQ(environment_.Stored("a"), "");
  EXPECT_EQ(environment_.Stored("b"), "");
  EXPECT_EQ(environment_.Query().body()["Count"], 2);
}

TEST(ThrottledTransaction, LeavesARivalsLockAsItIs) {
  FakeDynamo::Settings settings = Slow();
  settings.throttle_by_load = true;
  // The first transaction takes 8 units; nothing is left until 1/7 s later.
  settings.partition_limits.write_units = 7;
  FakeTestEnvironment environment({}, 1, settings);
  environment.timeout = seconds(60);
  const auto sleep_to = [&](milliseconds time) {
    environment.scheduler.Sleep(Scheduler::TimePoint(time) -
                                environment.scheduler.Now());
  };
  const auto send_throttled = [&] {
    environment.scheduler.Spawn("throttled", [&environment] {
      const Json answer =
          environment.TransactPut({"a", "x"}, "throttled").body();
      ASSERT_TRUE(answer.contains("CancellationReasons"));
      for (const Json& reason : answer["CancellationReasons"]) {
        EXPECT_EQ(reason["Code"], "ThrottlingError");
      }
    });
  };
  environment.scheduler.Spawn("rival", [&environment] {
    EXPECT_EQ(environment.TransactPut(kKeys, "new").what(), "OK");
  });
  sleep_to(milliseconds(1));
  send_throttled();
  // Its own locks end at 2 s, the rival's at 6 s.
  sleep_to(milliseconds(3000));
  EXPECT_EQ(environment.Put("x", "other").what(), "OK");
  EXPECT_EQ(environment.Put("a", "other").what(),
            "TransactionConflictException");
  sleep_to(milliseconds(5500));
  while (environment.Put("z", "load").ok()) {
  }
  send_throttled();
  sleep_to(milliseconds(6500));
  EXPECT_EQ(environment.Put("x", "other").what(),
            "TransactionConflictException");
  EXPECT_EQ(environment.Put("a", "other").what(), "OK");
  environment.scheduler.RunAll();
  EXPECT_EQ(environment.Stored("a"), "other");
}

TEST(TransactionAtOnce, TakesNoTimeWithoutAStep) {
  FakeTestEnvironment environment;
  EXPECT_EQ(environment.TransactPut(kKeys, "new").what(), "OK");
  EXPECT_EQ(environment.scheduler.Now(), Scheduler::TimePoint());
  EXPECT_EQ(environment.Put("a", "other").what(), "OK");
  EXPECT_EQ(environment.Stored("a"), "other");
}

TEST_F(SlowTransaction, DelaysNoOtherAnswer) {
  Begin();
  const auto before = environment_.scheduler.Now();
  const std::string date = FormatBasicTime(environment_.clock.UnixSeconds());
  // A body that is not JSON never reaches the service.
  const Sent sent = environment_.Exchange(
      {"POST",
       "http://localhost:8000/",
       {{"X-Amz-Target", "DynamoDB_20120810.GetItem"},
        {"X-Amz-Date", date},
        {"Content-Type", "application/x-amz-json-1.0"},
        {"Authorization", "AWS4-HMAC-SHA256 Credential=a/b"}},
       "{"});
  EXPECT_EQ(sent.what(), "SerializationException");
  EXPECT_EQ(environment_.scheduler.Now(), before);
}

}  // namespace
}  // namespace dynamodown

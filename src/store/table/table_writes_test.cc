// Tests batches of all kinds: their requests, their failures, and what a failed
// batch has written.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "store/table/table_store_test_fixture.h"

namespace dynamodown_test {
namespace {

using dynamodown::Certainty;
using dynamodown::FakeDynamo;
using dynamodown::HttpResponse;
using dynamodown::NoAnswer;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;
using Kind = dynamodown::KeyCondition::Kind;

// ---- Unordered batches ----------------------------------------------------

TEST_F(TableStoreTest, AnUnorderedBatchIsWrittenInRunsOf25) {
  for (const auto& [n, requests] :
       {std::pair(2u, 1u), {24u, 1u}, {25u, 1u}, {26u, 2u}, {101u, 5u}}) {
    Make(false, RetrySettings());
    const Puts puts(n);
    ASSERT_TRUE(WriteUnordered(puts.operations).ok());
    EXPECT_EQ(Count("BatchWriteItem"), requests);
    EXPECT_EQ(Count(""), requests);
    EXPECT_EQ(KeysOf(RequestOf({})), puts.keys);
  }
}

TEST_F(TableStoreTest, AnUnorderedBatchIsCutByItsBytesOnTheWire) {
  Limits limits;
  limits.batch_bytes = 4 << 20;
  Make(false, RetrySettings(), limits);
  ASSERT_TRUE(
      WriteUnordered(Puts(50, std::string(400'000, 'v')).operations).ok());
  EXPECT_EQ(Count("BatchWriteItem"), 5u);
  // Base64 makes these values a third longer.
  Make(false, RetrySettings(), limits);
  ASSERT_TRUE(
      WriteUnordered(Puts(50, std::string(400'000, '\xff')).operations).ok());
  EXPECT_EQ(Count("BatchWriteItem"), 8u);
  for (const Json& body : world_.Bodies("BatchWriteItem")) {
    EXPECT_LE(body.dump().size(), limits.batch_bytes + 200);
  }
}

TEST_F(TableStoreTest, AnUnorderedBatchIsSentUntilNothingIsUnprocessed) {
  const Puts puts(120);
  world_.dynamo.LeaveUnprocessed(
      [&] { return world_.scheduler.Choose(2) > 0; });
  ASSERT_TRUE(WriteUnordered(puts.operations).ok());
  world_.dynamo.ClearFaults();
  EXPECT_EQ(KeysOf(RequestOf({})), puts.keys);
  EXPECT_GT(Count("BatchWriteItem"), 5u);
}

TEST_F(TableStoreTest, ABatchOfOneKeyBecomesAPutOrADelete) {
  ASSERT_TRUE(WriteUnordered({{"a", "1"}}).ok());
  ASSERT_TRUE(WriteAtomic({{"b", "1"}, {"b", "2"}}).ok());
  EXPECT_EQ(Count("PutItem"), 2u);
  ASSERT_TRUE(WriteAtomic({{"a", "1"}, {"a", std::nullopt}}).ok());
  EXPECT_EQ(Count("DeleteItem"), 1u);
  EXPECT_EQ(Count(""), 3u);
  EXPECT_EQ(ReadAll(RequestOf({})), "[b]");
}

TEST_F(TableStoreTest, ABatchWithNothingToDoSendsNothing) {
  const std::string over(1025, 'k');
  EXPECT_TRUE(WriteAtomic({}).ok());
  EXPECT_TRUE(WriteUnordered({}).ok());
  EXPECT_TRUE(WriteAtomic({{over, std::nullopt}}).ok());
  EXPECT_TRUE(WriteIf({}, {}).ok());
  EXPECT_EQ(Count(""), 0u);
}

TEST_F(TableStoreTest, AFailedUnorderedBatchSaysWhatWasWritten) {
  // The requests go one after the other, and the third of the four fails.
  Make(false, OneAttempt());
  int batch = 0;
  world_.dynamo.set_before_hook(
      [&](const FakeDynamo::Call&,
          HttpResponse* response) -> std::optional<Result<void, NoAnswer>> {
        if (++batch != 3) return std::nullopt;
        world_.dynamo.AnswerError(400, "AccessDeniedException", "no", response);
        return Result<void, NoAnswer>();
      });
  const Result<void, WriteError> failed = WriteUnordered(Puts(90).operations);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().kind, ErrorKind::kDenied);
  EXPECT_EQ(failed.error().certainty, Certainty::kUnknown);
  const size_t written = Items();
  EXPECT_THAT(TextOf(failed.error()),
              HasSubstr("; of the batch's 90 keys, " + std::to_string(written) +
                        " were written, " + std::to_string(90 - written) +
                        " were not, and the outcome of 0 is unknown"));
  EXPECT_GE(written, 50u);
}

TEST_F(TableStoreTest, KeysThatMayHaveBeenWrittenAreCountedAsUnknown) {
  Make(false, OneAttempt());
  world_.dynamo.LoseAnswersNext("BatchWriteItem", 1);
  const Result<void, WriteError> failed = WriteUnordered(Puts(25).operations);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().kind, ErrorKind::kTimeout);
  EXPECT_EQ(failed.error().certainty, Certainty::kUnknown);
  EXPECT_THAT(TextOf(failed.error()),
              HasSubstr("; of the batch's 25 keys, 0 were written, 0 were not, "
                        "and the outcome of 25 is unknown"));
}

TEST_F(TableStoreTest, KeysThatNeverReachedTheServiceAreCountedAsNotWritten) {
  Make(false, OneAttempt());
  world_.dynamo.RefuseNext("BatchWriteItem", 1);
  const Result<void, WriteError> failed = WriteUnordered(Puts(25).operations);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(failed.error().certainty, Certainty::kNothingWritten);
  EXPECT_THAT(TextOf(failed.error()),
              HasSubstr("keys, 0 were written, 25 were not, and the outcome of "
                        "0 is unknown"));
}

TEST_F(TableStoreTest, KeysThatStayUnprocessedAreCountedAsNotWritten) {
  RetrySettings retry;
  retry.max_attempts = 2;
  Make(false, retry);
  // 10 of the 25 keys are written at once. The other 15 keys are never written.
  int asked = 0;
  world_.dynamo.LeaveUnprocessed([&] { return ++asked > 10; });
  const Result<void, WriteError> failed = WriteUnordered(Puts(25).operations);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().kind, ErrorKind::kThrottled);
  EXPECT_EQ(Items(), 10u);
  EXPECT_THAT(TextOf(failed.error()),
              HasSubstr("; of the batch's 25 keys, 10 were written, 15 were "
                        "not, and the outcome of 0 is unknown"));
}

TEST_F(TableStoreTest, ABatchIsCheckedWholeBeforeAnythingIsSent) {
  Puts puts(99);
  const std::string over(1025, 'k');
  puts.operations.push_back({over, "v"});
  const Result<void, WriteError> unordered = WriteUnordered(puts.operations);
  ASSERT_FALSE(unordered.ok());
  EXPECT_EQ(unordered.error().kind, ErrorKind::kInvalidArgument);
  EXPECT_EQ(unordered.error().certainty, Certainty::kNothingWritten);
  EXPECT_THAT(unordered.error().message,
              StartsWith("operation 99 of the batch"));
  EXPECT_EQ(WriteAtomic(puts.operations).error().kind,
            ErrorKind::kInvalidArgument);
  EXPECT_EQ(WriteIf(puts.operations, {}).error().kind,
            ErrorKind::kInvalidArgument);
  EXPECT_EQ(Count(""), 0u);
}

// ---- Atomic batches -------------------------------------------------------

TEST_F(TableStoreTest, AnAtomicBatchIsOneTransaction) {
  PutForeign({"k0001"});
  Puts puts(100);
  puts.operations[1].value.reset();
  ASSERT_TRUE(WriteAtomic(puts.operations).ok());
  EXPECT_EQ(Count("TransactWriteItems"), 1u);
  EXPECT_EQ(Count(""), 1u);
  EXPECT_EQ(Items(), 99u);
}

TEST_F(TableStoreTest, AnAtomicBatchOver100KeysSendsNothing) {
  const Result<void, WriteError> refused = WriteAtomic(Puts(101).operations);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kNotSupported);
  EXPECT_EQ(refused.error().certainty, Certainty::kNothingWritten);
  EXPECT_EQ(refused.error().advice.option, "batch");
  EXPECT_EQ(refused.error().advice.value, "unordered");
  EXPECT_EQ(Count(""), 0u);
}

TEST_F(TableStoreTest, AfterALostAnswerATransactionIsRepeatedWithItsToken) {
  world_.dynamo.LoseAnswersNext("TransactWriteItems", 2);
  ASSERT_TRUE(WriteAtomic(Puts(3).operations).ok());
  const std::vector<Json> bodies = world_.Bodies("TransactWriteItems");
  ASSERT_EQ(bodies.size(), 3u);
  EXPECT_EQ(bodies[0], bodies[1]);
  EXPECT_EQ(bodies[0], bodies[2]);
  EXPECT_EQ(bodies[0].at("ClientRequestToken").get<std::string>().size(), 32u);
  EXPECT_EQ(Items(), 3u);
  // These retries are harmless, so none counts as ambiguous.
  EXPECT_EQ(meter_.Read().retries, 2u);
  EXPECT_EQ(meter_.Read().ambiguous_retries, 0u);
}

TEST_F(TableStoreTest, EachTransactionHasATokenOfItsOwn) {
  ASSERT_TRUE(WriteAtomic(Puts(2).operations).ok());
  ASSERT_TRUE(WriteAtomic(Puts(2).operations).ok());
  const std::vector<Json> bodies = world_.Bodies("TransactWriteItems");
  ASSERT_EQ(bodies.size(), 2u);
  EXPECT_NE(bodies[0].at("ClientRequestToken"),
            bodies[1].at("ClientRequestToken"));
}

TEST_F(TableStoreTest, AnAmbiguousTransactionSaysThatItMayHaveBeenWritten) {
  Make(false, OneAttempt());
  world_.dynamo.LoseAnswersNext("TransactWriteItems", 1);
  const Result<void, WriteError> lost = WriteAtomic(Puts(2).operations);
  ASSERT_FALSE(lost.ok());
  EXPECT_EQ(lost.error().kind, ErrorKind::kTimeout);
  EXPECT_EQ(lost.error().certainty, Certainty::kUnknown);
  EXPECT_THAT(
      TextOf(lost.error()),
      HasSubstr("; the whole batch may have been written, or nothing of it"));
}

TEST_F(TableStoreTest, AnAmbiguousAttemptIsRememberedWhateverFollows) {
  RetrySettings retry;
  retry.max_attempts = 2;
  Make(false, retry);
  world_.dynamo.LoseAnswersNext("TransactWriteItems", 1);
  world_.dynamo.FailNext("TransactWriteItems", 1'000, 400,
                         "ThrottlingException", "slow down");
  const Result<void, WriteError> failed = WriteAtomic(Puts(2).operations);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().kind, ErrorKind::kThrottled);
  EXPECT_EQ(failed.error().certainty, Certainty::kUnknown);
  EXPECT_THAT(
      TextOf(failed.error()),
      HasSubstr("; the whole batch may have been written, or nothing of it"));
}

TEST_F(TableStoreTest, ARefusedTransactionSaysThatNothingWasWritten) {
  world_.dynamo.FailNext("TransactWriteItems", 1, 400, "AccessDeniedException",
                         "no");
  const Result<void, WriteError> refused = WriteAtomic(Puts(2).operations);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kDenied);
  EXPECT_EQ(refused.error().certainty, Certainty::kNothingWritten);
  EXPECT_THAT(TextOf(refused.error()),
              HasSubstr("; nothing of the batch was written"));
  EXPECT_EQ(Items(), 0u);
}

TEST_F(TableStoreTest, ATransactionThatLosesToOthersIsTriedAgain) {
  world_.dynamo.CancelNext(3, {"TransactionConflict", "None"});
  ASSERT_TRUE(WriteAtomic(Puts(2).operations).ok());
  EXPECT_EQ(Count("TransactWriteItems"), 4u);
}

TEST_F(TableStoreTest, WithoutTransactionsTheAdviceIsAnUnorderedBatch) {
  world_.dynamo.FailNext("TransactWriteItems", 1, 400,
                         "UnknownOperationException", "");
  const Result<void, WriteError> refused = WriteAtomic(Puts(2).operations);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kNotSupported);
  EXPECT_THAT(refused.error().message,
              EndsWith("; this endpoint has no transactions"));
  EXPECT_EQ(refused.error().advice.option, "batch");
  EXPECT_EQ(refused.error().advice.value, "unordered");
}

// ---- WriteIf --------------------------------------------------------------

TEST_F(TableStoreTest, WriteIfChecksAbsentPresentAndEquals) {
  PutForeign({"there"});
  EXPECT_TRUE(WriteIf({{"new", "1"}}, {{Kind::kAbsent, "new", ""}}).ok());
  EXPECT_TRUE(WriteIf({{"new", "2"}}, {{Kind::kPresent, "new", ""}}).ok());
  EXPECT_TRUE(WriteIf({{"new", "3"}}, {{Kind::kEquals, "new", "2"}}).ok());
  EXPECT_TRUE(
      WriteIf({{"new", std::nullopt}}, {{Kind::kEquals, "there", "vthere"}})
          .ok());
  EXPECT_EQ(ReadAll(RequestOf({})), "[there]");
  EXPECT_EQ(Count("TransactWriteItems"), 4u);
  EXPECT_EQ(Count("") - Count("Query"), 4u);
}

TEST_F(TableStoreTest, AConditionThatDoesNotHoldIsNamedAndNothingIsWritten) {
  PutForeign({"there"});
  const std::vector<std::vector<KeyCondition>> failing = {
      {{Kind::kAbsent, "there", ""}},
      {{Kind::kPresent, "none", ""}},
      {{Kind::kEquals, "there", "other"}},
      {{Kind::kEquals, "none", ""}},
  };
  for (const auto& conditions : failing) {
    const auto conflict =
        WriteIf({{"there", "x"}, {"none", "x"}, {"k", "x"}}, conditions);
    ASSERT_FALSE(conflict.ok());
    EXPECT_EQ(conflict.error().kind, ErrorKind::kConflict);
    EXPECT_EQ(conflict.error().condition, 0u);
    EXPECT_EQ(conflict.error().certainty, Certainty::kNothingWritten);
    EXPECT_EQ(TextOf(conflict.error()),
              "the condition on key \"" + std::string(conditions[0].key) +
                  "\" does not hold; nothing was written");
  }
  EXPECT_EQ(Get("there"), "vthere");
  EXPECT_EQ(Items(), 1u);
}

TEST_F(TableStoreTest, EqualsMatchesTheBytesHoweverTheyAreStored) {
  PutForeign("as-s", S("text"));
  PutForeign("as-b", B("text"));
  PutForeign("bytes", B("\xff"));
  PutForeign("empty-s", S(""));
  PutForeign("empty-b", B(""));
  PutForeign("empty-null", Null());
  for (const auto& [key, value] :
       std::vector<std::pair<std::string, std::string>>{{"as-s", "text"},
                                                        {"as-b", "text"},
                                                        {"bytes", "\xff"},
                                                        {"empty-s", ""},
                                                        {"empty-b", ""},
                                                        {"empty-null", ""}}) {
    const auto held = WriteIf({{"out", key}}, {{Kind::kEquals, key, value}});
    EXPECT_TRUE(held.ok()) << key << ": " << held.error().message;
    const auto conflict = WriteIf({{"out", key}}, {{Kind::kEquals, key, "no"}});
    ASSERT_FALSE(conflict.ok()) << key;
    EXPECT_EQ(conflict.error().condition, 0u);
  }
}

TEST_F(TableStoreTest, EqualsNeverMatchesANumber) {
  PutForeign("n", N("42"));
  const auto conflict = WriteIf({{"out", "x"}}, {{Kind::kEquals, "n", "42"}});
  ASSERT_FALSE(conflict.ok());
  EXPECT_EQ(conflict.error().condition, 0u);
}

TEST_F(TableStoreTest, ConditionsOnKeysThatAreNotWrittenAreChecked) {
  PutForeign({"there"});
  ASSERT_TRUE(WriteIf({}, {{Kind::kPresent, "there", ""}}).ok());
  ASSERT_TRUE(WriteIf({{"a", "1"}, {"b", "2"}}, {{Kind::kPresent, "there", ""},
                                                 {Kind::kAbsent, "none", ""},
                                                 {Kind::kAbsent, "b", ""}})
                  .ok());
  const Json transaction = world_.Bodies("TransactWriteItems").back();
  std::vector<std::string> kinds;
  for (const Json& member : transaction.at("TransactItems")) {
    kinds.push_back(member.begin().key());
  }
  EXPECT_THAT(kinds,
              ElementsAre("Put", "Put", "ConditionCheck", "ConditionCheck"));
  EXPECT_EQ(Items(), 3u);
}

TEST_F(TableStoreTest, TheFirstOfSeveralFailedConditionsIsNamed) {
  PutForeign({"there"});
  const auto conflict = WriteIf({{"b", "1"}}, {{Kind::kPresent, "there", ""},
                                               {Kind::kPresent, "none", ""},
                                               {Kind::kPresent, "b", ""}});
  ASSERT_FALSE(conflict.ok());
  EXPECT_EQ(conflict.error().condition, 1u);
}

TEST_F(TableStoreTest, OnlyAbsenceHoldsForAKeyThatCannotBeStored) {
  const std::string over(1025, 'k');
  const auto present = WriteIf({{"a", "1"}}, {{Kind::kPresent, over, ""}});
  ASSERT_FALSE(present.ok());
  EXPECT_EQ(present.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(present.error().condition, 0u);
  EXPECT_FALSE(WriteIf({{"a", "1"}}, {{Kind::kEquals, over, ""}}).ok());
  EXPECT_TRUE(WriteIf({}, {{Kind::kAbsent, over, ""}}).ok());
  EXPECT_EQ(Count(""), 0u);
  EXPECT_TRUE(WriteIf({{"a", "1"}}, {{Kind::kAbsent, over, ""}}).ok());
  EXPECT_EQ(Count(""), 1u);
  EXPECT_EQ(Get("a"), "1");
}

TEST_F(TableStoreTest, NothingEqualsAValueThatCannotBeStored) {
  const std::string over(409'600, 'v');
  const auto conflict = WriteIf({{"a", "1"}}, {{Kind::kEquals, "a", over}});
  ASSERT_FALSE(conflict.ok());
  EXPECT_EQ(conflict.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(conflict.error().condition, 0u);
  EXPECT_EQ(Count(""), 0u);
}

TEST_F(TableStoreTest,
       AConflictAfterALostAnswerDoesNotClaimThatNothingWasWritten) {
  PutForeign({"a"});
  int attempts = 0;
  world_.dynamo.set_before_hook(
      [&](const FakeDynamo::Call&,
          HttpResponse*) -> std::optional<Result<void, NoAnswer>> {
        if (++attempts > 1) return std::nullopt;
        return Result<void, NoAnswer>(
            NoAnswer{NoAnswer::Reason::kTimeout, true, "lost"});
      });
  const auto conflict = WriteIf({{"a", "1"}}, {{Kind::kAbsent, "a", ""}});
  ASSERT_FALSE(conflict.ok());
  EXPECT_EQ(conflict.error().condition, 0u);
  EXPECT_EQ(conflict.error().certainty, Certainty::kUnknown);
  EXPECT_THAT(TextOf(conflict.error()),
              HasSubstr("that attempt's batch may have been written, or "
                        "may still be written"));
}

TEST_F(TableStoreTest, TwoConditionsOnAKeyAreRefused) {
  const auto refused = WriteIf(
      {{"a", "1"}}, {{Kind::kAbsent, "k", ""}, {Kind::kPresent, "k", ""}});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalidArgument);
  EXPECT_EQ(TextOf(refused.error()),
            "key \"k\" has more than one condition; nothing was written");
  EXPECT_EQ(Count(""), 0u);
}

TEST_F(TableStoreTest, WriteIfTakes100KeysOfWritesAndConditionsTogether) {
  const Puts puts(99);
  const std::vector<KeyCondition> one = {{Kind::kAbsent, "x", ""}};
  EXPECT_TRUE(WriteIf(puts.operations, one).ok());
  world_.dynamo.Clear();
  const auto refused = WriteIf(Puts(100).operations, one);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kNotSupported);
  EXPECT_EQ(refused.error().condition, std::nullopt);
  EXPECT_THAT(refused.error().message,
              HasSubstr("an atomic batch of 101 keys"));
  EXPECT_THAT(refused.error().message, HasSubstr("the limits are 100 keys"));
  EXPECT_THAT(TextOf(refused.error()), HasSubstr("nothing was written"));
  EXPECT_EQ(Count(""), 0u);
}

TEST_F(TableStoreTest, ARepeatedWriteIfRecognisesItsOwnSuccess) {
  world_.dynamo.LoseAnswersNext("TransactWriteItems", 1);
  const auto written = WriteIf({{"a", "1"}}, {{Kind::kAbsent, "a", ""}});
  EXPECT_TRUE(written.ok()) << written.error().message;
  const std::vector<Json> bodies = world_.Bodies("TransactWriteItems");
  ASSERT_EQ(bodies.size(), 2u);
  EXPECT_EQ(bodies[0], bodies[1]);
}

TEST_F(TableStoreTest, AConflictWithOtherTransactionsNamesNoCondition) {
  RetrySettings retry;
  retry.max_attempts = 3;
  Make(false, retry);
  world_.dynamo.CancelNext(3, {"TransactionConflict"});
  const auto conflict = WriteIf({{"a", "1"}}, {{Kind::kAbsent, "a", ""}});
  ASSERT_FALSE(conflict.ok());
  EXPECT_EQ(conflict.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(conflict.error().condition, std::nullopt);
  EXPECT_EQ(Count("TransactWriteItems"), 3u);
}

TEST_F(TableStoreTest, AFailedConditionBesideAConflictIsNotTriedAgain) {
  world_.dynamo.CancelNext(1,
                           {"TransactionConflict", "ConditionalCheckFailed"});
  const auto conflict =
      WriteIf({{"a", "1"}, {"b", "1"}},
              {{Kind::kAbsent, "a", ""}, {Kind::kPresent, "b", ""}});
  ASSERT_FALSE(conflict.ok());
  EXPECT_EQ(conflict.error().condition, 1u);
  EXPECT_EQ(Count("TransactWriteItems"), 1u);
}

}  // namespace
}  // namespace dynamodown_test

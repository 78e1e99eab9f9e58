#include "aws/retry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace dynamodown {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using Duration = RetryState::Duration;
using TimePoint = RetryState::TimePoint;

ServiceError ErrorOf(RetryClass retry) {
  ServiceError error;
  error.message = "words";
  error.retry = retry;
  return error;
}

/// Makes attempts of a call fail at the time `now_`.
class RetryTest : public testing::Test {
 protected:
  RetryTest() : random_(1) {
    settings_.max_attempts = 1'000;
    settings_.deadline = std::chrono::hours(1);
  }

  RetryState Start(RetryBudget* budget = nullptr) {
    budget_ = budget;
    return RetryState(settings_, settings_.deadline, now_);
  }
  std::optional<Duration> Fail(RetryState* state,
                               RetryClass retry = RetryClass::kTransient) {
    RetryBudget plenty(1'000'000);
    error_ = ErrorOf(retry);
    return state->OnFailure(now_, budget_ ? budget_ : &plenty, &random_,
                            &error_);
  }
  std::optional<Duration> LeaveUndone(RetryState* state, bool progress) {
    error_ = ErrorOf(RetryClass::kThrottled);
    return state->OnUnprocessed(now_, progress, &random_, &error_);
  }

  RetrySettings settings_;
  Random random_;
  TimePoint now_{};
  RetryBudget* budget_ = nullptr;
  ServiceError error_;
};

TEST_F(RetryTest, OnlyTemporaryFailuresAreRetried) {
  for (RetryClass retry : {RetryClass::kThrottled, RetryClass::kTransient,
                           RetryClass::kContended}) {
    RetryState state = Start();
    EXPECT_TRUE(Fail(&state, retry));
    EXPECT_TRUE(Fail(&state, retry));
  }
  RetryState state = Start();
  EXPECT_FALSE(Fail(&state, RetryClass::kNever));
  EXPECT_EQ(error_.message, "words");
}

TEST_F(RetryTest, WaitsAreFullJitterUnderADoublingCeiling) {
  settings_.base_delay = milliseconds(100);
  settings_.max_delay = milliseconds(1'500);
  constexpr int kCalls = 2'000;
  std::vector<std::vector<Duration>> delays(8);
  for (int call = 0; call < kCalls; ++call) {
    RetryState state = Start();
    for (std::vector<Duration>& nth : delays) nth.push_back(*Fail(&state));
  }
  const int ceilings[] = {100, 200, 400, 800, 1'500, 1'500, 1'500, 1'500};
  for (size_t n = 0; n < delays.size(); ++n) {
    std::sort(delays[n].begin(), delays[n].end());
    const Duration ceiling = milliseconds(ceilings[n]);
    EXPECT_GE(delays[n].front(), Duration(0));
    EXPECT_LE(delays[n].back(), ceiling);
    // Uniform: the delays reach both ends, and their median is in the middle.
    EXPECT_LT(delays[n].front(), ceiling / 50) << n;
    EXPECT_GT(delays[n].back(), ceiling * 49 / 50) << n;
    EXPECT_GT(delays[n][kCalls / 2], ceiling * 45 / 100) << n;
    EXPECT_LT(delays[n][kCalls / 2], ceiling * 55 / 100) << n;
  }
}

TEST_F(RetryTest, TheCeilingHoldsForAnyNumberOfAttempts) {
  settings_.max_delay = seconds(20);
  RetryState state = Start();
  for (int i = 1; i < settings_.max_attempts; ++i) {
    const std::optional<Duration> delay = Fail(&state);
    ASSERT_TRUE(delay);
    EXPECT_GE(*delay, Duration(0));
    EXPECT_LE(*delay, seconds(20));
  }
  EXPECT_FALSE(Fail(&state));
}

TEST_F(RetryTest, AttemptsAreLimitedAndTheMessageSaysSo) {
  settings_.max_attempts = 3;
  RetryState state = Start();
  EXPECT_TRUE(Fail(&state));
  EXPECT_TRUE(Fail(&state));
  EXPECT_EQ(error_.message, "words");
  now_ += milliseconds(2'350);
  EXPECT_FALSE(Fail(&state));
  EXPECT_EQ(error_.message, "words; gave up after 3 attempts in 2.3 s");
}

TEST_F(RetryTest, WithOneAttemptThereIsNoRetry) {
  settings_.max_attempts = 1;
  for (RetryClass retry :
       {RetryClass::kThrottled, RetryClass::kTransient, RetryClass::kContended,
        RetryClass::kClockSkew, RetryClass::kExpiredToken}) {
    RetryState state = Start();
    EXPECT_FALSE(Fail(&state, retry));
    EXPECT_EQ(error_.message, "words");
  }
}

TEST_F(RetryTest, NoWaitEndsAfterTheDeadline) {
  settings_.deadline = seconds(10);
  settings_.base_delay = seconds(1);
  settings_.max_delay = seconds(5);
  for (int call = 0; call < 500; ++call) {
    now_ = TimePoint();
    RetryState state = Start();
    for (;;) {
      const std::optional<Duration> delay = Fail(&state);
      if (!delay) break;
      now_ += *delay;
      EXPECT_LT(now_.time_since_epoch(), seconds(10));
      EXPECT_EQ(state.Remaining(now_), seconds(10) - now_.time_since_epoch());
    }
    EXPECT_THAT(error_.message, HasSubstr(", at the deadline"));
  }
}

TEST_F(RetryTest, PastTheDeadlineThereIsNoRetry) {
  settings_.deadline = seconds(1);
  RetryState state = Start();
  now_ += seconds(1);
  EXPECT_FALSE(Fail(&state));
  EXPECT_THAT(error_.message,
              HasSubstr("gave up after 1 attempt in 1.0 s, at the deadline"));
}

TEST_F(RetryTest, AttemptsAndDeadlineCountFromTheLastProgress) {
  settings_.max_attempts = 3;
  settings_.deadline = seconds(10);
  RetryState state = Start();
  for (int i = 0; i < 100; ++i) {
    now_ += seconds(9);
    ASSERT_TRUE(LeaveUndone(&state, true));
    EXPECT_EQ(state.Remaining(now_), seconds(10));
    ASSERT_TRUE(Fail(&state));
  }
  EXPECT_FALSE(Fail(&state));
  EXPECT_THAT(error_.message, HasSubstr("gave up after 3 attempts in 0.0 s"));
}

// Else many calls, each of which makes a little progress per attempt, would
// flood the service.
TEST_F(RetryTest, ProgressDoesNotMakeTheWaitsShorter) {
  settings_.base_delay = milliseconds(10);
  Duration longest(0);
  for (int call = 0; call < 100; ++call) {
    RetryState state = Start();
    EXPECT_LE(*LeaveUndone(&state, true), Duration(milliseconds(10)));
    for (int i = 0; i < 5; ++i) (void)LeaveUndone(&state, true);
    longest = std::max(longest, *LeaveUndone(&state, true));
  }
  EXPECT_GT(longest, Duration(milliseconds(320)));
  EXPECT_LE(longest, Duration(milliseconds(640)));
}

TEST_F(RetryTest, ThrottlingIsLimitedByTheDeadlineAlone) {
  settings_.max_attempts = 2;
  settings_.deadline = seconds(60);
  for (const bool in_answer : {false, true}) {
    RetryBudget empty(0);
    RetryState state = Start(&empty);
    const TimePoint begin = now_;
    int attempts = 1;
    for (;; ++attempts) {
      const std::optional<Duration> delay =
          in_answer ? LeaveUndone(&state, false)
                    : Fail(&state, RetryClass::kThrottled);
      if (!delay) break;
      now_ += *delay;
    }
    EXPECT_GT(attempts, 15);
    EXPECT_LT(attempts, 60);
    EXPECT_GT(now_ - begin, seconds(54));
    EXPECT_LT(now_ - begin, seconds(60));
    EXPECT_THAT(error_.message, HasSubstr("at the deadline"));
    EXPECT_FALSE(state.took_tokens());
  }
}

TEST_F(RetryTest, ThrottledAttemptsDoNotCountAsAttempts) {
  settings_.max_attempts = 3;
  RetryState state = Start();
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(Fail(&state, RetryClass::kThrottled));
  }
  EXPECT_TRUE(Fail(&state));
  EXPECT_TRUE(Fail(&state, RetryClass::kThrottled));
  EXPECT_TRUE(Fail(&state));
  EXPECT_FALSE(Fail(&state));
  EXPECT_THAT(error_.message, HasSubstr("gave up after 104 attempts"));
}

TEST_F(RetryTest, NoWaitExceedsAQuarterOfTheDeadline) {
  settings_.deadline = seconds(1);
  for (int call = 0; call < 100; ++call) {
    RetryState state = Start();
    for (int i = 0; i < 20; ++i) {
      EXPECT_LE(*LeaveUndone(&state, true), Duration(milliseconds(250)));
    }
  }
}

TEST_F(RetryTest, AClockAndATokenAreEachMendedOnceWithoutAWait) {
  RetryBudget empty(0);
  RetryState state = Start(&empty);
  EXPECT_EQ(Fail(&state, RetryClass::kClockSkew), Duration(0));
  EXPECT_EQ(Fail(&state, RetryClass::kExpiredToken), Duration(0));
  EXPECT_FALSE(Fail(&state, RetryClass::kClockSkew));
  EXPECT_FALSE(Fail(&state, RetryClass::kExpiredToken));
}

TEST_F(RetryTest, AnEmptyBudgetEndsRetriesAndTheMessageSaysWhy) {
  RetryBudget budget(12);
  RetryState state = Start(&budget);
  EXPECT_TRUE(Fail(&state));
  RetryState other = Start(&budget);
  EXPECT_TRUE(Fail(&other));
  EXPECT_FALSE(Fail(&state));
  EXPECT_THAT(error_.message, HasSubstr("too many calls are failing"));
}

TEST(RetryBudget, ARetryTakes5TokensAndASuccessWithoutRetryGivesBack1) {
  RetryBudget budget(10);
  EXPECT_TRUE(budget.Take());
  EXPECT_TRUE(budget.Take());
  EXPECT_FALSE(budget.Take());
  for (int i = 0; i < 4; ++i) budget.GiveBack(false);
  EXPECT_FALSE(budget.Take());
  budget.GiveBack(false);
  EXPECT_TRUE(budget.Take());
  EXPECT_FALSE(budget.Take());
}

TEST(RetryBudget, ASuccessAfterARetryGivesBackTheRetrysTokens) {
  RetryBudget budget(5);
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(budget.Take());
    EXPECT_FALSE(budget.Take());
    budget.GiveBack(true);
  }
}

TEST(RetryBudget, NeverHoldsMoreThanItsMaximum) {
  RetryBudget budget(9);
  for (int i = 0; i < 100; ++i) budget.GiveBack(i % 2 == 0);
  EXPECT_TRUE(budget.Take());
  EXPECT_FALSE(budget.Take());
}

TEST(RetryBudget, TheGreatestMaximumDoesNotOverflow) {
  RetryBudget budget(std::numeric_limits<int>::max());
  for (int i = 0; i < 10; ++i) budget.GiveBack(true);
  EXPECT_TRUE(budget.Take());
}

TEST_F(RetryTest, AHugeBaseDelayIsCutToMaxDelay) {
  settings_.base_delay = std::chrono::hours(24 * 366);
  settings_.max_attempts = 40;
  settings_.max_delay = std::chrono::seconds(5);
  RetryState state = Start();
  EXPECT_LE(LeaveUndone(&state, true), Duration(settings_.max_delay));
  for (int i = 0; i < 30; ++i) {
    const std::optional<Duration> wait = Fail(&state);
    ASSERT_TRUE(wait.has_value());
    EXPECT_GE(*wait, Duration(0));
    EXPECT_LE(*wait, Duration(settings_.max_delay));
  }
}

}  // namespace
}  // namespace dynamodown

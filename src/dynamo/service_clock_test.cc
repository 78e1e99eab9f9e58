#include "dynamo/service_clock.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>

namespace dynamodown {
namespace {

constexpr int64_t kStart = 1'795'348'800'000;  // 2026-11-22T12:00:00Z, in ms

TEST(ClockOffsetEstimate, OneAnswerGivesTheOffsetToASecondAndTheTravelTime) {
  ClockOffsetEstimate estimate;
  EXPECT_FALSE(estimate.At(kStart).has_value());
  // The service is between 89.9 s and 91 s ahead.
  estimate.Observe(kStart / 1000 + 90, kStart - 1, kStart + 100);
  const ClockOffset offset = *estimate.At(kStart + 100);
  EXPECT_EQ(offset.offset_ms, 90'450);
  EXPECT_EQ(offset.error_ms, 550);
}

TEST(ClockOffsetEstimate, ContainsTheTrueOffsetAndBecomesNarrow) {
  std::mt19937_64 random(1);
  const auto below = [&](int64_t n) {
    return static_cast<int64_t>(random() % static_cast<uint64_t>(n));
  };
  for (int run = 0; run < 200; ++run) {
    const int64_t truth = below(2'000'000) - 1'000'000;
    ClockOffsetEstimate estimate;
    int64_t now = kStart + below(10'000);
    for (int answer = 0; answer < 100; ++answer) {
      now += below(500);
      const int64_t sent = now;
      const int64_t dated = sent + below(20);
      now = dated + below(20);
      estimate.Observe((dated + truth) / 1000, sent, now);
      const ClockOffset offset = *estimate.At(now);
      EXPECT_LE(offset.offset_ms - offset.error_ms, truth);
      EXPECT_GE(offset.offset_ms + offset.error_ms, truth);
    }
    EXPECT_LE(estimate.At(now)->error_ms, 150);
  }
}

TEST(ClockOffsetEstimate, AClockThatWasSetIsNoticedAtTheNextAnswer) {
  ClockOffsetEstimate estimate;
  estimate.Observe(kStart / 1000, kStart, kStart);
  EXPECT_LE(estimate.At(kStart)->offset_ms, 1000);
  // Our clock is set an hour back.
  const int64_t set = kStart - 3'600'000;
  estimate.Observe(kStart / 1000 + 1, set, set + 10);
  const ClockOffset offset = *estimate.At(set + 10);
  EXPECT_NEAR(static_cast<double>(offset.offset_ms), 3'601'000, 1000);
}

TEST(ClockOffsetEstimate, AnAnswerAcrossASetClockDoesNotCount) {
  ClockOffsetEstimate estimate;
  estimate.Observe(kStart / 1000, kStart, kStart - 1);
  EXPECT_FALSE(estimate.At(kStart).has_value());
}

TEST(ClockOffsetEstimate, TheErrorGrowsWithoutAnswers) {
  ClockOffsetEstimate estimate;
  estimate.Observe(kStart / 1000, kStart, kStart);
  const int64_t error = estimate.At(kStart)->error_ms;
  const ClockOffset later = *estimate.At(kStart + 3'600'000);
  EXPECT_EQ(later.error_ms, error + 3600);
  EXPECT_EQ(later.offset_ms, estimate.At(kStart)->offset_ms);
}

class FixedClock final : public Clock {
 public:
  int64_t UnixSeconds() override { return now_ms / 1000; }
  int64_t UnixMilliseconds() override { return now_ms; }
  int64_t now_ms = kStart;
};

TEST(ServiceClock, HasTheLocalTimeUntilTheServiceSaysItsOwn) {
  FixedClock local;
  ServiceClock clock(&local);
  EXPECT_EQ(clock.UnixMilliseconds(), kStart);
  EXPECT_FALSE(clock.offset().has_value());
  clock.Observe(kStart / 1000 + 120, kStart - 10, kStart);
  EXPECT_NEAR(static_cast<double>(clock.UnixMilliseconds()),
              static_cast<double>(kStart + 120'000), 1010);
  EXPECT_NEAR(static_cast<double>(clock.offset()->offset_ms), 120'000, 1010);
}

}  // namespace
}  // namespace dynamodown

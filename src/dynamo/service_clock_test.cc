#include "dynamo/service_clock.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <random>

namespace dynamodown {
namespace {

constexpr int64_t kStart = 1'795'348'800'000;  // 2026-11-22T12:00:00Z, in ms

/// An answer to a request that was signed with the estimate's time.
DatedAnswer Dated(const ClockOffsetEstimate& estimate, int64_t date,
                  int64_t sent_ms, int64_t received_ms) {
  const std::optional<ClockOffset> offset = estimate.At(sent_ms);
  return {date, sent_ms, received_ms,
          sent_ms + (offset ? offset->offset_ms : 0)};
}

void Observe(ClockOffsetEstimate* estimate, int64_t date, int64_t sent_ms,
             int64_t received_ms) {
  estimate->Observe(Dated(*estimate, date, sent_ms, received_ms));
}

TEST(ClockOffsetEstimate, OneAnswerGivesTheOffsetToASecondAndTheTravelTime) {
  ClockOffsetEstimate estimate;
  EXPECT_FALSE(estimate.At(kStart).has_value());
  // The service is between 89.9 s and 91 s ahead.
  Observe(&estimate, kStart / 1000 + 90, kStart - 1, kStart + 100);
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
    const int64_t truth = below(1'600'000) - 800'000;
    ClockOffsetEstimate estimate;
    int64_t now = kStart + below(10'000);
    for (int answer = 0; answer < 100; ++answer) {
      now += below(500);
      const int64_t sent = now;
      const int64_t dated = sent + below(20);
      now = dated + below(20);
      Observe(&estimate, (dated + truth) / 1000, sent, now);
      const ClockOffset offset = *estimate.At(now);
      EXPECT_LE(offset.offset_ms - offset.error_ms, truth);
      EXPECT_GE(offset.offset_ms + offset.error_ms, truth);
    }
    EXPECT_LE(estimate.At(now)->error_ms, 150);
  }
}

TEST(ClockOffsetEstimate, AClockThatWasSetALittleIsNoticedAtTheSecondAnswer) {
  ClockOffsetEstimate estimate;
  Observe(&estimate, kStart / 1000, kStart, kStart);
  EXPECT_LE(estimate.At(kStart)->offset_ms, 1000);
  // Our clock is set two minutes back.
  const int64_t set = kStart - 120'000;
  Observe(&estimate, kStart / 1000 + 1, set, set + 10);
  EXPECT_LE(estimate.At(set + 10)->offset_ms, 1000);
  Observe(&estimate, kStart / 1000 + 1, set + 20, set + 30);
  EXPECT_NEAR(static_cast<double>(estimate.At(set + 30)->offset_ms), 121'000,
              1000);
}

TEST(ClockOffsetEstimate, AClockThatWasSetALotIsNoticedAtTheRefusal) {
  for (const int64_t by : {-3'600'000, 3'600'000, 600'000'000}) {
    ClockOffsetEstimate estimate;
    Observe(&estimate, kStart / 1000, kStart, kStart);
    const int64_t set = kStart + by;
    DatedAnswer answer = Dated(estimate, kStart / 1000 + 1, set, set + 10);
    answer.time_refused = true;
    estimate.Observe(answer);
    EXPECT_NEAR(static_cast<double>(estimate.At(set + 10)->offset_ms),
                static_cast<double>(1000 - by), 1000);
  }
}

TEST(ClockOffsetEstimate, OneWrongDateAmongRightOnesDoesNotCount) {
  for (const int64_t wrong : {-800, -5, 5, 200, 800, 86'400}) {
    ClockOffsetEstimate estimate;
    int64_t now = kStart;
    for (int answer = 0; answer < 30; ++answer, now += 1000) {
      const bool is_wrong = answer % 3 == 2;
      Observe(&estimate, now / 1000 + (is_wrong ? wrong : 0), now, now + 5);
      EXPECT_LE(std::abs(estimate.At(now + 5)->offset_ms), 1000) << wrong;
    }
  }
}

TEST(ClockOffsetEstimate, AnAnswerAcrossASetClockDoesNotCount) {
  ClockOffsetEstimate estimate;
  Observe(&estimate, kStart / 1000, kStart, kStart - 1);
  EXPECT_FALSE(estimate.At(kStart).has_value());
}

TEST(ClockOffsetEstimate, TheErrorGrowsWithoutAnswers) {
  ClockOffsetEstimate estimate;
  Observe(&estimate, kStart / 1000, kStart, kStart);
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
  clock.Observe({kStart / 1000 + 120, kStart - 10, kStart, kStart - 10});
  EXPECT_NEAR(static_cast<double>(clock.UnixMilliseconds()),
              static_cast<double>(kStart + 120'000), 1010);
  EXPECT_NEAR(static_cast<double>(clock.offset()->offset_ms), 120'000, 1010);
}

}  // namespace
}  // namespace dynamodown

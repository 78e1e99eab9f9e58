#include "dyno/flake.h"

#include <gtest/gtest.h>

#include <string>

#include "dyno/item/timestamps.h"
#include "dyno/lease/id_clock.h"

namespace dyno {
namespace {

/// The timestamp of level-dyno's example (docs/dyno.md). The tests call
/// level-dyno the seed.
constexpr char kSeed[] = "013d58c7276e-0000-188c-786ae2e1f629";

TEST(Flake, ParsesAndPrintsATimestampOfLevelDyno) {
  Flake flake;
  ASSERT_TRUE(Flake::Parse(kSeed, &flake));
  EXPECT_EQ(flake.milliseconds, 0x013d58c7276eu);
  EXPECT_EQ(flake.counter, 0);
  EXPECT_EQ(flake.slot, 0x188c);
  EXPECT_EQ(flake.replica, 0x786ae2e1f629u);
  EXPECT_EQ(flake.ToString(), kSeed);
  // date --utc --date=@1362994079.598
  EXPECT_EQ(flake.ToTime(), "2013-03-11T09:27:59.598Z");
}

TEST(Flake, ParseRefusesOtherTextAndLeavesTheValue) {
  for (const std::string text :
       {"", "-", "013d58c7276e", "013d58c7276e-0000-188c-786ae2e1f62",
        "013d58c7276e-0000-188c-786ae2e1f6290",
        "013D58C7276E-0000-188c-786ae2e1f629",
        "013d58c7276e_0000-188c-786ae2e1f629",
        "013d58c7276e-00000-188-786ae2e1f629",
        "013d58c7276e-0000-188c-786ae2e1f62g",
        " 13d58c7276e-0000-188c-786ae2e1f629"}) {
    Flake flake;
    flake.counter = 7;
    EXPECT_FALSE(Flake::Parse(text, &flake)) << text;
    EXPECT_EQ(flake.counter, 7) << text;
  }
}

TEST(Flake, ABoundIsTheGreatestTimestampWithThePrefix) {
  const auto bound = [](const std::string& text) {
    Flake flake;
    return Flake::ParseBound(text, &flake) ? flake.ToString() : "none";
  };
  EXPECT_EQ(bound("013d58c7276e"), "013d58c7276e-ffff-ffff-ffffffffffff");
  EXPECT_EQ(bound("013d58c7276e-0001"), "013d58c7276e-0001-ffff-ffffffffffff");
  EXPECT_EQ(bound("013d58c7276e-0001-188c"),
            "013d58c7276e-0001-188c-ffffffffffff");
  EXPECT_EQ(bound(kSeed), kSeed);
  for (const char* text : {"", "013d", "013d58c7276e-", "013d58c7276e-00",
                           "013d58c7276e-0001-188c-", "now"}) {
    EXPECT_EQ(bound(text), "none") << text;
  }
}

TEST(Flake, IsOrderedLikeItsText) {
  const std::string texts[] = {
      "000000000000-0000-0000-000000000000",
      "013d58c7276e-0000-188c-786ae2e1f629",
      "013d58c7276e-0000-188d-000000000000",
      "013d58c7276e-0001-0000-000000000000",
      "013d58c7276f-0000-0000-000000000000",
      "ffffffffffff-ffff-ffff-ffffffffffff",
  };
  for (const std::string& a : texts) {
    for (const std::string& b : texts) {
      Flake left;
      Flake right;
      ASSERT_TRUE(Flake::Parse(a, &left) && Flake::Parse(b, &right));
      EXPECT_EQ(left < right, a < b) << a << " " << b;
      EXPECT_EQ(left == right, a == b) << a << " " << b;
    }
  }
}

TEST(IdClock, RisesWhenTheTimeOfDayStepsBack) {
  IdClock clock;
  const uint64_t first = clock.Next(ClockAt(5000));
  EXPECT_EQ(first, ClockAt(5000));
  EXPECT_EQ(clock.Next(ClockAt(0)), first + 1);
  EXPECT_EQ(clock.Next(ClockAt(4999)), first + 2);
  EXPECT_EQ(clock.Next(ClockAt(5001)), ClockAt(5001));
}

TEST(IdClock, AFullCounterCarriesIntoTheMilliseconds) {
  IdClock clock;
  clock.Pass(ClockAt(5000) | 0xffff);
  EXPECT_EQ(clock.Next(ClockAt(5000)), ClockAt(5001));
}

TEST(IdClock, StaysAboveEveryReadingThatItHasPassed) {
  IdClock clock;
  clock.Pass(ClockAt(9000));
  EXPECT_EQ(clock.Next(ClockAt(5000)), ClockAt(9000) + 1);
  clock.Pass(ClockAt(1));
  EXPECT_EQ(clock.Next(ClockAt(5000)), ClockAt(9000) + 2);
}

TEST(IdClock, ClampsTimesOfDayThatAreOutOfRange) {
  EXPECT_EQ(ClockAtWall(-1), 0u);
  EXPECT_EQ(ClockAtWall(INT64_MIN), 0u);
  EXPECT_EQ(ClockAtWall(INT64_MAX), ClockAt(0xffffffffffff));
}

}  // namespace
}  // namespace dyno

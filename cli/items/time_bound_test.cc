#include "items/time_bound.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>

namespace cli {
namespace {

constexpr int64_t kNow = 1'700'000'000'000;  // 2023-11-14T22:13:20Z

/// The milliseconds that a text means, or -1.
int64_t Ms(const std::string& text) {
  const auto bound = ParseTimeBound(text, kNow);
  if (!bound || bound->is_fragment) return -1;
  return std::strtoll(bound->text.substr(0, 12).c_str(), nullptr, 16);
}

TEST(TimeBoundTest, TimestampsAndTheirPartsStayAsTheyAre) {
  for (const std::string whole :
       {"013d58c7276e-0000-188c-786ae2e1f629", "013d58c7276e-0000-188c",
        "013d58c7276e-0000", "013d58c7276e"}) {
    const auto bound = ParseTimeBound(whole, kNow);
    ASSERT_TRUE(bound) << whole;
    EXPECT_EQ(bound->text, whole);
    EXPECT_FALSE(bound->is_fragment) << whole;
  }
}

TEST(TimeBoundTest, EveryOtherBeginningOfATimestampIsAFragment) {
  const std::string whole = "013d58c7276e-0000-188c-786ae2e1f629";
  for (size_t n = 1; n < whole.size(); ++n) {
    const std::string beginning = whole.substr(0, n);
    const bool is_part = n == 12 || n == 17 || n == 22;
    const auto bound = ParseTimeBound(beginning, kNow);
    ASSERT_TRUE(bound) << beginning;
    EXPECT_EQ(bound->text, beginning);
    EXPECT_EQ(bound->is_fragment, !is_part) << beginning;
  }
}

TEST(TimeBoundTest, ATimeMeansItsOwnEnd) {
  EXPECT_EQ(Ms("2013-03-11T09:27:59.598Z"), 0x013d58c7276e);
  EXPECT_EQ(Ms("2013-03-11T09:27:59Z"), 0x013d58c728ff);
  EXPECT_EQ(Ms("2013-03-11T09:27:59.5Z"), 0x013d58c728ff - 400);
  EXPECT_EQ(Ms("2013-03-11T09:27:59.5981234Z"), 0x013d58c7276e);
  EXPECT_EQ(Ms("2013-03-11T09:27Z"), 0x013d58c728ff);
  EXPECT_EQ(Ms("1970-01-01"), 86399999);
  EXPECT_EQ(Ms("1970-01-01T00:00:00.000Z"), 0);
  EXPECT_EQ(Ms("2024-02-29"), 0x018df74f83ff);
  EXPECT_EQ(Ms("9999-12-31"), 253402300799999);
}

TEST(TimeBoundTest, ZonesAreSubtracted) {
  const int64_t utc = Ms("2013-03-11T09:27:59Z");
  for (const char* same :
       {"2013-03-11 09:27:59", "2013-03-11t09:27:59z",
        "2013-03-11T10:27:59+01:00", "2013-03-11T10:27:59+0100",
        "2013-03-11T10:27:59+01", "2013-03-11 04:57:59 -04:30",
        "2013-03-11 09:27:59 UTC", "2013-03-11 09:27:59 GMT",
        "2013-03-11 09:27:59,999 +00:00"}) {
    EXPECT_EQ(Ms(same), utc) << same;
  }
}

TEST(TimeBoundTest, DatesAreThoseOfTheCLibrary) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000; ++i) {
    const auto seconds = static_cast<std::time_t>(random() % 253402300800);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[64];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    EXPECT_EQ(Ms(text), seconds * 1000 + 999) << text;
    std::strftime(text, sizeof text, "%Y-%m-%d", &parts);
    EXPECT_EQ(Ms(text), seconds / 86400 * 86400000 + 86399999) << text;
  }
}

TEST(TimeBoundTest, AgoIsBeforeNow) {
  EXPECT_EQ(Ms("now"), kNow);
  EXPECT_EQ(Ms("0s ago"), kNow);
  EXPECT_EQ(Ms("250ms ago"), kNow - 250);
  for (const char* same : {"2h ago", "2 h ago", "2hours ago", "2 hours ago",
                           "120m ago", "120 min ago", "7200s ago", "-2h",
                           "1h 60m ago", "1h60m ago", "-1h60m"}) {
    EXPECT_EQ(Ms(same), kNow - 7200000) << same;
  }
  EXPECT_EQ(Ms("1w ago"), Ms("7 days ago"));
  EXPECT_EQ(Ms("1 day ago"), kNow - 86400000);
}

TEST(TimeBoundTest, NothingElseIsATime) {
  for (const std::string bad : {"",
                                " ",
                                "yesterday",
                                "013D58C7276E",
                                "013d58c7276e-0000-188c-786ae2e1f"
                                "6290",
                                "013d58c-",
                                "2013-02-29",
                                "2013-13-01",
                                "2013-00-01",
                                "2013-01-00",
                                "2013-1-1",
                                "2013-01-01T",
                                "2013-01-01T24:00:00Z",
                                "2013-01-01T00:60:00Z",
                                "2013-01-01T00:00:60Z",
                                "2013-01-01T00:00:00.Z",
                                "2013-01-01T1:00:00Z",
                                "1969-12-31T23:59:59Z",
                                "1969-12-31",
                                "2013-03-11T09:27:59Zx",
                                "2013-03-11T09:27:59 CET",
                                "2013-03-11T09:27:59+1",
                                "2013-03-11T09:27:59+24:00",
                                "2013-03-11T09:27:59+01:60",
                                "+013-03-11T09:27:59Z",
                                "2013-03-11Z",
                                "2h",
                                "ago",
                                "h ago",
                                "2 ago",
                                "2x ago",
                                "2h  agos",
                                "-2h ago",
                                "2h ago ago",
                                "-",
                                "-h",
                                "99999999999w ago",
                                "9999999999999s ago",
                                "1000000h ago",
                                "2013-03-11T09:27:59+01:00 ago"}) {
    const auto bound = ParseTimeBound(bad, kNow);
    EXPECT_FALSE(bound) << bad << " is " << (bound ? bound->text : "");
  }
}

}  // namespace
}  // namespace cli

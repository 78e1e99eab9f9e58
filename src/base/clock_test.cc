#include "base/clock.h"

#include <gtest/gtest.h>
#include <time.h>

#include <random>
#include <string>

namespace dynamodown {
namespace {

constexpr int64_t kExample = 1'440'938'160;  // 2015-08-30T12:36:00Z

TEST(Clock, FormatsBothIsoForms) {
  EXPECT_EQ(FormatBasicTime(kExample), "20150830T123600Z");
  EXPECT_EQ(FormatTime(kExample), "2015-08-30T12:36:00Z");
  EXPECT_EQ(FormatBasicTime(0), "19700101T000000Z");
  EXPECT_EQ(FormatTime(951'868'799), "2000-02-29T23:59:59Z");
  EXPECT_EQ(FormatTime(4'102'444'800), "2100-01-01T00:00:00Z");
}

TEST(Clock, ReadsHttpDatesOfThePreferredForm) {
  EXPECT_EQ(ParseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT"), 784'111'777);
  EXPECT_EQ(ParseHttpDate("Sun, 30 Aug 2015 12:36:00 GMT"), kExample);
  EXPECT_EQ(ParseHttpDate("Thu, 01 Jan 1970 00:00:00 GMT"), 0);
  EXPECT_EQ(ParseHttpDate("Tue, 29 Feb 2000 23:59:59 GMT"), 951'868'799);
}

TEST(Clock, ReadsTheHttpDatesOfEveryTime) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 1'000; ++round) {
    const time_t time = static_cast<time_t>(random() % 4'102'444'800);
    struct tm utc;
    gmtime_r(&time, &utc);
    char text[64];
    strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc);
    EXPECT_EQ(ParseHttpDate(text), time) << text;
  }
}

TEST(Clock, RefusesEveryOtherDate) {
  for (const char* text : {"",
                           "now",
                           "Sunday, 06-Nov-94 08:49:37 GMT",
                           "Sun Nov  6 08:49:37 1994",
                           "Sun, 06 Nov 1994 08:49:37",
                           "Sun, 06 Nov 1994 08:49:37 UTC",
                           "Sun, 06 Nov 1994 08:49:37 GMT ",
                           " Sun, 06 Nov 1994 08:49:37 GMT",
                           "06 Nov 1994 08:49:37 GMT",
                           "Sun, 06 Nox 1994 08:49:37 GMT",
                           "Sun, 06 ovD 1994 08:49:37 GMT",
                           "Sun, 06 J 1994 08:49:37 GMT",
                           "Sun, 06 Nov 94 08:49:37 GMT",
                           "Sun, 32 Nov 1994 08:49:37 GMT",
                           "Sun, 31 Nov 1994 08:49:37 GMT",
                           "Sun, 00 Nov 1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994 24:49:37 GMT",
                           "Sun, 06 Nov 1994 08:60:37 GMT",
                           "Sun, 06 Nov 1994 08:49:99 GMT",
                           "Sun, -6 Nov 1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994 08:49:37 GMT, 1"}) {
    EXPECT_EQ(ParseHttpDate(text), -1) << text;
  }
}

TEST(Clock, TheSystemsTellsTheTime) {
  const time_t before = time(nullptr);
  const int64_t now = NewSystemClock()->UnixSeconds();
  EXPECT_GE(now, before);
  EXPECT_LE(now, time(nullptr));
}

}  // namespace
}  // namespace dynamodown

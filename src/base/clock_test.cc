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

TEST(Clock, ReadsTheHttpDateOfAnyTime) {
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

TEST(Clock, RefusesHttpDatesOfOtherFormsAndInvalidDates) {
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

TEST(Clock, ReadsTimesAsServicesAndProgramsWriteThem) {
  for (const char* text : {"2015-08-30T12:36:00Z",
                           "2015-08-30T12:36:00.0Z",
                           "2015-08-30T12:36:00.999999999Z",
                           "2015-08-30T12:36:00+00:00",
                           "2015-08-30T12:36:00-00:00",
                           "2015-08-30T14:36:00+02:00",
                           "2015-08-30T09:06:00.5-03:30",
                           "2015-08-30T12:36:00UTC",
                           "2015-08-30T12:36:00 UTC",
                           "2015-08-30T14:36:00+0200",
                           "2015-08-30T14:36:00+02",
                           "2015-08-30 12:36:00Z",
                           "2015-08-30 14:36:00 +0200",
                           "2015-08-30t12:36:00z",
                           "20150830T123600Z",
                           "20150830T143600+0200",
                           "20150830T1236Z",
                           "2015-08-30T12:36Z",
                           "2015-08-30T12:36:00,25Z",
                           "2015-08-30T12:36:00gmt",
                           " 2015-08-30T12:36:00Z\n",
                           "2015-08-30_12:36:00Z",
                           "2015-08-30T123600Z",
                           "20150830T12:36:00Z"}) {
    EXPECT_EQ(ParseTime(text), kExample) << text;
  }
  // A time of hours only, as botocore's parser takes it.
  for (const char* text :
       {"2015-08-30T12Z", "20150830T12Z", "2015-08-30 12Z", "20150830T14+0200",
        "2015-08-30T14+02:00", "2015-08-30T12 UTC", "2015-08-30T10-02"}) {
    EXPECT_EQ(ParseTime(text), kExample - 36 * 60) << text;
  }
  EXPECT_EQ(ParseTime("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(ParseTime("1970-01-01T00:00:00+01:00"), -3600);
  EXPECT_EQ(ParseTime("0001-01-01T00:00:00Z"), -62'135'596'800);
  EXPECT_EQ(ParseTime("2000-02-29T23:59:59Z"), 951'868'799);
  EXPECT_EQ(ParseTime("9999-12-31T23:59:59Z"), 253'402'300'799);
  EXPECT_EQ(ParseTime("2016-12-31T23:59:60Z"), 1'483'228'800);
  EXPECT_EQ(ParseTime("2016-12-31T15:59:60-08:00"), 1'483'228'800);
}

// Every spelling of every part, in all combinations that random draws find.
TEST(Clock, ReadsATimeInEverySpelling) {
  std::mt19937_64 random(1);
  const auto one_of = [&random](std::initializer_list<const char*> choices) {
    return std::string(choices.begin()[random() % choices.size()]);
  };
  const auto two = [](int64_t n) {
    return std::string(n < 10 ? "0" : "") + std::to_string(n);
  };
  for (int round = 0; round < 20'000; ++round) {
    const int64_t time =
        static_cast<int64_t>(random() % 10'000'000'000) - 2'000'000'000;
    const int64_t minutes = static_cast<int64_t>(random() % 1440);
    const bool west = random() % 2 == 0;
    std::string zone = one_of({"Z", "z", "UTC", "utc", "GMT"});
    int64_t offset = 0;
    if (random() % 2 == 0) {
      offset = (west ? -60 : 60) * minutes;
      zone = (west ? "-" : "+") + two(minutes / 60);
      if (minutes % 60 != 0 || random() % 2 == 0) {
        zone += one_of({"", ":"}) + two(minutes % 60);
      }
    }
    // FormatTime's parts, without their separators.
    const std::string t = FormatTime(time + offset);
    const std::string dash = one_of({"-", ""});
    const std::string colon = one_of({":", ""});
    std::string text = t.substr(0, 4) + dash + t.substr(5, 2) + dash +
                       t.substr(8, 2) + one_of({"T", "t", " "}) +
                       t.substr(11, 2) + colon + t.substr(14, 2) + colon +
                       t.substr(17, 2);
    if (random() % 3 == 0) text += one_of({".", ","}) + one_of({"0", "123456"});
    text = one_of({"", " "}) + text + one_of({"", " "}) + zone;
    ASSERT_EQ(ParseTime(text), time) << text;
  }
}

TEST(Clock, ReadsTheTimesThatItWrites) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 10'000; ++round) {
    const int64_t time =
        static_cast<int64_t>(random() % 314'000'000'000) - 62'000'000'000;
    EXPECT_EQ(ParseTime(FormatTime(time)), time);
    EXPECT_EQ(ParseTime(FormatBasicTime(time)), time);
    // The C library agrees.
    const time_t seconds = time;
    struct tm utc;
    gmtime_r(&seconds, &utc);
    char text[64];
    strftime(text, sizeof text, "-%m-%dT%H:%M:%SZ", &utc);
    EXPECT_EQ(FormatTime(time).substr(4), text);
  }
}

TEST(Clock, RefusesInvalidTimesAndOtherForms) {
  for (const char* text : {"",
                           "now",
                           "2015-08-30",
                           "2015-08-30T12:36:00",
                           "2015-08-30Z",
                           "20150830Z",
                           "2015-08-30T12",
                           "2015-08-30T12:Z",
                           "2015-08-30T12.5Z",
                           "2015-08-30T1Z",
                           "2015-08-30T123Z",
                           "2015-08-30T24Z",
                           "2015-08-30T12:36:00ZZ",
                           "2015-08-30T12:36:00.Z",
                           "2015-08-30T12:36:00.-1Z",
                           "2015-08-30T12:36.5Z",
                           "2015-08-30T12:36:00+24:00",
                           "2015-08-30T12:36:00+00:60",
                           "2015-08-30T12:36:00+00:00Z",
                           "2015-08-30T12:36:00+2",
                           "2015-08-30T12:36:00+020",
                           "2015-08-30T12:36:00+02:",
                           "2015-08-30T12:36:00+02:0",
                           "2015-08-30T12:36:00CET",
                           "2015-0830T12:36:00Z",
                           "201508-30T12:36:00Z",
                           "2015-08-30T12:3600Z",
                           "2015-8-30T12:36:00Z",
                           "15-08-30T12:36:00Z",
                           "+015-08-30T12:36:00Z",
                           "2015-00-30T12:36:00Z",
                           "2015-13-30T12:36:00Z",
                           "2015-02-29T12:36:00Z",
                           "2015-08-32T12:36:00Z",
                           "2015-08-00T12:36:00Z",
                           "2015-08-30T24:00:00Z",
                           "2015-08-30T12:60:00Z",
                           "2015-08-30T12:36:60Z",
                           "2016-12-31T23:59:61Z",
                           "2016-12-31T23:59:60-08:00"}) {
    EXPECT_EQ(ParseTime(text), std::nullopt) << text;
  }
}

TEST(Clock, TheSystemClockTellsTheTime) {
  const time_t before = time(nullptr);
  const int64_t now = NewSystemClock()->UnixSeconds();
  EXPECT_GE(now, before);
  EXPECT_LE(now, time(nullptr));
}

}  // namespace
}  // namespace dynamodown

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

TEST(Clock, ReadsIsoTimesAsServicesSendThem) {
  EXPECT_EQ(ParseTime("2015-08-30T12:36:00Z"), kExample);
  EXPECT_EQ(ParseTime("2015-08-30T12:36:00.0Z"), kExample);
  EXPECT_EQ(ParseTime("2015-08-30T12:36:00.999999999Z"), kExample);
  EXPECT_EQ(ParseTime("2015-08-30T12:36:00+00:00"), kExample);
  EXPECT_EQ(ParseTime("2015-08-30T12:36:00-00:00"), kExample);
  EXPECT_EQ(ParseTime("2015-08-30T14:36:00+02:00"), kExample);
  EXPECT_EQ(ParseTime("2015-08-30T09:06:00.5-03:30"), kExample);
  EXPECT_EQ(ParseTime("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(ParseTime("2000-02-29T23:59:59Z"), 951'868'799);
  EXPECT_EQ(ParseTime("9999-12-31T23:59:59Z"), 253'402'300'799);
}

TEST(Clock, ReadsTheIsoTimesThatItWrites) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 1'000; ++round) {
    const int64_t time = static_cast<int64_t>(random() % 4'102'444'800);
    EXPECT_EQ(ParseTime(FormatTime(time)), time);
  }
}

TEST(Clock, RefusesIsoTimesOfOtherFormsAndInvalidTimes) {
  for (const char* text : {"",
                           "now",
                           "2015-08-30",
                           "2015-08-30T12:36:00",
                           "2015-08-30T12:36Z",
                           "2015-08-30 12:36:00Z",
                           "2015-08-30t12:36:00z",
                           "20150830T123600Z",
                           "2015-08-30T12:36:00UTC",
                           "2015-08-30T12:36:00ZZ",
                           "2015-08-30T12:36:00Z ",
                           " 2015-08-30T12:36:00Z",
                           "2015-08-30T12:36:00.Z",
                           "2015-08-30T12:36:00.-1Z",
                           "2015-08-30T12:36:00+0000",
                           "2015-08-30T12:36:00+24:00",
                           "2015-08-30T12:36:00+00:60",
                           "2015-08-30T12:36:00+00:00Z",
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
                           "1969-12-31T23:59:59Z",
                           "1970-01-01T00:00:00+01:00"}) {
    EXPECT_EQ(ParseTime(text), -1) << text;
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

#include "io/summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cli {
namespace {

dynamodown::Stats Units(double read, double write) {
  dynamodown::Stats stats;
  stats.requests = 7;
  stats.read_units = read;
  stats.write_units = write;
  return stats;
}

TEST(SummaryTest, SizesAndTimesHaveTheirUnits) {
  EXPECT_EQ(SizeText(0), "0 bytes");
  EXPECT_EQ(SizeText(1), "1 byte");
  EXPECT_EQ(SizeText(999), "999 bytes");
  EXPECT_EQ(SizeText(12'345), "12.3 KB");
  EXPECT_EQ(SizeText(117'440'000), "117.4 MB");
  EXPECT_EQ(SizeText(5'000'000'000), "5.0 GB");
  EXPECT_EQ(TimeText(Seconds(0.04)), "0.0 s");
  EXPECT_EQ(TimeText(Seconds(9.94)), "9.9 s");
  EXPECT_EQ(TimeText(Seconds(59.4)), "59 s");
  EXPECT_EQ(TimeText(Seconds(125)), "2 min 5 s");
  EXPECT_EQ(TimeText(Seconds(3780)), "1 h 3 min");
}

TEST(SummaryTest, DollarsHaveTwoSignificantDigits) {
  EXPECT_EQ(DollarsText(0), "$0");
  EXPECT_EQ(DollarsText(DollarsOf(0, 1)), "under $0.000001");
  EXPECT_EQ(DollarsText(DollarsOf(0, 7)), "$0.0000044");
  EXPECT_EQ(DollarsText(DollarsOf(0, 9000)), "$0.0056");
  EXPECT_EQ(DollarsText(DollarsOf(1e6, 1e6)), "$0.75");
  EXPECT_EQ(DollarsText(12.3456), "$12.35");
}

TEST(SummaryTest, TheLineHasRecordsBytesUnitsDollarsAndTime) {
  const Work work = {"loaded", "record", 9000, 0, 123'456};
  EXPECT_EQ(SummaryText(work, Units(0, 9000), Seconds(1.2), false),
            "loaded 9000 records, 123.5 KB, 9000 write units, "
            "$0.0056 (us-east-1's on-demand price), 1.2 s");
  EXPECT_EQ(SummaryText(work, Units(2.5, 9000), Seconds(1.2), true),
            "loaded 9000 records, 123.5 KB, 2.5 read units, 9000 write units, "
            "$0.0056 (us-east-1's on-demand price), 7 requests, 1.2 s");
  EXPECT_THAT(SummaryText(work, Units(1, 1), Seconds(1), false),
              testing::HasSubstr(", 1 read unit, 1 write unit, "));
  EXPECT_EQ(SummaryText({"dumped", "record", 1, 0, 4}, dynamodown::Stats(),
                        Seconds(0), false),
            "dumped 1 record, 4 bytes, 0.0 s");
  EXPECT_EQ(SummaryText({"loaded", "record", 9000, 5000, 10},
                        dynamodown::Stats(), Seconds(3), false),
            "loaded 9000 records; this run: 4000 records, 10 bytes, 3.0 s");
}

}  // namespace
}  // namespace cli

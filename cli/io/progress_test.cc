#include "io/progress.h"

#include <gtest/gtest.h>

namespace cli {
namespace {

TEST(ProgressTest, TheLineSaysWhatIsDoneHowMuchAndHowFast) {
  EXPECT_EQ(ProgressText("counting", "key", {}, {}, Seconds(0)),
            "counting: 0 keys, 0.0 s");
  EXPECT_EQ(ProgressText("counting", "key", {}, {30}, Seconds(2)),
            "counting: 30 keys, 15 keys/s, 2.0 s");
  EXPECT_EQ(ProgressText("dumping", "record", {}, {1234567, 117'440'000},
                         Seconds(152)),
            "dumping: 1234567 records, 117.4 MB, 8122 records/s, 2 min 32 s");
  EXPECT_EQ(ProgressText("comparing", "item", {},
                         {10, 0, "3 operations exchanged"}, Seconds(4)),
            "comparing: 10 items, 3 operations exchanged, 2 items/s, 4.0 s");
}

TEST(ProgressTest, AKnownTotalGivesPerCentAndTimeLeft) {
  EXPECT_EQ(ProgressText("loading", "record", {}, {100, 900, "", 50, 200},
                         Seconds(10)),
            "loading: 100 records, 900 bytes, 10 records/s, 25%, 30 s left");
  EXPECT_EQ(
      ProgressText("loading", "record", {}, {0, 0, "", 0, 200}, Seconds(10)),
      "loading: 0 records, 0%");
  // The input has grown meanwhile.
  EXPECT_EQ(ProgressText("loading", "record", {}, {100, 0, "", 300, 200},
                         Seconds(10)),
            "loading: 100 records, 10 records/s, 100%, 0.0 s left");
}

TEST(ProgressTest, AResumedRunCountsTheWholeButItsOwnRate) {
  EXPECT_EQ(ProgressText("loading", "record", {1000, 0, "", 100, 200},
                         {1100, 900, "", 150, 200}, Seconds(10)),
            "loading: 1100 records, 900 bytes, 10 records/s, 75%, 10 s left");
}

}  // namespace
}  // namespace cli

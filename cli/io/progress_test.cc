#include "io/progress.h"

#include <gtest/gtest.h>

namespace cli {
namespace {

TEST(ProgressTest, TheLineHasRecordsBytesAndTheRate) {
  using std::chrono::milliseconds;
  EXPECT_EQ(ProgressText(0, 0, milliseconds(0)),
            "0 records, 0.0 MB, 0 records/s");
  EXPECT_EQ(ProgressText(1234567, 117'440'000, milliseconds(152000)),
            "1234567 records, 117.4 MB, 8122 records/s");
  EXPECT_EQ(ProgressText(5, 49'999, milliseconds(2000)),
            "5 records, 0.0 MB, 2 records/s");
}

}  // namespace
}  // namespace cli

#include "io/piece_size.h"

#include <gtest/gtest.h>

#include <cmath>

namespace cli {
namespace {

using std::chrono::milliseconds;

TEST(PieceSizeTest, QuickPiecesGrowInWholeBatchesUpToAChunk) {
  PieceSize size(true, 0);
  EXPECT_TRUE(std::isinf(size.units()));
  for (const size_t records : {25, 100, 400, 1600, 2000, 2000}) {
    EXPECT_EQ(size.records(), records);
    EXPECT_TRUE(records % 25 == 0);
    size.Took(size.records(), milliseconds(10));
  }
}

TEST(PieceSizeTest, SlowPiecesShrinkDownToOneRecord) {
  PieceSize size(false, 0);
  for (int i = 0; i < 5; ++i) size.Took(size.records(), milliseconds(10));
  size_t last = size.records();
  for (int i = 0; i < 20; ++i) {
    size.Took(size.records(), milliseconds(1100));
    EXPECT_TRUE(size.records() < last || last == 1);
    last = size.records();
  }
  EXPECT_EQ(last, 1u);
  size.Took(1, milliseconds(500));  // neither slow nor quick
  EXPECT_EQ(size.records(), 1u);
}

// A partition serves a burst at once, and then its 1,000 units a second.
TEST(PieceSizeTest, APieceOnDynamoDBEndsSoonEvenAfterQuickPieces) {
  for (const double cap : {0.0, 1e3, 1e9}) {
    PieceSize size(false, cap);
    for (int i = 0; i < 9; ++i) size.Took(size.records(), milliseconds(1));
    EXPECT_LE(size.units(), 500);
    EXPECT_GE(size.units(), 300);
  }
}

TEST(PieceSizeTest, ACapLimitsTheUnitsOfAPiece) {
  EXPECT_EQ(PieceSize(false, 10).units(), 5);
  EXPECT_EQ(PieceSize(false, 0.1).units(), 0.05);  // one record exceeds it
  EXPECT_EQ(UnitsOf(0), 1);
  EXPECT_EQ(UnitsOf(900), 1);
  EXPECT_EQ(UnitsOf(1024), 2);
  EXPECT_EQ(UnitsOf(400 << 10), 401);
}

}  // namespace
}  // namespace cli

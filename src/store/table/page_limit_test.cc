#include "store/table/page_limit.h"

#include <gtest/gtest.h>

namespace dynamodown {
namespace {

TEST(PageLimit, BeginsWithTwoItemsOrOneReadUnit) {
  EXPECT_EQ(PageLimit(0, 0, 0), 2u);
  EXPECT_EQ(PageLimit(0, 0, 100), 40u);
  EXPECT_EQ(PageLimit(0, 0, 4096), 2u);
  EXPECT_EQ(PageLimit(0, 0, 50'000), 2u);
}

TEST(PageLimit, GrowsFourfoldToWholePages) {
  EXPECT_EQ(PageLimit(1, 40, 100), 160u);
  EXPECT_EQ(PageLimit(2, 160, 100), 640u);
  EXPECT_EQ(PageLimit(3, 640, 100), 2560u);
  EXPECT_EQ(PageLimit(4, 2560, 100), 10'240u);
  EXPECT_EQ(PageLimit(5, 10'240, 100), 0u);
  EXPECT_EQ(PageLimit(6, 0, 100), 0u);
}

TEST(FullPageLimit, IsMoreThanAPageHoldsAndNeverZero) {
  EXPECT_EQ(FullPageLimit(0), 4096u);
  EXPECT_EQ(FullPageLimit(1), 2'097'153u);
  EXPECT_EQ(FullPageLimit(1024), 2049u);
  EXPECT_EQ(FullPageLimit(409'600), 6u);
  EXPECT_EQ(FullPageLimit(10'000'000), 1u);
}

TEST(PageLimit, OfLargeItemsGrowsByBytes) {
  EXPECT_EQ(PageLimit(1, 2, 50'000), 3u);
  EXPECT_EQ(PageLimit(2, 3, 50'000), 4u);
  EXPECT_EQ(PageLimit(3, 4, 50'000), 5u);
  EXPECT_EQ(PageLimit(4, 5, 50'000), 0u);
}

TEST(PageLimit, NeverShrinksNorGrowsMoreThanFourfold) {
  for (const size_t item_bytes : {0u, 1u, 100u, 5000u, 50'000u, 400'000u}) {
    uint64_t previous = PageLimit(0, 0, item_bytes);
    for (int n = 1; n < 12; ++n) {
      const uint64_t limit = PageLimit(n, previous, item_bytes);
      if (previous == 0) {
        EXPECT_EQ(limit, 0u);
      } else if (limit != 0) {
        EXPECT_GT(limit, previous);
        EXPECT_LE(limit, 4 * previous);
      }
      previous = limit;
    }
    EXPECT_EQ(previous, 0u) << item_bytes;
  }
}

TEST(PageLimit, GrowsFourfoldAtMostIfItemsShrink) {
  // Items shrink from 50 KB to 100 bytes.
  EXPECT_EQ(PageLimit(3, 5, 100), 20u);
}

}  // namespace
}  // namespace dynamodown

#include "store/table/size_estimate.h"

#include <gtest/gtest.h>

namespace dynamodown {
namespace {

TEST(EstimateBytes, IsProportionalToTheShareOfTheKeySpace) {
  EXPECT_EQ(EstimateBytes("a", "c", "b", 1000), 2000u);
  EXPECT_EQ(EstimateBytes("user:0", "user:8", "user:2", 1000), 4000u);
  EXPECT_EQ(EstimateBytes("", "\x80", "\x01", 10), 1280u);
}

TEST(EstimateBytes, IsAtLeastWhatWasSeen) {
  EXPECT_EQ(EstimateBytes("a", "b", "a", 1000), 1000u);
  EXPECT_EQ(EstimateBytes("a", "b", "b", 1000), 1000u);
  EXPECT_EQ(EstimateBytes("b", "a", "b", 1000), 1000u);
  EXPECT_EQ(EstimateBytes("", "", "", 1000), 1000u);
}

}  // namespace
}  // namespace dynamodown

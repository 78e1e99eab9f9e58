#include "base/nearest.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dynamodown {
namespace {

TEST(Nearest, CountsInsertionsDeletionsReplacementsAndExchanges) {
  EXPECT_EQ(EditDistance("", ""), 0u);
  EXPECT_EQ(EditDistance("", "abc"), 3u);
  EXPECT_EQ(EditDistance("abc", ""), 3u);
  EXPECT_EQ(EditDistance("region", "region"), 0u);
  EXPECT_EQ(EditDistance("regin", "region"), 1u);
  EXPECT_EQ(EditDistance("regionn", "region"), 1u);
  EXPECT_EQ(EditDistance("legion", "region"), 1u);
  EXPECT_EQ(EditDistance("regoin", "region"), 1u);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3u);
}

TEST(Nearest, IsTheNameThatTakesTheFewestChanges) {
  const std::vector<std::string> known = {"batch", "deadline", "hash_key",
                                          "range_key", "region"};
  EXPECT_EQ(Nearest("regoin", known), "region");
  EXPECT_EQ(Nearest("rang_key", known), "range_key");
  EXPECT_EQ(Nearest("hashkey", known), "hash_key");
  EXPECT_EQ(Nearest("deadlines", known), "deadline");
}

TEST(Nearest, IsNothingWhenMoreThanAThirdWouldHaveToChange) {
  const std::vector<std::string> known = {"batch", "region"};
  EXPECT_EQ(Nearest("colour", known), "");
  EXPECT_EQ(Nearest("", known), "");
  EXPECT_EQ(Nearest("key", known), "");
  EXPECT_EQ(Nearest(std::string(100'000, 'r'), known), "");
  EXPECT_EQ(Nearest("region", {}), "");
}

TEST(Nearest, IsTheFirstOfSeveralEquallyNearNames) {
  EXPECT_EQ(Nearest("aab", {"aaa", "aac"}), "aaa");
}

}  // namespace
}  // namespace dynamodown

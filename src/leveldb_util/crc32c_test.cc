#include "leveldb_util/crc32c.h"

#include <gtest/gtest.h>

#include <string>

namespace dynamodown {
namespace {

// RFC 3720, appendix B.4.
TEST(Crc32cTest, HasTheValuesOfTheStandard) {
  std::string rising;
  for (char c = 0; c < 32; ++c) rising += c;
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(Crc32c(std::string(32, '\xff')), 0x62a8ab43u);
  EXPECT_EQ(Crc32c(rising), 0x46dd794eu);
  EXPECT_EQ(Crc32c(std::string(rising.rbegin(), rising.rend())), 0x113fdb5cu);
  EXPECT_EQ(Crc32c(""), 0u);
}

TEST(Crc32cTest, ExtendsOverAnyParts) {
  const std::string text = "Yuri Irsenovich Kim, 16 February 1941";
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    EXPECT_EQ(ExtendCrc32c(Crc32c(text.substr(0, cut)), text.substr(cut)),
              Crc32c(text));
  }
}

}  // namespace
}  // namespace dynamodown

#include "base/printable.h"

#include <gtest/gtest.h>

#include <string>

namespace dynamodown {
namespace {

using std::string_literals::operator""s;

TEST(Printable, EscapesAndCuts) {
  EXPECT_EQ(Printable("a b"), "\"a b\"");
  EXPECT_EQ(Printable("\"\\\n\x7f\xff\0"s), "\"\\\"\\\\\\x0a\\x7f\\xff\\x00\"");
  EXPECT_EQ(Printable(std::string(65, 'a')),
            "\"" + std::string(64, 'a') + "\"... (65 bytes)");
  EXPECT_EQ(Printable("abc", 2), "\"ab\"... (3 bytes)");
}

}  // namespace
}  // namespace dynamodown

#include "fake/values/number.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "fake/values/value.h"

namespace dynamodown::fake {
namespace {

/// In ascending order.
const std::vector<std::string> kOrdered = {
    "-9.9999999999999999999999999999999999999E125",
    "-1E38",
    "-12345.67",
    "-12345",
    "-2",
    "-1.5",
    "-1",
    "-0.51",
    "-0.5",
    "-1E-130",
    "0",
    "1E-130",
    "0.001",
    "0.5",
    "0.51",
    "1",
    "1.5",
    "2",
    "9",
    "10",
    "12345",
    "12345.67",
    "1E38",
    "9.9999999999999999999999999999999999999E125"};

std::string MessageFor(const std::string& text) {
  try {
    return CanonicalNumber(text);
  } catch (const Refusal& refusal) {
    return refusal.message;
  }
}

TEST(NumberTest, EqualNumbersHaveOneForm) {
  for (const char* text : {"125", "+125", "0125.00", "1.25e2", "12500E-2"}) {
    EXPECT_EQ(CanonicalNumber(text), "125") << text;
  }
  EXPECT_EQ(CanonicalNumber("-0.0e5"), "0");
  EXPECT_EQ(CanonicalNumber("0E999"), "0");
  EXPECT_EQ(CanonicalNumber(".5"), "0.5");
  EXPECT_EQ(CanonicalNumber("5."), "5");
  EXPECT_EQ(CanonicalNumber("1e-7"), "0.0000001");
}

TEST(NumberTest, WhatIsNoNumberOrOutOfRangeIsRefused) {
  for (const char* text :
       {"", "-", ".", "1x", " 1", "1 ", "1e", "1e+", "--1", "1.2.3", "NaN",
        "Infinity", "0x10", "1e9999999999"}) {
    EXPECT_EQ(MessageFor(text),
              "A value provided cannot be converted into a number")
        << text;
  }
  EXPECT_EQ(MessageFor(std::string(38, '9')), std::string(38, '9'));
  EXPECT_EQ(MessageFor(std::string(39, '9')),
            "DynamoDB only supports precision up to 38 digits");
  EXPECT_EQ(MessageFor("1E126").substr(0, 15), "Number overflow");
  EXPECT_EQ(MessageFor("-1E-131").substr(0, 16), "Number underflow");
}

TEST(NumberTest, KeysOrderAsTheNumbersDoAndLeadBack) {
  for (size_t i = 0; i < kOrdered.size(); ++i) {
    const std::string a = CanonicalNumber(kOrdered[i]);
    EXPECT_EQ(NumberOfKey(KeyOfNumber(a)), a);
    for (size_t j = 0; j < kOrdered.size(); ++j) {
      const std::string b = CanonicalNumber(kOrdered[j]);
      EXPECT_EQ(CompareNumbers(a, b) < 0, i < j) << a << " " << b;
      EXPECT_EQ(KeyOfNumber(a) < KeyOfNumber(b), i < j) << a << " " << b;
    }
  }
}

TEST(NumberTest, SumsAreExact) {
  EXPECT_EQ(AddNumbers("0.1", "0.2"), "0.3");
  EXPECT_EQ(AddNumbers("-1", "1"), "0");
  EXPECT_EQ(AddNumbers("0", "-7"), "-7");
  EXPECT_EQ(AddNumbers("99", "1"), "100");
  EXPECT_EQ(SubtractNumbers("100", "0.01"), "99.99");
  EXPECT_EQ(SubtractNumbers("0.01", "100"), "-99.99");
  EXPECT_EQ(SubtractNumbers("-5", "0"), "-5");
  EXPECT_THROW(AddNumbers(std::string(38, '9'), "0.1"), Refusal);
  const std::string largest = CanonicalNumber(kOrdered.back());
  EXPECT_THROW(AddNumbers(largest, largest), Refusal);
}

TEST(NumberTest, SumsAgreeWithTheMachinesOwn) {
  std::mt19937_64 engine(7);
  for (int i = 0; i < 2000; ++i) {
    const auto a = static_cast<int64_t>(engine()) >> (engine() % 60 + 2);
    const auto b = static_cast<int64_t>(engine()) >> (engine() % 60 + 2);
    const std::string x = std::to_string(a);
    const std::string y = std::to_string(b);
    ASSERT_EQ(AddNumbers(x, y), std::to_string(a + b)) << x << " " << y;
    ASSERT_EQ(SubtractNumbers(x, y), std::to_string(a - b)) << x << " " << y;
    ASSERT_EQ(KeyOfNumber(x) < KeyOfNumber(y), a < b) << x << " " << y;
  }
}

TEST(NumberTest, SizesCountPairsOfDigits) {
  for (const auto& [number, bytes] :
       std::vector<std::pair<const char*, size_t>>{{"0", 1},
                                                   {"1", 2},
                                                   {"12", 2},
                                                   {"123", 3},
                                                   {"1234567890", 6},
                                                   {"100", 2},
                                                   {"1.5", 3},
                                                   {"0.001", 2},
                                                   {"-1", 3},
                                                   {"-12", 3}}) {
    EXPECT_EQ(SizeOfNumber(number), bytes) << number;
  }
}

}  // namespace
}  // namespace dynamodown::fake

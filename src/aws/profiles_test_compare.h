// Compares and prints sections, for GoogleTest.

#ifndef DYNAMODOWN_AWS_PROFILES_TEST_COMPARE_H_
#define DYNAMODOWN_AWS_PROFILES_TEST_COMPARE_H_

#include <gtest/gtest.h>

#include <ostream>

#include "aws/profiles.h"

namespace dynamodown {

inline bool operator==(const ProfileSection& a, const ProfileSection& b) {
  return a.settings == b.settings && a.nested == b.nested;
}
inline void PrintTo(const ProfileSection& section, std::ostream* out) {
  *out << testing::PrintToString(section.settings) << " "
       << testing::PrintToString(section.nested);
}

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_PROFILES_TEST_COMPARE_H_

// The calls of the golden files.

#ifndef DYNAMODOWN_TESTS_WIRE_CASES_H_
#define DYNAMODOWN_TESTS_WIRE_CASES_H_

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "wire/golden.h"

namespace dynamodown_test {

/// One character of each length in UTF-8, and the characters that JSON escapes.
inline constexpr char kUnusual[] =
    "a\u00e9\u20ac\U0001F600 \"\\/\b\f\n\r\t\x01\x1f\x7f\u2028<&>'";

struct Case {
  std::string name;  ///< The name of its folder.
  std::function<void(CaseRun* run)> call;
};

inline void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

std::vector<Case> ReadCases();
std::vector<Case> WriteCases();
std::vector<Case> TableCases();
/// Members of operations that no call of the API sends.
std::vector<Case> OperationCases();
/// Errors of the service, and damaged answers.
std::vector<Case> ErrorCases();

/// All of them.
std::vector<Case> AllCases();

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_WIRE_CASES_H_

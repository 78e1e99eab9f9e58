// Runs the programs of tests/servers that answer as AWS's own SDK does.

#ifndef DYNAMODOWN_TESTS_SUPPORT_REFERENCE_PROGRAM_H_
#define DYNAMODOWN_TESTS_SUPPORT_REFERENCE_PROGRAM_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace dynamodown_test {

/// Returns the answers of the Node.js program, one line for each question. If
/// it fails, the test fails.
std::vector<nlohmann::json> AnswersOf(
    const std::string& program, const std::vector<nlohmann::json>& questions);

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_SUPPORT_REFERENCE_PROGRAM_H_

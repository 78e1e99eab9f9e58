// What a simulation finds wrong.

#ifndef DYNAMODOWN_TESTS_SIM_FAILURE_H_
#define DYNAMODOWN_TESTS_SIM_FAILURE_H_

#include <functional>
#include <string>

namespace dynamodown::sim {

/// Told of a rule that was broken, and of how. Does not return: what broke it
/// may have damaged the memory of the process.
using Violation =
    std::function<void(const std::string& rule, const std::string& details)>;

}  // namespace dynamodown::sim

#endif  // DYNAMODOWN_TESTS_SIM_FAILURE_H_

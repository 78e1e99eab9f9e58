// How a simulation reports a violation.

#ifndef DYNAMODOWN_TESTS_SIM_FAILURE_H_
#define DYNAMODOWN_TESTS_SIM_FAILURE_H_

#include <functional>
#include <string>

namespace dynamodown::sim {

/// Reports a broken rule. Does not return: the mistake may have damaged the
/// memory of the process.
using Violation =
    std::function<void(const std::string& rule, const std::string& details)>;

}  // namespace dynamodown::sim

#endif  // DYNAMODOWN_TESTS_SIM_FAILURE_H_

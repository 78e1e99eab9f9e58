// Counts of events by name.

#ifndef DYNAMODOWN_TESTS_SIM_TALLY_H_
#define DYNAMODOWN_TESTS_SIM_TALLY_H_

#include <cstdint>
#include <map>
#include <string>

namespace dynamodown::sim {

/// Counts by name: faults met, branches taken.
using Tally = std::map<std::string, uint64_t>;

}  // namespace dynamodown::sim

#endif  // DYNAMODOWN_TESTS_SIM_TALLY_H_

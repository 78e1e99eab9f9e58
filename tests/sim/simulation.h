// The run of one seed, from an empty service to the last check.

#ifndef DYNAMODOWN_TESTS_SIM_SIMULATION_H_
#define DYNAMODOWN_TESTS_SIM_SIMULATION_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "fake/faults/faults.h"
#include "sim/client_environment.h"
#include "sim/workload.h"

namespace dynamodown::sim {

struct SeedSettings {
  uint64_t seed = 0;
  int calls = 500;  ///< All clients together.
  /// Called at the end of a run without violations; may be empty. If it is set,
  /// the whole trace is kept.
  std::function<void(const SimScheduler&)> at_end;
};

/// Sums over all seeds of a program.
struct Totals {
  Tally tally;
  /// Seeds with the usual options, while faults are on.
  CallCounts usual;
  /// The other seeds, while faults are on.
  CallCounts odd;
  uint64_t seeds = 0;
  uint64_t seeds_with_several_clients = 0;
};

/// Returns the hash of the trace. A violation ends the process with exit status
/// 1 and a report on standard error.
uint64_t RunSeed(const SeedSettings& settings, Totals* totals);

/// The branches of the retry loop and of the workload that a hundred seeds must
/// reach, by name in Totals::tally.
const std::vector<std::string>& Branches();

/// The plan of faults: every kind, but late delivery only if `late`.
FaultPlan SimulatedFaults(bool late);

}  // namespace dynamodown::sim

#endif  // DYNAMODOWN_TESTS_SIM_SIMULATION_H_

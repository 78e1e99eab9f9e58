// One seed's run, from an empty service to the last check.

#ifndef DYNAMODOWN_TESTS_SIM_SIMULATION_H_
#define DYNAMODOWN_TESTS_SIM_SIMULATION_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "fake/faults/faults.h"
#include "sim/workload.h"
#include "sim/world.h"

namespace dynamodown::sim {

struct SeedSettings {
  uint64_t seed = 0;
  int calls = 500;  ///< Of all clients together.
  /// Called at the end, when all is well; may be empty. When it is not, the
  /// whole trace is kept.
  std::function<void(const SimScheduler&)> at_end;
};

/// What all seeds of a program together have met.
struct Totals {
  Tally tally;
  /// Of the seeds with the usual options, while faults are on.
  CallCounts usual;
  /// Of the others.
  CallCounts odd;
  uint64_t seeds = 0;
  uint64_t seeds_with_several_clients = 0;
};

/// Returns the hash of its trace. A rule that is broken ends the process, with
/// all about it on standard error and exit status 1.
uint64_t RunSeed(const SeedSettings& settings, Totals* totals);

/// What a hundred seeds come to, by name in Totals::tally: branches of the
/// retry loop, and of the workload.
const std::vector<std::string>& Branches();

/// How much goes wrong: every kind of fault.
FaultPlan SimulatedFaults(bool late);

}  // namespace dynamodown::sim

#endif  // DYNAMODOWN_TESTS_SIM_SIMULATION_H_

// One seed's run: stores are written to, flattened and synchronized, crash and
// come back. In the end the faults stop, all stores meet, and all must be
// equal.

#ifndef DYNAMODOWN_TESTS_DYNO_SIM_SIMULATION_H_
#define DYNAMODOWN_TESTS_DYNO_SIM_SIMULATION_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "sim/sim_scheduler.h"
#include "sim/tally.h"

namespace dyno::sim {

struct SeedSettings {
  uint64_t seed = 0;
  int steps = 300;
  /// Called at the end of a run without violations; may be empty. If it is not,
  /// the whole trace is kept.
  std::function<void(const dynamodown::SimScheduler&)> at_end;
};

/// Returns the hash of the run's trace, and adds its events to `*tally`. A
/// broken rule ends the process with a report on standard error and exit
/// status 1.
uint64_t RunSeed(const SeedSettings& settings, dynamodown::sim::Tally* tally);

/// The least count of each event of the tally in five hundred seeds.
const std::vector<std::pair<std::string, uint64_t>>& MinimumCounts();

}  // namespace dyno::sim

#endif  // DYNAMODOWN_TESTS_DYNO_SIM_SIMULATION_H_

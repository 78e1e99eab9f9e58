// One seed's run: stores that are written to, flattened, synchronized, crash
// and come back, until faults end, all have met, and all must be equal.

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
  /// Called at the end, when all is well; may be empty. When it is not, the
  /// whole trace is kept.
  std::function<void(const dynamodown::SimScheduler&)> at_end;
};

/// Returns the hash of its trace, and adds what it met to `*tally`. A rule that
/// is broken ends the process, with all about it on standard error and exit
/// status 1.
uint64_t RunSeed(const SeedSettings& settings, dynamodown::sim::Tally* tally);

/// What five hundred seeds meet, by name in the tally, and how often at least.
const std::vector<std::pair<std::string, uint64_t>>& Floors();

}  // namespace dyno::sim

#endif  // DYNAMODOWN_TESTS_DYNO_SIM_SIMULATION_H_

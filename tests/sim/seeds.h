// The command line of a simulator: which seeds are run, and how often.

#ifndef DYNAMODOWN_TESTS_SIM_SEEDS_H_
#define DYNAMODOWN_TESTS_SIM_SEEDS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/sim_scheduler.h"
#include "sim/world.h"

namespace dynamodown::sim {

/// A simulator, as its command line sees it.
struct Simulator {
  std::string name;         ///< "dynamodown_sim"
  std::string length_word;  ///< The option for how long a seed's run is:
                            ///< "--calls" ...
  std::string length_help;  ///< ... and what it says.
  int length = 0;           ///< By default.

  /// Runs a seed and returns its trace's hash. With `counts` false it is a run
  /// that was counted already. `at_end` may be empty; when it is not, the whole
  /// trace is kept, so that it is told when a rule is broken, too.
  std::function<uint64_t(
      uint64_t seed, int length, bool counts,
      const std::function<void(const SimScheduler&)>& at_end)>
      run;
  /// Prints what all seeds together met.
  std::function<void()> print;
  /// Whether that is all that it should be; says on standard error what lacks.
  std::function<bool()> is_complete;
};

/// Returns the exit status: 1 when a rule was broken, 2 for wrong usage.
int RunSeeds(const Simulator& simulator, const std::vector<std::string>& words);

/// Prints a tally, a line a name.
void PrintTally(const Tally& tally);

/// False, and says so on standard error, if `name` was counted less often.
bool HasAtLeast(const Tally& tally, const std::string& name, uint64_t least);

/// Tells all about a broken rule on standard error and ends the process with
/// status 1. `replay` is the command that replays a seed: "./dev sim".
[[noreturn]] void EndWith(uint64_t seed, const SimScheduler& scheduler,
                          const std::string& replay, const std::string& rule,
                          const std::string& details);

}  // namespace dynamodown::sim

#endif  // DYNAMODOWN_TESTS_SIM_SEEDS_H_

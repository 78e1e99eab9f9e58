// The command line of a simulator: which seeds to run, and how often.

#ifndef DYNAMODOWN_TESTS_SIM_SEEDS_H_
#define DYNAMODOWN_TESTS_SIM_SEEDS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/sim_scheduler.h"
#include "sim/tally.h"

namespace dynamodown::sim {

/// A simulator as its command line needs it.
struct Simulator {
  std::string name;         ///< "dynamodown_sim"
  std::string length_word;  ///< The option for the length of a run:
                            ///< "--calls" ...
  std::string length_help;  ///< ... and its help.
  int length = 0;           ///< Its default.

  /// Runs a seed and returns the hash of its trace. If `counts` is false, the
  /// run was counted already. `at_end` may be empty. If it is set, the whole
  /// trace is kept and also printed on a violation.
  std::function<uint64_t(
      uint64_t seed, int length, bool counts,
      const std::function<void(const SimScheduler&)>& at_end)>
      run;
  /// Prints the sums of all seeds.
  std::function<void()> print;
  /// Whether the seeds met everything they should; reports missing items on
  /// standard error.
  std::function<bool()> is_complete;
};

/// Returns the exit status: 1 for a violation, 2 for wrong usage.
int RunSeeds(const Simulator& simulator, const std::vector<std::string>& words);

/// Prints a tally, one name a line.
void PrintTally(const Tally& tally);

/// Returns false, with a message on standard error, if `name` was counted less
/// than `least` times.
bool HasAtLeast(const Tally& tally, const std::string& name, uint64_t least);

/// Reports a violation on standard error and ends the process with status 1.
/// `replay` is the command that replays a seed: "./dev sim".
[[noreturn]] void EndWith(uint64_t seed, const SimScheduler& scheduler,
                          const std::string& replay, const std::string& rule,
                          const std::string& details);

}  // namespace dynamodown::sim

#endif  // DYNAMODOWN_TESTS_SIM_SEEDS_H_

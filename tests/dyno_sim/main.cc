// The command line of dyno's simulator.

#include <string>
#include <vector>

#include "dyno_sim/simulation.h"
#include "sim/seeds.h"

namespace dyno::sim {
namespace {

using dynamodown::sim::Tally;

int Main(const std::vector<std::string>& words) {
  Tally tally;
  dynamodown::sim::Simulator simulator;
  simulator.name = "dyno_sim";
  simulator.length_word = "--steps";
  simulator.length_help = "steps of a seed, 300 by default";
  simulator.length = 300;
  simulator.run = [&](uint64_t seed, int steps, bool counts,
                      const auto& at_end) {
    SeedSettings settings;
    settings.seed = seed;
    settings.steps = steps;
    settings.at_end = at_end;
    Tally again;  // A repeat of a run adds nothing.
    return RunSeed(settings, counts ? &tally : &again);
  };
  simulator.print = [&] { dynamodown::sim::PrintTally(tally); };
  simulator.is_complete = [&] {
    bool complete = true;
    for (const auto& [name, least] : MinimumCounts()) {
      if (!dynamodown::sim::HasAtLeast(tally, name, least)) complete = false;
    }
    return complete;
  };
  return dynamodown::sim::RunSeeds(simulator, words);
}

}  // namespace
}  // namespace dyno::sim

int main(int argc, char** argv) {
  return dyno::sim::Main({argv + 1, argv + argc});
}

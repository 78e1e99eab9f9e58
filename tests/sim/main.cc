// The simulator's command line.

#include <cstdio>
#include <string>
#include <vector>

#include "sim/seeds.h"
#include "sim/simulation.h"

namespace dynamodown::sim {
namespace {

constexpr uint64_t kFaultsLeast = 100;
constexpr double kAcknowledgedLeast = 0.97;

void Print(const Totals& totals) {
  PrintTally(totals.tally);
  const auto share = [](const CallCounts& counts) {
    return counts.calls == 0
               ? 100.0
               : 100.0 * static_cast<double>(counts.calls - counts.failed) /
                     static_cast<double>(counts.calls);
  };
  std::printf(
      "%llu seeds, %llu of them with several clients, kept every rule; "
      "acknowledged: %.2f %% of %llu calls, with odd options %.2f %% of %llu\n",
      static_cast<unsigned long long>(totals.seeds),
      static_cast<unsigned long long>(totals.seeds_with_several_clients),
      share(totals.usual), static_cast<unsigned long long>(totals.usual.calls),
      share(totals.odd), static_cast<unsigned long long>(totals.odd.calls));
}

/// Whether these seeds met everything that they must meet.
bool IsComplete(const Totals& totals) {
  bool complete = true;
  const auto require = [&](const std::string& name, uint64_t least) {
    if (!HasAtLeast(totals.tally, name, least)) complete = false;
  };
  for (size_t kind = 0; kind < kFaultKinds; ++kind) {
    require("fault: " + std::string(WordOf(static_cast<FaultKind>(kind))),
            kFaultsLeast);
  }
  for (const std::string& branch : Branches()) require(branch, 1);
  const double acknowledged =
      static_cast<double>(totals.usual.calls - totals.usual.failed);
  if (acknowledged <
      kAcknowledgedLeast * static_cast<double>(totals.usual.calls)) {
    complete = false;
    std::fprintf(stderr, "too few calls were acknowledged\n");
  }
  return complete;
}

int Main(const std::vector<std::string>& words) {
  Totals totals;
  Simulator simulator;
  simulator.name = "dynamodown_sim";
  simulator.length_word = "--calls";
  simulator.length_help =
      "calls of a seed's workload, 500 by default, besides those\n"
      "               that open, destroy and check at the end";
  simulator.length = 500;
  simulator.run = [&](uint64_t seed, int calls, bool counts,
                      const auto& at_end) {
    SeedSettings settings;
    settings.seed = seed;
    settings.calls = calls;
    settings.at_end = at_end;
    Totals again;  // For a repeated run, which must not count twice.
    return RunSeed(settings, counts ? &totals : &again);
  };
  simulator.print = [&] { Print(totals); };
  simulator.is_complete = [&] { return IsComplete(totals); };
  return RunSeeds(simulator, words);
}

}  // namespace
}  // namespace dynamodown::sim

int main(int argc, char** argv) {
  return dynamodown::sim::Main({argv + 1, argv + argc});
}

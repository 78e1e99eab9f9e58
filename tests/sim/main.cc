// The simulator's command line.

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "sim/simulation.h"

namespace dynamodown::sim {
namespace {

constexpr char kUsage[] =
    "usage: dynamodown_sim SEED          replay a seed, with its trace\n"
    "       dynamodown_sim --seeds A-B   run these\n"
    "       dynamodown_sim --minutes N   run seeds that nobody chose, so long\n"
    "--calls N      calls of a seed's workload, 500 by default; others open,\n"
    "               destroy and look at the end\n"
    "--trace-hash   print each seed's hash; with --twice run each twice, and\n"
    "               fail when they differ\n"
    "--complete     fail when faults, branches or acknowledgements are too "
    "few\n"
    "The exit status is 1 when a rule was broken, 2 for wrong usage.\n";

constexpr uint64_t kNumberMax = 1'000'000'000'000;
constexpr uint64_t kFaultsLeast = 100;
constexpr double kAcknowledgedLeast = 0.97;

struct Arguments {
  uint64_t first = 0;
  uint64_t last = 0;
  double minutes = 0;
  int calls = 500;
  bool replay = false;
  bool hashes = false;
  bool twice = false;
  bool complete = false;
};

bool ParseNumber(const std::string& text, uint64_t* number) {
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, *number);
  return read.ec == std::errc() && read.ptr == end && *number <= kNumberMax;
}

bool Parse(const std::vector<std::string>& words, Arguments* arguments) {
  bool chosen = false;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    const std::string next = i + 1 < words.size() ? words[i + 1] : "";
    uint64_t number = 0;
    if (word == "--seeds") {
      const size_t dash = next.find('-');
      if (dash == std::string::npos ||
          !ParseNumber(next.substr(0, dash), &arguments->first) ||
          !ParseNumber(next.substr(dash + 1), &arguments->last) ||
          arguments->last < arguments->first) {
        return false;
      }
      chosen = true;
      ++i;
    } else if (word == "--minutes") {
      arguments->minutes = std::atof(next.c_str());
      if (arguments->minutes <= 0) return false;
      chosen = true;
      ++i;
    } else if (word == "--calls") {
      if (!ParseNumber(next, &number) || number < 1) return false;
      arguments->calls = static_cast<int>(number);
      ++i;
    } else if (word == "--trace-hash") {
      arguments->hashes = true;
    } else if (word == "--twice") {
      arguments->twice = true;
    } else if (word == "--complete") {
      arguments->complete = true;
    } else if (ParseNumber(word, &number) && !chosen) {
      arguments->first = arguments->last = number;
      arguments->replay = true;
      chosen = true;
    } else {
      std::fprintf(stderr, "dynamodown_sim: not understood: %s\n",
                   word.c_str());
      return false;
    }
  }
  return chosen;
}

void PrintTrace(const SimScheduler& scheduler) {
  for (const std::string& line : scheduler.trace()) {
    std::printf("%s\n", line.c_str());
  }
}

/// False: the same seed gave two runs.
bool RunOne(const Arguments& arguments, uint64_t seed, Totals* totals) {
  SeedSettings settings;
  settings.seed = seed;
  settings.calls = arguments.calls;
  if (arguments.replay) settings.at_end = PrintTrace;
  const uint64_t hash = RunSeed(settings, totals);
  if (arguments.hashes || arguments.replay) {
    std::printf("seed %llu: trace hash %016llx\n",
                static_cast<unsigned long long>(seed),
                static_cast<unsigned long long>(hash));
  }
  Totals again;  // The same once more adds nothing.
  if (!arguments.twice || RunSeed(settings, &again) == hash) return true;
  std::fprintf(stderr,
               "violation, seed %llu: a seed gives the same run twice\n",
               static_cast<unsigned long long>(seed));
  return false;
}

void Print(const Totals& totals) {
  for (const auto& [name, count] : totals.tally) {
    std::printf("%8llu  %s\n", static_cast<unsigned long long>(count),
                name.c_str());
  }
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

/// Whether these seeds have met all that they should.
bool IsComplete(const Totals& totals) {
  bool complete = true;
  const auto require = [&](const std::string& name, uint64_t least) {
    const auto at = totals.tally.find(name);
    const uint64_t count = at == totals.tally.end() ? 0 : at->second;
    if (count >= least) return;
    complete = false;
    std::fprintf(stderr, "too few: %s %llu times, at least %llu are wanted\n",
                 name.c_str(), static_cast<unsigned long long>(count),
                 static_cast<unsigned long long>(least));
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
  Arguments arguments;
  if (!Parse(words, &arguments)) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  Totals totals;
  if (arguments.minutes > 0) {
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() +
                     std::chrono::duration_cast<Clock::duration>(
                         std::chrono::duration<double>(60 * arguments.minutes));
    // Not those that every test run knows.
    const auto first = static_cast<uint64_t>(
        std::chrono::system_clock::now().time_since_epoch().count() / 1000 %
        1'000'000'000);
    for (uint64_t seed = 1000 + first; Clock::now() < end; ++seed) {
      if (!RunOne(arguments, seed, &totals)) return 1;
    }
  } else {
    for (uint64_t seed = arguments.first; seed <= arguments.last; ++seed) {
      if (!RunOne(arguments, seed, &totals)) return 1;
    }
  }
  Print(totals);
  return !arguments.complete || IsComplete(totals) ? 0 : 1;
}

}  // namespace
}  // namespace dynamodown::sim

int main(int argc, char** argv) {
  return dynamodown::sim::Main({argv + 1, argv + argc});
}

#include "sim/seeds.h"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace dynamodown::sim {
namespace {

constexpr uint64_t kNumberMax = 1'000'000'000'000;

struct Arguments {
  uint64_t first = 0;
  uint64_t last = 0;
  double minutes = 0;
  int length = 0;
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

bool Parse(const Simulator& simulator, const std::vector<std::string>& words,
           Arguments* arguments) {
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
    } else if (word == simulator.length_word) {
      if (!ParseNumber(next, &number) || number < 1) return false;
      arguments->length = static_cast<int>(number);
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
      std::fprintf(stderr, "%s: not understood: %s\n", simulator.name.c_str(),
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

void PrintUsage(const Simulator& simulator) {
  std::fprintf(stderr,
               "usage: %s SEED          replay a seed, with its trace\n"
               "       %s --seeds A-B   run these seeds\n"
               "       %s --minutes N   run new seeds for that long\n"
               "%-15s%s\n"
               "--trace-hash   print the hash of each seed's trace\n"
               "--twice        run each seed twice; fail if the hashes differ\n"
               "--complete     fail if a required event happened too rarely\n"
               "The exit status is 1 for a violation, 2 for wrong usage.\n",
               simulator.name.c_str(), simulator.name.c_str(),
               simulator.name.c_str(), (simulator.length_word + " N").c_str(),
               simulator.length_help.c_str());
}

/// Returns false if the same seed gave two different runs.
bool RunOne(const Simulator& simulator, const Arguments& arguments,
            uint64_t seed) {
  const uint64_t hash = simulator.run(
      seed, arguments.length, true,
      arguments.replay ? PrintTrace
                       : std::function<void(const SimScheduler&)>());
  if (arguments.hashes || arguments.replay) {
    std::printf("seed %llu: trace hash %016llx\n",
                static_cast<unsigned long long>(seed),
                static_cast<unsigned long long>(hash));
  }
  if (!arguments.twice ||
      simulator.run(seed, arguments.length, false, {}) == hash) {
    return true;
  }
  std::fprintf(stderr,
               "violation, seed %llu: a seed gives the same run twice\n",
               static_cast<unsigned long long>(seed));
  return false;
}

bool RunAll(const Simulator& simulator, const Arguments& arguments) {
  if (arguments.minutes == 0) {
    for (uint64_t seed = arguments.first; seed <= arguments.last; ++seed) {
      if (!RunOne(simulator, arguments, seed)) return false;
    }
    return true;
  }
  using Clock = std::chrono::steady_clock;
  const auto end =
      Clock::now() + std::chrono::duration_cast<Clock::duration>(
                         std::chrono::duration<double>(60 * arguments.minutes));
  // Start with seeds that the tests do not run.
  const auto first = static_cast<uint64_t>(
      std::chrono::system_clock::now().time_since_epoch().count() / 1000 %
      1'000'000'000);
  for (uint64_t seed = 10'000 + first; Clock::now() < end; ++seed) {
    if (!RunOne(simulator, arguments, seed)) return false;
  }
  return true;
}

}  // namespace

int RunSeeds(const Simulator& simulator,
             const std::vector<std::string>& words) {
  Arguments arguments;
  arguments.length = simulator.length;
  if (!Parse(simulator, words, &arguments)) {
    PrintUsage(simulator);
    return 2;
  }
  if (!RunAll(simulator, arguments)) return 1;
  simulator.print();
  return !arguments.complete || simulator.is_complete() ? 0 : 1;
}

void PrintTally(const Tally& tally) {
  for (const auto& [name, count] : tally) {
    std::printf("%8llu  %s\n", static_cast<unsigned long long>(count),
                name.c_str());
  }
}

bool HasAtLeast(const Tally& tally, const std::string& name, uint64_t least) {
  const auto at = tally.find(name);
  const uint64_t count = at == tally.end() ? 0 : at->second;
  if (count >= least) return true;
  std::fprintf(stderr, "too few: %s %llu times, at least %llu are required\n",
               name.c_str(), static_cast<unsigned long long>(count),
               static_cast<unsigned long long>(least));
  return false;
}

void EndWith(uint64_t seed, const SimScheduler& scheduler,
             const std::string& replay, const std::string& rule,
             const std::string& details) {
  std::string text = "the trace, or the end of it:\n";
  for (const std::string& line : scheduler.trace()) text += "  " + line + "\n";
  text += "violation, seed " + std::to_string(seed) + ": " + rule + "\n" +
          details + "\nto replay it with its trace: " + replay + " " +
          std::to_string(seed) + "\n";
  std::fputs(text.c_str(), stderr);
  std::fflush(stdout);
  // Other threads may still use destroyed objects.
  std::_Exit(1);
}

}  // namespace dynamodown::sim

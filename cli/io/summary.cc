#include "io/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "io/message.h"
#include "parse/location.h"

namespace cli {
namespace {

// Dollars for 10^6 units in us-east-1, on demand, in the table class DynamoDB
// Standard. Source: https://aws.amazon.com/dynamodb/pricing/on-demand/, prices
// since 2024-11-01.
constexpr double kReadDollars = 0.125;
constexpr double kWriteDollars = 0.625;

constexpr double kLeastDollars = 1e-6;

std::string UnitsText(const dynamodown::Stats& stats) {
  std::string text;
  if (stats.read_units > 0) {
    text += ", " + UnitText(stats.read_units, "read unit");
  }
  if (stats.write_units > 0) {
    text += ", " + UnitText(stats.write_units, "write unit");
  }
  return text + PriceText(stats.read_units, stats.write_units);
}

}  // namespace

std::string SizeText(uint64_t bytes) {
  const auto n = static_cast<double>(bytes);
  if (bytes < 1000) return CountText(bytes, "byte");
  if (bytes < 1'000'000) return fmt::format("{:.1f} KB", n / 1e3);
  if (bytes < 1'000'000'000) return fmt::format("{:.1f} MB", n / 1e6);
  return fmt::format("{:.1f} GB", n / 1e9);
}

std::string TimeText(Seconds time) {
  if (time.count() < 10) return fmt::format("{:.1f} s", time.count());
  const auto seconds = static_cast<uint64_t>(std::llround(time.count()));
  if (seconds < 60) return fmt::format("{} s", seconds);
  if (seconds < 3600) {
    return fmt::format("{} min {} s", seconds / 60, seconds % 60);
  }
  return fmt::format("{} h {} min", seconds / 3600, seconds % 3600 / 60);
}

std::string CountText(uint64_t n, const std::string& noun) {
  return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s");
}

std::string UnitText(double units, const std::string& noun) {
  return fmt::format("{} {}{}", units, noun, units == 1 ? "" : "s");
}

double DollarsOf(double read_units, double write_units) {
  return (read_units * kReadDollars + write_units * kWriteDollars) / 1e6;
}

std::string PriceText(double read_units, double write_units) {
  if (read_units <= 0 && write_units <= 0) return "";
  return ", " + DollarsText(DollarsOf(read_units, write_units)) +
         " (us-east-1's on-demand price)";
}

std::string DollarsText(double dollars) {
  if (dollars == 0) return "$0";
  if (dollars < kLeastDollars) return "under $0.000001";
  const int magnitude = static_cast<int>(std::floor(std::log10(dollars)));
  return fmt::format("${:.{}f}", dollars, std::max(2, 1 - magnitude));
}

std::string SummaryText(const Work& work, const dynamodown::Stats& stats,
                        Seconds elapsed, bool is_verbose) {
  std::string text = work.done;
  if (!work.noun.empty()) text += " " + CountText(work.records, work.noun);
  if (work.earlier > 0) {
    text += "; this run: " + CountText(work.records - work.earlier, work.noun);
  }
  if (work.bytes > 0) text += ", " + SizeText(work.bytes);
  text += UnitsText(stats);
  if (is_verbose && stats.requests > 0) {
    text += ", " + CountText(stats.requests, "request");
  }
  return text + ", " + TimeText(elapsed);
}

std::string UnitsJson(const CommonOptions& common) {
  if (IsEmbedded(common.location)) return "";
  return UnitsJson(common.store.stats_sum->Read());
}

std::string UnitsJson(const dynamodown::Stats& stats) {
  return fmt::format(",\"read_units\":{},\"write_units\":{},\"dollars\":{}",
                     stats.read_units, stats.write_units,
                     DollarsOf(stats.read_units, stats.write_units));
}

std::string TotalsText(const dynamodown::Stats& stats) {
  return CountText(stats.requests, "request") + ", " +
         (stats.retries == 1 ? "1 retry"
                             : fmt::format("{} retries", stats.retries)) +
         ", " + UnitText(stats.read_units, "read unit") + ", " +
         UnitText(stats.write_units, "write unit");
}

void PrintSummary(const CommonOptions& common, const Work& work,
                  Clock::time_point started) {
  if (common.quiet) return;
  Note(SummaryText(work, common.store.stats_sum->Read(), Clock::now() - started,
                   common.verbose));
}

void PrintConsumed(const CommonOptions& common, const Work& work,
                   Clock::time_point started) {
  if (common.store.stats_sum->Read().requests == 0) return;
  PrintSummary(common, work, started);
}

void PrintTotals(const CommonOptions& common) {
  const dynamodown::Stats stats = common.store.stats_sum->Take();
  if (!common.verbose || stats.requests == 0) return;
  std::fputs(("* " + TotalsText(stats) + '\n').c_str(), stderr);
}

}  // namespace cli

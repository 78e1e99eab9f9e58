// The last lines of a command: what the command did, its cost and its time.
//
// Thread-safety: the functions that return texts are pure; one thread calls the
// others.

#ifndef DYNAMODOWN_CLI_IO_SUMMARY_H_
#define DYNAMODOWN_CLI_IO_SUMMARY_H_

#include <chrono>
#include <cstdint>
#include <string>

#include "dynamodown/stats.h"
#include "parse/common_options.h"

namespace cli {

using Seconds = std::chrono::duration<double>;
using Clock = std::chrono::steady_clock;

/// "49 bytes", "3.4 MB". 1 MB is 10^6 bytes.
std::string SizeText(uint64_t bytes);
/// "0.3 s", "12 s", "2 min 5 s", "1 h 3 min".
std::string TimeText(Seconds time);
/// "1 record", "7 records".
std::string CountText(uint64_t n, const std::string& noun);
/// "1 read unit", "1.5 read units".
std::string UnitText(double units, const std::string& noun);

/// The price of the units in dollars, for on-demand capacity in us-east-1.
/// docs/costs.md names the source of the prices.
double DollarsOf(double read_units, double write_units);
/// With at least two decimals and two significant digits: "$0.0056", "$12.35".
/// Also "$0" and "under $0.000001".
std::string DollarsText(double dollars);

/// ", $0.0056 (us-east-1's on-demand price)": the price of the units, for the
/// end of a text. Empty if there are no units.
std::string PriceText(double read_units, double write_units);

/// The work that a command did.
struct Work {
  std::string done;      ///< "loaded"
  std::string noun;      ///< "record"; if empty, `done` says it all.
  uint64_t records = 0;  ///< The total, including `earlier`.
  uint64_t earlier = 0;  ///< Records of the runs that this run continues.
  uint64_t bytes = 0;    ///< Of this run's keys and values.
};

/// "loaded 7 records, 1.2 MB, 7 write units, $0.0000044 (us-east-1's on-demand
/// price), 0.3 s". If nothing was consumed, there are no units and no
/// price. With `is_verbose`, the line also has the number of requests.
std::string SummaryText(const Work& work, const dynamodown::Stats& stats,
                        Seconds elapsed, bool is_verbose);

/// ',"read_units":2,"write_units":0,"dollars":2.5e-07': members for the end of
/// a JSON object, with all that the command has consumed so far. Empty for an
/// embedded store, which has no units.
std::string UnitsJson(const CommonOptions& common);
/// The same members, for the units of `stats`.
std::string UnitsJson(const dynamodown::Stats& stats);

/// "12 requests, 0 retries, 5 read units, 1 write unit".
std::string TotalsText(const dynamodown::Stats& stats);

/// Prints SummaryText with all that the command has consumed so far on standard
/// error, unless --quiet is given.
void PrintSummary(const CommonOptions& common, const Work& work,
                  Clock::time_point started);

/// PrintSummary for a command that has failed: says what the command consumed
/// in vain or must not consume again. Prints nothing if it sent no request.
void PrintConsumed(const CommonOptions& common, const Work& work,
                   Clock::time_point started);

/// With --verbose, prints TotalsText of all that the command has consumed on
/// standard error, unless the command sent no request, as on an embedded store.
/// Then begins a new sum. Call this function when a command has ended.
void PrintTotals(const CommonOptions& common);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_SUMMARY_H_

// Points in time as people type them, for --as-of and the times of flatten.
//
// A time in text has many forms; "|" separates alternatives:
//
//     TIMESTAMP     013d58c7276e-0000-188c-786ae2e1f629, or its beginning
//     DATE          2013-03-11
//     DATE TIME     2013-03-11T20:46:20.910Z, where "T" may be "t" or blanks,
//                   and seconds and fraction may be missing; without a zone it
//                   is in UTC. Zones: Z | +01:00 | +0100 | +01 | UTC | GMT
//     N UNIT ago    2h ago | 90 minutes ago | 1d 12h ago; -2h means 2h ago
//     now
//
// A time means its own last millisecond: a date means the end of the day.
//
// Thread-safety: pure functions.

#ifndef DYNAMODOWN_CLI_ITEMS_TIME_BOUND_H_
#define DYNAMODOWN_CLI_ITEMS_TIME_BOUND_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cli {

struct TimeBound {
  /// A timestamp, or the first parts of one: see dyno::Flake::ParseBound.
  std::string text;
  /// `text` ends within a part of a timestamp, so `text` is no bound. Perhaps
  /// only one timestamp of an item begins with `text`.
  bool is_fragment = false;
};

/// `now_ms` is the current time in milliseconds since 1970. Returns nothing for
/// any other text, for a date that does not exist, and for a time before 1970
/// or after the year 9999.
std::optional<TimeBound> ParseTimeBound(std::string_view text, int64_t now_ms);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_ITEMS_TIME_BOUND_H_

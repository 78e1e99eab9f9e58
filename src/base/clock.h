// The time of day, for signatures and timestamps. Waits and durations use
// Scheduler::Now.

#ifndef DYNAMODOWN_BASE_CLOCK_H_
#define DYNAMODOWN_BASE_CLOCK_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace dynamodown {

/// **Thread-safety**: all calls from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
  virtual int64_t UnixSeconds() = 0;
  /// Milliseconds since 1970-01-01T00:00:00Z. The default implementation is
  /// exact only to a second.
  virtual int64_t UnixMilliseconds() { return UnixSeconds() * 1000; }
};

std::unique_ptr<Clock> NewSystemClock();

/// "20150830T123600Z": ISO 8601's basic format, which SigV4 requires.
std::string FormatBasicTime(int64_t unix_seconds);
/// "2015-08-30T12:36:00Z": ISO 8601's extended format.
std::string FormatTime(int64_t unix_seconds);
/// Parses an HTTP Date header in the preferred form of RFC 9110 section 5.6.7
/// ("Sun, 06 Nov 1994 08:49:37 GMT"). Returns -1 for anything else.
int64_t ParseHttpDate(const std::string& text);
/// Parses a time as services and other programs write it, and returns Unix
/// seconds, which are negative before 1970. Drops a fraction of a second.
/// Accepts all times of RFC 3339, and beyond these:
///
/// * ISO 8601's basic format ("20150830T123600Z") and times without seconds
/// * the zones "UTC", "GMT", "+0200" and "+02", and a blank before a zone
/// * letters in lower case; a blank or "_" instead of the T
/// * blanks around the text
///
/// A leap second counts as the second after it. Returns nothing for anything
/// else, such as a time without a zone.
std::optional<int64_t> ParseTime(std::string_view text);

}  // namespace dynamodown

#endif  // DYNAMODOWN_BASE_CLOCK_H_

// The time of day, as signatures and timestamps need it. (Waiting and measuring
// use Scheduler::Now.)

#ifndef DYNAMODOWN_BASE_CLOCK_H_
#define DYNAMODOWN_BASE_CLOCK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace dynamodown {

/// **Thread-safety**: all calls from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
  virtual int64_t UnixSeconds() = 0;
  /// The same in milliseconds; exact to a second only where a clock knows no
  /// better.
  virtual int64_t UnixMilliseconds() { return UnixSeconds() * 1000; }
};

std::unique_ptr<Clock> NewSystemClock();

/// "20150830T123600Z": ISO 8601's basic format, as SigV4 wants it.
std::string FormatBasicTime(int64_t unix_seconds);
/// "2015-08-30T12:36:00Z": ISO 8601's extended format.
std::string FormatTime(int64_t unix_seconds);
/// The time of an HTTP Date header ("Sun, 06 Nov 1994 08:49:37 GMT", RFC 9110
/// section 5.6.7, the preferred form only), or -1 for anything else.
int64_t ParseHttpDate(const std::string& text);
/// The time that ISO 8601's extended format says, as services send it:
/// "2015-08-30T12:36:00Z", with a fraction of the second, which is cut off, and
/// with an offset ("+02:00") for the Z; or -1 for anything else, and for times
/// before 1970.
int64_t ParseTime(std::string_view text);

}  // namespace dynamodown

#endif  // DYNAMODOWN_BASE_CLOCK_H_

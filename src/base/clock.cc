#include "base/clock.h"

#include <time.h>

#include <cstdio>

namespace dynamodown {
namespace {

class SystemClock final : public Clock {
 public:
  int64_t UnixSeconds() override { return time(nullptr); }
};

std::string Format(int64_t unix_seconds, const char* format) {
  const time_t seconds = unix_seconds;
  struct tm utc;
  gmtime_r(&seconds, &utc);
  char text[64];
  const size_t length = strftime(text, sizeof text, format, &utc);
  return std::string(text, length);
}

}  // namespace

std::unique_ptr<Clock> NewSystemClock() {
  return std::make_unique<SystemClock>();
}

std::string FormatBasicTime(int64_t unix_seconds) {
  return Format(unix_seconds, "%Y%m%dT%H%M%SZ");
}

std::string FormatTime(int64_t unix_seconds) {
  return Format(unix_seconds, "%Y-%m-%dT%H:%M:%SZ");
}

int64_t ParseHttpDate(const std::string& text) {
  // Not strptime: its names of days and months follow the locale.
  static constexpr const char* kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  char month[4] = {};
  struct tm utc = {};
  int end = 0;
  if (sscanf(text.c_str(), "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n",
             &utc.tm_mday, month, &utc.tm_year, &utc.tm_hour, &utc.tm_min,
             &utc.tm_sec, &end) != 6 ||
      text.size() != 29 || end != 29) {
    return -1;
  }
  const std::string months = kMonths;
  const size_t at = months.find(month);
  if (at == std::string::npos || at % 3 != 0) return -1;
  utc.tm_mon = static_cast<int>(at / 3);
  utc.tm_year -= 1900;
  // timegm makes a time of any numbers, and says so by changing them.
  const struct tm as_read = utc;
  const int64_t seconds = timegm(&utc);
  return utc.tm_mday == as_read.tm_mday && utc.tm_hour == as_read.tm_hour &&
                 utc.tm_min == as_read.tm_min && utc.tm_sec == as_read.tm_sec
             ? seconds
             : -1;
}

}  // namespace dynamodown

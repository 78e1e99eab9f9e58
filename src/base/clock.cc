#include "base/clock.h"

#include <time.h>

#include <algorithm>
#include <cstdio>
#include <optional>

namespace dynamodown {
namespace {

class SystemClock final : public Clock {
 public:
  int64_t UnixSeconds() override { return time(nullptr); }
  int64_t UnixMilliseconds() override {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1000000;
  }
};

std::string Format(int64_t unix_seconds, const char* format) {
  const time_t seconds = unix_seconds;
  struct tm utc;
  gmtime_r(&seconds, &utc);
  char text[64];
  const size_t length = strftime(text, sizeof text, format, &utc);
  return std::string(text, length);
}

/// Removes `digits` digits from the front of `*text` and returns the number
/// that they spell. Returns -1 if `*text` begins with fewer digits.
int TakeNumber(size_t digits, std::string_view* text) {
  if (text->size() < digits) return -1;
  int number = 0;
  for (const char c : text->substr(0, digits)) {
    if (c < '0' || c > '9') return -1;
    number = number * 10 + (c - '0');
  }
  text->remove_prefix(digits);
  return number;
}

bool Take(char c, std::string_view* text) {
  if (text->empty() || text->front() != c) return false;
  text->remove_prefix(1);
  return true;
}

/// Parses an offset from UTC: "Z", or a text such as "+02:00". Returns nothing
/// if `text` is anything else.
std::optional<int64_t> OffsetSeconds(std::string_view text) {
  if (text == "Z") return 0;
  const bool east = Take('+', &text);
  if (!east && !Take('-', &text)) return std::nullopt;
  const int hours = TakeNumber(2, &text);
  const bool parted = Take(':', &text);
  const int minutes = TakeNumber(2, &text);
  if (hours < 0 || hours > 23 || !parted || minutes < 0 || minutes > 59 ||
      !text.empty()) {
    return std::nullopt;
  }
  const int64_t seconds = hours * 3600 + minutes * 60;
  return east ? seconds : -seconds;
}

/// Returns the Unix time of these UTC fields, or -1 if there is no such time.
int64_t SecondsOf(const struct tm& fields) {
  // timegm accepts impossible fields and normalizes them.
  struct tm utc = fields;
  const int64_t seconds = timegm(&utc);
  return utc.tm_mon == fields.tm_mon && utc.tm_mday == fields.tm_mday &&
                 utc.tm_hour == fields.tm_hour && utc.tm_min == fields.tm_min &&
                 utc.tm_sec == fields.tm_sec
             ? seconds
             : -1;
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
  // strptime would expect the locale's names of days and months.
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
  return SecondsOf(utc);
}

int64_t ParseTime(std::string_view text) {
  const auto two_after = [&text](char c) {
    return Take(c, &text) ? TakeNumber(2, &text) : -1;
  };
  struct tm utc = {};
  utc.tm_year = TakeNumber(4, &text) - 1900;
  utc.tm_mon = two_after('-') - 1;
  utc.tm_mday = two_after('-');
  utc.tm_hour = two_after('T');
  utc.tm_min = two_after(':');
  utc.tm_sec = two_after(':');
  const int64_t seconds = SecondsOf(utc);
  if (Take('.', &text)) {
    if (TakeNumber(1, &text) < 0) return -1;
    while (TakeNumber(1, &text) >= 0) {
    }
  }
  const std::optional<int64_t> offset = OffsetSeconds(text);
  if (!offset || seconds < 0) return -1;
  return std::max<int64_t>(seconds - *offset, -1);
}

}  // namespace dynamodown

#include "base/clock.h"

#include <strings.h>
#include <time.h>

#include <chrono>
#include <cstdio>
#include <cstring>

namespace dynamodown {
namespace {

constexpr int64_t kDaySeconds = 86'400;

class SystemClock final : public Clock {
 public:
  int64_t UnixSeconds() override { return time(nullptr); }
  int64_t UnixMilliseconds() override {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1000000;
  }
};

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

/// Removes the first character of `*text` if it is one of `choices`.
bool TakeOneOf(std::string_view choices, std::string_view* text) {
  return !text->empty() &&
         choices.find(text->front()) != std::string_view::npos &&
         Take(text->front(), text);
}

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  while (TakeOneOf(kBlanks, &text)) {
  }
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

/// Parses an offset from UTC, in seconds: "Z", "UTC", "+02:00", "+0200" or
/// "+02". Returns nothing if `text` is anything else.
std::optional<int64_t> OffsetSeconds(std::string_view text) {
  for (const char* utc : {"z", "utc", "gmt"}) {
    if (text.size() == strlen(utc) &&
        strncasecmp(text.data(), utc, text.size()) == 0) {
      return 0;
    }
  }
  const bool east = Take('+', &text);
  if (!east && !Take('-', &text)) return std::nullopt;
  const int hours = TakeNumber(2, &text);
  const bool ends = text.empty();
  Take(':', &text);
  const int minutes = ends ? 0 : TakeNumber(2, &text);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || !text.empty()) {
    return std::nullopt;
  }
  const int64_t seconds = hours * 3600 + minutes * 60;
  return east ? seconds : -seconds;
}

/// A date and a time of day, as a text has them. -1: the part is missing.
struct Fields {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;  // May be 60.
};

/// Returns the Unix time of `f` at `offset` seconds east of UTC, or nothing if
/// there is no such time. Does not use the C library, whose functions read the
/// variable TZ.
std::optional<int64_t> SecondsOf(const Fields& f, int64_t offset) {
  if (f.year < 0 || f.month < 0 || f.day < 0) return std::nullopt;
  const std::chrono::year_month_day date{
      std::chrono::year(f.year),
      std::chrono::month(static_cast<unsigned>(f.month)),
      std::chrono::day(static_cast<unsigned>(f.day))};
  if (!date.ok() || f.hour < 0 || f.hour > 23 || f.minute < 0 ||
      f.minute > 59 || f.second < 0 || f.second > 60) {
    return std::nullopt;
  }
  const int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const int64_t seconds =
      days * kDaySeconds + f.hour * 3600 + f.minute * 60 + f.second - offset;
  // Only the last second of a day in UTC can be a leap second.
  const bool is_midnight = (seconds % kDaySeconds) == 0;
  if (f.second == 60 && !is_midnight) return std::nullopt;
  return seconds;
}

/// The date and the time of day of `unix_seconds` in UTC.
Fields FieldsOf(int64_t unix_seconds) {
  const std::chrono::sys_seconds time{std::chrono::seconds(unix_seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const auto of_day = static_cast<int>((time - day).count());
  return {static_cast<int>(date.year()),
          static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          of_day / 3600,
          of_day / 60 % 60,
          of_day % 60};
}

std::string Format(int64_t unix_seconds, const char* format) {
  const Fields f = FieldsOf(unix_seconds);
  char text[128];
  const int length = snprintf(text, sizeof text, format, f.year, f.month, f.day,
                              f.hour, f.minute, f.second);
  return std::string(text, static_cast<size_t>(length));
}

}  // namespace

std::unique_ptr<Clock> NewSystemClock() {
  return std::make_unique<SystemClock>();
}

std::string FormatBasicTime(int64_t unix_seconds) {
  return Format(unix_seconds, "%04d%02d%02dT%02d%02d%02dZ");
}

std::string FormatTime(int64_t unix_seconds) {
  return Format(unix_seconds, "%04d-%02d-%02dT%02d:%02d:%02dZ");
}

int64_t ParseHttpDate(const std::string& text) {
  // strptime would expect the locale's names of days and months.
  static constexpr const char* kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  char month[4] = {};
  Fields utc;
  int end = 0;
  if (sscanf(text.c_str(), "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n",
             &utc.day, month, &utc.year, &utc.hour, &utc.minute, &utc.second,
             &end) != 6 ||
      text.size() != 29 || end != 29) {
    return -1;
  }
  const std::string months = kMonths;
  const size_t at = months.find(month);
  if (at == std::string::npos || at % 3 != 0) return -1;
  utc.month = static_cast<int>(at / 3) + 1;
  return SecondsOf(utc, 0).value_or(-1);
}

std::optional<int64_t> ParseTime(std::string_view text) {
  text = Trimmed(text);
  Fields f;
  f.year = TakeNumber(4, &text);
  const bool parted = Take('-', &text);
  f.month = TakeNumber(2, &text);
  if (Take('-', &text) != parted) return std::nullopt;
  f.day = TakeNumber(2, &text);
  if (!TakeOneOf("Tt _", &text)) return std::nullopt;
  f.hour = TakeNumber(2, &text);
  const auto at_digit = [&text] {
    return !text.empty() && text.front() >= '0' && text.front() <= '9';
  };
  const bool colons = Take(':', &text);
  const bool has_minutes = colons || at_digit();
  if (has_minutes) f.minute = TakeNumber(2, &text);
  // Without colons, a number that follows is the seconds.
  const bool has_seconds =
      has_minutes && (colons ? Take(':', &text) : at_digit());
  if (has_seconds) f.second = TakeNumber(2, &text);
  if (has_seconds && TakeOneOf(".,", &text)) {
    if (TakeNumber(1, &text) < 0) return std::nullopt;
    while (TakeNumber(1, &text) >= 0) {
    }
  }
  const std::optional<int64_t> offset = OffsetSeconds(Trimmed(text));
  if (!offset) return std::nullopt;
  return SecondsOf(f, *offset);
}

}  // namespace dynamodown

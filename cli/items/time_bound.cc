#include "items/time_bound.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <initializer_list>

#include "dyno/flake.h"

namespace cli {
namespace {

constexpr int64_t kSecondMs = 1000;
constexpr int64_t kMinuteMs = 60 * kSecondMs;
constexpr int64_t kHourMs = 60 * kMinuteMs;
constexpr int64_t kDayMs = 24 * kHourMs;
constexpr int64_t kLastMs = 253402300799999;  // 9999-12-31T23:59:59.999Z
constexpr size_t kDurationDigitsMax = 12;
constexpr std::string_view kDigits = "0123456789";
// A timestamp's parts have these numbers of hexadecimal digits.
constexpr size_t kPartDigits[] = {12, 4, 4, 12};

/// A text that is read from its beginning.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool IsAtEnd() const { return text_.empty(); }
  bool Take(std::string_view token) {
    if (!text_.starts_with(token)) return false;
    text_.remove_prefix(token.size());
    return true;
  }
  bool TakeOneOf(std::initializer_list<std::string_view> tokens) {
    return std::any_of(tokens.begin(), tokens.end(),
                       [this](std::string_view token) { return Take(token); });
  }
  /// Takes exactly `digits` digits.
  bool TakeNumber(size_t digits, int* number) {
    const std::string_view taken = text_.substr(0, digits);
    if (taken.size() != digits ||
        taken.find_first_not_of(kDigits) != std::string_view::npos) {
      return false;
    }
    *number = 0;
    for (const char c : taken) *number = *number * 10 + (c - '0');
    text_.remove_prefix(digits);
    return true;
  }
  std::string_view TakeWhile(std::string_view characters) {
    const std::string_view taken =
        text_.substr(0, text_.find_first_not_of(characters));
    text_.remove_prefix(taken.size());
    return taken;
  }
  std::string_view TakeLetters() {
    return TakeWhile("abcdefghijklmnopqrstuvwxyz");
  }

 private:
  std::string_view text_;
};

/// "2013-03-11": sets the milliseconds at which the day begins.
bool TakeDate(Reader* reader, int64_t* ms) {
  int year = 0, month = 0, day = 0;
  if (!reader->TakeNumber(4, &year) || !reader->Take("-") ||
      !reader->TakeNumber(2, &month) || !reader->Take("-") ||
      !reader->TakeNumber(2, &day)) {
    return false;
  }
  const std::chrono::year_month_day date{
      std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
      std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return false;
  *ms = std::chrono::sys_days(date).time_since_epoch().count() * kDayMs;
  return true;
}

/// "20:46", "20:46:20" or "20:46:20.910": adds the milliseconds of the time, up
/// to the time's own last millisecond.
bool TakeTimeOfDay(Reader* reader, int64_t* ms) {
  int hour = 0, minute = 0, second = 0;
  if (!reader->TakeNumber(2, &hour) || !reader->Take(":") ||
      !reader->TakeNumber(2, &minute) || hour > 23 || minute > 59) {
    return false;
  }
  *ms += hour * kHourMs + minute * kMinuteMs;
  if (!reader->Take(":")) {
    *ms += kMinuteMs - 1;
    return true;
  }
  if (!reader->TakeNumber(2, &second) || second > 59) return false;
  *ms += second * kSecondMs;
  std::string fraction;
  if (reader->TakeOneOf({".", ","})) {
    fraction = reader->TakeWhile(kDigits);
    if (fraction.empty()) return false;
  }
  fraction.resize(3, '9');
  int milliseconds = 0;
  Reader(fraction).TakeNumber(3, &milliseconds);
  *ms += milliseconds;
  return true;
}

/// A zone, or nothing: sets how far the zone is ahead of UTC.
bool TakeZone(Reader* reader, int64_t* ahead_ms) {
  *ahead_ms = 0;
  reader->TakeWhile(" ");
  if (reader->IsAtEnd()) return true;
  if (reader->TakeOneOf({"Z", "z", "UTC", "GMT", "utc", "gmt"})) return true;
  const bool is_ahead = reader->Take("+");
  if (!is_ahead && !reader->Take("-")) return false;
  int hours = 0, minutes = 0;
  if (!reader->TakeNumber(2, &hours)) return false;
  reader->Take(":");
  if (!reader->IsAtEnd() && !reader->TakeNumber(2, &minutes)) return false;
  if (hours > 23 || minutes > 59) return false;
  *ahead_ms = (is_ahead ? 1 : -1) * (hours * kHourMs + minutes * kMinuteMs);
  return true;
}

std::optional<int64_t> ParseDateTime(std::string_view text) {
  Reader reader(text);
  int64_t ms = 0, ahead_ms = 0;
  if (!TakeDate(&reader, &ms)) return std::nullopt;
  if (reader.IsAtEnd()) return ms + kDayMs - 1;
  if (!reader.TakeOneOf({"T", "t"}) && reader.TakeWhile(" ").empty()) {
    return std::nullopt;
  }
  if (!TakeTimeOfDay(&reader, &ms) || !TakeZone(&reader, &ahead_ms) ||
      !reader.IsAtEnd()) {
    return std::nullopt;
  }
  return ms - ahead_ms;
}

/// Milliseconds of a unit; 0 if there is no such unit.
int64_t UnitMs(std::string_view unit) {
  const struct {
    std::initializer_list<std::string_view> names;
    int64_t ms;
  } kUnits[] = {
      {{"ms"}, 1},
      {{"s", "sec", "secs", "second", "seconds"}, kSecondMs},
      {{"m", "min", "mins", "minute", "minutes"}, kMinuteMs},
      {{"h", "hr", "hrs", "hour", "hours"}, kHourMs},
      {{"d", "day", "days"}, kDayMs},
      {{"w", "week", "weeks"}, 7 * kDayMs},
  };
  for (const auto& [names, ms] : kUnits) {
    if (std::find(names.begin(), names.end(), unit) != names.end()) return ms;
  }
  return 0;
}

/// "2h ago", "1d 12h ago" or "-2h": a time before `now_ms`.
std::optional<int64_t> ParseAgo(std::string_view text, int64_t now_ms) {
  Reader reader(text);
  const bool has_sign = reader.Take("-");
  int64_t ms = now_ms;
  do {
    const std::string_view digits = reader.TakeWhile(kDigits);
    if (digits.empty() || digits.size() > kDurationDigitsMax) {
      return std::nullopt;
    }
    int64_t number = 0;
    for (const char c : digits) number = number * 10 + (c - '0');
    reader.TakeWhile(" ");
    const int64_t unit_ms = UnitMs(reader.TakeLetters());
    if (unit_ms == 0 || number > ms / unit_ms) return std::nullopt;
    ms -= number * unit_ms;
    reader.TakeWhile(" ");
    if (reader.Take("ago")) {
      return has_sign || !reader.IsAtEnd() ? std::nullopt : std::optional(ms);
    }
  } while (!reader.IsAtEnd());
  return has_sign ? std::optional(ms) : std::nullopt;
}

/// Whether `text` begins a timestamp, and ends within one of its parts.
bool IsFragment(std::string_view text) {
  if (text.empty()) return false;
  Reader reader(text);
  for (const size_t digits : kPartDigits) {
    const size_t taken = reader.TakeWhile("0123456789abcdef").size();
    if (reader.IsAtEnd()) return taken < digits;
    if (taken != digits || !reader.Take("-")) return false;
  }
  return false;
}

}  // namespace

std::optional<TimeBound> ParseTimeBound(std::string_view text, int64_t now_ms) {
  dyno::Flake ignored;
  if (dyno::Flake::ParseBound(leveldb::Slice(text.data(), text.size()),
                              &ignored)) {
    return TimeBound{std::string(text)};
  }
  if (IsFragment(text)) return TimeBound{std::string(text), true};
  std::optional<int64_t> ms = ParseDateTime(text);
  if (!ms) ms = text == "now" ? now_ms : ParseAgo(text, now_ms);
  if (!ms || *ms < 0 || *ms > kLastMs) return std::nullopt;
  return TimeBound{fmt::format("{:012x}", *ms)};
}

}  // namespace cli

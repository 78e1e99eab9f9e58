// Parses, formats and checks the values of options. In a text, an integer has
// no sign, fraction or exponent.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>
#include <utility>

#include "base/nearest.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "db/option_row.h"

namespace dynamodown {
namespace {

/// The longest time that a text may give. A longer time is a mistake, and might
/// overflow a clock that counts in nanoseconds.
constexpr int64_t kTextMillisecondsMax = int64_t{366} * 24 * 60 * 60 * 1000;
constexpr char kTextDurationMax[] = "at most 366 days";

Error Invalid(std::string message) {
  return Error{ErrorKind::kInvalidArgument, std::move(message)};
}

Error MustBe(const std::string& what, std::string_view text) {
  return Invalid("must be " + what + ", not " + Printable(text));
}

std::optional<int64_t> Integer(std::string_view text) {
  int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || text.starts_with('-')) {
    return std::nullopt;
  }
  return value;
}

std::optional<double> Number(std::string_view text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

/// Returns the time in milliseconds. If int64_t cannot hold the time, returns
/// int64_t's maximum.
std::optional<int64_t> Duration(std::string_view text) {
  int64_t unit = 1;
  for (const auto& [suffix, milliseconds] :
       {std::pair<std::string_view, int64_t>{"ms", 1},
        {"s", 1000},
        {"m", 60'000}}) {
    if (!text.ends_with(suffix)) continue;
    unit = milliseconds;
    text.remove_suffix(suffix.size());
    break;
  }
  const std::optional<int64_t> count = Integer(text);
  if (!count) return std::nullopt;
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  return *count > kMost / unit ? kMost : *count * unit;
}

std::string FormatDuration(int64_t milliseconds) {
  if (milliseconds == 0 || milliseconds % 1000 != 0) {
    return std::to_string(milliseconds) + "ms";
  }
  if (milliseconds % 60'000 != 0) {
    return std::to_string(milliseconds / 1000) + "s";
  }
  return std::to_string(milliseconds / 60'000) + "m";
}

/// Returns the shortest text that reads back as `number`.
std::string FormatNumber(double number) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, number).ptr;
  return std::string(text, end);
}

/// Reads a value without checking its bounds.
std::optional<OptionValue> Read(const OptionRow& row, std::string_view text) {
  const auto any = [](auto value) -> std::optional<OptionValue> {
    if (!value) return std::nullopt;
    return OptionValue(*value);
  };
  switch (row.info.type) {
    case OptionType::kBool:
      if (text == "true" || text == "false") return OptionValue(text == "true");
      return std::nullopt;
    case OptionType::kInteger:
      return any(Integer(text));
    case OptionType::kNumber:
      return any(Number(text));
    case OptionType::kDuration:
      return any(Duration(text));
    case OptionType::kText:
      return OptionValue(std::string(text));
    case OptionType::kChoice:
      break;
  }
  for (const OptionChoice& choice : row.choices) {
    if (choice.word == text) return OptionValue(choice.value);
  }
  return std::nullopt;
}

bool IsWithin(const OptionRow& row, double value) {
  return (row.zero_too && value == 0) ||
         (row.least <= value && value <= row.most);
}

/// Returns `name` as the table would write it: "connection.maxParallel" and
/// "MAX-PARALLEL" become "max_parallel".
std::string InSnakeCase(std::string_view name) {
  name.remove_prefix(name.find_last_of('.') + 1);
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  const bool is_all_upper = std::none_of(
      name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  std::string snake;
  for (const char c : name) {
    if (is_upper(c) && !is_all_upper && !snake.empty()) snake += '_';
    snake += is_upper(c) ? static_cast<char>(c - 'A' + 'a')
             : c == '-'  ? '_'
                         : c;
  }
  return snake;
}

}  // namespace

Result<OptionValue> ParseOption(const OptionRow& row, std::string_view text) {
  std::optional<OptionValue> value = Read(row, text);
  if (!value) return MustBe(row.info.allowed, text);
  if (row.info.type == OptionType::kDuration &&
      std::get<int64_t>(*value) > kTextMillisecondsMax) {
    return MustBe(row.most < static_cast<double>(kTextMillisecondsMax)
                      ? row.range
                      : kTextDurationMax,
                  text);
  }
  const std::optional<std::string> problem = CheckOption(row, *value);
  if (!problem) return *std::move(value);
  if (row.info.type == OptionType::kText) return Invalid(*problem);
  return Invalid(*problem + ", not " + Printable(text));
}

std::string FormatOption(const OptionRow& row, const OptionValue& value) {
  switch (row.info.type) {
    case OptionType::kBool:
      return std::get<bool>(value) ? "true" : "false";
    case OptionType::kInteger:
      return std::to_string(std::get<int64_t>(value));
    case OptionType::kNumber:
      return FormatNumber(std::get<double>(value));
    case OptionType::kDuration:
      return FormatDuration(std::get<int64_t>(value));
    case OptionType::kText:
      return std::get<std::string>(value);
    case OptionType::kChoice:
      break;
  }
  for (const OptionChoice& choice : row.choices) {
    if (choice.value == std::get<int64_t>(value)) {
      return std::string(choice.word);
    }
  }
  return "";
}

std::optional<std::string> CheckOption(const OptionRow& row,
                                       const OptionValue& value) {
  switch (row.info.type) {
    case OptionType::kBool:
    case OptionType::kChoice:
      return std::nullopt;
    case OptionType::kInteger:
    case OptionType::kDuration: {
      const auto number = static_cast<double>(std::get<int64_t>(value));
      if (IsWithin(row, number)) return std::nullopt;
      const bool is_too_large = number > row.most && !row.at_most.empty();
      return "must be " + (is_too_large ? row.at_most : row.range);
    }
    case OptionType::kNumber:
      if (IsWithin(row, std::get<double>(value))) return std::nullopt;
      return "must be " + row.range;
    case OptionType::kText:
      break;
  }
  const std::string& text = std::get<std::string>(value);
  // The libraries that get this text would read it only up to a NUL byte.
  if (text.find('\0') != std::string::npos) {
    return "must not contain a NUL byte";
  }
  if (row.is_filled && text.empty()) return "must not be empty";
  if (row.is_attribute && !IsUtf8(text)) return "must be UTF-8";
  return std::nullopt;
}

namespace {

/// Where to set the options of LevelDB that have no text form. They have their
/// names in LevelDB, or in LevelDB's packages for Node.js.
constexpr std::pair<std::string_view, std::string_view> kLevelDbNames[] = {
    {"sync", "sync is in WriteOptions; on DynamoDB every write is durable"},
    {"snapshot", "snapshot is in ReadOptions"},
    {"verify_checksums", "verify_checksums is in ReadOptions"},
    {"fill_cache", "fill_cache is in ReadOptions"},
    {"comparator",
     "Options::comparator cannot be set as text; set it in the program"},
    {"env", "Options::env cannot be set as text; set it in the program"},
    {"info_log",
     "Options::info_log cannot be set as text; set it in the program"},
    {"filter_policy",
     "Options::filter_policy cannot be set as text; set it in the program"},
    {"block_cache",
     "Options::block_cache cannot be set as text; set it in the program"},
    {"cache_size",
     "Options::block_cache cannot be set as text; set it in the program"},
};

/// Returns where to set LevelDB's option `name`, or "" if it is none.
std::string_view PlaceOfLevelDbName(std::string_view name) {
  for (const auto& [known, place] : kLevelDbNames) {
    if (known == name) return place;
  }
  return "";
}

/// Returns the option in `known` whose field is `field`, or ends with it:
/// "max_read_units" for "read_units". Returns "" if there is none.
std::string NameOfField(const std::string& field,
                        const std::vector<std::string>& known) {
  for (const OptionRow& row : OptionRows()) {
    const bool is_field =
        row.info.field == field || row.info.field.ends_with("." + field);
    if (is_field && std::ranges::find(known, row.info.name) != known.end()) {
      return row.info.name;
    }
  }
  return "";
}

}  // namespace

std::string NoSuchOption(std::string_view name,
                         const std::vector<std::string>& known) {
  std::string nearest = NameOfField(InSnakeCase(name), known);
  if (nearest.empty()) nearest = Nearest(InSnakeCase(name), known);
  // Do not quote a name that may be a misplaced secret.
  const bool is_word =
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == name.npos;
  const bool is_quoted = is_word || !nearest.empty();
  std::string message =
      "there is no " +
      (is_quoted ? "option " + Printable(name) : "such option");
  if (const std::string_view place = PlaceOfLevelDbName(InSnakeCase(name));
      !place.empty()) {
    return message + ": " + std::string(place);
  }
  if (!nearest.empty()) return message + "; did you mean " + nearest + "?";
  return message + "; docs/options.md lists all options";
}

}  // namespace dynamodown

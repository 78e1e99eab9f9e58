#include "dyno/json.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "base/utf8.h"
#include "dyno/store.h"

namespace dyno {
namespace {

__extension__ using Wide = __int128;

/// Brackets in brackets, outside of strings. What is no JSON gives any number.
size_t DepthOf(std::string_view text) {
  size_t depth = 0;
  size_t deepest = 0;
  bool in_string = false;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      if (c == '\\') ++at;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

Wide WideOf(const Json& integer) {
  return integer.is_number_unsigned() ? Wide{integer.get<uint64_t>()}
                                      : Wide{integer.get<int64_t>()};
}

}  // namespace

dynamodown::Result<Json, std::string> ParseJson(std::string_view text) {
  // Before parsing: what is nested too deeply could not even be copied.
  if (text.size() > kJsonDepthMax && DepthOf(text) > kJsonDepthMax) {
    return "JSON is nested more deeply than " + std::to_string(kJsonDepthMax);
  }
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    return "no JSON, at byte " + std::to_string(error.byte);
  } catch (const Json::out_of_range&) {
    return std::string("JSON with a number that is greater than any double");
  }
}

std::string ToText(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool IsJsonString(std::string_view text) { return dynamodown::IsUtf8(text); }

Json Sum(const Json& a, const Json& b) {
  if (a.is_number_integer() && b.is_number_integer()) {
    const Wide sum = WideOf(a) + WideOf(b);
    if (sum >= 0 && sum <= Wide{UINT64_MAX}) return static_cast<uint64_t>(sum);
    if (sum < 0 && sum >= Wide{INT64_MIN}) return static_cast<int64_t>(sum);
    return static_cast<double>(sum);
  }
  // JSON has no infinity.
  constexpr double kMax = std::numeric_limits<double>::max();
  return std::clamp(a.get<double>() + b.get<double>(), -kMax, kMax);
}

}  // namespace dyno

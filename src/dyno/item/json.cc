#include "dyno/item/json.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/utf8.h"
#include "dyno/store.h"

namespace dyno {
namespace {

__extension__ using Wide = __int128;

/// The depth of nested brackets outside of strings; any number for text that is
/// not JSON.
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

bool IsSameNumber(const Json& a, const Json& b) {
  if (a.is_number_integer() && b.is_number_integer()) {
    return WideOf(a) == WideOf(b);
  }
  if (a.is_number_float() && b.is_number_float()) {
    return a.get<double>() == b.get<double>();
  }
  if (a.is_number_float()) return IsSameNumber(b, a);
  // A double beyond 2^64 equals no integer here, and might not fit into a Wide.
  const double b_double = b.get<double>();
  return std::abs(b_double) <= 0x1p64 &&
         static_cast<double>(static_cast<Wide>(b_double)) == b_double &&
         WideOf(a) == static_cast<Wide>(b_double);
}

/// The members of `object`, sorted by name.
std::vector<const Json::object_t::value_type*> MembersOf(const Json& object) {
  std::vector<const Json::object_t::value_type*> members;
  for (const auto& member : object.get_ref<const Json::object_t&>()) {
    members.push_back(&member);
  }
  std::sort(members.begin(), members.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  return members;
}

}  // namespace

dynamodown::Result<Json, std::string> ParseJson(std::string_view text) {
  // The depth is checked before parsing, because a value that is nested too
  // deeply could not even be copied.
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

bool IsSameValue(const Json& a, const Json& b) {
  if (a.is_number() && b.is_number()) return IsSameNumber(a, b);
  if (a.type() != b.type() || a.size() != b.size()) return false;
  if (a.is_array()) {
    return std::equal(a.begin(), a.end(), b.begin(), IsSameValue);
  }
  if (!a.is_object()) return a == b;
  const auto of_a = MembersOf(a);
  const auto of_b = MembersOf(b);
  return std::equal(
      of_a.begin(), of_a.end(), of_b.begin(), [](const auto* x, const auto* y) {
        return x->first == y->first && IsSameValue(x->second, y->second);
      });
}

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

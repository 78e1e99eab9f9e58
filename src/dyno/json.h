// JSON values, and the edge at which nlohmann's exceptions end.

#ifndef DYNO_JSON_H_
#define DYNO_JSON_H_

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dyno {

/// Objects keep the order in which their members came.
using Json = nlohmann::ordered_json;

/// Of several members with one name the last counts, in the first one's place.
/// Never more deeply nested than kJsonDepthMax.
/// **Errors**: what is wrong and where, and nothing of the text.
dynamodown::Result<Json, std::string> ParseJson(std::string_view text);

/// Compact.
std::string ToText(const Json& value);

/// `text` as a member's name or a string must be UTF-8 to be one.
bool IsJsonString(std::string_view text);

/// Numbers by what they are worth, objects in any order of their members.
bool IsSameValue(const Json& a, const Json& b);

/// Exact as long as the sum of integers is an integer from -2^63 to 2^64-1; a
/// double otherwise, at most the greatest one. Both must be numbers.
Json Sum(const Json& a, const Json& b);

}  // namespace dyno

#endif  // DYNO_JSON_H_

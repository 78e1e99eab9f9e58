// JSON values. nlohmann's exceptions end here.

#ifndef DYNO_ITEM_JSON_H_
#define DYNO_ITEM_JSON_H_

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dyno {

/// Objects keep the order in which their members came.
using Json = nlohmann::ordered_json;

/// If several members have one name, the last one counts, at the position of
/// the first.
/// **Errors**: also JSON nested deeper than kJsonDepthMax. The error says what
/// is wrong and where, and quotes nothing of the text.
dynamodown::Result<Json, std::string> ParseJson(std::string_view text);

/// The value as compact JSON.
std::string ToText(const Json& value);

/// Whether `text` can be a string or a member's name: it must be UTF-8.
bool IsJsonString(std::string_view text);

/// Compares numbers by value, and objects in any order of their members.
bool IsSameValue(const Json& a, const Json& b);

/// The sum of two numbers. A sum of integers is exact if it lies between -2^63
/// and 2^64-1. Any other sum is a double; beyond the range of doubles it is the
/// nearest finite one.
Json Sum(const Json& a, const Json& b);

}  // namespace dyno

#endif  // DYNO_ITEM_JSON_H_

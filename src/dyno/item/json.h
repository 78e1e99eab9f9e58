// JSON values. No exception of the nlohmann library leaves these functions.

#ifndef DYNO_ITEM_JSON_H_
#define DYNO_ITEM_JSON_H_

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dyno {

/// Objects keep the order in which their members came.
using Json = nlohmann::ordered_json;

/// Parses `text`. If several members of an object have the same name, the value
/// of the last one counts, at the position of the first one.
/// **Errors**: text that is no JSON, that is nested deeper than kJsonDepthMax,
/// or that has a number greater than any double. The error says what is wrong,
/// and quotes nothing of the text.
dynamodown::Result<Json, std::string> ParseJson(std::string_view text);

/// The value as compact JSON.
std::string ToText(const Json& value);

/// Whether `text` is UTF-8, as JSON requires of strings and of members' names.
bool IsJsonString(std::string_view text);

/// Compares numbers by value, and objects in any order of their members.
bool IsSameValue(const Json& a, const Json& b);

/// The sum of two numbers. A sum of integers is exact if it lies between -2^63
/// and 2^64-1. Any other sum is a double. A sum beyond the range of doubles
/// becomes the nearest finite double.
Json Sum(const Json& a, const Json& b);

}  // namespace dyno

#endif  // DYNO_ITEM_JSON_H_

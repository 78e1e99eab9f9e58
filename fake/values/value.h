// Attribute values and items as the fake stores them, and their JSON.
//
// The fake shares none of this with src/dynamo, so that a mistake in the
// library's codec cannot hide behind the same mistake in the fake. It has its
// own namespace because both have types of the same name.

#ifndef DYNAMODOWN_FAKE_VALUES_VALUE_H_
#define DYNAMODOWN_FAKE_VALUES_VALUE_H_

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "fake/values/refusal.h"

namespace dynamodown::fake {

/// One attribute value of any of DynamoDB's types.
struct Value {
  std::string type;   ///< "S", "B", "N", "NULL", "BOOL", "SS", "L", "M" ...
  std::string bytes;  ///< S: UTF-8. B: the bytes. N: canonical. BOOL: "true".
  std::vector<Value> elements;           ///< L: in order. Sets: sorted.
  std::map<std::string, Value> members;  ///< M.

  bool operator==(const Value&) const = default;
};

using Item = std::map<std::string, Value>;

bool IsSetType(std::string_view type);
void SortSet(Value* set);

/// A value outside an item may be nested one level deeper than one inside.
/// **Errors**: throws a Refusal where DynamoDB refuses the value.
Value ValueOfJson(const Json& json);
Json JsonOfValue(const Value& value);
Item ItemOfJson(const Json& json);
Json JsonOfItem(const Item& item);

/// Size as DynamoDB counts it for limits and units ("DynamoDB item sizes and
/// formats" in the Developer Guide).
size_t SizeOf(const Value& value);
size_t SizeOf(const Item& item);

/// Throws a Refusal if a value is nested deeper than DynamoDB stores. Items
/// from ItemOfJson have passed this check.
void CheckLevels(const Item& item);

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_VALUES_VALUE_H_

// Attribute values and items as the double keeps them, and their JSON.
//
// Nothing here is shared with src/dynamo: a mistake in the library's codec must
// not meet the same mistake here. Hence a namespace of its own, too: types of
// the same name live in both.
//
// Inside the double a request is refused by throwing a Refusal; one place, in
// FakeDynamo, catches it and makes an answer of it.

#ifndef DYNAMODOWN_FAKE_VALUE_H_
#define DYNAMODOWN_FAKE_VALUE_H_

#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace dynamodown::fake {

using Json = nlohmann::json;

/// Why a request is not carried out.
struct Refusal {
  std::string code;  ///< "ValidationException" ...
  std::string message;
  Json more = Json::object();  ///< Further members of the answer.
  /// It concerns one item: a transaction is cancelled with it as a reason.
  bool of_item = false;
};

[[noreturn]] void RefuseInvalid(std::string message);
[[noreturn]] void RefuseItem(std::string message);  ///< Refusal::of_item.
[[noreturn]] void RefuseMalformed(std::string message);

/// One attribute value of any of DynamoDB's types.
struct Value {
  std::string type;   ///< "S", "B", "N", "NULL", "BOOL", "SS", "L", "M" ...
  std::string bytes;  ///< S: UTF-8. B: the bytes. N: canonical. BOOL: "true".
  std::vector<Value> elements;           ///< Of L, in order; of a set, sorted.
  std::map<std::string, Value> members;  ///< Of M.

  bool operator==(const Value&) const = default;
};

using Item = std::map<std::string, Value>;

bool IsSetType(std::string_view type);
void SortSet(Value* set);

/// A value by itself may be nested one level deeper than in an item.
/// **Errors**: throws a Refusal for what DynamoDB refuses.
Value ValueOfJson(const Json& json);
Json JsonOfValue(const Value& value);
Item ItemOfJson(const Json& json);
Json JsonOfItem(const Item& item);

/// Bytes as DynamoDB counts them for its limits and its units ("DynamoDB item
/// sizes and formats" in the Developer Guide).
size_t SizeOf(const Value& value);
size_t SizeOf(const Item& item);

/// Throws a Refusal when a value is nested deeper than the service keeps. An
/// item of ItemOfJson is known not to be.
void CheckLevels(const Item& item);

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_VALUE_H_

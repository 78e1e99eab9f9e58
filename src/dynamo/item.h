// Items and attribute values. Other databases call an item a row, and an
// attribute value a cell.

#ifndef DYNAMODOWN_DYNAMO_ITEM_H_
#define DYNAMODOWN_DYNAMO_ITEM_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dynamo/limits.h"

namespace dynamodown {

struct AttributeValue {
  enum class Type {
    kS,  ///< UTF-8 text.
    kB,  ///< Bytes.
    kN,  ///< A number, as its decimal text.
    kNull,
    kBool,   ///< `text` is "true" or "false".
    kSS,     ///< A set of texts, in `set`.
    kOther,  ///< L, M, NS or BS, as `text` says. The content is not kept.
  };
  static AttributeValue S(std::string text) {
    return {Type::kS, std::move(text), {}};
  }
  static AttributeValue B(std::string bytes) {
    return {Type::kB, std::move(bytes), {}};
  }
  static AttributeValue N(int64_t number) {
    return {Type::kN, std::to_string(number), {}};
  }
  static AttributeValue Null() { return {Type::kNull, {}, {}}; }
  static AttributeValue SS(std::vector<std::string> set) {
    return {Type::kSS, {}, std::move(set)};
  }
  bool operator==(const AttributeValue&) const = default;

  Type type = Type::kNull;
  std::string text;
  std::vector<std::string> set;
};

/// Returns DynamoDB's name of the value's type: "S", "B" ... If the type is
/// kOther, returns `value.text`.
std::string_view TypeName(const AttributeValue& value);

struct Attribute {
  std::string name;
  AttributeValue value;
};

using Item = std::vector<Attribute>;

/// Returns the value of the attribute `name`, or null if there is none.
const AttributeValue* Find(const Item& item, std::string_view name);

/// The values of an item's key attributes. TableKeys has their names.
struct Key {
  AttributeValue hash;
  AttributeValue range;
};

/// A table's name, and its key attributes.
struct TableKeys {
  std::string table;
  std::string hash_name;
  std::string range_name;
  /// The types of the key attributes. kNull: unknown.
  AttributeValue::Type hash_type = AttributeValue::Type::kNull;
  AttributeValue::Type range_type = AttributeValue::Type::kNull;
  /// The most bytes of a key's value.
  size_t hash_bytes_max = Limits().hash_key_bytes;
  size_t range_bytes_max = Limits().range_key_bytes;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_DYNAMO_ITEM_H_

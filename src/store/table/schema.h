// The shape of a table.

#ifndef DYNAMODOWN_STORE_TABLE_SCHEMA_H_
#define DYNAMODOWN_STORE_TABLE_SCHEMA_H_

#include <algorithm>
#include <string>
#include <utility>

#include "dynamo/item.h"
#include "dynamo/limits.h"

namespace dynamodown {

/// The names and types of a table's keys, and the name of the attribute that
/// holds the value.
struct Schema {
  TableKeys keys;
  bool hash_binary = false;  ///< The type of the hash key is B, not S.
  bool range_utf8 = false;   ///< The type of the range key is S, not B.
  std::string value_name = "value";

  /// Sets the types and the most bytes of the keys in `keys`. The most bytes
  /// are at least DynamoDB's own limits, since other programs may have written
  /// keys of that size.
  void SetKeyForms(const Limits& limits) {
    keys.hash_type = HashValue("").type;
    keys.range_type = RangeValue("").type;
    keys.hash_bytes_max =
        std::max(limits.hash_key_bytes, Limits().hash_key_bytes);
    keys.range_bytes_max =
        std::max(limits.range_key_bytes, Limits().range_key_bytes);
  }

  AttributeValue HashValue(std::string hash) const {
    return hash_binary ? AttributeValue::B(std::move(hash))
                       : AttributeValue::S(std::move(hash));
  }
  AttributeValue RangeValue(std::string range) const {
    return range_utf8 ? AttributeValue::S(std::move(range))
                      : AttributeValue::B(std::move(range));
  }
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_TABLE_SCHEMA_H_

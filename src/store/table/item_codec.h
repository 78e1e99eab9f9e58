// Maps records of the store to items of the table.

#ifndef DYNAMODOWN_STORE_TABLE_ITEM_CODEC_H_
#define DYNAMODOWN_STORE_TABLE_ITEM_CODEC_H_

#include <string>
#include <string_view>

#include "base/result.h"
#include "dynamo/item.h"
#include "dynamo/limits.h"
#include "store/table/key_codec.h"
#include "store/table/schema.h"

namespace dynamodown {

/// Returns `value` as an S if it is UTF-8, otherwise as a B. An S is readable
/// in other tools and needs no base64 on the wire. DynamoDB bills the bytes of
/// both types alike.
AttributeValue EncodeValue(std::string_view value);

/// Returns the bytes of an S, B or N. Returns an empty string for a NULL, since
/// other libraries store a NULL for the empty value. **Errors**: kCorruption,
/// naming `key`, if `value` is null (the attribute is missing) or has another
/// type.
Result<std::string> DecodeValue(const AttributeValue* value,
                                std::string_view key);

/// Encodes and decodes the items of one store.
class ItemCodec {
 public:
  ItemCodec(Schema schema, std::string_view store, const Limits& limits);

  const Schema& schema() const { return schema_; }
  const KeyCodec& keys() const { return keys_; }
  const AttributeValue& hash() const { return hash_; }
  Key KeyOf(std::string stored) const {
    return Key{hash_, keys_.Value(std::move(stored))};
  }

  /// Returns the item that holds `value`. **Errors**: kInvalidArgument if the
  /// item is over the limit.
  Result<Item> Encode(const std::string& stored_key,
                      std::string_view value) const;
  /// The size of an item as DynamoDB counts it.
  size_t ItemBytes(size_t stored_key_bytes, size_t value_bytes) const {
    return overhead_ + stored_key_bytes + value_bytes;
  }
  bool Fits(size_t stored_key_bytes, size_t value_bytes) const {
    return ItemBytes(stored_key_bytes, value_bytes) <= item_bytes_max_;
  }
  size_t KeyBytes(size_t stored_key_bytes) const {
    return overhead_ - schema_.value_name.size() + stored_key_bytes;
  }

 private:
  const Schema schema_;
  const KeyCodec keys_;
  const AttributeValue hash_;
  const size_t item_bytes_max_;
  const size_t overhead_;  // The bytes of all names and of the hash key.
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_TABLE_ITEM_CODEC_H_

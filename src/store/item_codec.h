// Items of the table and entries of the store.

#ifndef DYNAMODOWN_STORE_ITEM_CODEC_H_
#define DYNAMODOWN_STORE_ITEM_CODEC_H_

#include <string>
#include <string_view>

#include "base/result.h"
#include "dynamo/item.h"
#include "dynamo/limits.h"
#include "store/key_codec.h"

namespace dynamodown {

/// A table's shape: how its keys and values are called and typed.
struct Schema {
  TableKeys keys;
  bool hash_binary = false;  ///< The hash key's type is B, not S.
  bool range_utf8 = false;   ///< The range key's type is S, not B.
  std::string value_name = "value";
};

/// S when the bytes are UTF-8, which reads well and needs no base64 on the way;
/// else B. Both are billed by their bytes.
AttributeValue EncodeValue(std::string_view value);

/// The bytes of an S, B or N, none of a NULL, which other libraries store for
/// the empty value. **Errors**: kCorruption for a missing (null) or another
/// one, naming `key`.
Result<std::string> DecodeValue(const AttributeValue* value,
                                std::string_view key);

/// A key in a message: quoted, what does not print as \xNN, cut when long.
std::string Printable(std::string_view key);

/// Makes the items of one store, and reads them.
class ItemCodec {
 public:
  ItemCodec(Schema schema, std::string_view store, const Limits& limits);

  const Schema& schema() const { return schema_; }
  const KeyCodec& keys() const { return keys_; }
  const AttributeValue& hash() const { return hash_; }
  Key KeyOf(std::string stored) const {
    return Key{hash_, keys_.Value(std::move(stored))};
  }

  /// The item that holds `value`. **Errors**: kInvalidArgument when it would be
  /// over the limit.
  Result<Item> Encode(const std::string& stored_key,
                      std::string_view value) const;
  /// Its size as DynamoDB counts it.
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
  const size_t overhead_;  // Attribute names and the hash key.
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_ITEM_CODEC_H_

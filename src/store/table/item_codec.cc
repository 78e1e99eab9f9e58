#include "store/table/item_codec.h"

#include <algorithm>

#include "base/printable.h"
#include "base/utf8.h"

namespace dynamodown {

AttributeValue EncodeValue(std::string_view value) {
  return IsUtf8(value) ? AttributeValue::S(std::string(value))
                       : AttributeValue::B(std::string(value));
}

Result<std::string> DecodeValue(const AttributeValue* value,
                                std::string_view key) {
  using Type = AttributeValue::Type;
  if (value != nullptr) {
    switch (value->type) {
      case Type::kS:
      case Type::kB:
      case Type::kN:
        return value->text;
      case Type::kNull:
        return std::string();
      case Type::kBool:
      case Type::kSS:
      case Type::kOther:
        break;
    }
  }
  std::string message = "the item of key " + Printable(key);
  if (value == nullptr) {
    message += " has no value attribute";
  } else {
    message += " has a value of type ";
    message += TypeName(*value);
    message += ", which is neither S, B, N nor NULL";
  }
  return Error{ErrorKind::kCorruption, std::move(message)};
}

ItemCodec::ItemCodec(Schema schema, std::string_view store,
                     const Limits& limits)
    : schema_(std::move(schema)),
      keys_(schema_.range_utf8, limits.range_key_bytes),
      hash_(schema_.HashValue(std::string(store))),
      item_bytes_max_(limits.item_bytes),
      overhead_(schema_.keys.hash_name.size() + store.size() +
                schema_.keys.range_name.size() + schema_.value_name.size()) {}

Result<Item> ItemCodec::Encode(const std::string& stored_key,
                               std::string_view value) const {
  const size_t bytes = ItemBytes(stored_key.size(), value.size());
  if (bytes > item_bytes_max_) {
    return Error{
        ErrorKind::kInvalidArgument,
        "a value of " + std::to_string(value.size()) + " bytes under key " +
            Printable(KeyCodec::Decode(stored_key)) + " makes an item of " +
            std::to_string(bytes) + " bytes, keys and attribute names " +
            "included: the limit is " + std::to_string(item_bytes_max_) +
            "; store at most " +
            std::to_string(
                item_bytes_max_ -
                std::min(item_bytes_max_, ItemBytes(stored_key.size(), 0))) +
            " bytes under this key"};
  }
  Item item;
  item.reserve(3);
  item.push_back({schema_.keys.hash_name, hash_});
  item.push_back({schema_.keys.range_name, keys_.Value(stored_key)});
  item.push_back({schema_.value_name, EncodeValue(value)});
  return item;
}

}  // namespace dynamodown

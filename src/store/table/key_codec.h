// Maps the user's keys to range keys of the table.
//
// LevelDB's keys are any bytes of any length. A table's range key has 1 to
// 1,024 bytes. If the range key's type is S, the bytes must be UTF-8. The
// mapping keeps the order of the keys. It has two rules:
//
// * the empty key, or a key of 00 bytes only, is stored with one more 00 byte;
// * every other key is stored as it is.
//
// Every key can be the bound of a range, even a key that cannot be stored. A
// bound that cannot be stored becomes the next storable key above it.

#ifndef DYNAMODOWN_STORE_TABLE_KEY_CODEC_H_
#define DYNAMODOWN_STORE_TABLE_KEY_CODEC_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dynamo/item.h"
#include "store/key_range.h"

namespace dynamodown {

/// A KeyRange whose bounds are stored keys. If `lower` is empty, there is no
/// lower bound.
struct StoredRange {
  std::string lower;
  std::optional<std::string> upper;
  bool empty() const {
    return upper && (lower >= *upper || *upper <= std::string_view("\0", 1));
  }
};

/// **Thread-safety**: immutable; all calls from any thread.
class KeyCodec {
 public:
  /// `utf8`: the type of the range key is S, not B. `bytes_max`: the most bytes
  /// of a stored key.
  KeyCodec(bool utf8, size_t bytes_max) : utf8_(utf8), bytes_max_(bytes_max) {}

  /// Returns the stored key. **Errors**: kInvalidArgument, with the reason, if
  /// `key` cannot be stored.
  Result<std::string> Encode(std::string_view key) const;
  /// Returns the user's key.
  static std::string Decode(std::string stored);

  StoredRange Encode(const KeyRange& range) const;

  /// Returns the least key above `stored` that can be a stored key, or nothing
  /// if there is no such key.
  std::optional<std::string> Successor(std::string_view stored) const;

  AttributeValue Value(std::string stored) const {
    return utf8_ ? AttributeValue::S(std::move(stored))
                 : AttributeValue::B(std::move(stored));
  }
  /// Returns the greatest key that can be stored.
  std::string Last() const;

 private:
  std::optional<std::string> LowerBound(std::string_view key) const;
  std::optional<std::string> StoredLowerBound(std::string bound) const;

  bool utf8_;
  size_t bytes_max_;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_TABLE_KEY_CODEC_H_

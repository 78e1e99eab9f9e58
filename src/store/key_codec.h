// Keys of the store and keys of the table.
//
// LevelDB's keys are any bytes of any length. A table's range key is 1 to 1,024
// bytes, and UTF-8 when its type is S. The mapping keeps the order:
//
// * a key of 00 bytes only, the empty one too, is stored with one 00 more;
// * every other key is stored as it is.
//
// What cannot be stored still has its place in the order, so every key makes a
// bound: the least stored key that is not below it.

#ifndef DYNAMODOWN_STORE_KEY_CODEC_H_
#define DYNAMODOWN_STORE_KEY_CODEC_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dynamo/item.h"

namespace dynamodown {

/// Keys of the store in [lower, upper); no upper: to the end.
struct KeyRange {
  std::string lower;
  std::optional<std::string> upper;
  bool empty() const { return upper && lower >= *upper; }
};

/// The same in stored keys. A lower bound that is empty bounds nothing.
struct StoredRange {
  std::string lower;
  std::optional<std::string> upper;
  bool empty() const {
    return upper && (lower >= *upper || *upper <= std::string_view("\0", 1));
  }
};

/// Pure: a value. **Thread-safety**: const calls from any thread.
class KeyCodec {
 public:
  /// `utf8`: the range key's type is S, not B.
  KeyCodec(bool utf8, size_t bytes_max) : utf8_(utf8), bytes_max_(bytes_max) {}

  /// The stored form. **Errors**: kInvalidArgument, saying why it has none.
  Result<std::string> Store(std::string_view key) const;
  /// The key whose stored form `stored` is.
  static std::string Load(std::string stored);

  StoredRange Store(const KeyRange& range) const;

  /// The least stored key above `stored`, or none.
  std::optional<std::string> Successor(std::string_view stored) const;

  AttributeValue Value(std::string stored) const {
    return utf8_ ? AttributeValue::S(std::move(stored))
                 : AttributeValue::B(std::move(stored));
  }
  /// Above every stored key, or the last of them.
  std::string Last() const;

 private:
  std::optional<std::string> LowerBound(std::string_view key) const;
  std::optional<std::string> StoredLowerBound(std::string bound) const;

  bool utf8_;
  size_t bytes_max_;
};

/// The least valid UTF-8 text of at most `bytes_max` bytes that is not below
/// `bytes`, in the order of bytes; none when all are below. Exposed for tests.
std::optional<std::string> LeastUtf8NotBelow(std::string_view bytes,
                                             size_t bytes_max);

/// The least key that does not start with `prefix` and is above all that do;
/// none when there is no such key.
std::optional<std::string> AfterPrefix(std::string_view prefix);

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_KEY_CODEC_H_

// Ranges of a store's keys, in the order of their bytes.

#ifndef DYNAMODOWN_STORE_KEY_RANGE_H_
#define DYNAMODOWN_STORE_KEY_RANGE_H_

#include <optional>
#include <string>
#include <string_view>

namespace dynamodown {

/// The keys in [lower, upper); without `upper`, all keys from `lower` on.
struct KeyRange {
  std::string lower;
  std::optional<std::string> upper;
  bool empty() const { return upper && lower >= *upper; }
};

/// Returns the least key above all keys that start with `prefix`, or nothing if
/// there is no such key.
std::optional<std::string> AfterPrefix(std::string_view prefix);

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_KEY_RANGE_H_

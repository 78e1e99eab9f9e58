// The keys of a simulated store.

#ifndef DYNAMODOWN_TESTS_SIM_KEYS_H_
#define DYNAMODOWN_TESTS_SIM_KEYS_H_

#include <cstddef>
#include <string>
#include <vector>

namespace dynamodown::sim {

struct Keys {
  /// Few, so that clients meet; including keys of zero bytes and the empty key.
  std::vector<std::string> plain;
  /// Many, for batches and for scans of several pages.
  std::vector<std::string> bulk;
  /// Written before everything else, and never again.
  std::vector<std::string> quiet;
  /// Each group is only ever written as a whole, by atomic batches.
  std::vector<std::vector<std::string>> groups;
  /// All of these, sorted.
  std::vector<std::string> all;
};

/// `utf8`: the table's range key is a string.
Keys MakeKeys(bool utf8, size_t plain, size_t bulk);

/// DynamoDB's limit for a range key.
inline constexpr size_t kKeyBytesMax = 1024;
/// The prefix of all quiet keys and of no others.
inline constexpr char kQuietPrefix[] = "q/";
/// A key that no client ever writes.
inline constexpr char kNeverKey[] = "never";

}  // namespace dynamodown::sim

#endif  // DYNAMODOWN_TESTS_SIM_KEYS_H_

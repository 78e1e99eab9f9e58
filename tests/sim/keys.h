// The keys of a simulated store.

#ifndef DYNAMODOWN_TESTS_SIM_KEYS_H_
#define DYNAMODOWN_TESTS_SIM_KEYS_H_

#include <cstddef>
#include <string>
#include <vector>

namespace dynamodown::sim {

struct Keys {
  /// Few, for clients to meet at; those of zero bytes and the empty one too.
  std::vector<std::string> plain;
  /// Many, for batches and for scans of several pages.
  std::vector<std::string> bulk;
  /// Written before all else, and then never.
  std::vector<std::string> quiet;
  /// Each group is written by atomic batches of all of it only.
  std::vector<std::vector<std::string>> groups;
  /// All of these, in order.
  std::vector<std::string> all;
};

/// `utf8`: for a table whose range key is a string.
Keys MakeKeys(bool utf8, size_t plain, size_t bulk);

/// DynamoDB's limit for a range key.
inline constexpr size_t kKeyBytesMax = 1024;
/// All quiet keys start so, and no others.
inline constexpr char kQuietPrefix[] = "q/";
/// No client ever writes it.
inline constexpr char kNeverKey[] = "never";

}  // namespace dynamodown::sim

#endif  // DYNAMODOWN_TESTS_SIM_KEYS_H_

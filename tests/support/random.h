// Random keys and values from a seed: the same on every machine.

#ifndef DYNAMODOWN_TESTS_SUPPORT_RANDOM_H_
#define DYNAMODOWN_TESTS_SUPPORT_RANDOM_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace dynamodown_test {

class Random {
 public:
  explicit Random(uint64_t seed) : generator_(seed) {}

  /// Returns 0 to n-1. Distributions of the standard library are not used: they
  /// differ between libraries.
  size_t Below(size_t n) { return static_cast<size_t>(generator_() % n); }
  size_t Between(size_t least, size_t most) {
    return least + Below(most - least + 1);
  }
  bool OneIn(size_t n) { return Below(n) == 0; }
  template <class T>
  const T& Of(const std::vector<T>& choices) {
    return choices[Below(choices.size())];
  }

  /// Returns `n` bytes of any value, with many 00 and ff.
  std::string Bytes(size_t n);
  /// Returns `n` bytes of printable ASCII.
  std::string Text(size_t n);
  /// Returns valid UTF-8 of exactly `n` bytes, with characters of every encoded
  /// length, including the first and the last of each.
  std::string Utf8(size_t n);

  /// Returns a key of 0 to `bytes_max` bytes. Lengths near both ends are
  /// frequent.
  std::string BinaryKey(size_t bytes_max) { return Bytes(Length(bytes_max)); }
  std::string Utf8Key(size_t bytes_max) { return Utf8(Length(bytes_max)); }

 private:
  size_t Length(size_t most);

  std::mt19937_64 generator_;
};

/// Returns the UTF-8 of one code point.
std::string EncodeUtf8(uint32_t code_point);

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_SUPPORT_RANDOM_H_

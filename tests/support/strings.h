// Strings for exhaustive tests, and their bytes for messages.

#ifndef DYNAMODOWN_TESTS_SUPPORT_STRINGS_H_
#define DYNAMODOWN_TESTS_SUPPORT_STRINGS_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dynamodown {

/// Returns all strings over `alphabet` of at most `length` bytes, in no order.
inline std::vector<std::string> AllStrings(const std::string& alphabet,
                                           size_t length) {
  std::vector<std::string> all = {""};
  for (size_t begin = 0, n = 0; n < length; ++n) {
    const size_t end = all.size();
    for (size_t i = begin; i < end; ++i) {
      for (const char c : alphabet) all.push_back(all[i] + c);
    }
    begin = end;
  }
  return all;
}

/// Returns the bytes in hexadecimal digits, in brackets.
inline std::string Hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += {kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return "[" + text + "]";
}

}  // namespace dynamodown

#endif  // DYNAMODOWN_TESTS_SUPPORT_STRINGS_H_

// Lower case without a locale.

#ifndef DYNAMODOWN_BASE_LOWERED_H_
#define DYNAMODOWN_BASE_LOWERED_H_

#include <string>
#include <string_view>

namespace dynamodown {

/// Returns `text` with the letters A to Z in lower case.
inline std::string Lowered(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lowered;
}

}  // namespace dynamodown

#endif  // DYNAMODOWN_BASE_LOWERED_H_

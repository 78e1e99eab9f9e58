#include "store/key_range.h"

#include <cstddef>

namespace dynamodown {

std::optional<std::string> AfterPrefix(std::string_view prefix) {
  const size_t last = prefix.find_last_not_of('\xff');
  if (last == std::string_view::npos) return std::nullopt;
  std::string after(prefix.substr(0, last + 1));
  after.back() =
      static_cast<char>(static_cast<unsigned char>(after.back()) + 1);
  return after;
}

}  // namespace dynamodown

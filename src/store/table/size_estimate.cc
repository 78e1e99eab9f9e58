#include "store/table/size_estimate.h"

#include <algorithm>
#include <cstddef>

namespace dynamodown {

uint64_t EstimateBytes(std::string_view lower, std::string_view upper,
                       std::string_view last, uint64_t bytes) {
  // All keys of the range start with the common prefix of both bounds. A key's
  // position is the number in the 8 bytes behind this prefix.
  const size_t common = static_cast<size_t>(
      std::mismatch(lower.begin(), lower.end(), upper.begin(), upper.end())
          .first -
      lower.begin());
  const auto number = [common](std::string_view key) {
    double value = 0;
    for (size_t i = common; i < common + 8; ++i) {
      const auto byte = i < key.size() ? static_cast<unsigned char>(key[i]) : 0;
      value = value * 256 + byte;
    }
    return value;
  };
  const double whole = number(upper) - number(lower);
  const double part = number(last) - number(lower);
  if (part <= 0 || whole <= part) return bytes;
  constexpr double kMax = 1e18;
  return static_cast<uint64_t>(
      std::min(kMax, static_cast<double>(bytes) * (whole / part)));
}

}  // namespace dynamodown

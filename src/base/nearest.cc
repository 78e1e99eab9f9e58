#include "base/nearest.h"

#include <algorithm>

namespace dynamodown {
namespace {

/// Nearest returns nothing for a longer word. A longer word is unlikely to be a
/// mistyped name, and EditDistance takes time and memory in proportion to the
/// product of both lengths.
constexpr size_t kWordBytesMax = 64;

}  // namespace

size_t EditDistance(std::string_view a, std::string_view b) {
  // rows[i][j]: the distance between the first i bytes of a and the first j
  // bytes of b.
  std::vector<std::vector<size_t>> rows(a.size() + 1,
                                        std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) rows[i][0] = i;
  for (size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = rows[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
      size_t least =
          std::min({rows[i - 1][j] + 1, rows[i][j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        least = std::min(least, rows[i - 2][j - 2] + 1);
      }
      rows[i][j] = least;
    }
  }
  return rows[a.size()][b.size()];
}

std::string Nearest(std::string_view word,
                    const std::vector<std::string>& known) {
  if (word.size() > kWordBytesMax) return "";
  std::string nearest;
  size_t least = std::max<size_t>(1, word.size() / 3) + 1;
  for (const std::string& name : known) {
    const size_t distance = EditDistance(word, name);
    if (distance >= least) continue;
    least = distance;
    nearest = name;
  }
  return nearest;
}

}  // namespace dynamodown

// "Did you mean": finds the known name that is nearest to a mistyped name.

#ifndef DYNAMODOWN_BASE_NEAREST_H_
#define DYNAMODOWN_BASE_NEAREST_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dynamodown {

/// Returns the least number of edits that turn `a` into `b`. An edit inserts,
/// deletes or replaces a byte, or swaps two adjacent bytes (optimal string
/// alignment).
size_t EditDistance(std::string_view a, std::string_view b);

/// Returns the name in `known` that is the fewest edits away from `word`. If
/// several names are equally near, returns the first of them. A name counts
/// only if its distance is at most one edit, or at most a third of the length
/// of `word`. Returns an empty string if no name counts, or if `word` has more
/// than 64 bytes.
std::string Nearest(std::string_view word,
                    const std::vector<std::string>& known);

}  // namespace dynamodown

#endif  // DYNAMODOWN_BASE_NEAREST_H_

// "Did you mean": the known name that is nearest to a mistyped one.

#ifndef DYNAMODOWN_BASE_NEAREST_H_
#define DYNAMODOWN_BASE_NEAREST_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dynamodown {

/// The number of characters to insert, delete or replace, or of neighbours to
/// exchange, to make `b` of `a` (optimal string alignment).
size_t EditDistance(std::string_view a, std::string_view b);

/// The name of `known` that is nearest to `word`, the first of several. Empty
/// if none is near: more than a third of the word would have to change.
std::string Nearest(std::string_view word,
                    const std::vector<std::string>& known);

}  // namespace dynamodown

#endif  // DYNAMODOWN_BASE_NEAREST_H_

#include "db/bounds.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace dynamodown {
namespace {

/// Returns the least key above `key`.
std::string Above(std::string key) {
  key.push_back('\0');
  return key;
}

void Raise(std::string lower, KeyRange* range) {
  range->lower = std::max(std::move(range->lower), std::move(lower));
}

void Lower(std::string upper, KeyRange* range) {
  if (!range->upper || upper < *range->upper) range->upper = std::move(upper);
}

}  // namespace

KeyRange RangeOf(const Bounds& bounds) {
  KeyRange range;
  if (bounds.gte) Raise(*bounds.gte, &range);
  if (bounds.gt) Raise(Above(*bounds.gt), &range);
  if (bounds.lt) Lower(*bounds.lt, &range);
  if (bounds.lte) Lower(Above(*bounds.lte), &range);
  if (bounds.prefix) {
    Raise(*bounds.prefix, &range);
    std::optional<std::string> after = AfterPrefix(*bounds.prefix);
    if (after) Lower(*std::move(after), &range);
  }
  return range;
}

}  // namespace dynamodown

// Turns the caller's bounds into a half-open range of keys.

#ifndef DYNAMODOWN_DB_BOUNDS_H_
#define DYNAMODOWN_DB_BOUNDS_H_

#include "dynamodown/db.h"
#include "store/key_range.h"

namespace dynamodown {

/// Returns the range of the keys that are within every bound that is set.
KeyRange RangeOf(const Bounds& bounds);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_BOUNDS_H_

// The caller's bounds as one half-open range of keys.

#ifndef DYNAMODOWN_DB_BOUNDS_H_
#define DYNAMODOWN_DB_BOUNDS_H_

#include "dynamodown/db.h"
#include "store/key_codec.h"

namespace dynamodown {

/// The keys for which every bound that is set holds.
KeyRange RangeOf(const Bounds& bounds);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_BOUNDS_H_

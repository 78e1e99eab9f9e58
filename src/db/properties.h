// The texts that GetProperty returns, for stores on DynamoDB and embedded
// stores.

#ifndef DYNAMODOWN_DB_PROPERTIES_H_
#define DYNAMODOWN_DB_PROPERTIES_H_

#include <string>
#include <string_view>

#include "dynamodown/stats.h"
#include "store/store.h"

namespace dynamodown {

/// Sets `*value` to the counter that `property` names, such as
/// "dynamodown.requests". Returns false if no counter has that name.
bool StatsProperty(std::string_view property, const Stats& stats,
                   std::string* value);

/// Returns the text of "leveldb.stats": one line per counter.
std::string StatsText(const Stats& stats);

/// Returns the text of "dynamodown.supports", such as "atomic-batch write-if".
std::string SupportsText(const Supports& supports);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_PROPERTIES_H_

// GetProperty's names, for both kinds of store.

#ifndef DYNAMODOWN_DB_PROPERTIES_H_
#define DYNAMODOWN_DB_PROPERTIES_H_

#include <string>
#include <string_view>

#include "dynamodown/stats.h"

namespace dynamodown {

/// The value of "dynamodown.requests" and so on; false for another name.
bool StatsProperty(std::string_view property, const Stats& stats,
                   std::string* value);

/// The text of "leveldb.stats": a line a counter.
std::string StatsText(const Stats& stats);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_PROPERTIES_H_

// The table of a location, without the store's hash key. The library checks
// locations; these functions only cut them.

#ifndef DYNAMODOWN_CLI_PARSE_TABLE_LOCATION_H_
#define DYNAMODOWN_CLI_PARSE_TABLE_LOCATION_H_

#include <string>

namespace cli {

/// "dynamodb://table?region=x" for "dynamodb://table/hash?region=x". Returns a
/// location that names no hash key, an embedded one, and one with an '@' (which
/// may hold a secret) as it is.
std::string TableOf(const std::string& location);

/// Whether `location` is a table, and so means the table's store "!".
bool NamesOnlyTable(const std::string& location);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_PARSE_TABLE_LOCATION_H_

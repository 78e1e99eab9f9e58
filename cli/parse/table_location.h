// The table of a location, without the store's hash key. The library checks
// locations; these functions only cut them.

#ifndef DYNAMODOWN_CLI_PARSE_TABLE_LOCATION_H_
#define DYNAMODOWN_CLI_PARSE_TABLE_LOCATION_H_

#include <string>

namespace cli {

/// "dynamodb://table?region=x" for "dynamodb://table/hash?region=x". Leaves a
/// location as it is if it has no hash key, is an embedded store's, or has an
/// '@', before which there may be a secret.
std::string TableOf(const std::string& location);

/// Whether `location` names only a table, and so means the table's store "!".
/// Also true for a location with an '@', which the library refuses.
bool NamesOnlyTable(const std::string& location);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_PARSE_TABLE_LOCATION_H_

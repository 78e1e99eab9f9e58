// The kinds and parts of locations. The library checks locations; these
// functions only tell them apart, and cut them.

#ifndef DYNAMODOWN_CLI_PARSE_LOCATION_H_
#define DYNAMODOWN_CLI_PARSE_LOCATION_H_

#include <string>

namespace cli {

/// Whether `location` is an embedded store: "leveldb:PATH". Such a store sends
/// no requests, and so has no units.
bool IsEmbedded(const std::string& location);

/// The location of the embedded store in the directory `path`.
std::string EmbeddedAt(const std::string& path);

/// The directory of an embedded store. Any other location is returned as it is.
std::string PathOf(const std::string& location);

/// The location of an embedded store with an absolute path without symbolic
/// links, as far as the path exists. Any other location is returned as it is.
std::string CanonicalLocation(const std::string& location);

/// "dynamodb://table?region=x" for "dynamodb://table/hash?region=x". Leaves a
/// location as it is if it has no hash key, is an embedded store's, or has an
/// '@', before which there may be a secret.
std::string TableOf(const std::string& location);

/// Whether `location` names only a table, and so means the table's store "!".
/// Also true for a location with an '@', which the library refuses.
bool NamesOnlyTable(const std::string& location);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_PARSE_LOCATION_H_

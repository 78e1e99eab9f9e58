// Where a store is, as people write it.

#ifndef DYNAMODOWN_DB_LOCATION_H_
#define DYNAMODOWN_DB_LOCATION_H_

#include <string>

#include "base/result.h"

namespace dynamodown {

struct Location {
  bool embedded = false;
  std::string path;  ///< When embedded: the LevelDB directory.
  std::string table;
  std::string store = "!";  ///< The hash key.
  std::string region;       ///< Empty: not said, as
  std::string endpoint;     ///< here.
};

/// Parses "table/hash", "table", "dynamodb://table/hash?region=R&endpoint=URL"
/// or "leveldb:PATH". **Errors**: kInvalidArgument; never quotes a location
/// that may hold credentials.
Result<Location> ParseLocation(const std::string& text);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_LOCATION_H_

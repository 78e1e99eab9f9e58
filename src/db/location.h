// A store's location, as people write it.

#ifndef DYNAMODOWN_DB_LOCATION_H_
#define DYNAMODOWN_DB_LOCATION_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "dynamodown/options.h"

namespace dynamodown {

struct Location {
  bool embedded = false;
  std::string path;  ///< When embedded: the LevelDB directory.
  std::string table;
  std::string store = "!";  ///< The hash key.
  /// Names and values, in the order in which they were given. Each names an
  /// option that a location may set, with a value that the option allows.
  std::vector<std::pair<std::string, std::string>> options;

  /// Returns whether the location sets the option `name`.
  bool Sets(std::string_view name) const;
};

/// Parses "table/hash", "table", "dynamodb://table/hash?name=value&..." or
/// "leveldb:PATH". **Errors**: kInvalidArgument; never quotes a location that
/// may hold credentials.
Result<Location> ParseLocation(const std::string& text);

/// A location and its effective options: the location's own override the
/// caller's.
struct Place {
  Location location;
  Options options;
};

/// **Errors**: as ParseLocation.
Result<Place> PlaceOf(const Options& options, const std::string& location);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_LOCATION_H_

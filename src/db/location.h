// A store's location, as people write it.

#ifndef DYNAMODOWN_DB_LOCATION_H_
#define DYNAMODOWN_DB_LOCATION_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "db/option_row.h"
#include "dynamodown/options.h"

namespace dynamodown {

/// An option that a location sets, with a value within the option's bounds.
struct LocationOption {
  const OptionRow* row;
  OptionValue value;
};

struct Location {
  bool embedded = false;
  std::string path;   ///< When embedded: the LevelDB directory.
  std::string table;  ///< A name or an ARN; DynamoDB takes both as TableName.
  std::string store = "!";              ///< The hash key.
  std::vector<LocationOption> options;  ///< Each at most once.

  /// Returns whether the location sets the option `name`.
  bool Sets(std::string_view name) const;
};

/// The parts of a table's ARN, such as
/// "arn:aws:dynamodb:eu-west-1:123456789012:table/mytable".
struct TableArn {
  std::string region;
  std::string account;
};
/// Returns nothing if `table` is not the ARN of a table.
std::optional<TableArn> ParseTableArn(std::string_view table);

/// Parses "table/hash", "table", "dynamodb://table/hash?name=value&..." or
/// "leveldb:PATH". **Errors**: kInvalidArgument; the message never quotes a
/// location that may hold credentials.
Result<Location> ParseLocation(const std::string& text);

/// A location, and the options to open it with: the location's options override
/// the caller's.
struct Place {
  Location location;
  Options options;
};

/// **Errors**: as ParseLocation.
Result<Place> PlaceOf(const Options& options, const std::string& location);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_LOCATION_H_

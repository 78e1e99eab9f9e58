// The options that every command on a store has.

#ifndef DYNAMODOWN_CLI_PARSE_COMMON_OPTIONS_H_
#define DYNAMODOWN_CLI_PARSE_COMMON_OPTIONS_H_

#include <memory>
#include <string>

#include "dynamodown/options.h"

namespace cli {

class KeptStore;

/// A copy is for another store of the same command, and shares
/// `store.stats_sum`.
struct CommonOptions {
  CommonOptions() {
    // In the library's messages, options have their names on the command line.
    store.spelling = dynamodown::Spelling::kCommandLine;
    store.stats_sum = std::make_shared<dynamodown::StatsSum>();
  }

  std::string location;
  dynamodown::Options store;
  bool verbose = false;
  bool quiet = false;  ///< No progress, and no line at the end.
  bool force = false;  ///< Write plain keys even to a store of items.
  /// The store that the shell keeps open between its commands. Null: none.
  KeptStore* kept = nullptr;
};

}  // namespace cli

#endif  // DYNAMODOWN_CLI_PARSE_COMMON_OPTIONS_H_

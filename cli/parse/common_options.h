// The options that every command on a store has.

#ifndef DYNAMODOWN_CLI_PARSE_COMMON_OPTIONS_H_
#define DYNAMODOWN_CLI_PARSE_COMMON_OPTIONS_H_

#include <string>

#include "dynamodown/options.h"

namespace cli {

struct CommonOptions {
  /// In the library's messages, options have their names on the command line.
  CommonOptions() { store.spelling = dynamodown::Spelling::kCommandLine; }

  std::string location;
  dynamodown::Options store;
  bool verbose = false;
  bool quiet = false;  ///< No progress, and no line at the end.
  bool force = false;  ///< Write plain keys even to a store of items.
};

}  // namespace cli

#endif  // DYNAMODOWN_CLI_PARSE_COMMON_OPTIONS_H_

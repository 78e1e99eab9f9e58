// The options that every command on a store has.

#ifndef DYNAMODOWN_CLI_PARSE_COMMON_OPTIONS_H_
#define DYNAMODOWN_CLI_PARSE_COMMON_OPTIONS_H_

#include <string>

#include "dynamodown/options.h"

namespace cli {

struct CommonOptions {
  /// Messages of the library name the options of the command line.
  CommonOptions() { store.spelling = dynamodown::Spelling::kCommandLine; }

  std::string location;
  dynamodown::Options store;
  bool verbose = false;
};

}  // namespace cli

#endif  // DYNAMODOWN_CLI_PARSE_COMMON_OPTIONS_H_

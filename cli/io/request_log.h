// The log of --verbose, which has a line on standard error for each request.

#ifndef DYNAMODOWN_CLI_IO_REQUEST_LOG_H_
#define DYNAMODOWN_CLI_IO_REQUEST_LOG_H_

#include <memory>

#include "leveldb/env.h"

namespace cli {

/// Returns a logger that writes lines to standard error. Each line begins with
/// "* ", as in curl.
/// **Thread-safety**: any number of threads; a line stays whole.
std::unique_ptr<leveldb::Logger> NewRequestLog();

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_REQUEST_LOG_H_

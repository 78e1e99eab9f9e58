// The log of --verbose, which has a line on standard error for each request.
// Also a counter of the requests, for a progress line.

#ifndef DYNAMODOWN_CLI_IO_REQUEST_LOG_H_
#define DYNAMODOWN_CLI_IO_REQUEST_LOG_H_

#include <atomic>
#include <cstdint>
#include <memory>

#include "leveldb/env.h"

namespace cli {

/// Returns a logger that writes lines to standard error. Each line begins with
/// "* ", as in curl.
/// **Thread-safety**: any number of threads; a line stays whole.
std::unique_ptr<leveldb::Logger> NewRequestLog();

/// Returns a logger that prints nothing, and counts the lines in `*requests`.
/// The library logs a line for each request, so this is the number of requests.
/// **Thread-safety**: any number of threads. **Ownership**: `requests` outlives
/// the logger.
std::unique_ptr<leveldb::Logger> NewRequestCounter(
    std::atomic<uint64_t>* requests);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_REQUEST_LOG_H_

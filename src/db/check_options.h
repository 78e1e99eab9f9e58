// Refuses invalid options before anything is sent.

#ifndef DYNAMODOWN_DB_CHECK_OPTIONS_H_
#define DYNAMODOWN_DB_CHECK_OPTIONS_H_

#include <chrono>

#include "base/result.h"
#include "dynamodown/options.h"
#include "leveldb/status.h"

namespace dynamodown {

/// Checks each option against its row of the option table. Also checks the
/// conditions that involve several options. **Errors**: kInvalidArgument, with
/// a message that names the option in `options.spelling`; kNotSupported for a
/// comparator that does not compare bytes.
Result<void> CheckOptions(const Options& options);

/// The longest deadline. RetryOptions::deadline says why.
inline constexpr std::chrono::minutes kDeadlineMax{9};

/// Checks the deadline of a ReadOptions or WriteOptions. 0 is allowed: it
/// stands for the store's deadline.
leveldb::Status CheckDeadline(std::chrono::milliseconds deadline);

/// Checks a write before it begins. `process` is the result of the check of the
/// calling process. If the write is refused, also reports that nothing was
/// written.
leveldb::Status CheckWrite(const leveldb::Status& process,
                           const WriteOptions& options);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_CHECK_OPTIONS_H_

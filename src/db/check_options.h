// Refuses invalid options before anything is sent.

#ifndef DYNAMODOWN_DB_CHECK_OPTIONS_H_
#define DYNAMODOWN_DB_CHECK_OPTIONS_H_

#include "base/result.h"
#include "dynamodown/options.h"

namespace dynamodown {

/// Checks each option against its row of the option table. Also checks the
/// conditions that involve several options. **Errors**: kInvalidArgument, with
/// a message that names the option in `options.spelling`; kNotSupported for a
/// comparator that does not compare bytes.
Result<void> CheckOptions(const Options& options);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_CHECK_OPTIONS_H_

// Options that cannot be, found before anything is sent.

#ifndef DYNAMODOWN_DB_CHECK_OPTIONS_H_
#define DYNAMODOWN_DB_CHECK_OPTIONS_H_

#include "base/result.h"
#include "dynamodown/options.h"

namespace dynamodown {

/// **Errors**: kInvalidArgument naming the option; kNotSupported for another
/// comparator.
Result<void> CheckOptions(const Options& options);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_CHECK_OPTIONS_H_

// Parts of the messages with which Open reports a store that is missing, or
// that exists although it must not.

#ifndef DYNAMODOWN_STORE_MISSING_STORE_H_
#define DYNAMODOWN_STORE_MISSING_STORE_H_

#include <string_view>

#include "base/advice.h"

namespace dynamodown {

/// If the store is missing and create_if_missing is false, Open's message ends
/// with kNoStore or kNoTable, followed by kNotCreated. IsMissingStore looks for
/// this ending.
inline constexpr std::string_view kNoStore = "does not exist";
inline constexpr std::string_view kNoTable = "the table does not exist";
inline constexpr Advice kNotCreated{Advice::Kind::kCause, "create_if_missing",
                                    "false", " (", ")"};

/// If the store exists and error_if_exists is true, Open's message ends with
/// kStoreExists, followed by kMustBeNew. IsExistingStore looks for this ending.
inline constexpr std::string_view kStoreExists = "exists";
inline constexpr Advice kMustBeNew{Advice::Kind::kCause, "error_if_exists",
                                   "true", " (", ")"};

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_MISSING_STORE_H_

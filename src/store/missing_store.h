// Parts of the message with which Open reports a missing store.

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

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_MISSING_STORE_H_

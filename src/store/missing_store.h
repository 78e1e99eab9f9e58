// The words of the error that Open returns for a missing store.

#ifndef DYNAMODOWN_STORE_MISSING_STORE_H_
#define DYNAMODOWN_STORE_MISSING_STORE_H_

#include <string_view>

#include "base/advice.h"

namespace dynamodown {

/// The messages of Open without create_if_missing end with one of these, after
/// the name of the store, and kNotCreated. IsMissingStore looks for them.
inline constexpr std::string_view kNoStore = "does not exist";
inline constexpr std::string_view kNoTable = "the table does not exist";
inline constexpr Advice kNotCreated{Advice::Kind::kCause, "create_if_missing",
                                    "false", " (", ")"};

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_MISSING_STORE_H_

// The error of a call that the catalog refuses.

#ifndef DYNAMODOWN_STORE_CATALOG_ERRORS_H_
#define DYNAMODOWN_STORE_CATALOG_ERRORS_H_

#include <string>
#include <utility>

#include "base/result.h"

namespace dynamodown {

inline Error Invalid(std::string message, const Advice& advice = Advice()) {
  return Error{ErrorKind::kInvalidArgument, std::move(message), advice};
}

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_CATALOG_ERRORS_H_

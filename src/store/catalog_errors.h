// The DynamoDB errors that the catalog handles.

#ifndef DYNAMODOWN_STORE_CATALOG_ERRORS_H_
#define DYNAMODOWN_STORE_CATALOG_ERRORS_H_

#include <string>
#include <utility>

#include "base/result.h"
#include "dynamo/client.h"

namespace dynamodown {

inline bool IsMissingTable(const ServiceError& error) {
  return error.code == "ResourceNotFoundException";
}

inline bool IsFailedCondition(const ServiceError& error) {
  return error.code == "ConditionalCheckFailedException";
}

inline Error Invalid(std::string message, const Advice& advice = Advice()) {
  return Error{ErrorKind::kInvalidArgument, std::move(message), advice};
}

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_CATALOG_ERRORS_H_

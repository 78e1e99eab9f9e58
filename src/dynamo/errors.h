// DynamoDB's error answers.
//
// The codes come from the API reference ("Error handling with DynamoDB" and the
// operations' own pages). Neither this layer nor a layer above it decides by
// the text of a message, with one exception: if the service refuses a signature
// because of its time, the error has no code of its own.

#ifndef DYNAMODOWN_DYNAMO_ERRORS_H_
#define DYNAMODOWN_DYNAMO_ERRORS_H_

#include <string_view>

#include "aws/service_error.h"
#include "base/json.h"

namespace dynamodown {

/// Makes the error of an answer with a status other than 200. `answer` is
/// missing if the body was not JSON. The error's message contains the first
/// line of the answer's message, escaped and cut (base/printable.h). `type` is
/// the header x-amzn-ErrorType, which has the code if the body has none. The
/// error has no code if the status does not fit the code: a code that decides
/// more than a retry counts only with a status 4xx.
ServiceError ErrorOfAnswer(int status, const JsonValue& answer,
                           std::string_view request_id,
                           std::string_view type = {});

/// Returns the whole message of such an answer, as the service wrote it.
std::string_view MessageIn(const JsonValue& answer);

/// Returns true if IAM denied the action.
bool IsDeniedAction(const ServiceError& error);

/// Returns true if the table does not exist.
bool IsMissingTable(const ServiceError& error);

/// Returns true if the condition of an operation on one item did not hold.
bool IsFailedCondition(const ServiceError& error);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DYNAMO_ERRORS_H_

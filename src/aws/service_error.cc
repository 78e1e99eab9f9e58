#include "aws/service_error.h"

#include "transport/transport.h"

namespace dynamodown {

ServiceError ErrorOfNoAnswer(const NoAnswer& no_answer) {
  ServiceError error;
  error.message = no_answer.message;
  error.advice = no_answer.advice;
  error.ambiguous = no_answer.sent;
  switch (no_answer.reason) {
    case NoAnswer::Reason::kConnect:
      error.kind = ErrorKind::kUnavailable;
      error.retry = RetryClass::kTransient;
      break;
    case NoAnswer::Reason::kTimeout:
      error.kind = ErrorKind::kTimeout;
      error.retry = RetryClass::kTransient;
      break;
    case NoAnswer::Reason::kTooLong:
      error.kind = ErrorKind::kCorruption;
      error.retry = RetryClass::kTransient;
      break;
    case NoAnswer::Reason::kTls:
    case NoAnswer::Reason::kProxy:
      error.kind = ErrorKind::kUnavailable;
      break;
    case NoAnswer::Reason::kForked:
      error.kind = ErrorKind::kForked;
      break;
    case NoAnswer::Reason::kInvalid:
      error.kind = ErrorKind::kUnavailable;
      break;
  }
  return error;
}

ServiceError DamagedAnswer(std::string message, std::string_view request_id) {
  ServiceError error;
  error.kind = ErrorKind::kCorruption;
  error.message = "damaged answer: " + std::move(message);
  if (!request_id.empty()) {
    error.message.append(" (request id ").append(request_id).append(")");
  }
  error.retry = RetryClass::kTransient;
  error.ambiguous = true;
  return error;
}

}  // namespace dynamodown

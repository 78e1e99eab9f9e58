// Errors of an AWS service or of the connection to it, and whether a retry may
// help.

#ifndef DYNAMODOWN_AWS_SERVICE_ERROR_H_
#define DYNAMODOWN_AWS_SERVICE_ERROR_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace dynamodown {

struct NoAnswer;

/// Whether to send the same request again, and for which reason.
enum class RetryClass {
  kNever,
  kThrottled,  ///< The service asks for fewer requests.
  kTransient,  ///< 5xx, no answer, or a damaged answer.
  /// A conflicting write or transaction came first or is still in progress.
  kContended,
  /// The request's date was wrong. Retried once, with the clock corrected.
  kClockSkew,
  kExpiredToken,  ///< Retried once, with fresh credentials.
};

/// An Error, with the service's error code and a retry class.
struct ServiceError : Error {
  /// The service's code, without its namespace. Empty if there was no answer.
  std::string code;
  RetryClass retry = RetryClass::kNever;
  /// True if the request may have taken effect.
  bool ambiguous = false;
  /// For a cancelled transaction: a code for each of its items. "None" is the
  /// code of an item that did not cause the cancellation.
  std::vector<std::string> reasons;
};

/// Makes the error of a request without an answer.
ServiceError ErrorOfNoAnswer(const NoAnswer& no_answer);

/// Makes the error of an answer that reports success but cannot be used.
ServiceError DamagedAnswer(std::string message, std::string_view request_id);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_SERVICE_ERROR_H_

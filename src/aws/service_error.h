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

/// The reason to send the same request again.
enum class RetryClass {
  kNever,
  kThrottled,     ///< The service asks for less.
  kTransient,     ///< 5xx, no answer, or a damaged answer.
  kContended,     ///< Another transaction was there first.
  kClockSkew,     ///< Wrongly dated. Retried once, with the clock corrected.
  kExpiredToken,  ///< Retried once, with fresh credentials.
};

/// An Error with the service's code and its retry class.
struct ServiceError : Error {
  /// The service's code, without its namespace. Empty if there was no answer.
  std::string code;
  RetryClass retry = RetryClass::kNever;
  /// The request may have taken effect.
  bool ambiguous = false;
  /// For a cancelled transaction: a code for each of its items, "None" for an
  /// item that did not cause the cancellation.
  std::vector<std::string> reasons;
};

/// For a request without an answer.
ServiceError ErrorOfNoAnswer(const NoAnswer& no_answer);

/// For an unusable answer that reports success.
ServiceError DamagedAnswer(std::string message, std::string_view request_id);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_SERVICE_ERROR_H_

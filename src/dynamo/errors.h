// What DynamoDB, or the way to it, said instead of an answer, and whether that
// may pass.
//
// Codes are those of the API reference ("Error handling with DynamoDB" and the
// operations' own pages); nothing here or above matches messages, with one
// exception: a signature that is refused for its time has no code of its own.

#ifndef DYNAMODOWN_DYNAMO_ERRORS_H_
#define DYNAMODOWN_DYNAMO_ERRORS_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "transport/transport.h"

namespace dynamodown {

/// Why it makes sense to send the same request again.
enum class RetryClass {
  kNever,
  kThrottled,     ///< The service asks for less.
  kTransient,     ///< 5xx, no answer, a damaged one.
  kContended,     ///< Another transaction was there first.
  kClockSkew,     ///< Signed at a wrong time: once, with the clock corrected.
  kExpiredToken,  ///< Once, with fresh credentials.
};

/// An Error that knows where it comes from.
struct ServiceError : Error {
  std::string code;  ///< DynamoDB's, without its namespace; empty: no answer.
  RetryClass retry = RetryClass::kNever;
  /// The request may have taken effect.
  bool ambiguous = false;
  /// Of a cancelled transaction: a code for each of its items, "None" for
  /// those that are not to blame.
  std::vector<std::string> reasons;
};

/// For an answer with a status other than 200. `answer` may be missing, when
/// the body was no JSON. Of its message the first line is taken.
ServiceError ErrorOfAnswer(int status, const JsonValue& answer,
                           std::string_view request_id);

/// Whether IAM did not allow it.
bool IsDeniedAction(const ServiceError& error);

ServiceError ErrorOfNoAnswer(const NoAnswer& no_answer);

/// For an answer with status 200 that makes no sense.
ServiceError DamagedAnswer(std::string message, std::string_view request_id);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DYNAMO_ERRORS_H_

#include "dynamo/errors.h"

#include <algorithm>

#include "base/printable.h"

namespace dynamodown {
namespace {

/// The longest code in kCodes has 38 bytes.
constexpr size_t kCodeBytesMax = 100;

struct Entry {
  std::string_view code;
  ErrorKind kind;
  RetryClass retry;
};

constexpr Entry kCodes[] = {
    {"ProvisionedThroughputExceededException", ErrorKind::kThrottled,
     RetryClass::kThrottled},
    {"RequestLimitExceeded", ErrorKind::kThrottled, RetryClass::kThrottled},
    {"ThrottlingException", ErrorKind::kThrottled, RetryClass::kThrottled},
    {"Throttling", ErrorKind::kThrottled, RetryClass::kThrottled},
    // Too many tables, or too many changes of tables at once.
    {"LimitExceededException", ErrorKind::kThrottled, RetryClass::kContended},
    {"TransactionConflictException", ErrorKind::kConflict,
     RetryClass::kContended},
    {"TransactionInProgressException", ErrorKind::kConflict,
     RetryClass::kContended},
    {"ReplicatedWriteConflictException", ErrorKind::kConflict,
     RetryClass::kContended},
    {"ConditionalCheckFailedException", ErrorKind::kConflict,
     RetryClass::kNever},
    {"TransactionCanceledException", ErrorKind::kConflict, RetryClass::kNever},
    {"RequestTimeTooSkewed", ErrorKind::kDenied, RetryClass::kClockSkew},
    {"RequestExpired", ErrorKind::kDenied, RetryClass::kClockSkew},
    {"ExpiredTokenException", ErrorKind::kCredentials,
     RetryClass::kExpiredToken},
    {"ExpiredToken", ErrorKind::kCredentials, RetryClass::kExpiredToken},
    {"AccessDeniedException", ErrorKind::kDenied, RetryClass::kNever},
    {"AccessDenied", ErrorKind::kDenied, RetryClass::kNever},
    {"KMSAccessDeniedException", ErrorKind::kDenied, RetryClass::kNever},
    {"OptInRequired", ErrorKind::kDenied, RetryClass::kNever},
    {"UnrecognizedClientException", ErrorKind::kCredentials,
     RetryClass::kNever},
    {"InvalidClientTokenId", ErrorKind::kCredentials, RetryClass::kNever},
    {"InvalidSignatureException", ErrorKind::kCredentials, RetryClass::kNever},
    {"SignatureDoesNotMatch", ErrorKind::kCredentials, RetryClass::kNever},
    {"IncompleteSignatureException", ErrorKind::kCredentials,
     RetryClass::kNever},
    {"MissingAuthenticationTokenException", ErrorKind::kCredentials,
     RetryClass::kNever},
    {"UnknownOperationException", ErrorKind::kNotSupported, RetryClass::kNever},
    {"InternalServerError", ErrorKind::kUnavailable, RetryClass::kTransient},
    {"InternalFailure", ErrorKind::kUnavailable, RetryClass::kTransient},
    {"ServiceUnavailable", ErrorKind::kUnavailable, RetryClass::kTransient},
    {"ServiceUnavailableException", ErrorKind::kUnavailable,
     RetryClass::kTransient},
};

std::string_view TextOf(const JsonValue& value) {
  return value.string().value_or(std::string_view());
}

/// Removes the namespace from
/// "com.amazonaws.dynamodb.v20120810#ThrottlingException", and the colon and
/// the address that some services append.
std::string_view ShortCode(std::string_view type) {
  type = type.substr(0, type.find(':'));
  const size_t hash = type.rfind('#');
  return hash == std::string_view::npos ? type : type.substr(hash + 1);
}

/// A cancelled transaction may be retried if its only reasons are conflicts and
/// throttling, or if every item's reason is "None" or empty.
void ClassifyCancellation(const JsonValue& answer, ServiceError* error) {
  bool contended = false;
  bool throttled = false;
  bool refused = false;
  for (JsonCursor c(answer["CancellationReasons"]); c.Next();) {
    error->reasons.emplace_back(TextOf(c.value()["Code"]));
    const std::string& reason = error->reasons.back();
    if (reason == "TransactionConflict") {
      contended = true;
    } else if (reason == "ThrottlingError" ||
               reason == "ProvisionedThroughputExceeded") {
      throttled = true;
    } else if (reason != "None" && !reason.empty()) {
      refused = true;
    }
    if (reason == "ValidationError" ||
        reason == "ItemCollectionSizeLimitExceeded") {
      error->kind = ErrorKind::kRejected;
    }
  }
  if (refused || error->reasons.empty()) return;
  if (throttled && !contended) {
    error->kind = ErrorKind::kThrottled;
    error->retry = RetryClass::kThrottled;
  } else {
    error->retry = RetryClass::kContended;
  }
}

/// If the service refuses a signature because of its time, the code may be the
/// same as for any other refused signature. Only the message tells the
/// difference: "Signature expired: ... is now earlier than ..." or "Signature
/// not yet current: ...".
bool IsRefusedForItsTime(std::string_view code, std::string_view message) {
  return code == "InvalidSignatureException" &&
         message.substr(0, 10) == "Signature " &&
         (message.find("expired") != std::string_view::npos ||
          message.find("not yet current") != std::string_view::npos);
}

bool IsClientError(int status) { return status >= 400 && status < 500; }

/// Returns the entry of the code, or null if the code does not count. With a
/// status other than 4xx, only a code that asks for a retry counts: a proxy, or
/// a service that fails halfway, may send any code. If its code counted, a
/// failed condition could pass for certain.
const Entry* EntryOf(int status, std::string_view code) {
  const Entry* entry =
      std::find_if(std::begin(kCodes), std::end(kCodes),
                   [&](const Entry& e) { return e.code == code; });
  if (entry == std::end(kCodes)) return nullptr;
  const bool is_decisive = entry->retry != RetryClass::kThrottled &&
                           entry->retry != RetryClass::kTransient;
  return is_decisive && !IsClientError(status) ? nullptr : entry;
}

/// Sets the kind, whether to retry, and a cancelled transaction's reasons.
void Classify(int status, const JsonValue& answer, std::string_view message,
              ServiceError* error) {
  if (const Entry* entry = EntryOf(status, error->code)) {
    error->kind = entry->kind;
    error->retry = entry->retry;
  } else if (status >= 500) {
    error->kind = ErrorKind::kUnavailable;
    error->retry = RetryClass::kTransient;
  } else if (status == 429) {
    error->kind = ErrorKind::kThrottled;
    error->retry = RetryClass::kThrottled;
  } else {
    error->kind = ErrorKind::kRejected;
  }
  if (!IsClientError(status)) return;
  if (error->code == "TransactionCanceledException") {
    ClassifyCancellation(answer, error);
  }
  if (IsRefusedForItsTime(error->code, message)) {
    error->retry = RetryClass::kClockSkew;
  }
}

/// Returns true if the status says that the request had no effect. With 5xx,
/// the service may have failed before or after the effect. A proxy may answer
/// 408 after it has passed the request on. With any other status, the answer is
/// not DynamoDB's.
bool IsRefusal(int status) {
  constexpr int kRequestTimeout = 408;
  return IsClientError(status) && status != kRequestTimeout;
}

/// Joins the code, the first line of the service's message, and the reasons for
/// throttling.
std::string MessageOf(int status, const JsonValue& answer,
                      const std::string& code, std::string_view message) {
  std::string text =
      code.empty() ? "HTTP status " + std::to_string(status) : code;
  // When the service refuses a signature, the lines after the first repeat the
  // whole request, with its session token.
  const std::string_view line =
      message.substr(0, message.find_first_of("\r\n"));
  if (!line.empty()) text.append(": ").append(EscapedAndCut(line));
  std::string reasons;
  // In a ThrottlingException, the member's name begins with a small letter.
  for (const char* name : {"ThrottlingReasons", "throttlingReasons"}) {
    for (JsonCursor c(answer[name]); c.Next();) {
      reasons.append("; ").append(TextOf(c.value()["reason"]));
      reasons.append(" ").append(TextOf(c.value()["resource"]));
    }
  }
  return text.append(EscapedAndCut(reasons));
}

}  // namespace

ServiceError ErrorOfAnswer(int status, const JsonValue& answer,
                           std::string_view request_id, std::string_view type) {
  ServiceError error;
  const std::string_view own_type = TextOf(answer["__type"]);
  error.code = EscapedAndCut(ShortCode(own_type.empty() ? type : own_type),
                             kCodeBytesMax);
  const std::string_view message = MessageIn(answer);
  Classify(status, answer, message, &error);
  error.ambiguous = !IsRefusal(status);
  error.message = MessageOf(status, answer, error.code, message);
  // The callers decide by the code, too.
  if (!IsClientError(status) && EntryOf(status, error.code) == nullptr) {
    error.code.clear();
  }
  if (!request_id.empty()) {
    error.message.append(" (request id ").append(request_id).append(")");
  }
  return error;
}

std::string_view MessageIn(const JsonValue& answer) {
  const std::string_view message = TextOf(answer["message"]);
  return message.empty() ? TextOf(answer["Message"]) : message;
}

bool IsDeniedAction(const ServiceError& error) {
  return error.code == "AccessDeniedException" || error.code == "AccessDenied";
}

bool IsMissingTable(const ServiceError& error) {
  return error.code == "ResourceNotFoundException";
}

bool IsFailedCondition(const ServiceError& error) {
  return error.code == "ConditionalCheckFailedException";
}

}  // namespace dynamodown

// Asks a service for credentials with a small HTTP request. Sends the request
// again if a retry may help.

#ifndef DYNAMODOWN_AWS_ASK_H_
#define DYNAMODOWN_AWS_ASK_H_

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/credentials_environment.h"
#include "aws/secrets.h"
#include "aws/service_error.h"
#include "aws/url.h"
#include "base/result.h"
#include "transport/transport.h"

namespace dynamodown {

struct Question {
  std::string method;
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

struct AskLimits {
  std::chrono::milliseconds deadline;  ///< For all attempts together.
  /// True: if there is no answer, ask again.
  bool repeat_unanswered = true;
};

/// For STS, the portal of IAM Identity Center and a container's agent.
inline constexpr AskLimits kServiceLimits = {std::chrono::milliseconds(5000)};

/// Builds the request without sending it. Ask calls the Questioner for each
/// attempt, so that each attempt is signed anew.
using Questioner = std::function<Question()>;
/// Returns an answer's error, or nothing if the answer is usable.
using Judge = std::function<std::optional<ServiceError>(HttpResponse*)>;

/// Makes at most 3 attempts. Attempts that the service throttled do not count.
/// After each failure, a RetryState (aws/retry.h) decides whether and when to
/// make another attempt. An answer over 1 MB is an error.
Result<HttpResponse, ServiceError> Ask(
    Transport* transport, const CredentialsEnvironment& environment,
    const AskLimits& limits, const Questioner& questioner, const Judge& judge);

/// Makes the error for an answer whose status is not 200. `code` and `message`
/// are those of the answer. Cuts the message to one short line. Omits a code or
/// a message that contains a secret or a part of a secret, since a service may
/// repeat what it received. `secrets` are those of the request; the response
/// has those of the proxies.
ServiceError RefusalOf(const HttpResponse& response, std::string_view code,
                       std::string_view message, Secrets secrets);

/// A Judge that looks at the status alone. A status after which a retry may
/// help (429, or 500 and above) is an error. Any other answer is usable.
std::optional<ServiceError> JudgeStatus(HttpResponse* response);

/// Makes a fetcher's error, "who: why", with the remedy of `why`. The error's
/// kind is kForked if the kind of `why` is kForked, else kCredentials.
Error CannotFetch(const std::string& who, const Error& why);
Error CannotFetch(const std::string& who, const std::string& why,
                  const std::string& remedy = "");

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_ASK_H_

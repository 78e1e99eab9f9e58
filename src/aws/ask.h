// Asks a service for credentials with a small HTTP request. Sends the request
// again if a retry may help.

#ifndef DYNAMODOWN_AWS_ASK_H_
#define DYNAMODOWN_AWS_ASK_H_

#include <chrono>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/credentials_environment.h"
#include "aws/service_error.h"
#include "base/result.h"
#include "transport/transport.h"

namespace dynamodown {

/// The parts of an http or https URL.
struct Url {
  std::string scheme;  ///< "http" or "https".
  std::string host;    ///< In lower case; an IPv6 address without brackets.
  /// The Host header's value: the host, and the port if it is not the scheme's
  /// default.
  std::string authority;
  std::string path;  ///< Begins with "/" and includes the query.

  /// For messages: "http://127.0.0.1:8000".
  std::string origin() const { return scheme + "://" + authority; }
};

/// Parses an http or https URL. Returns nothing for any other text, for a URL
/// with a fragment ("#..."), and for a URL with a user name, which could
/// disguise the real host.
std::optional<Url> ReadUrl(std::string_view url);

/// Appends a path to an endpoint, which may end with a slash: "http://host/"
/// and "/latest/" give "http://host/latest/".
std::string UrlOf(const Url& endpoint, std::string_view path);

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

/// Makes at most 3 attempts. After each failure, a RetryState (aws/retry.h)
/// decides whether and when to make another attempt. An answer over 1 MB is an
/// error.
Result<HttpResponse, ServiceError> Ask(
    Transport* transport, const CredentialsEnvironment& environment,
    const AskLimits& limits, const Questioner& questioner, const Judge& judge);

/// Makes the error for an answer whose status is not 200. `code` and `message`
/// are those of the answer. Cuts the message to one short line. Omits a code or
/// a message that contains one of `secrets`, since a service may repeat what it
/// received.
ServiceError RefusalOf(int status, std::string_view code,
                       std::string_view message,
                       std::initializer_list<std::string_view> secrets);

/// A Judge that looks at the status alone. A status after which a retry may
/// help (429, or 500 and above) is an error. Any other answer is usable.
std::optional<ServiceError> JudgeStatus(HttpResponse* response);

/// Makes a fetcher's error, "who: why". The error's kind is kForked if the kind
/// of `why` is kForked, else kCredentials.
Error CannotFetch(const std::string& who, const Error& why);
Error CannotFetch(const std::string& who, const std::string& why);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_ASK_H_

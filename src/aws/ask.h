// Asks a service for credentials with a small HTTP request, which it repeats if
// a retry may help.

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
  /// The Host header's value: with the port, unless it is the scheme's own.
  std::string authority;
  std::string path;  ///< At least "/"; with the query.

  /// For messages: "http://127.0.0.1:8000".
  std::string origin() const { return scheme + "://" + authority; }
};

/// Parses an http or https URL. Returns nothing for any other text, nor for a
/// URL with anything but host and port before its path: a user name could
/// disguise the real host.
std::optional<Url> ReadUrl(std::string_view url);

/// Joins an endpoint, which may end with a slash, and a path: "http://host/"
/// and "/latest/".
std::string UrlOf(const Url& endpoint, std::string_view path);

struct Question {
  std::string method;
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

struct AskLimits {
  std::chrono::milliseconds deadline;  ///< For all attempts together.
  /// Ask again if nobody answers.
  bool repeat_unanswered = true;
};

/// For STS, the portal of IAM Identity Center and a container's agent.
inline constexpr AskLimits kServiceLimits = {std::chrono::milliseconds(5000)};

/// Makes the request. Ask calls it for each attempt, so that each is signed
/// anew.
using Questioner = std::function<Question()>;
/// Returns an answer's error, or nothing if the answer is usable.
using Judge = std::function<std::optional<ServiceError>(HttpResponse*)>;

/// Makes at most 3 attempts, as retry.h decides. An answer over 1 MB is an
/// error.
Result<HttpResponse, ServiceError> Ask(
    Transport* transport, const CredentialsEnvironment& environment,
    const AskLimits& limits, const Questioner& questioner, const Judge& judge);

/// Makes the error of an answer whose status is not 200, from its `code` and
/// its `message`. Cuts the message to one short line. Omits a text that
/// contains one of `secrets`, since services repeat their input.
ServiceError RefusalOf(int status, std::string_view code,
                       std::string_view message,
                       std::initializer_list<std::string_view> secrets);

/// A Judge that looks at the status alone: an answer that asks for a retry is
/// an error.
std::optional<ServiceError> JudgeStatus(HttpResponse* response);

/// Makes a fetcher's error, "who: why". Its kind is kForked if `why` is, else
/// kCredentials.
Error CannotFetch(const std::string& who, const Error& why);
Error CannotFetch(const std::string& who, const std::string& why);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_ASK_H_

// Asks a service for credentials: one small HTTP request and, where it makes
// sense, a few more.

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

  /// "http://127.0.0.1:8000": what of it people are told.
  std::string origin() const { return scheme + "://" + authority; }
};

/// Nothing for what is no such URL, or has more before its path than host and
/// port: a user name could hide the host that is meant.
std::optional<Url> ReadUrl(std::string_view url);

/// "http://host/" and "/latest/": an endpoint may end with a slash.
std::string UrlOf(const Url& endpoint, std::string_view path);

struct Question {
  std::string method;
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

struct AskLimits {
  std::chrono::milliseconds deadline;  ///< For all attempts together.
  /// Whether to ask again when nobody answers.
  bool repeat_unanswered = true;
};

/// STS, the portal of IAM Identity Center, a container's agent.
inline constexpr AskLimits kServiceLimits = {std::chrono::milliseconds(5000)};

/// Makes the request; called for each attempt, so that each is signed anew.
using Questioner = std::function<Question()>;
/// Says what is wrong with an answer; nothing: it is one.
using Judge = std::function<std::optional<ServiceError>(HttpResponse*)>;

/// At most 3 attempts, as retry.h decides. An answer has at most 1 MB.
Result<HttpResponse, ServiceError> Ask(
    Transport* transport, const CredentialsEnvironment& environment,
    const AskLimits& limits, const Questioner& questioner, const Judge& judge);

/// For an answer of another status than 200, with the `code` and the `message`
/// that were found in it. The message is cut to one short line, and left out
/// when it holds one of `secrets`: services repeat what they were sent.
ServiceError RefusalOf(int status, std::string_view code,
                       std::string_view message,
                       std::initializer_list<std::string_view> secrets);

/// Whether to ask again, by the status alone; else the answer is one.
std::optional<ServiceError> JudgeStatus(HttpResponse* response);

/// The fetcher's error: `who` could not, `why`. Of kCredentials, whatever it
/// was, but for kForked.
Error CannotFetch(const std::string& who, const Error& why);
Error CannotFetch(const std::string& who, const std::string& why);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_ASK_H_

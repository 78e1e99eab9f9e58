#include "aws/ask.h"

#include <algorithm>

#include "aws/retry.h"

namespace dynamodown {
namespace {

using std::chrono::milliseconds;

constexpr size_t kAnswerBytesMax = 1 << 20;
constexpr size_t kWordsMax = 300;

/// Error codes of the services that hand out credentials. The codes of DynamoDB
/// are in dynamo/errors.cc. Some codes are in both lists.
constexpr std::string_view kThrottlingCodes[] = {
    "Throttling",         "ThrottlingException",
    "ThrottledException", "RequestLimitExceeded",
    "RequestThrottled",   "TooManyRequestsException",
    "SlowDown",           "RequestThrottledException"};
/// IDPCommunicationError: the identity provider did not answer STS in time.
constexpr std::string_view kTransientCodes[] = {
    "IDPCommunicationError", "InternalFailure", "ServiceUnavailable"};

template <size_t n>
bool IsOneOf(std::string_view code, const std::string_view (&codes)[n]) {
  return std::find(std::begin(codes), std::end(codes), code) != std::end(codes);
}

bool IsPlain(char c) { return c >= ' ' && c <= '~'; }

/// Returns the first line of a service's message, cut to kWordsMax bytes, with
/// "?" for each byte that is not printable ASCII. If the message contains a
/// secret, returns an empty string.
std::string WordsOf(std::string_view text,
                    std::initializer_list<std::string_view> secrets) {
  for (const std::string_view secret : secrets) {
    if (!secret.empty() && text.find(secret) != std::string_view::npos) {
      return {};
    }
  }
  // When a service refuses a signature, the lines after the first repeat the
  // whole request.
  text = text.substr(0, std::min(text.find_first_of("\r\n"), kWordsMax));
  std::string words;
  for (const char c : text) words.push_back(IsPlain(c) ? c : '?');
  return words;
}

bool IsHostByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_';
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// Parses `authority` into `*url`. The valid forms are "host", "host:port",
/// "[::1]" and "[::1]:port". Leaves out the port if it equals `own_port`, the
/// scheme's default. Returns false if `authority` has none of these forms.
bool ReadAuthority(std::string_view authority, std::string_view own_port,
                   Url* url) {
  const bool bracket = authority.substr(0, 1) == "[";
  const size_t end = bracket ? authority.find(']') : authority.find(':');
  if (bracket && end == std::string_view::npos) return false;
  std::string_view host = authority.substr(0, end);
  std::string_view port = end == std::string_view::npos
                              ? std::string_view()
                              : authority.substr(end + (bracket ? 1 : 0));
  if (bracket) host.remove_prefix(1);
  const auto is_in_host = [bracket](char c) {
    return bracket ? IsHostByte(c) || c == ':' : IsHostByte(c);
  };
  if (host.empty() || !std::all_of(host.begin(), host.end(), is_in_host)) {
    return false;
  }
  if (!port.empty() && (port.size() < 2 || port.size() > 6 || port[0] != ':' ||
                        !std::all_of(port.begin() + 1, port.end(), IsDigit))) {
    return false;
  }
  url->host = host;
  url->authority = bracket ? "[" + url->host + "]" : url->host;
  if (port != own_port) url->authority += port;
  return true;
}

HttpRequest RequestOf(const Question& question) {
  HttpRequest request;
  request.method = question.method;
  request.url = question.url;
  for (const auto& [name, value] : question.headers) {
    request.headers.push_back({name, value});
  }
  request.body = question.body;
  return request;
}

/// One attempt.
Result<HttpResponse, ServiceError> AskOnce(Transport* transport,
                                           milliseconds timeout,
                                           const Question& question,
                                           const AskLimits& limits,
                                           const Judge& judge) {
  HttpResponse response;
  const Result<void, NoAnswer> sent =
      transport->Send(RequestOf(question), timeout, &response);
  if (!sent.ok()) {
    ServiceError error = ErrorOfNoAnswer(sent.error());
    error.message = "no answer: " + error.message;
    if (!limits.repeat_unanswered) error.retry = RetryClass::kNever;
    return error;
  }
  if (response.body.size() > kAnswerBytesMax) {
    ServiceError error = DamagedAnswer("it is longer than 1 MB", {});
    error.retry = RetryClass::kNever;
    return error;
  }
  if (std::optional<ServiceError> wrong = judge(&response)) {
    return *std::move(wrong);
  }
  return response;
}

}  // namespace

std::optional<Url> ReadUrl(std::string_view url) {
  Url read;
  std::string_view own_port;
  if (url.starts_with("http://")) {
    read.scheme = "http";
    own_port = ":80";
  } else if (url.starts_with("https://")) {
    read.scheme = "https";
    own_port = ":443";
  } else {
    return std::nullopt;
  }
  url.remove_prefix(read.scheme.size() + 3);
  const size_t end = std::min(url.find_first_of("/?#"), url.size());
  std::string authority(url.substr(0, end));
  for (char& c : authority) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  read.path = url.substr(end);
  const auto is_visible = [](char c) { return IsPlain(c) && c != ' '; };
  if (!ReadAuthority(authority, own_port, &read) ||
      read.path.find('#') != std::string::npos ||
      !std::all_of(read.path.begin(), read.path.end(), is_visible)) {
    return std::nullopt;
  }
  if (read.path.empty() || read.path[0] != '/') read.path.insert(0, "/");
  return read;
}

std::string UrlOf(const Url& endpoint, std::string_view path) {
  std::string url = endpoint.origin() + endpoint.path;
  while (url.ends_with('/')) url.pop_back();
  return url.append(path);
}

Result<HttpResponse, ServiceError> Ask(
    Transport* transport, const CredentialsEnvironment& environment,
    const AskLimits& limits, const Questioner& questioner, const Judge& judge) {
  RetrySettings settings;
  settings.max_attempts = 3;
  settings.base_delay = milliseconds(50);
  RetryBudget budget(settings.budget);
  Scheduler* const scheduler = environment.scheduler;
  RetryState state(settings, limits.deadline, scheduler->Now());
  for (;;) {
    const auto left =
        std::chrono::ceil<milliseconds>(state.Remaining(scheduler->Now()));
    Result<HttpResponse, ServiceError> answer =
        AskOnce(transport, std::max(left, milliseconds(1)), questioner(),
                limits, judge);
    if (answer.ok()) return answer;
    const std::optional<RetryState::Duration> delay = state.OnFailure(
        scheduler->Now(), &budget, environment.random, &answer.error());
    if (!delay) return answer;
    if (delay->count() > 0) scheduler->Sleep(*delay);
  }
}

ServiceError RefusalOf(int status, std::string_view code,
                       std::string_view message,
                       std::initializer_list<std::string_view> secrets) {
  ServiceError error;
  error.code = WordsOf(code, secrets);
  if (IsOneOf(code, kThrottlingCodes) || status == 429) {
    error.kind = ErrorKind::kThrottled;
    error.retry = RetryClass::kThrottled;
  } else if (IsOneOf(code, kTransientCodes) || status >= 500) {
    error.kind = ErrorKind::kUnavailable;
    error.retry = RetryClass::kTransient;
  } else {
    error.kind = ErrorKind::kCredentials;
  }
  error.message =
      error.code.empty() ? "HTTP status " + std::to_string(status) : error.code;
  const std::string words = WordsOf(message, secrets);
  if (!words.empty()) error.message += ": " + words;
  return error;
}

std::optional<ServiceError> JudgeStatus(HttpResponse* response) {
  ServiceError error = RefusalOf(response->status, {}, {}, {});
  if (error.retry == RetryClass::kNever) return std::nullopt;
  return error;
}

Error CannotFetch(const std::string& who, const Error& why) {
  return Error{why.kind == ErrorKind::kForked ? ErrorKind::kForked
                                              : ErrorKind::kCredentials,
               who + ": " + why.message};
}

Error CannotFetch(const std::string& who, const std::string& why) {
  return Error{ErrorKind::kCredentials, who + ": " + why};
}

}  // namespace dynamodown

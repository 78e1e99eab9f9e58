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
/// "?" for each byte that is not printable ASCII, and without secrets. The
/// result is empty if nothing can be shown.
std::string WordsOf(std::string_view text, const Secrets& secrets) {
  const std::string shown = WithoutSecrets(text, secrets).value_or("");
  // When a service refuses a signature, the lines after the first repeat the
  // whole request.
  std::string words =
      shown.substr(0, std::min(shown.find_first_of("\r\n"), kWordsMax));
  if (HasPartOf(words, secrets)) return "";
  for (char& c : words) {
    if (!IsPlain(c)) c = '?';
  }
  return words;
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

ServiceError RefusalOf(const HttpResponse& response, std::string_view code,
                       std::string_view message, Secrets secrets) {
  const int status = response.status;
  secrets.insert(secrets.end(), response.proxy_secrets.begin(),
                 response.proxy_secrets.end());
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
  ServiceError error = RefusalOf(*response, {}, {}, {});
  if (error.retry == RetryClass::kNever) return std::nullopt;
  return error;
}

Error CannotFetch(const std::string& who, const Error& why) {
  Error error{why.kind == ErrorKind::kForked ? ErrorKind::kForked
                                             : ErrorKind::kCredentials,
              who + ": " + why.message};
  error.remedy = why.remedy;
  return error;
}

Error CannotFetch(const std::string& who, const std::string& why,
                  const std::string& remedy) {
  Error error{ErrorKind::kCredentials, who + ": " + why};
  error.remedy = remedy;
  return error;
}

}  // namespace dynamodown

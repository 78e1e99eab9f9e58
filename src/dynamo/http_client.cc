// One attempt: encode, sign, send, check, decode.

#include <optional>
#include <vector>

#include "aws/secrets.h"
#include "aws/sigv4.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/printable.h"
#include "dynamo/client_stack.h"
#include "dynamo/errors.h"

namespace dynamodown {
namespace {

constexpr size_t kExchangesKept = 64;
/// DynamoDB's request ids have 52 bytes.
constexpr size_t kRequestIdBytesMax = 100;
/// A larger buffer is freed, so that one large request or answer does not keep
/// its memory in use.
constexpr size_t kBufferKeptBytes = 4 << 20;

/// A request and its answer. Later exchanges reuse the memory.
struct Exchange {
  std::string body;
  HttpResponse response;
  JsonParser parser;
};

/// Returns true if a text anywhere in `json` contains a long secret.
bool Repeats(const JsonValue& json, const Secrets& secrets) {
  if (const std::optional<std::string_view> text = json.string()) {
    return !WithoutSecrets(*text, secrets);
  }
  for (JsonCursor c(json); c.Next();) {
    if (!WithoutSecrets(c.name(), secrets) || Repeats(c.value(), secrets)) {
      return true;
    }
  }
  return false;
}

/// Hides the secrets that were sent in the error, which may contain parts of
/// `answer` and of `request_id`. The whole answer and the whole `request_id`
/// are checked, since a text that is cut may end within a secret.
void HideSecrets(const Secrets& sent, const JsonValue& answer,
                 std::string_view request_id, ServiceError* error) {
  const std::vector<std::string> forms = FormsInMessages(sent);
  const Secrets secrets(forms.begin(), forms.end());
  const auto hide = [&](std::string* code) {
    *code = HasPartOf(*code, secrets)
                ? ""
                : WithoutSecrets(*code, secrets).value_or("");
  };
  hide(&error->code);
  for (std::string& reason : error->reasons) hide(&reason);
  std::optional<std::string> message = WithoutSecrets(error->message, secrets);
  const bool can_be_shown = message && !HasPartOf(*message, secrets) &&
                            WithoutSecrets(request_id, secrets) &&
                            !Repeats(answer, secrets);
  error->message = can_be_shown
                       ? *std::move(message)
                       : (error->code.empty() ? "an answer" : error->code) +
                             " (its message repeats credentials and is left "
                             "out)";
}

class HttpClient final : public Client {
 public:
  HttpClient(const HttpClientOptions& options,
             const ClientEnvironment& environment)
      : options_(options),
        environment_(environment),
        url_(options.endpoint + "/"),
        host_(AuthorityOf(url_)),
        signer_(options.region, "dynamodb") {}

  Result<void, ServiceError> Send(Operation* operation,
                                  const CallOptions& options,
                                  Traffic* traffic) override {
    std::unique_ptr<Exchange> exchange = Take();
    Result<void, ServiceError> result =
        Attempt(operation, options, exchange.get(), traffic);
    Return(std::move(exchange));
    return result;
  }

 private:
  Result<void, ServiceError> Attempt(Operation* operation,
                                     const CallOptions& options,
                                     Exchange* exchange, Traffic* traffic) {
    auto credentials = environment_.credentials->Get();
    if (!credentials.ok()) {
      return ServiceError{std::move(credentials).error(), {}, {}, {}, {}};
    }
    exchange->body.clear();
    operation->Encode(&exchange->body);

    std::string target = "DynamoDB_20120810.";
    target.append(operation->name());
    const int64_t signed_ms = environment_.service_clock->UnixMilliseconds();
    const std::string time = FormatBasicTime(signed_ms / 1000);
    SignableRequest signable;
    signable.method = "POST";
    signable.path = "/";
    signable.headers = {{"content-type", kContentType},
                        {"host", host_},
                        {"x-amz-date", time},
                        {"x-amz-target", target}};
    const std::string& session_token = (*credentials)->session_token;
    if (!session_token.empty()) {
      signable.headers.emplace_back("x-amz-security-token", session_token);
    }
    signable.body = exchange->body;
    const std::string authorization =
        signer_.Sign(signable, *credentials, time);

    HttpRequest request;
    request.method = "POST";
    request.url = url_;
    request.body = exchange->body;
    request.headers = {{"Content-Type", kContentType},
                       {"X-Amz-Date", time},
                       {"X-Amz-Target", target},
                       {"Authorization", authorization}};
    if (!session_token.empty()) {
      request.headers.push_back({"X-Amz-Security-Token", session_token});
    }

    std::chrono::milliseconds timeout = options_.attempt_timeout;
    if (options.deadline.count() > 0 && options.deadline < timeout) {
      timeout = options.deadline;
    }
    HttpResponse& response = exchange->response;
    const int64_t sent_ms = environment_.clock->UnixMilliseconds();
    Result<void, NoAnswer> sent =
        environment_.transport->Send(request, timeout, &response);
    if (sent.ok() || sent.error().sent) traffic->sent += exchange->body.size();
    if (!sent.ok()) return ErrorOfAttempt(sent.error(), operation);
    traffic->received += response.body.size();
    const int64_t received_ms = environment_.clock->UnixMilliseconds();
    Result<void, ServiceError> result =
        ReadAndHide(**credentials, operation, exchange, traffic);
    LearnTime(response, result, {0, sent_ms, received_ms, signed_ms});
    // Report the expiry even if there is no retry, since the next call needs
    // other credentials.
    if (!result.ok() && result.error().retry == RetryClass::kExpiredToken) {
      environment_.credentials->Expire(*credentials);
    }
    return result;
  }

  static ServiceError ErrorOfAttempt(const NoAnswer& no_answer,
                                     Operation* operation) {
    ServiceError error = ErrorOfNoAnswer(no_answer);
    // The same request would get an answer of the same length.
    if (no_answer.reason == NoAnswer::Reason::kTooLong &&
        !operation->AskForLess()) {
      error.retry = RetryClass::kNever;
    }
    return error;
  }

  /// Reads the answer. In an error, hides the credentials of the service and of
  /// the proxies. An answer with credentials in place of a name is an error.
  Result<void, ServiceError> ReadAndHide(const SigningCredentials& credentials,
                                         Operation* operation,
                                         Exchange* exchange, Traffic* traffic) {
    JsonValue body;
    Result<void, ServiceError> result =
        Read(operation, exchange, &body, traffic);
    const std::vector<std::string_view> names = operation->foreign_names();
    if (result.ok() && names.empty()) return result;
    const HttpResponse& response = exchange->response;
    Secrets sent = {credentials.secret_access_key, credentials.session_token};
    sent.insert(sent.end(), response.proxy_secrets.begin(),
                response.proxy_secrets.end());
    if (!result.ok()) {
      HideSecrets(sent, body, response.Header("x-amzn-RequestId"),
                  &result.error());
      return result;
    }
    for (const std::string_view name : names) {
      if (!HasPartOf(name, sent)) continue;
      return DamagedAnswer("the name of a key repeats credentials", {});
    }
    return result;
  }

  /// `*body` becomes the answer, if it is JSON. Adds the units that the answer
  /// reports to `*traffic`.
  Result<void, ServiceError> Read(Operation* operation, Exchange* exchange,
                                  JsonValue* body, Traffic* traffic) {
    HttpResponse& response = exchange->response;
    const std::string request_id =
        EscapedAndCut(response.Header("x-amzn-RequestId"), kRequestIdBytesMax);
    const std::string_view crc = response.Header("x-amz-crc32");
    if (!crc.empty() && crc != std::to_string(Crc32(response.body))) {
      return DamagedAnswer("its x-amz-crc32 does not match", request_id);
    }
    Result<JsonValue> answer = exchange->parser.Parse(&response.body);
    if (answer.ok()) *body = *answer;
    if (response.status != 200) {
      ServiceError error = ErrorOfAnswer(response.status, *body, request_id,
                                         response.Header("x-amzn-ErrorType"));
      if ((error.code.empty() || request_id.empty()) &&
          !response.proxy.empty()) {
        error.message += ", perhaps by the proxy " + response.proxy +
                         " in the service's place";
      }
      if (IsDeniedAction(error)) {
        error.message += "; needs " + operation->actions();
      }
      return error;
    }
    if (!answer.ok()) return DamagedAnswer(answer.error().message, request_id);
    Result<void> decoded = operation->Decode(*answer);
    // A damaged answer's units are consumed, too.
    traffic->read_units += operation->capacity().read_units;
    traffic->write_units += operation->capacity().write_units;
    if (!decoded.ok()) {
      return DamagedAnswer(decoded.error().message, request_id);
    }
    return {};
  }

  /// Passes the answer's Date to the service clock. Ignores an error without a
  /// request id, since it may be a proxy's. But an error that refuses the
  /// signature for its time is never ignored.
  void LearnTime(const HttpResponse& response,
                 const Result<void, ServiceError>& result, DatedAnswer answer) {
    answer.time_refused =
        !result.ok() && result.error().retry == RetryClass::kClockSkew;
    if (response.status != 200 && !answer.time_refused &&
        response.Header("x-amzn-RequestId").empty()) {
      return;
    }
    answer.date = ParseHttpDate(std::string(response.Header("Date")));
    environment_.service_clock->Observe(answer);
  }

  std::unique_ptr<Exchange> Take() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (!exchanges_.empty()) {
        std::unique_ptr<Exchange> exchange = std::move(exchanges_.back());
        exchanges_.pop_back();
        return exchange;
      }
    }
    return std::make_unique<Exchange>();
  }

  void Return(std::unique_ptr<Exchange> exchange) {
    if (exchange->body.capacity() > kBufferKeptBytes ||
        exchange->response.body.capacity() > kBufferKeptBytes) {
      return;
    }
    std::lock_guard<std::mutex> lock(mutex_);
    if (exchanges_.size() < kExchangesKept) {
      exchanges_.push_back(std::move(exchange));
    }
  }

  static constexpr std::string_view kContentType = "application/x-amz-json-1.0";

  const HttpClientOptions options_;
  const ClientEnvironment environment_;
  const std::string url_;
  const std::string host_;  // The authority of url_.
  Signer signer_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Exchange>> exchanges_;  // Guarded by mutex_.
};

}  // namespace

std::unique_ptr<Client> NewHttpClient(const HttpClientOptions& options,
                                      const ClientEnvironment& environment) {
  return std::make_unique<HttpClient>(options, environment);
}

}  // namespace dynamodown

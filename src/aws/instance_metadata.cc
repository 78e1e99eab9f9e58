#include "aws/instance_metadata.h"

#include <strings.h>

#include <charconv>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "aws/answers.h"
#include "aws/ask.h"
#include "aws/sigv4.h"

namespace dynamodown {
namespace {

using std::chrono::seconds;

constexpr char kEndpoint[] = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
constexpr char kMode[] = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE";
constexpr char kTtl[] = "x-aws-ec2-metadata-token-ttl-seconds";
constexpr char kRolePath[] = "/latest/meta-data/iam/security-credentials/";
constexpr int kTtlSeconds = 21600;
constexpr AskLimits kLimits = {seconds(1), false};

/// Parses the value of the header kTtl, the token's lifetime. If the value is
/// invalid, returns the lifetime that the request asked for.
seconds TtlOf(std::string_view text) {
  int ttl = 0;
  const auto read =
      std::from_chars(text.data(), text.data() + text.size(), ttl);
  return seconds(read.ec == std::errc() && ttl > 0 && ttl <= kTtlSeconds
                     ? ttl
                     : kTtlSeconds);
}

class InstanceMetadata final : public CredentialsFetcher {
 public:
  InstanceMetadata(const Url& endpoint,
                   const CredentialsEnvironment& environment)
      : endpoint_(endpoint), environment_(environment) {}

  Result<FetchedCredentials> Fetch() override {
    Result<HttpResponse, ServiceError> role = Get(kRolePath);
    if (!role.ok()) return CannotFetch(Describe(), role.error());
    if (role->status == 404) return Failed("this instance has no role");
    if (role->status != 200) return Failed(StatusOf(*role));
    // The first line of the body is the role's name.
    const std::string name =
        role->body.substr(0, role->body.find_first_of("\r\n"));
    if (name.empty()) return Failed("this instance has no role");

    std::string path = kRolePath;
    AppendPercentEncoded(name, &path);
    Result<HttpResponse, ServiceError> answer = Get(path);
    if (!answer.ok()) return CannotFetch(Describe(), answer.error());
    if (answer->status != 200) return Failed(StatusOf(*answer));
    Result<FetchedCredentials> fetched = ReadMetadataAnswer(&answer->body);
    if (!fetched.ok()) {
      return Failed("a damaged answer: " + fetched.error().message);
    }
    return fetched;
  }

  std::string Describe() const override {
    return "instance metadata at " + endpoint_.origin();
  }

 private:
  Error Failed(const std::string& why) const {
    return CannotFetch(Describe(), why);
  }
  static std::string StatusOf(const HttpResponse& answer) {
    return "HTTP status " + std::to_string(answer.status);
  }

  Result<HttpResponse, ServiceError> Send(const Question& question) {
    return Ask(
        environment_.local_transport, environment_, kLimits,
        [&question] { return question; }, JudgeStatus);
  }

  /// Gets `path` with the kept token. If the token is refused, tries once more
  /// with a new token.
  Result<HttpResponse, ServiceError> Get(const std::string& path) {
    for (bool again = false;; again = true) {
      const Result<void, ServiceError> renewed = RenewToken();
      if (!renewed.ok()) return renewed.error();
      Question question;
      question.method = "GET";
      question.url = UrlOf(endpoint_, path);
      question.headers = {{"X-aws-ec2-metadata-token", token_}};
      Result<HttpResponse, ServiceError> answer = Send(question);
      if (!answer.ok() || answer->status != 401 || again) return answer;
      token_.clear();
    }
  }

  /// Does nothing while the token is valid.
  Result<void, ServiceError> RenewToken() {
    const Scheduler::TimePoint now = environment_.scheduler->Now();
    if (!token_.empty() && now < token_ends_) return {};
    Question question;
    question.method = "PUT";
    question.url = UrlOf(endpoint_, "/latest/api/token");
    question.headers = {{kTtl, std::to_string(kTtlSeconds)}};
    const Result<HttpResponse, ServiceError> answer = Send(question);
    if (!answer.ok()) return answer.error();
    ServiceError error;
    error.kind = ErrorKind::kCredentials;
    error.message = "cannot get a token: ";
    if (answer->status != 200) {
      error.message += StatusOf(*answer);
      return error;
    }
    if (answer->body.empty() || !IsHeaderValue(answer->body)) {
      error.message += "a damaged answer";
      return error;
    }
    token_ = answer->body;
    token_ends_ = now + TtlOf(answer->Header(kTtl));
    return {};
  }

  const Url endpoint_;
  const CredentialsEnvironment environment_;
  std::string token_;  // Empty: none.
  Scheduler::TimePoint token_ends_;
};

std::string Setting(const char* variable, const char* name,
                    const ProfileSection* profile,
                    const EnvironmentVariables& variables) {
  if (const auto value = variables(variable)) return *value;
  return profile == nullptr ? std::string() : profile->Get(name);
}

}  // namespace

bool IsInstanceMetadataDisabled(const EnvironmentVariables& variables) {
  const auto value = variables("AWS_EC2_METADATA_DISABLED");
  return value && strcasecmp(value->c_str(), "true") == 0;
}

Result<std::unique_ptr<CredentialsFetcher>> NewInstanceMetadata(
    const ProfileSection* profile, const CredentialsEnvironment& environment) {
  const EnvironmentVariables& variables = environment.machine.variables;
  std::string endpoint =
      Setting(kEndpoint, "ec2_metadata_service_endpoint", profile, variables);
  if (endpoint.empty()) {
    const std::string mode = Setting(
        kMode, "ec2_metadata_service_endpoint_mode", profile, variables);
    if (mode.empty() || strcasecmp(mode.c_str(), "IPv4") == 0) {
      endpoint = "http://169.254.169.254";
    } else if (strcasecmp(mode.c_str(), "IPv6") == 0) {
      endpoint = "http://[fd00:ec2::254]";
    } else {
      return CannotFetch("instance metadata",
                         std::string(kMode) +
                             " or ec2_metadata_service_endpoint_mode is "
                             "neither IPv4 nor IPv6");
    }
  }
  const std::optional<Url> url = ReadUrl(endpoint);
  if (!url) {
    return CannotFetch("instance metadata",
                       std::string(kEndpoint) +
                           " or ec2_metadata_service_endpoint is not a URL");
  }
  return std::unique_ptr<CredentialsFetcher>(
      std::make_unique<InstanceMetadata>(*url, environment));
}

}  // namespace dynamodown

#include "aws/sts.h"

#include <optional>
#include <pugixml.hpp>
#include <utility>
#include <vector>

#include "aws/answers.h"
#include "aws/sigv4.h"
#include "base/clock.h"

namespace dynamodown {
namespace {

constexpr char kAssumeRole[] = "AssumeRole";
constexpr char kWithWebIdentity[] = "AssumeRoleWithWebIdentity";
constexpr std::string_view kContentType =
    "application/x-www-form-urlencoded; charset=utf-8";

using Form = std::vector<std::pair<std::string_view, std::string>>;

std::string BodyOf(const Form& form) {
  std::string body;
  for (const auto& [name, value] : form) {
    if (value.empty()) continue;
    if (!body.empty()) body.push_back('&');
    body.append(name).push_back('=');
    AppendPercentEncoded(value, &body);
  }
  return body;
}

/// The parameters that both actions have.
Form FormOf(std::string_view action, const Role& role, Clock* clock) {
  std::string session_name = role.session_name;
  if (session_name.empty()) {
    session_name = "dynamodown-" + std::to_string(clock->UnixSeconds());
  }
  return {{"Action", std::string(action)},
          {"Version", "2011-06-15"},
          {"RoleArn", role.arn},
          {"RoleSessionName", std::move(session_name)},
          {"DurationSeconds", std::to_string(role.duration_seconds)}};
}

Question QuestionOf(const Role& role, const std::string& body) {
  return {"POST",
          role.endpoint.origin() + role.endpoint.path,
          {{"Content-Type", std::string(kContentType)}},
          body};
}

void Sign(const Role& role,
          const std::shared_ptr<const SigningCredentials>& credentials,
          const std::string& time, Question* question) {
  const std::string& session_token = credentials->session_token;
  SignableRequest signable;
  signable.method = question->method;
  signable.path = role.endpoint.path;
  signable.headers = {{"content-type", kContentType},
                      {"host", role.endpoint.authority},
                      {"x-amz-date", time}};
  if (!session_token.empty()) {
    signable.headers.emplace_back("x-amz-security-token", session_token);
  }
  signable.body = question->body;
  Signer signer(role.region, "sts");
  question->headers.emplace_back("X-Amz-Date", time);
  question->headers.emplace_back("Authorization",
                                 signer.Sign(signable, credentials, time));
  if (!session_token.empty()) {
    question->headers.emplace_back("X-Amz-Security-Token", session_token);
  }
}

std::string DescribeRole(const Role& role) {
  return role.who + " (role " + role.arn + ")";
}

/// `secret` and `external_id` were sent. Messages must not repeat them.
Judge JudgeWith(const std::string& secret, const std::string& external_id) {
  return [secret,
          external_id](HttpResponse* response) -> std::optional<ServiceError> {
    if (response->status == 200) return std::nullopt;
    const StsRefusal refusal = ReadStsRefusal(response->body);
    return RefusalOf(*response, refusal.code, refusal.message,
                     {secret, external_id});
  };
}

Result<FetchedCredentials> AskSts(const Role& role, std::string_view action,
                                  const CredentialsEnvironment& environment,
                                  const Questioner& questioner,
                                  const Judge& judge) {
  const std::string where = DescribeRole(role) + ": " + std::string(action) +
                            " at " + role.endpoint.origin();
  const Result<HttpResponse, ServiceError> answer = Ask(
      environment.transport, environment, kServiceLimits, questioner, judge);
  if (!answer.ok()) return CannotFetch(where, answer.error());
  Result<FetchedCredentials> fetched = ReadStsAnswer(action, answer->body);
  if (!fetched.ok()) {
    return CannotFetch(where, "a damaged answer: " + fetched.error().message);
  }
  return fetched;
}

class AssumeRole final : public CredentialsFetcher {
 public:
  AssumeRole(const Role& role, std::unique_ptr<CredentialsFetcher> source,
             const CredentialsEnvironment& environment)
      : role_(role), source_(std::move(source)), environment_(environment) {}

  Result<FetchedCredentials> Fetch() override {
    Result<FetchedCredentials> source = source_->Fetch();
    if (!source.ok()) return CannotFetch(Describe(), source.error());
    const auto keys =
        std::make_shared<const SigningCredentials>(std::move(source->keys));

    Form form = FormOf(kAssumeRole, role_, environment_.clock);
    form.emplace_back("ExternalId", role_.external_id);
    const std::string body = BodyOf(form);
    const auto questioner = [&] {
      Question question = QuestionOf(role_, body);
      Sign(role_, keys, FormatBasicTime(environment_.clock->UnixSeconds()),
           &question);
      return question;
    };
    return AskSts(role_, kAssumeRole, environment_, questioner,
                  JudgeWith(keys->session_token, role_.external_id));
  }
  std::string Describe() const override { return DescribeRole(role_); }

 private:
  const Role role_;
  const std::unique_ptr<CredentialsFetcher> source_;
  const CredentialsEnvironment environment_;
};

class AssumeRoleWithWebIdentity final : public CredentialsFetcher {
 public:
  AssumeRoleWithWebIdentity(const Role& role, const std::string& token_file,
                            const CredentialsEnvironment& environment)
      : role_(role), token_file_(token_file), environment_(environment) {}

  Result<FetchedCredentials> Fetch() override {
    const Result<std::optional<std::string>> token =
        environment_.machine.read_file(token_file_);
    if (!token.ok()) return CannotFetch(Describe(), token.error());
    if (!*token || (*token)->empty()) {
      return CannotFetch(Describe(), "there is no token in " + token_file_);
    }
    Form form = FormOf(kWithWebIdentity, role_, environment_.clock);
    form.emplace_back("WebIdentityToken", **token);
    const std::string body = BodyOf(form);
    return AskSts(
        role_, kWithWebIdentity, environment_,
        [&] { return QuestionOf(role_, body); }, JudgeWith(**token, {}));
  }
  std::string Describe() const override { return DescribeRole(role_); }

 private:
  const Role role_;
  const std::string token_file_;
  const CredentialsEnvironment environment_;
};

}  // namespace

std::unique_ptr<CredentialsFetcher> NewAssumeRole(
    const Role& role, std::unique_ptr<CredentialsFetcher> source,
    const CredentialsEnvironment& environment) {
  return std::make_unique<AssumeRole>(role, std::move(source), environment);
}

std::unique_ptr<CredentialsFetcher> NewAssumeRoleWithWebIdentity(
    const Role& role, const std::string& token_file,
    const CredentialsEnvironment& environment) {
  return std::make_unique<AssumeRoleWithWebIdentity>(role, token_file,
                                                     environment);
}

Result<FetchedCredentials> ReadStsAnswer(std::string_view action,
                                         std::string_view body) {
  const auto damaged = [](const char* why) {
    return Error{ErrorKind::kCorruption, why};
  };
  pugi::xml_document document;
  if (!document.load_buffer(body.data(), body.size())) {
    return damaged("not XML");
  }
  const std::string result = std::string(action) + "Result";
  const pugi::xml_node credentials =
      document.document_element().child(result.c_str()).child("Credentials");
  if (!credentials) return damaged("it holds no credentials");
  FetchedCredentials fetched;
  fetched.keys = {credentials.child_value("AccessKeyId"),
                  credentials.child_value("SecretAccessKey"),
                  credentials.child_value("SessionToken")};
  fetched.expires = ParseTime(credentials.child_value("Expiration"));
  if (!fetched.expires) return damaged("Expiration is not a time");
  if (fetched.keys.session_token.empty()) {
    return damaged("it has no session token");
  }
  return Checked(std::move(fetched));
}

StsRefusal ReadStsRefusal(std::string_view body) {
  pugi::xml_document document;
  if (!document.load_buffer(body.data(), body.size())) return {};
  const pugi::xml_node error = document.document_element().child("Error");
  return {error.child_value("Code"), error.child_value("Message")};
}

}  // namespace dynamodown

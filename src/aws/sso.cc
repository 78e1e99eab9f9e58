#include "aws/sso.h"

#include <optional>
#include <utility>

#include "aws/answers.h"
#include "aws/profiles.h"
#include "aws/sigv4.h"
#include "base/crypto.h"

namespace dynamodown {
namespace {

class SsoCredentials final : public CredentialsFetcher {
 public:
  SsoCredentials(const SsoRole& role, const CredentialsEnvironment& environment)
      : role_(role), environment_(environment) {}

  Result<FetchedCredentials> Fetch() override {
    const Result<std::string> token = ReadToken();
    if (!token.ok()) return token.error();
    Question question;
    question.method = "GET";
    question.url = UrlOf(role_.endpoint, "/federation/credentials?role_name=");
    AppendPercentEncoded(role_.role_name, &question.url);
    question.url += "&account_id=";
    AppendPercentEncoded(role_.account_id, &question.url);
    question.headers = {{"x-amz-sso_bearer_token", *token}};
    const auto judge =
        [&token](HttpResponse* response) -> std::optional<ServiceError> {
      // Fetch handles these two statuses below.
      if (response->status == 200 || response->status == 401) {
        return std::nullopt;
      }
      const JsonRefusal refusal = ReadJsonRefusal(&response->body);
      return RefusalOf(*response, refusal.code, refusal.message, {*token});
    };
    Result<HttpResponse, ServiceError> answer = Ask(
        environment_.transport, environment_, kServiceLimits,
        [&question] { return question; }, judge);
    const std::string where =
        Describe() + ": the portal at " + role_.endpoint.origin();
    if (!answer.ok()) return CannotFetch(where, answer.error());
    if (answer->status == 401) {
      return LogIn("the portal no longer accepts the login");
    }
    Result<FetchedCredentials> fetched = ReadPortalAnswer(&answer->body);
    if (!fetched.ok()) {
      return CannotFetch(where, "a damaged answer: " + fetched.error().message);
    }
    return fetched;
  }

  std::string Describe() const override {
    return "IAM Identity Center, profile " + role_.profile;
  }

 private:
  Result<std::string> ReadToken() const {
    std::string name = "~/.aws/sso/cache/";
    AppendHex(AsBytes(Sha1(role_.login_name)), &name);
    const std::string path =
        ExpandHome(name + ".json", environment_.machine.variables);
    Result<std::optional<std::string>> file =
        environment_.machine.read_file(path);
    if (!file.ok()) return CannotFetch(Describe(), file.error());
    if (!*file) return LogIn("nobody has logged in: there is no " + path);
    Result<LoginToken> token = ReadLoginToken(&**file);
    if (!token.ok()) {
      return LogIn("cannot read " + path + ": " + token.error().message);
    }
    if (token->expires <= environment_.clock->UnixSeconds()) {
      return LogIn("the login has expired");
    }
    return std::move(token->access_token);
  }

  Error LogIn(const std::string& why) const {
    return CannotFetch(Describe(), why,
                       "run: aws sso login --profile " + role_.profile);
  }

  const SsoRole role_;
  const CredentialsEnvironment environment_;
};

}  // namespace

std::unique_ptr<CredentialsFetcher> NewSsoCredentials(
    const SsoRole& role, const CredentialsEnvironment& environment) {
  return std::make_unique<SsoCredentials>(role, environment);
}

}  // namespace dynamodown

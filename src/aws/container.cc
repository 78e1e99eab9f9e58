#include "aws/container.h"

#include <arpa/inet.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "aws/answers.h"
#include "aws/ask.h"

namespace dynamodown {
namespace {

constexpr char kRelative[] = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
constexpr char kFull[] = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
constexpr char kTokenFile[] = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
constexpr char kToken[] = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
constexpr char kEcsAgent[] = "http://169.254.170.2";
constexpr char kWho[] = "container credentials";

/// Returns true if requests to `host` may use http: no third host can read
/// them.
bool IsTrusted(const std::string& host) {
  in_addr address;
  if (inet_pton(AF_INET, host.c_str(), &address) == 1) {
    return ntohl(address.s_addr) >> 24 == 127 || host == "169.254.170.2" ||
           host == "169.254.170.23";
  }
  return host == "localhost" || host == "::1" || host == "fd00:ec2::23";
}

Error Refused(const std::string& why) { return CannotFetch(kWho, why); }

/// Returns the path and the parts of the path that may be secret: an agent's
/// path is "/v2/credentials/" followed by an id. A plain word, such as
/// "credentials", is no secret.
Secrets SecretsOf(std::string_view path) {
  Secrets secrets = {path};
  while (!path.empty()) {
    const size_t end = std::min(path.find_first_of("/?&="), path.size());
    const std::string_view part = path.substr(0, end);
    const bool is_word =
        std::ranges::all_of(part, [](char c) { return c >= 'a' && c <= 'z'; });
    constexpr size_t kVersionBytes = 2;  // "v2"
    if (part.size() > kVersionBytes && !is_word) secrets.push_back(part);
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return secrets;
}

class ContainerCredentials final : public CredentialsFetcher {
 public:
  ContainerCredentials(const Url& url,
                       const CredentialsEnvironment& environment)
      : url_(url), environment_(environment) {}

  Result<FetchedCredentials> Fetch() override {
    Question question;
    question.method = "GET";
    question.url = url_.origin() + url_.path;
    const Result<std::string> token = ReadToken();
    if (!token.ok()) return CannotFetch(Describe(), token.error());
    if (!token->empty()) question.headers = {{"Authorization", *token}};
    // The agent is not a service of AWS, so messages show only the code of its
    // refusal.
    Secrets secrets = SecretsOf(url_.path);
    secrets.push_back(*token);
    const auto judge =
        [&](HttpResponse* response) -> std::optional<ServiceError> {
      if (response->status == 200) return std::nullopt;
      return RefusalOf(*response, ReadJsonRefusal(&response->body).code, {},
                       secrets);
    };
    Result<HttpResponse, ServiceError> answer = Ask(
        url_.scheme == "http" ? environment_.local_transport
                              : environment_.transport,
        environment_, kServiceLimits, [&question] { return question; }, judge);
    if (!answer.ok()) return CannotFetch(Describe(), answer.error());
    Result<FetchedCredentials> fetched = ReadMetadataAnswer(&answer->body);
    if (!fetched.ok()) {
      return CannotFetch(Describe(),
                         "a damaged answer: " + fetched.error().message);
    }
    return fetched;
  }

  /// Leaves out the path: anyone who knows it can get the credentials.
  std::string Describe() const override {
    return std::string(kWho) + " at " + url_.origin();
  }

 private:
  /// Returns an empty string if no token is set.
  Result<std::string> ReadToken() const {
    const EnvironmentVariables& variables = environment_.machine.variables;
    std::string token = variables(kToken).value_or("");
    std::string from = kToken;
    if (const auto path = variables(kTokenFile)) {
      const Result<std::optional<std::string>> file =
          environment_.machine.read_file(*path);
      if (!file.ok()) return file.error();
      if (!*file || (*file)->empty()) {
        return Error{ErrorKind::kCredentials, "there is no token in " + *path};
      }
      token = **file;
      from = *path;
    }
    // A line break could smuggle in further headers.
    if (token.find_first_of(std::string_view("\r\n\0", 3)) !=
        std::string::npos) {
      return Error{ErrorKind::kCredentials,
                   "the token in " + from + " has a line break in it"};
    }
    return token;
  }

  const Url url_;
  const CredentialsEnvironment environment_;
};

}  // namespace

bool HasContainer(const EnvironmentVariables& variables) {
  return variables(kRelative) || variables(kFull);
}

Result<std::unique_ptr<CredentialsFetcher>> NewContainerCredentials(
    const CredentialsEnvironment& environment) {
  const EnvironmentVariables& variables = environment.machine.variables;
  const auto relative = variables(kRelative);
  const std::string url =
      relative ? kEcsAgent + *relative : variables(kFull).value_or("");
  const std::string name = relative ? kRelative : kFull;
  if (url.empty()) {
    return Refused("neither " + std::string(kRelative) + " nor " + kFull +
                   " is set");
  }
  // "@elsewhere" would turn the agent's address into a user name.
  if (relative && !relative->starts_with('/')) {
    return Refused(name + " does not begin with /");
  }
  const std::optional<Url> parts = ReadUrl(url);
  if (!parts) return Refused(name + " is not a URL");
  if (parts->scheme == "http" && !IsTrusted(parts->host)) {
    return Refused(name + " is at " + parts->origin() +
                   ": use https, since http is allowed only to this machine "
                   "(localhost, 127.0.0.0/8, [::1]) and to the agents at "
                   "169.254.170.2, 169.254.170.23 and [fd00:ec2::23]");
  }
  return std::unique_ptr<CredentialsFetcher>(
      std::make_unique<ContainerCredentials>(*parts, environment));
}

}  // namespace dynamodown

#include "dynamo/credentials.h"

namespace dynamodown {
namespace {

class EnvironmentCredentials final : public CredentialsSource {
 public:
  explicit EnvironmentCredentials(const Environment& environment) {
    SigningCredentials credentials;
    credentials.access_key_id =
        environment("AWS_ACCESS_KEY_ID").value_or(std::string());
    credentials.secret_access_key =
        environment("AWS_SECRET_ACCESS_KEY").value_or(std::string());
    credentials.session_token =
        environment("AWS_SESSION_TOKEN").value_or(std::string());
    if (!credentials.access_key_id.empty() &&
        !credentials.secret_access_key.empty()) {
      credentials_ =
          std::make_shared<const SigningCredentials>(std::move(credentials));
    }
  }

  Result<std::shared_ptr<const SigningCredentials>> Get() override {
    if (credentials_ == nullptr) {
      return Error{ErrorKind::kCredentials,
                   "none found; set AWS_ACCESS_KEY_ID and "
                   "AWS_SECRET_ACCESS_KEY (any values do for an emulator), or "
                   "Options::connection.credentials_provider"};
    }
    return credentials_;
  }

  void Expire(const std::shared_ptr<const SigningCredentials>&) override {}
  std::string Describe() const override { return "AWS_ACCESS_KEY_ID"; }

 private:
  std::shared_ptr<const SigningCredentials> credentials_;
};

}  // namespace

std::unique_ptr<CredentialsSource> NewEnvironmentCredentials(
    const Environment& environment) {
  return std::make_unique<EnvironmentCredentials>(environment);
}

}  // namespace dynamodown

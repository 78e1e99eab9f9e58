// Credentials of IAM Identity Center, for somebody who has logged in with
// `aws sso login` ("IAM Identity Center Portal API Reference").

#ifndef DYNAMODOWN_AWS_SSO_H_
#define DYNAMODOWN_AWS_SSO_H_

#include <memory>
#include <string>

#include "aws/ask.h"
#include "aws/credentials_environment.h"
#include "aws/refreshing.h"

namespace dynamodown {

struct SsoRole {
  std::string profile;
  std::string account_id;
  std::string role_name;
  /// What the file of the login is named by: the name of the sso-session, or,
  /// in a profile that has none, the start URL.
  std::string login_name;
  Url endpoint;  ///< The portal's.
};

/// Reads the login's token from ~/.aws/sso/cache/ at each fetch. It is not
/// renewed here, which would need a registration of our own: logging in again
/// is for the user, and for the tools that do it.
std::unique_ptr<CredentialsFetcher> NewSsoCredentials(
    const SsoRole& role, const CredentialsEnvironment& environment);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_SSO_H_

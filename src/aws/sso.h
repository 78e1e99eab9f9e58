// Credentials of IAM Identity Center, for a user who has logged in with `aws
// sso login` ("IAM Identity Center Portal API Reference").

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
  /// The sso-session's name or, in a profile without an sso-session, the start
  /// URL. The SHA-1 of login_name is the name of the login's file.
  std::string login_name;
  Url endpoint;  ///< The portal's endpoint.
};

/// Each fetch reads the login's token from ~/.aws/sso/cache/. No fetch renews
/// the token, since that would require a client registration of our own. When
/// the token has expired, the user or another tool must log in again.
std::unique_ptr<CredentialsFetcher> NewSsoCredentials(
    const SsoRole& role, const CredentialsEnvironment& environment);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_SSO_H_

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
  /// The login's file name is the SHA-1 of this: the sso-session's name or, in
  /// a profile without one, the start URL.
  std::string login_name;
  Url endpoint;  ///< The portal's.
};

/// Each fetch reads the login's token from ~/.aws/sso/cache/. It does not renew
/// the token, which would need a registration of our own: the user, or another
/// tool, logs in again.
std::unique_ptr<CredentialsFetcher> NewSsoCredentials(
    const SsoRole& role, const CredentialsEnvironment& environment);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_SSO_H_

// Credentials of a role, from AWS's Security Token Service ("AWS Security Token
// Service API Reference", version 2011-06-15): form in, XML out.

#ifndef DYNAMODOWN_AWS_STS_H_
#define DYNAMODOWN_AWS_STS_H_

#include <memory>
#include <string>
#include <string_view>

#include "aws/ask.h"
#include "aws/credentials_environment.h"
#include "aws/refreshing.h"
#include "base/result.h"

namespace dynamodown {

struct Role {
  std::string who;  ///< For people: "profile dev".
  std::string arn;
  /// Empty: "dynamodown-" and the time.
  std::string session_name;
  std::string external_id;  ///< May be empty.
  int duration_seconds = 3600;
  std::string region;
  Url endpoint;  ///< STS's.
};

/// AssumeRole, signed with what `source` gives; it is asked anew each time.
std::unique_ptr<CredentialsFetcher> NewAssumeRole(
    const Role& role, std::unique_ptr<CredentialsFetcher> source,
    const CredentialsEnvironment& environment);

/// AssumeRoleWithWebIdentity, unsigned, with the token that is in the file at
/// that time.
std::unique_ptr<CredentialsFetcher> NewAssumeRoleWithWebIdentity(
    const Role& role, const std::string& token_file,
    const CredentialsEnvironment& environment);

/// The answer to `action`. **Errors**: kCorruption, never quoting it.
Result<FetchedCredentials> ReadStsAnswer(std::string_view action,
                                         std::string_view body);

/// Both empty when there are none.
struct StsRefusal {
  std::string code;
  std::string message;
};
StsRefusal ReadStsRefusal(std::string_view body);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_STS_H_

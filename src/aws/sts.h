// Credentials of a role, from AWS's Security Token Service ("AWS Security Token
// Service API Reference", version 2011-06-15). A request is a form, and an
// answer is XML.

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
  Url endpoint;  ///< STS's endpoint.
};

/// Calls AssumeRole, signed with the credentials of `source`. Each fetch asks
/// `source` for its credentials anew.
std::unique_ptr<CredentialsFetcher> NewAssumeRole(
    const Role& role, std::unique_ptr<CredentialsFetcher> source,
    const CredentialsEnvironment& environment);

/// Calls AssumeRoleWithWebIdentity, unsigned. Each fetch reads the token from
/// the file.
std::unique_ptr<CredentialsFetcher> NewAssumeRoleWithWebIdentity(
    const Role& role, const std::string& token_file,
    const CredentialsEnvironment& environment);

/// Parses the answer to `action`. **Errors**: kCorruption. The message never
/// quotes the answer.
Result<FetchedCredentials> ReadStsAnswer(std::string_view action,
                                         std::string_view body);

/// The code and the message of an error. Each is empty if it is missing.
struct StsRefusal {
  std::string code;
  std::string message;
};
StsRefusal ReadStsRefusal(std::string_view body);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_STS_H_

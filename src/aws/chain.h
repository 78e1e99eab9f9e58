// Which of AWS's places credentials come from. The first that is set up counts:
//
//   1. AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (unless the caller asked for
//      a profile by name); one without the other is an error
//   2. the profile: role_arn with source_profile, credential_source or
//      web_identity_token_file; IAM Identity Center (sso_session or
//      sso_start_url); static keys; credential_process
//   3. web identity: AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN
//   4. a container's: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI
//   5. instance metadata (IMDSv2), unless AWS_EC2_METADATA_DISABLED

#ifndef DYNAMODOWN_AWS_CHAIN_H_
#define DYNAMODOWN_AWS_CHAIN_H_

#include <memory>

#include "aws/credentials.h"
#include "aws/credentials_environment.h"
#include "aws/settings.h"

namespace dynamodown {

/// Chooses by what is set up, without a request or a file; only Get has those.
/// Its end waits for what it has begun in the background.
/// **Errors** of its Get: kCredentials, also for what is set up wrong: a
/// source_profile that is missing, profiles that name each other in a circle,
/// mfa_serial, which needs a person; kForked.
std::unique_ptr<CredentialsSource> NewDefaultCredentials(
    const AwsSettings& settings, const CredentialsEnvironment& environment);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_CHAIN_H_

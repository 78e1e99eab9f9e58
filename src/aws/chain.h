// Finds credentials where AWS's tools look. Uses the first of these sources
// that is set up:
//
//   1. AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (unless the caller named a
//      profile); one without the other is an error
//   2. the profile, in this order: role_arn with source_profile,
//      credential_source or web_identity_token_file; IAM Identity Center
//      (sso_session or sso_start_url); static keys; credential_process
//   3. web identity: AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN
//   4. a container: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI
//   5. instance metadata (IMDSv2), unless AWS_EC2_METADATA_DISABLED is "true"

#ifndef DYNAMODOWN_AWS_CHAIN_H_
#define DYNAMODOWN_AWS_CHAIN_H_

#include <memory>

#include "aws/credentials.h"
#include "aws/credentials_environment.h"
#include "aws/settings.h"

namespace dynamodown {

/// Chooses a source by the settings alone. Only Get sends requests or reads
/// files. The destructor waits for background work.
/// **Errors** of Get: kForked; kCredentials. Wrong settings are kCredentials,
/// too, such as a missing source_profile, profiles that name each other in a
/// circle, or mfa_serial, which needs a person.
std::unique_ptr<CredentialsSource> NewDefaultCredentials(
    const AwsSettings& settings, const CredentialsEnvironment& environment);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_CHAIN_H_

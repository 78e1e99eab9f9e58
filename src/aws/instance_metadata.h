// Credentials of an EC2 instance's role, from instance metadata, version 2
// (docs.aws.amazon.com, "Amazon EC2 User Guide", "Use the Instance Metadata
// Service"). Version 1, which needs no token, is not used: anyone who can make
// a program send one GET would get the credentials.

#ifndef DYNAMODOWN_AWS_INSTANCE_METADATA_H_
#define DYNAMODOWN_AWS_INSTANCE_METADATA_H_

#include <memory>

#include "aws/credentials_environment.h"
#include "aws/profiles.h"
#include "aws/refreshing.h"
#include "base/result.h"

namespace dynamodown {

/// Returns true if AWS_EC2_METADATA_DISABLED is "true".
bool IsInstanceMetadataDisabled(const EnvironmentVariables& variables);

/// The endpoint is AWS_EC2_METADATA_SERVICE_ENDPOINT or, if that variable is
/// not set, the profile's ec2_metadata_service_endpoint. If neither is set, the
/// endpoint is the well-known address for the mode, "IPv4" (the default) or
/// "IPv6". The mode is AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE or, if that
/// variable is not set, the profile's ec2_metadata_service_endpoint_mode.
/// `profile` may be null.
///
/// A request and its retries together take at most 1 s. A request that gets no
/// answer is not retried, because this machine is then probably not on EC2.
/// **Errors**: kCredentials for an invalid mode or endpoint.
Result<std::unique_ptr<CredentialsFetcher>> NewInstanceMetadata(
    const ProfileSection* profile, const CredentialsEnvironment& environment);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_INSTANCE_METADATA_H_

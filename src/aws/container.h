// Credentials from a container's agent: Amazon ECS, and EKS Pod Identity
// (docs.aws.amazon.com, "AWS SDKs and Tools Reference Guide", "Container
// credential provider").

#ifndef DYNAMODOWN_AWS_CONTAINER_H_
#define DYNAMODOWN_AWS_CONTAINER_H_

#include <memory>

#include "aws/credentials_environment.h"
#include "aws/refreshing.h"
#include "base/result.h"

namespace dynamodown {

/// Returns true if the environment names a container's agent.
bool HasContainer(const EnvironmentVariables& variables);

/// If AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is set, it contains a path, and
/// each fetch asks the agent of ECS at http://169.254.170.2 for this path.
/// Otherwise, each fetch asks the URL in AWS_CONTAINER_CREDENTIALS_FULL_URI.
///
/// If AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE is set, each fetch reads the token
/// from that file. Otherwise, the token is the value of
/// AWS_CONTAINER_AUTHORIZATION_TOKEN. If neither is set, no token is sent.
/// **Errors**: kCredentials if neither URI is set, or if the URI is invalid. An
/// http address must be on this machine or belong to a known agent: on the way
/// to any other host, others could read the token.
Result<std::unique_ptr<CredentialsFetcher>> NewContainerCredentials(
    const CredentialsEnvironment& environment);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_CONTAINER_H_

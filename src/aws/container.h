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

/// Asks AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, or else _FULL_URI. Each fetch
/// reads the token from AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, or else takes
/// _TOKEN. **Errors**: kCredentials if the address must not be trusted with the
/// token: http to anything but this machine and the known agents.
Result<std::unique_ptr<CredentialsFetcher>> NewContainerCredentials(
    const CredentialsEnvironment& environment);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_CONTAINER_H_

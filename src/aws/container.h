// Credentials that a container's agent gives: Amazon ECS, and EKS Pod Identity
// (docs.aws.amazon.com, "AWS SDKs and Tools Reference Guide", "Container
// credential provider").

#ifndef DYNAMODOWN_AWS_CONTAINER_H_
#define DYNAMODOWN_AWS_CONTAINER_H_

#include <memory>

#include "aws/credentials_environment.h"
#include "aws/refreshing.h"
#include "base/result.h"

namespace dynamodown {

/// Whether the environment names such an agent.
bool HasContainer(const EnvironmentVariables& variables);

/// AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, or else _FULL_URI, with
/// AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, which is read at each fetch, or else
/// _TOKEN. **Errors**: kCredentials for an address that is not to be trusted
/// with the token: http to other than this machine and the known agents.
Result<std::unique_ptr<CredentialsFetcher>> NewContainerCredentials(
    const CredentialsEnvironment& environment);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_CONTAINER_H_

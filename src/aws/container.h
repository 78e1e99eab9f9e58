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

/// Asks AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or, if that is not set,
/// AWS_CONTAINER_CREDENTIALS_FULL_URI. If
/// AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE is set, each fetch reads the token
/// from that file. Otherwise the token is AWS_CONTAINER_AUTHORIZATION_TOKEN, if
/// that is set.
/// **Errors**: kCredentials if neither address is set, or if the address is
/// invalid. With http, the address must be on this machine or belong to a known
/// agent: on the way to any other host, others could read the token.
Result<std::unique_ptr<CredentialsFetcher>> NewContainerCredentials(
    const CredentialsEnvironment& environment);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_CONTAINER_H_

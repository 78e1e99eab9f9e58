// The passwords of proxies. A proxy may repeat in its answers what it received.

#ifndef DYNAMODOWN_TRANSPORT_PROXY_SECRETS_H_
#define DYNAMODOWN_TRANSPORT_PROXY_SECRETS_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/machine.h"

namespace dynamodown {

/// Appends the secrets in a proxy's URL "[http://]USER:PASSWORD@HOST:PORT": the
/// password, "USER:PASSWORD" and its base64. The base64 is what the header
/// Proxy-Authorization sends. Appends each of them as the URL spells it, and
/// with the percent-encoding removed. If there is no password, the user counts
/// as the password. Appends nothing if the URL has no user.
void AppendProxySecrets(std::string_view url,
                        std::vector<std::string>* secrets);

/// Returns the secrets of all proxies that the environment names.
std::vector<std::string> ProxySecretsOf(const EnvironmentVariables& variables);

}  // namespace dynamodown

#endif  // DYNAMODOWN_TRANSPORT_PROXY_SECRETS_H_

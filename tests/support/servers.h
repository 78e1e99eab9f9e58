// The servers that tests use, and their credentials.

#ifndef DYNAMODOWN_TESTS_SUPPORT_SERVERS_H_
#define DYNAMODOWN_TESTS_SUPPORT_SERVERS_H_

#include <string>

namespace dynamodown_test {

/// Returns the URL of server `name` ("dynamodb-local", "dynalite"). It is in
/// the file `name`.endpoint of the folder that DYNAMODOWN_TEST_SERVERS names.
///
/// **Errors**: throws std::runtime_error, which fails the test with a message,
/// if the server is not running. A test without its server has failed, not
/// passed.
std::string Endpoint(const std::string& name);

/// Replaces the environment's AWS settings by those that every local server
/// accepts. Call it first in main(), before any thread.
void UseLocalCredentials();

/// Returns the value of `--name=value` among the arguments, else that of the
/// environment variable `variable`, else `otherwise`.
std::string FlagOr(int argc, char** argv, const std::string& name,
                   const char* variable, const std::string& otherwise);

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_SUPPORT_SERVERS_H_

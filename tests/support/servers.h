// The servers that tests talk to, and their credentials.

#ifndef DYNAMODOWN_TESTS_SUPPORT_SERVERS_H_
#define DYNAMODOWN_TESTS_SUPPORT_SERVERS_H_

#include <string>

namespace dynamodown_test {

/// The URL of server `name` ("dynamodb-local", "dynalite"), as the folder that
/// DYNAMODOWN_TEST_SERVERS names has it in `name`.endpoint.
///
/// **Errors**: throws std::runtime_error, which is a test's failure, in words,
/// when it is not running. A test without its server has failed, not passed.
std::string Endpoint(const std::string& name);

/// Replaces the environment's AWS settings, whatever they are, by those that
/// every local server takes. Call it first in main(), before any thread.
void UseLocalCredentials();

/// The value of `--name=value` among the arguments, else of the environment
/// variable `variable`, else `otherwise`.
std::string FlagOr(int argc, char** argv, const std::string& name,
                   const char* variable, const std::string& otherwise);

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_SUPPORT_SERVERS_H_

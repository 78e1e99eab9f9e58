// A witness that shares no code with the library: DynamoDB's JSON over a bare
// socket, as sent and as answered. Emulators only: the signature is made up.

#ifndef DYNAMODOWN_TESTS_SUPPORT_RAW_DYNAMODB_H_
#define DYNAMODOWN_TESTS_SUPPORT_RAW_DYNAMODB_H_

#include <string>

namespace dynamodown_test {

/// The body of the answer to `operation` ("ListTables") with `json`.
/// **Errors**: throws std::runtime_error, which is a test's failure.
std::string CallDynamoDb(const std::string& endpoint,
                         const std::string& operation, const std::string& json);

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_SUPPORT_RAW_DYNAMODB_H_

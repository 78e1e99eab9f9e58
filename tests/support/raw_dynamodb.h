// A witness that shares no code with the library: DynamoDB's JSON over a bare
// socket. For emulators only, because the signature is invented.

#ifndef DYNAMODOWN_TESTS_SUPPORT_RAW_DYNAMODB_H_
#define DYNAMODOWN_TESTS_SUPPORT_RAW_DYNAMODB_H_

#include <string>

namespace dynamodown_test {

/// Returns the body of the answer to `operation` ("ListTables") with `json`.
/// **Errors**: throws std::runtime_error, which fails the test.
std::string CallDynamoDb(const std::string& endpoint,
                         const std::string& operation, const std::string& json);

struct RawAnswer {
  int status;
  std::string body;
};

/// The same over one connection. A status other than 200 is no error.
/// **Thread-safety**: none.
class RawConnection {
 public:
  /// **Errors**: throws std::runtime_error, and so does Call.
  explicit RawConnection(const std::string& endpoint);
  ~RawConnection();
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  RawAnswer Call(const std::string& operation, const std::string& json);

 private:
  const std::string host_;
  const int socket_fd_;
};

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_SUPPORT_RAW_DYNAMODB_H_

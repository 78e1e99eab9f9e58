// The fake's HTTP answers, with DynamoDB's headers and error format. Pure.

#ifndef DYNAMODOWN_FAKE_HTTP_HTTP_ANSWER_H_
#define DYNAMODOWN_FAKE_HTTP_HTTP_ANSWER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "fake/values/refusal.h"
#include "transport/transport.h"

namespace dynamodown::fake {

inline constexpr std::string_view kJsonContentType =
    "application/x-amz-json-1.0";

/// An answer that reports an error.
struct ErrorAnswer {
  int status = 400;
  std::string code;  ///< If empty, `message` is the whole body, not JSON.
  std::string message;
  Json more = Json::object();  ///< Further members of the body.

  /// The body. Its code is qualified by its namespace, like DynamoDB's.
  std::string Body() const;
  /// False for an answer from a proxy in front of DynamoDB.
  bool is_from_service() const { return !code.empty(); }
};

/// Returns an answer with all headers of DynamoDB's answers; without
/// `from_service`, it lacks those that only DynamoDB sends. `unix_seconds`
/// becomes the Date header, `number` the request id.
HttpResponse MakeAnswer(int status, std::string body, bool from_service,
                        int64_t unix_seconds, uint64_t number);

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_HTTP_HTTP_ANSWER_H_

// The checks that DynamoDB makes on a request's HTTP layer.

#ifndef DYNAMODOWN_FAKE_HTTP_REQUEST_CHECK_H_
#define DYNAMODOWN_FAKE_HTTP_REQUEST_CHECK_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fake/http/http_answer.h"
#include "fake/http/signature.h"
#include "transport/transport.h"

namespace dynamodown::fake {

/// Returns the error of a request that the service does not accept, judging by
/// its method, path, headers, size and signature. The signature's time is
/// compared with `signature_now`, its credentials' expiry with `now`.
std::optional<ErrorAnswer> CheckRequest(const HttpRequest& request,
                                        const Signatures& signatures,
                                        int64_t signature_now, int64_t now);

/// The operation that X-Amz-Target names.
std::string OperationOf(const HttpRequest& request);

/// A request that owns its bytes, unlike HttpRequest.
class StoredRequest {
 public:
  explicit StoredRequest(const HttpRequest& request);

  /// Valid as long as this object.
  HttpRequest View() const;
  const std::string& body() const { return body_; }

 private:
  std::string method_;
  std::string url_;
  std::vector<std::pair<std::string, std::string>> headers_;
  std::string body_;
};

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_HTTP_REQUEST_CHECK_H_

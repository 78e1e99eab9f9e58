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

/// Checks the request's method, path, headers, size and signature. Returns the
/// error if the service does not accept the request. Compares the signature's
/// time with `signature_now`, and the expiry of its credentials with `now`.
std::optional<ErrorAnswer> CheckRequest(const HttpRequest& request,
                                        const Signatures& signatures,
                                        int64_t signature_now, int64_t now);

/// Returns the error if a server on the loopback must not serve the request.
/// Its Host header must name this machine. Otherwise a web page in a browser on
/// this machine could reach the server under the page's own name (DNS
/// rebinding). If the body `is_large`, the request must also pass all checks of
/// its signature that need no body.
std::optional<ErrorAnswer> CheckHead(const HttpRequest& head, bool is_large,
                                     const Signatures& signatures,
                                     int64_t signature_now, int64_t now);

/// The operation that X-Amz-Target names.
std::string OperationOf(const HttpRequest& request);

/// A request that owns its bytes, unlike HttpRequest.
class StoredRequest {
 public:
  explicit StoredRequest(const HttpRequest& request);

  /// Valid as long as this object exists.
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

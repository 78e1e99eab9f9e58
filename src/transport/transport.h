// A Transport sends an HTTP request and returns the answer, whatever its
// status. Only a missing answer is an error. A Transport does not interpret the
// content, and never repeats a request by itself.

#ifndef DYNAMODOWN_TRANSPORT_TRANSPORT_H_
#define DYNAMODOWN_TRANSPORT_TRANSPORT_H_

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace dynamodown {

struct HttpHeader {
  std::string_view name;
  std::string_view value;
};

/// Views the caller's memory, which must outlive the Send.
struct HttpRequest {
  std::string_view method;  ///< "GET", "POST" or "PUT".
  /// "https://host:port/path?query". The Host header is AuthorityOf(url), and
  /// the path is sent as it is.
  std::string_view url;
  std::vector<HttpHeader> headers;  ///< Without Host and Content-Length.
  std::string_view body;
};

/// Returns the "host:port" of a URL as the URL spells it, without a user name.
std::string_view AuthorityOf(std::string_view url);

/// If you pass the same HttpResponse to the next Send, its memory is reused.
struct HttpResponse {
  int status = 0;
  std::string headers;  ///< "Name: value" lines as received, each with CRLF.
  std::string body;
  /// If the status is 400 or more, "host:port" of the proxy that may have
  /// answered in the service's place. Empty if there is no proxy, or if the
  /// proxy could not have answered.
  std::string proxy;
  /// The secrets that the transport itself may have sent to a proxy. The answer
  /// may repeat them.
  std::vector<std::string> proxy_secrets;

  /// Returns the value of the first header `name`, or an empty string if there
  /// is none. Ignores the case of names.
  std::string_view Header(std::string_view name) const;
};

/// Why there is no answer.
struct NoAnswer {
  enum class Reason {
    kConnect,  ///< The connection failed or was lost.
    kTimeout,
    kTooLong,  ///< The answer's body is longer than the transport accepts.
    /// The peer could not prove its identity or speaks no TLS that we accept,
    /// or the trusted authorities cannot be read. Retrying is pointless.
    kTls,
    kProxy,    ///< A proxy refuses to connect. Retrying is pointless.
    kForked,   ///< The connections belong to this process's parent.
    kInvalid,  ///< The request cannot be sent: a bad URL, or no memory.
  };
  Reason reason;
  /// False if the request certainly did not reach the service.
  bool sent;
  std::string message;
  Advice advice;  ///< Follows the message.
};

/// **Thread-safety**: all calls from any thread.
class Transport {
 public:
  virtual ~Transport() = default;

  /// Blocks until the answer has arrived or `timeout` has passed. After a
  /// failure, closes the connection, so that the abandoned request does not
  /// race a retry.
  virtual Result<void, NoAnswer> Send(const HttpRequest& request,
                                      std::chrono::milliseconds timeout,
                                      HttpResponse* response) = 0;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_TRANSPORT_TRANSPORT_H_

// Sends one HTTP request and brings the answer, whatever its status: only "no
// answer" is an error here. Knows nothing of what is in them, and never repeats
// a request by itself.

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

/// Views into the caller's memory, which outlives the Send.
struct HttpRequest {
  std::string_view method;          ///< "GET", "POST" or "PUT".
  std::string_view url;             ///< "https://host:port/path?query".
  std::vector<HttpHeader> headers;  ///< Without Host and Content-Length.
  std::string_view body;
};

/// Reused from one call to the next, it keeps its memory.
struct HttpResponse {
  int status = 0;
  std::string headers;  ///< "Name: value" lines as received, each with CRLF.
  std::string body;
  /// With a status of 400 or more: "host:port" of the proxy that may have
  /// answered in the service's place; empty: there is none, or it could not.
  std::string proxy;

  /// The value of the first header of that name, in any case; empty if there
  /// is none.
  std::string_view Header(std::string_view name) const;
};

/// Why there is no answer.
struct NoAnswer {
  enum class Reason {
    kConnect,  ///< No connection, or it was lost.
    kTimeout,
    kTls,      ///< The peer could not prove who it is, or speaks no TLS that
               ///< we do, or nobody is trusted: retrying is in vain.
    kProxy,    ///< A proxy refuses the way: retrying is in vain.
    kForked,   ///< The connections belong to this process's parent.
    kInvalid,  ///< The request cannot be sent: a bad URL, no memory.
  };
  Reason reason;
  /// False when it is certain that the request did not reach the service.
  bool sent;
  std::string message;
};

/// **Thread-safety**: all calls from any thread.
class Transport {
 public:
  virtual ~Transport() = default;

  /// Blocks until the answer is here, or `timeout` is over. After a failure the
  /// connection that was used is closed, so that a repeated request does not
  /// race its abandoned copy on it.
  virtual Result<void, NoAnswer> Send(const HttpRequest& request,
                                      std::chrono::milliseconds timeout,
                                      HttpResponse* response) = 0;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_TRANSPORT_TRANSPORT_H_

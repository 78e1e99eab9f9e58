// The fake server: our DynamoDB fake on the loopback, over HTTP/1.1 or HTTPS,
// for any AWS SDK and the AWS command line.

#ifndef DYNAMODOWN_FAKE_SERVER_H_
#define DYNAMODOWN_FAKE_SERVER_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "fake/connection_watch.h"
#include "fake/fake_dynamo.h"
#include "transport/transport.h"

namespace dynamodown {

/// Listens on 127.0.0.1, and on ::1 if the machine has it. Keeps connections
/// alive. Each has its own thread, so a delayed answer does not hold up other
/// connections. Closes idle, slow and surplus connections (ConnectionWatch). A
/// request over 16 MB gets status 413. A request whose body would exceed
/// Limits::bytes_max gets status 503. GET / is a health check, which the server
/// answers without the handler.
///
/// **Thread-safety**: all calls from any thread.
class FakeServer {
 public:
  /// Decides the fate of a request, as FakeDynamo::Deliver does. The
  /// connections' threads call it concurrently, and it may block. The request
  /// has the headers as received, including Host; its views are valid until the
  /// handler returns. An exception becomes status 500.
  using Handler =
      std::function<FakeDynamo::Delivery(const HttpRequest& request)>;

  /// Decides about a request before its body is read, as FakeDynamo::Admit
  /// does. `head` has no body. Returns the answer if the request is refused. If
  /// a body turns out to be large although its Content-Length did not say so,
  /// Admit is called again, with `is_large`.
  using Admit = std::function<std::optional<HttpResponse>(
      const HttpRequest& head, bool is_large)>;
  /// A body with more bytes is large.
  static constexpr size_t kLargeBytes = 1 << 20;

  struct Settings {
    Admit admit;  ///< Empty: refuses nothing.
    ConnectionWatch::Limits limits{};
    int port = 0;             ///< 0: a free one.
    std::string certificate;  ///< PEM, with its chain; empty: HTTP.
    std::string key;          ///< PEM; the certificate's key.
  };

  /// Returns a server that is listening. **Errors**: kUnavailable if it cannot
  /// use the port; kInvalidArgument if GnuTLS does not accept the certificate
  /// and key.
  static Result<std::unique_ptr<FakeServer>> Start(const Settings& settings,
                                                   Handler handler);

  /// Closes all connections. Abandons delayed answers, but waits for running
  /// handlers.
  virtual ~FakeServer() = default;

  virtual int port() const = 0;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_FAKE_SERVER_H_

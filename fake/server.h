// The double's door on loopback: HTTP/1.1 or HTTPS, for any AWS SDK and the AWS
// command line.

#ifndef DYNAMODOWN_FAKE_SERVER_H_
#define DYNAMODOWN_FAKE_SERVER_H_

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "fake/fake_dynamo.h"
#include "transport/transport.h"

namespace dynamodown {

/// Listens on 127.0.0.1, and on ::1 where there is one. Connections are kept
/// alive; each has a thread of its own, so that what is late holds up nobody
/// else. A request has 16 MB at most; more is answered with 413. GET / is a
/// health check and answered without asking anybody.
///
/// **Thread-safety**: all calls from any thread.
class FakeServer {
 public:
  /// Says what becomes of a request, such as FakeDynamo::Deliver. It is called
  /// by the threads of connections, several at once, and may block. The request
  /// has the headers as they were received, Host among them, and its views live
  /// until it returns. An exception is answered with 500.
  using Handler =
      std::function<FakeDynamo::Delivery(const HttpRequest& request)>;

  struct Settings {
    int port = 0;             ///< 0: one that is free.
    std::string certificate;  ///< PEM, with those that sign it; empty: HTTP.
    std::string key;          ///< PEM; the certificate's.
  };

  /// Listens when it returns. **Errors**: kUnavailable when nobody can listen
  /// there; kInvalidArgument when certificate and key are not a pair that
  /// GnuTLS takes.
  static Result<std::unique_ptr<FakeServer>> Start(const Settings& settings,
                                                   Handler handler);

  /// Closes all connections. Deliveries that wait are given up; a handler under
  /// way is waited for.
  virtual ~FakeServer() = default;

  virtual int port() const = 0;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_FAKE_SERVER_H_

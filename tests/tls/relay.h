// Servers between the two ends of a connection: a relay, which records what it
// passes on, and an HTTP proxy.

#ifndef DYNAMODOWN_TESTS_TLS_RELAY_H_
#define DYNAMODOWN_TESTS_TLS_RELAY_H_

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "support/loopback_server.h"

namespace dynamodown_test {

/// Passes each connection on to another port of the loopback, and keeps what
/// clients sent.
class Relay {
 public:
  explicit Relay(int target);

  int port() const { return server_.port(); }
  int connections() const { return server_.connections(); }
  std::string heard();
  /// Sets the port for new connections.
  void set_target(int port) { target_ = port; }
  void HangUp() { server_.HangUp(); }
  bool AllClosed() { return server_.AllClosed(); }

 private:
  std::atomic<int> target_;
  std::mutex mutex_;
  std::string heard_;      // Guarded by mutex_.
  LoopbackServer server_;  // Last: its threads use the others.
};

/// An HTTP proxy (RFC 9110): it forwards requests for http:// and opens tunnels
/// (CONNECT). It resolves every host name to the loopback, so a test can tell
/// that the proxy resolved the name.
class Proxy {
 public:
  struct Manners {
    /// The required "user:password"; empty: none.
    std::string login;
    /// It answers every request with `refusal` and hangs up. If `refusal` is
    /// empty, it only hangs up.
    bool refuses = false;
    std::string refusal;
    bool silent = false;  ///< It never answers.
  };

  explicit Proxy(const Manners& manners);
  Proxy() : Proxy(Manners()) {}

  int port() const { return server_.port(); }
  /// "127.0.0.1:1234"
  std::string address() const;
  /// A URL for https_proxy. `login` is "user:password" or empty.
  std::string url(const std::string& login = "") const;
  int connections() const { return server_.connections(); }
  /// The heads of the requests and CONNECTs that it received.
  std::vector<std::string> heads();

 private:
  void Serve(Peer* peer);
  void Tunnel(Peer* peer, const std::string& request);
  void Carry(Peer* peer, std::string request);

  const Manners manners_;
  std::mutex mutex_;
  std::vector<std::string> heads_;  // Guarded by mutex_.
  LoopbackServer server_;           // Last: its threads use the others.
};

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_TLS_RELAY_H_

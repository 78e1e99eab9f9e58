// What stands between two ends of a connection and passes on what they say: a
// relay, which counts it, and a proxy, which is asked for the way first.

#ifndef DYNAMODOWN_TESTS_TLS_RELAY_H_
#define DYNAMODOWN_TESTS_TLS_RELAY_H_

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "support/loopback_server.h"

namespace dynamodown_test {

/// Passes each connection on to another port of the loopback, and remembers
/// what clients said.
class Relay {
 public:
  explicit Relay(int target);

  int port() const { return server_.port(); }
  int connections() const { return server_.connections(); }
  std::string heard();
  /// Connections from now on go there.
  void set_target(int port) { target_ = port; }
  void HangUp() { server_.HangUp(); }
  bool AllClosed() { return server_.AllClosed(); }

 private:
  std::atomic<int> target_;
  std::mutex mutex_;
  std::string heard_;      // Guarded by mutex_.
  LoopbackServer server_;  // Last: its threads use the others.
};

/// An HTTP proxy, RFC 9110: carries requests for http:// and opens tunnels
/// (CONNECT). Whatever host is asked for is found on the loopback, which tells
/// that it was the proxy who looked for it.
class Proxy {
 public:
  struct Manners {
    /// "user:password" that it wants; empty: none.
    std::string login;
    /// What it says to whatever it is asked, and then hangs up; not even that
    /// when it is empty.
    bool refuses = false;
    std::string refusal;
    bool silent = false;  ///< It never answers.
  };

  explicit Proxy(const Manners& manners);
  Proxy() : Proxy(Manners()) {}

  int port() const { return server_.port(); }
  /// "127.0.0.1:1234"
  std::string address() const;
  /// As for https_proxy; `login` is "user:password" or empty.
  std::string url(const std::string& login = "") const;
  int connections() const { return server_.connections(); }
  /// Heads of what it was asked: requests and CONNECTs.
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

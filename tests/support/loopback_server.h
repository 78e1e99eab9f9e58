// A server of a test's own on raw sockets of the loopback, which does as the
// test tells it: only so can it misbehave.

#ifndef DYNAMODOWN_TESTS_SUPPORT_LOOPBACK_SERVER_H_
#define DYNAMODOWN_TESTS_SUPPORT_LOOPBACK_SERVER_H_

#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <set>
#include <string>
#include <thread>

namespace dynamodown_test {

/// An HTTP answer with a body of a known length; each of `headers` ends in
/// CRLF.
std::string Answer(int status, const std::string& body,
                   const std::string& headers = "");

/// One end of a connection. Closed with it.
class Peer {
 public:
  Peer(int fd, int number) : fd_(fd), number_(number) {}
  ~Peer() { Close(); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  int fd() const { return fd_; }
  int number() const { return number_; }  ///< Of the connection, from 1.

  /// The next request or answer, head and body; empty when the other side hung
  /// up.
  std::string ReadMessage();
  void Write(const std::string& bytes);
  bool ReadMore();
  /// Blocks until the other side hangs up or the server stops.
  void AwaitEnd();
  void Close();
  /// By another thread: whatever reads or writes here ends.
  void HangUp();
  /// Ends the connection with RST in place of FIN.
  void Reset();

 private:
  std::mutex mutex_;  // Held while fd_ is closed, or used by another thread.
  int fd_;
  const int number_;
  std::string buffer_;
};

/// A connection to that port of the loopback, or -1.
int ConnectToLoopback(int port);

/// Listens on a free port; each connection has a thread that runs `serve` and
/// then closes it.
class LoopbackServer {
 public:
  using Serve = std::function<void(Peer* peer)>;

  explicit LoopbackServer(Serve serve);
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  int port() const { return port_; }
  std::string url(const std::string& scheme = "http") const;
  int connections() const { return connections_; }
  /// Whether every connection has been closed, by either side, in good time.
  bool AllClosed();
  /// Ends every connection that is open now.
  void HangUp();

 private:
  void Accept();

  const Serve serve_;
  int listener_;
  int port_ = 0;
  std::atomic<int> connections_ = 0;
  std::thread acceptor_;
  std::mutex mutex_;  // Guards the next.
  std::set<Peer*> open_;
  std::list<std::thread> threads_;  // The acceptor's, then the destructor's.
};

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_SUPPORT_LOOPBACK_SERVER_H_

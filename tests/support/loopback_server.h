// A server on raw sockets of the loopback. It does exactly what a test says, so
// it can misbehave.

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

/// Returns an HTTP answer with a body of a known length. Each of `headers` ends
/// in CRLF.
std::string Answer(int status, const std::string& body,
                   const std::string& headers = "");

/// One end of a connection. The destructor closes the connection.
class Peer {
 public:
  Peer(int fd, int number) : fd_(fd), number_(number) {}
  ~Peer() { Close(); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  int fd() const { return fd_; }
  int number() const { return number_; }  ///< The connection's number, from 1.

  /// Returns the next request or answer, head and body; empty if the other side
  /// has hung up.
  std::string ReadMessage();
  void Write(const std::string& bytes);
  bool ReadMore();
  /// Blocks until the other side hangs up or the server stops.
  void AwaitEnd();
  void Close();
  /// For another thread: ends all reads and writes here.
  void HangUp();
  /// Ends the connection with RST instead of FIN.
  void Reset();

 private:
  std::mutex mutex_;  // Held while fd_ is closed, or used by another thread.
  int fd_;
  const int number_;
  std::string buffer_;
};

/// Returns a connection to that port of the loopback, or -1.
int ConnectToLoopback(int port);

/// Listens on a free port. Each connection has a thread, which runs `serve` and
/// then closes the connection.
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
  /// Waits up to 5 s until every connection has been closed, by either side.
  /// Returns false if one has not.
  bool AllClosed();
  /// Ends every open connection.
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

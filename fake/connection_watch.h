// Closes a server's idle and slow connections, and the surplus if there are too
// many, so that no client can keep others from being served.

#ifndef DYNAMODOWN_FAKE_CONNECTION_WATCH_H_
#define DYNAMODOWN_FAKE_CONNECTION_WATCH_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

namespace dynamodown {

/// **Thread-safety**: all calls from any thread. The watch has a thread of its
/// own, which it ends in its destructor.
class ConnectionWatch {
 public:
  using Clock = std::chrono::steady_clock;

  struct Limits {
    /// How long a connection may wait for the head of a request.
    std::chrono::milliseconds idle_max{60'000};
    /// How long a body may take to arrive, and how long the client may take to
    /// receive an answer.
    std::chrono::milliseconds transfer_max{30'000};
    /// If there are more connections, the one without progress for the longest
    /// time is closed, unless its request is being carried out.
    size_t connections_max = 512;
    /// The most bytes that the bodies and answers of all connections have
    /// together.
    size_t bytes_max = 64 << 20;
  };

  enum class Phase {
    kIdle,      ///< Waits for the head of a request.
    kReading,   ///< Receives a body.
    kHandling,  ///< The request is carried out. This may take any time.
    kSending,   ///< Sends an answer.
  };

  struct Connection {
    int fd;
    Phase phase = Phase::kIdle;
    Clock::time_point since{};     // The phase's begin.
    Clock::time_point progress{};  // The last Enter or Reserve.
    size_t bytes = 0;              // Reserved.
    bool is_shut = false;
  };

  /// `shut` ends a connection's transfers but does not close its descriptor. It
  /// is called only between Add and Remove, and must not call the watch.
  ConnectionWatch(const Limits& limits, std::function<void(int fd)> shut);
  ~ConnectionWatch();

  /// The result is valid until Remove.
  Connection* Add(int fd);
  void Remove(Connection* connection);
  /// If `phase` is kSending or kIdle, gives back the bytes that the connection
  /// has reserved.
  void Enter(Connection* connection, Phase phase);
  /// Returns false, and reserves nothing, if there would be too many bytes.
  [[nodiscard]] bool Reserve(Connection* connection, size_t bytes);

 private:
  void Run();
  /// EndOf, Shut and ShutLongestWaiting require mutex_. EndOf returns when the
  /// connection will be shut if it stays in its phase.
  Clock::time_point EndOf(const Connection& connection) const;
  void Shut(Connection* connection);
  void ShutLongestWaiting();

  const Limits limits_;
  const std::function<void(int fd)> shut_;
  std::mutex mutex_;  // Guards the members below.
  std::condition_variable ended_;
  std::list<Connection> connections_;
  size_t open_ = 0;   // Connections that are not shut.
  size_t bytes_ = 0;  // Reserved by all connections.
  bool has_ended_ = false;
  std::thread thread_;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_FAKE_CONNECTION_WATCH_H_

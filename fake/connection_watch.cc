#include "fake/connection_watch.h"

#include <algorithm>
#include <utility>

namespace dynamodown {
namespace {

using std::chrono::milliseconds;

/// How often the watch looks at its connections.
constexpr milliseconds kTickMin{10};
constexpr milliseconds kTickMax{1000};

}  // namespace

ConnectionWatch::ConnectionWatch(const Limits& limits,
                                 std::function<void(int fd)> shut)
    : limits_(limits), shut_(std::move(shut)), thread_([this] { Run(); }) {}

ConnectionWatch::~ConnectionWatch() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    has_ended_ = true;
  }
  ended_.notify_all();
  thread_.join();
}

ConnectionWatch::Connection* ConnectionWatch::Add(int fd) {
  std::lock_guard<std::mutex> lock(mutex_);
  Connection& added = connections_.emplace_back(Connection{fd});
  added.since = added.progress = Clock::now();
  if (++open_ > limits_.connections_max) ShutLongestWaiting();
  return &added;
}

void ConnectionWatch::Remove(Connection* connection) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!connection->is_shut) --open_;
  bytes_ -= connection->bytes;
  connections_.remove_if(
      [&](const Connection& each) { return &each == connection; });
}

void ConnectionWatch::Enter(Connection* connection, Phase phase) {
  std::lock_guard<std::mutex> lock(mutex_);
  connection->phase = phase;
  connection->since = connection->progress = Clock::now();
  if (phase == Phase::kSending || phase == Phase::kIdle) {
    bytes_ -= std::exchange(connection->bytes, 0);
  }
}

bool ConnectionWatch::Reserve(Connection* connection, size_t bytes) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (bytes_ + bytes > limits_.bytes_max) return false;
  bytes_ += bytes;
  connection->bytes += bytes;
  connection->progress = Clock::now();
  return true;
}

ConnectionWatch::Clock::time_point ConnectionWatch::EndOf(
    const Connection& connection) const {
  if (connection.is_shut || connection.phase == Phase::kHandling) {
    return Clock::time_point::max();
  }
  return connection.since + (connection.phase == Phase::kIdle
                                 ? limits_.idle_max
                                 : limits_.transfer_max);
}

void ConnectionWatch::Shut(Connection* connection) {
  connection->is_shut = true;
  --open_;
  shut_(connection->fd);
}

void ConnectionWatch::ShutLongestWaiting() {
  Connection* longest = nullptr;
  for (Connection& each : connections_) {
    if (!each.is_shut && each.phase != Phase::kHandling &&
        (longest == nullptr || each.progress < longest->progress)) {
      longest = &each;
    }
  }
  if (longest != nullptr) Shut(longest);
}

void ConnectionWatch::Run() {
  const milliseconds tick = std::clamp(
      std::min(limits_.idle_max, limits_.transfer_max) / 4, kTickMin, kTickMax);
  std::unique_lock<std::mutex> lock(mutex_);
  while (!ended_.wait_for(lock, tick, [this] { return has_ended_; })) {
    const Clock::time_point now = Clock::now();
    for (Connection& each : connections_) {
      if (EndOf(each) <= now) Shut(&each);
    }
  }
}

}  // namespace dynamodown

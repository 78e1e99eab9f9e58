#ifndef DYNAMODOWN_NODE_CREDENTIALS_H_
#define DYNAMODOWN_NODE_CREDENTIALS_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "dynamodown/options.h"
#include "leveldb/status.h"

namespace face {

/// Credentials that a function of the script gives. It is asked on the
/// script's thread, and may take its time; what it gave is kept until it
/// expires.
///
/// **Thread-safety**: Get and Expire from any thread, the rest from the
/// script's, which is the one that made it.
/// **Errors**: Get says what the function failed with. On the script's own
/// thread (a getSync) it never waits, since nobody could answer: without
/// credentials that are valid now it fails.
class ScriptCredentials final : public dynamodown::CredentialsProvider {
 public:
  using Time = std::chrono::system_clock::time_point;

  ScriptCredentials() : script_(std::this_thread::get_id()) {}

  /// How the function is asked, from any thread; without one, what is given is
  /// all there ever is.
  void set_ask(std::function<void()> ask) { ask_ = std::move(ask); }

  /// The function's answer; never expires without `expires`.
  void Give(dynamodown::Credentials credentials, std::optional<Time> expires);
  void Fail(const std::string& message);
  /// Nobody will answer any more: whoever waits fails.
  void End();

  leveldb::Status Get(dynamodown::Credentials* credentials) override;
  void Expire() override;

 private:
  const std::thread::id script_;
  std::function<void()> ask_;
  std::mutex mutex_;
  std::condition_variable answered_;
  std::optional<dynamodown::Credentials> kept_;
  std::optional<Time> expires_;
  Time not_before_;  // Of a renewal ahead of time.
  std::string failure_;
  uint64_t answers_ = 0;
  bool asking_ = false;
  bool ended_ = false;
};

}  // namespace face

#endif  // DYNAMODOWN_NODE_CREDENTIALS_H_

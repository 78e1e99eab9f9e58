// Credentials that a function of the script gives.

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

/// Credentials from a function of the script. The function runs on the script's
/// thread and may take its time. Its credentials are kept until they expire.
///
/// **Thread-safety**: Get and Expire from any thread, the rest from the
/// script's, which must create it.
/// **Errors**: Get returns the function's failure. On the script's own thread
/// (in a getSync) it never waits, because the function could not run: it fails
/// unless credentials are valid now.
class ScriptCredentials final : public dynamodown::CredentialsProvider {
 public:
  using Time = std::chrono::system_clock::time_point;

  ScriptCredentials() : script_(std::this_thread::get_id()) {}

  /// Sets how to call the function, from any thread. Without it, the
  /// credentials that were given first are the only ones.
  void set_ask(std::function<void()> ask) { ask_ = std::move(ask); }

  /// The function's answer. Without `expires` the credentials never expire.
  void Give(dynamodown::Credentials credentials, std::optional<Time> expires);
  void Fail(const std::string& message);
  /// No answer will come any more: waiting calls fail.
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
  Time not_before_;  // No early renewal before this.
  std::string failure_;
  uint64_t answers_ = 0;
  bool asking_ = false;
  bool ended_ = false;
};

}  // namespace face

#endif  // DYNAMODOWN_NODE_CREDENTIALS_H_

// The addon's state in one Node.js environment.

#ifndef DYNAMODOWN_NODE_ENVIRONMENT_H_
#define DYNAMODOWN_NODE_ENVIRONMENT_H_

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "napi.h"

namespace face {

class Core;
class Job;

/// The addon's state in one Node.js environment (the main thread or a worker
/// thread): its stores, and the way back from the pools' threads to the
/// script's.
///
/// Finished tasks come back in batches: one wake-up of the script's thread
/// settles all that have finished by then. The environment's end waits for work
/// under way and closes every store, so that nothing of the addon runs
/// afterwards.
///
/// **Thread-safety**: HandBack and Post from any thread, the rest from the
/// script's.
class Environment {
 public:
  static Environment* Of(Napi::Env env);

  /// Returns null, with an error pending, if the environment is already ending.
  static std::unique_ptr<Environment> New(Napi::Env env);

  /// Waits for calls under way and closes every store. Nothing can be opened
  /// any more. The environment's end does this too, but process.exit() on the
  /// main thread ends the process without it: the process's statics would then
  /// be destroyed while threads still run. The promises of dropped calls stay
  /// pending, as `never` is; it is empty if the script no longer runs.
  void Finish(Napi::Value never);
  bool is_finished() const { return is_finished_; }

  /// Settles `tasks`, which have run, on the script's thread.
  void HandBack(const std::vector<Job*>& tasks);
  /// Calls `call` on the script's thread, unless the environment ends first.
  void Post(std::function<void(Napi::Env)> call);

  /// Calls `core`'s Flush in a microtask, when the script's turn is over: by
  /// then all calls of the turn are known and can be sent together.
  void CallFlush(std::shared_ptr<Core> core);

  /// Between Begin and End the event loop stays alive.
  void Begin();
  void End();

  void Add(std::shared_ptr<Core> core) { cores_.insert(std::move(core)); }
  void Remove(const std::shared_ptr<Core>& core) { cores_.erase(core); }

  Napi::Env env() const { return env_; }

 private:
  explicit Environment(Napi::Env env) : env_(env) {}

  static void Deliver(napi_env env, napi_value callback, void* context,
                      void* data);
  void Drain(Napi::Env env);
  void WakeUp();
  void Flush();

  const Napi::Env env_;
  napi_threadsafe_function way_back_ = nullptr;
  Napi::FunctionReference queue_microtask_;
  Napi::FunctionReference flush_;
  std::vector<std::shared_ptr<Core>> to_flush_;
  std::set<std::shared_ptr<Core>> cores_;
  size_t under_way_ = 0;
  bool is_finished_ = false;

  std::mutex mutex_;
  std::vector<Job*> over_;
  std::vector<std::function<void(Napi::Env)>> posted_;
  bool woken_ = false;
  bool is_silent_ = false;  // No more wake-ups.
};

}  // namespace face

#endif  // DYNAMODOWN_NODE_ENVIRONMENT_H_

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

/// What one Node.js environment (the main thread, or a worker thread) has of
/// ours: its stores, and the way back from our threads to the script's.
///
/// What comes back is handed over in batches: a wake-up of the script's thread
/// settles all that is over by then. The environment's end waits for work under
/// way and closes every store, so that nothing of ours runs afterwards.
///
/// **Thread-safety**: HandBack and Post from any thread, the rest from the
/// script's.
class Environment {
 public:
  static Environment* Of(Napi::Env env);

  /// Null when the environment is ending already: an error is then pending.
  static std::unique_ptr<Environment> New(Napi::Env env);

  /// Waits for what is under way and closes every store; nothing can be opened
  /// any more. The environment's end does this too, but there is none when the
  /// main thread's script calls process.exit(): then the process's statics are
  /// destroyed while threads still run, unless this was called. Promises of
  /// what is dropped stay pending: `never` is such a one; it is empty when no
  /// script runs any more.
  void Finish(Napi::Value never);
  bool is_finished() const { return is_finished_; }

  /// `tasks` have run: settles them on the script's thread.
  void HandBack(const std::vector<Job*>& tasks);
  /// Calls `call` on the script's thread; never, if the environment ends first.
  void Post(std::function<void(Napi::Env)> call);

  /// Calls `core`'s Flush when the script's turn is over, in a microtask: what
  /// it does not wait for is then complete, and goes together.
  void CallFlush(std::shared_ptr<Core> core);

  /// While something is under way the event loop goes on.
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
  bool is_silent_ = false;  // Nobody is to be woken up any more.
};

}  // namespace face

#endif  // DYNAMODOWN_NODE_ENVIRONMENT_H_

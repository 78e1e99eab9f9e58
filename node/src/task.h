// A call as a job for the pool, with a promise for the script.

#ifndef DYNAMODOWN_NODE_TASK_H_
#define DYNAMODOWN_NODE_TASK_H_

#include <list>
#include <memory>

#include "errors.h"
#include "ledger.h"
#include "leveldb/status.h"
#include "napi.h"
#include "pool.h"

namespace face {

class Core;

/// A call of the script: created on the script's thread, run on a pool's
/// thread, and settled (its promise is fulfilled or rejected) on the script's
/// thread.
///
/// **Ownership**: Core::Start takes it. It is destroyed on the script's thread,
/// with everything that Run used, even if it never ran because the environment
/// ended.
class Task : public Ledger::Entry, public Job {
 public:
  explicit Task(Napi::Env env) : promise_(env) {}
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;

  // Run sets `status`.

  /// Called on the script's thread, while Run may be under way: nobody waits
  /// for the result any more, so long work should end early.
  virtual void Interrupt() {}

  /// Called on the script's thread after Run, before the promise is settled,
  /// whatever the status is.
  virtual void Over(Napi::Env /*env*/) {}

  /// The value that fulfills the promise if the status is OK.
  virtual Napi::Value Value(Napi::Env env) { return env.Undefined(); }

  /// Whether Run runs on the script's thread, since it neither blocks nor takes
  /// long.
  virtual bool is_local() const { return false; }

  Napi::Promise Promise() const { return promise_.Promise(); }

  void Settle(Napi::Env env) {
    Over(env);
    if (is_settled_) return;
    if (!status.ok()) {
      Reject(ToError(env, status));
      return;
    }
    const Napi::Value value = Value(env);
    if (env.IsExceptionPending()) {
      Reject(env.GetAndClearPendingException());  // Too large for JavaScript.
      return;
    }
    is_settled_ = true;
    promise_.Resolve(value);
  }

  /// Rejects the promise at once.
  void Reject(const Napi::Error& error) {
    is_settled_ = true;
    promise_.Reject(error.Value());
  }

  /// The script ends, and nobody can receive the result. `never` is a promise
  /// that stays pending; this one then stays pending too, but the addon holds
  /// nothing of it.
  void Drop(Napi::Value never) {
    if (!is_settled_) promise_.Resolve(never);
    is_settled_ = true;
  }

  leveldb::Status status;
  Core* core = nullptr;
  Ledger* ledger = nullptr;
  std::list<std::unique_ptr<Task>>::iterator position;  ///< In the core's list.

 private:
  const Napi::Promise::Deferred promise_;
  bool is_settled_ = false;
};

}  // namespace face

#endif  // DYNAMODOWN_NODE_TASK_H_

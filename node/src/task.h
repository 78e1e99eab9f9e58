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

/// A call of the script's on its way: made on the script's thread, carried out
/// on one of ours, and settled, which is to fulfil or to reject its promise, on
/// the script's again.
///
/// **Ownership**: Core::Start takes it. What Run used is destroyed with it, on
/// the script's thread; also when it never ran, the environment having ended.
class Task : public Ledger::Entry, public Job {
 public:
  explicit Task(Napi::Env env) : promise_(env) {}
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;

  // Run sets `status`.

  /// On the script's thread, while Run may be under way: nobody waits for it
  /// any more. What takes long ends early.
  virtual void Interrupt() {}

  /// On the script's thread, after Run and before the promise is settled,
  /// whatever the status.
  virtual void Over(Napi::Env /*env*/) {}

  /// What the promise is fulfilled with, if the status is OK.
  virtual Napi::Value Value(Napi::Env env) { return env.Undefined(); }

  /// Whether Run belongs on the script's thread: it neither blocks nor takes
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

  /// Rejects the promise, now.
  void Reject(const Napi::Error& error) {
    is_settled_ = true;
    promise_.Reject(error.Value());
  }

  /// The script ends: nobody hears of it any more. `never` is a promise that
  /// stays pending, and so will this one, but nothing is left of it on our
  /// side.
  void Drop(Napi::Value never) {
    if (!is_settled_) promise_.Resolve(never);
    is_settled_ = true;
  }

  leveldb::Status status;
  Core* core = nullptr;
  Ledger* ledger = nullptr;
  std::list<std::unique_ptr<Task>>::iterator position;  ///< The core's.

 private:
  const Napi::Promise::Deferred promise_;
  bool is_settled_ = false;
};

}  // namespace face

#endif  // DYNAMODOWN_NODE_TASK_H_

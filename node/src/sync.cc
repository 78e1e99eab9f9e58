// A Sync is a call on two stores, each with its own ledger and its own end. The
// task belongs to the first store. The second store gets a companion, a task
// that does nothing and lasts as long: it keeps the store open and its later
// calls waiting.
//
// Two Syncs that start at once, in opposite directions, cannot wait for each
// other: each enters both ledgers before anything else can, so the first one
// never waits for the second.

#include "sync.h"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "answers.h"
#include "dynamodown/status.h"
#include "environment.h"
#include "errors.h"

namespace face {
namespace {

/// Connects a Sync on a pool's thread with the script's progress function.
///
/// **Thread-safety**: Report from the Sync's thread, the rest from the
/// script's, as the destructor.
class Watch final : public std::enable_shared_from_this<Watch> {
 public:
  /// Without a function it serves only Cancel.
  Watch(Environment* environment, Napi::Value function)
      : environment_(environment), script_(std::this_thread::get_id()) {
    is_watched_ = function.IsFunction();
    if (is_watched_) {
      function_ = Napi::Persistent(function.As<Napi::Function>());
    }
  }

  /// Calls the function with the progress and waits for its answer. Returns
  /// whether to go on.
  bool Report(const dyno::SyncProgress& progress) {
    std::unique_lock<std::mutex> lock(mutex_);
    if (!is_watched_ || is_canceled_) return !is_canceled_;
    shown_ = progress;
    if (std::this_thread::get_id() == script_) {
      // The system gave no thread: see Pool::Run.
      lock.unlock();
      Show(environment_->env());
      return !is_canceled_;
    }
    environment_->Post(
        [self = shared_from_this()](Napi::Env env) { self->Show(env); });
    answered_.wait(lock, [this] { return !shown_ || is_canceled_; });
    return !is_canceled_;
  }

  /// Ends the Sync.
  void Cancel() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      is_canceled_ = true;
    }
    answered_.notify_all();
  }

  bool is_canceled() const { return is_canceled_; }
  /// The function's exception, or empty.
  const Napi::Error& thrown() const { return thrown_; }

 private:
  void Show(Napi::Env env) {
    // `shown_` does not change while Report waits for this call.
    const Napi::Value answer = function_.Call({ShowProgress(env, *shown_)});
    bool goes_on = !answer.IsBoolean() || answer.As<Napi::Boolean>().Value();
    if (env.IsExceptionPending()) {
      thrown_ = env.GetAndClearPendingException();
      goes_on = false;
    }
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      shown_.reset();
      if (!goes_on) is_canceled_ = true;
    }
    answered_.notify_all();
  }

  Environment* const environment_;
  const std::thread::id script_;
  Napi::FunctionReference function_;
  Napi::Error thrown_;
  bool is_watched_ = false;
  std::mutex mutex_;
  std::condition_variable answered_;
  std::optional<dyno::SyncProgress> shown_;  // Not yet answered.
  std::atomic<bool> is_canceled_{false};
};

class SyncTask final : public Task {
 public:
  SyncTask(Napi::Env env, Core* other, dyno::SyncOptions options,
           Napi::Value function)
      : Task(env),
        other_(other),
        options_(std::move(options)),
        watch_(std::make_shared<Watch>(other->environment(), function)) {
    // A plain pointer: a shared one could destroy the watch on Run's thread.
    options_.progress = [watch =
                             watch_.get()](const dyno::SyncProgress& progress) {
      return watch->Report(progress);
    };
  }

  void Run() override {
    status =
        dyno::Sync(core->items.get(), other_->items.get(), options_, &result_);
  }
  void Over(Napi::Env env) override {
    if (!watch_->thrown().IsEmpty()) {
      Reject(watch_->thrown());
    } else if (watch_->is_canceled() &&
               dynamodown::KindOf(status) == dynamodown::StatusKind::kIOError) {
      Reject(ToAbortError(env));
    }
  }
  Napi::Value Value(Napi::Env env) override { return ShowSync(env, result_); }
  void Interrupt() override { watch_->Cancel(); }

 private:
  Core* const other_;  // Its Companion keeps it.
  dyno::SyncOptions options_;
  const std::shared_ptr<Watch> watch_;
  dyno::SyncResult result_;
};

/// Represents the Sync in the second store.
class Companion final : public Task {
 public:
  using Task::Task;
  void Run() override {}
  bool is_local() const override { return true; }
};

}  // namespace

Napi::Value StartSync(Napi::Env env, Core* a, Core* b,
                      dyno::SyncOptions options, Napi::Value progress) {
  auto sync = std::make_unique<SyncTask>(env, b, std::move(options), progress);
  auto companion = std::make_unique<Companion>(env);
  sync->ledger = &a->items_ledger;
  companion->ledger = &b->items_ledger;
  // This order is correct even if both are the same store.
  b->items_ledger.ReadAll(sync.get());
  a->items_ledger.Barrier(sync.get());
  b->items_ledger.Barrier(companion.get());
  b->items_ledger.After(companion.get(), sync.get());
  b->Start(std::move(companion));
  return a->Start(std::move(sync));
}

}  // namespace face

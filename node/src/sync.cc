// A Sync is a call of two stores, each with a ledger and an end of its own. It
// belongs to the first one. In the second one stands a task that does nothing
// and lasts as long: it keeps that store open, and its later calls waiting.
//
// Two that are called at once, in both directions, do not wait for each other:
// each is entered in both ledgers before anything else can be, so that what is
// entered first waits for nothing that comes later.

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

/// Between a Sync, on a thread of ours, and a function of the script's that
/// wants to know how far it is.
///
/// **Thread-safety**: Report from the Sync's thread, the rest, the destructor
/// too, from the script's.
class Watch final : public std::enable_shared_from_this<Watch> {
 public:
  /// Without a function: for Cancel alone.
  Watch(Environment* environment, Napi::Value function)
      : environment_(environment), script_(std::this_thread::get_id()) {
    is_watched_ = function.IsFunction();
    if (is_watched_) {
      function_ = Napi::Persistent(function.As<Napi::Function>());
    }
  }

  /// Shows the function how far the Sync is, and waits for its answer: whether
  /// to go on.
  bool Report(const dyno::SyncProgress& progress) {
    std::unique_lock<std::mutex> lock(mutex_);
    if (!is_watched_ || is_canceled_) return !is_canceled_;
    shown_ = progress;
    if (std::this_thread::get_id() == script_) {
      // The system has no thread to give: see Pool::Run.
      lock.unlock();
      Show(environment_->env());
      return !is_canceled_;
    }
    environment_->Post(
        [self = shared_from_this()](Napi::Env env) { self->Show(env); });
    answered_.wait(lock, [this] { return !shown_ || is_canceled_; });
    return !is_canceled_;
  }

  /// The Sync is to end.
  void Cancel() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      is_canceled_ = true;
    }
    answered_.notify_all();
  }

  bool is_canceled() const { return is_canceled_; }
  /// What the function threw; empty if it did not.
  const Napi::Error& thrown() const { return thrown_; }

 private:
  void Show(Napi::Env env) {
    // Nobody changes `shown_` while it waits for this.
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
  std::optional<dyno::SyncProgress> shown_;  // That has no answer yet.
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
    // Not the watch's own: what Run leaves behind may go on its thread.
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
  Core* const other_;  // Stays, by its Companion.
  dyno::SyncOptions options_;
  const std::shared_ptr<Watch> watch_;
  dyno::SyncResult result_;
};

/// Stands for the Sync in the second store.
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
  // In this order also right when both are one store.
  b->items_ledger.ReadAll(sync.get());
  a->items_ledger.Barrier(sync.get());
  b->items_ledger.Barrier(companion.get());
  b->items_ledger.After(companion.get(), sync.get());
  b->Start(std::move(companion));
  return a->Start(std::move(sync));
}

}  // namespace face

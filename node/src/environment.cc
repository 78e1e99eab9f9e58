#include "environment.h"

#include <utility>

#include "core.h"
#include "task.h"

namespace face {

Environment* Environment::Of(Napi::Env env) {
  return env.GetInstanceData<Environment>();
}

std::unique_ptr<Environment> Environment::New(Napi::Env env) {
  std::unique_ptr<Environment> made(new Environment(env));
  if (napi_create_threadsafe_function(env, nullptr, nullptr,
                                      Napi::String::New(env, "dynamodown"), 0,
                                      1, nullptr, nullptr, made.get(), &Deliver,
                                      &made->way_back_) != napi_ok) {
    Napi::Error::New(env, "dynamodown: the environment is ending")
        .ThrowAsJavaScriptException();
    return nullptr;
  }
  made->queue_microtask_ =
      Napi::Persistent(env.Global().Get("queueMicrotask").As<Napi::Function>());
  made->flush_ = Napi::Persistent(Napi::Function::New(
      env, [self = made.get()](const Napi::CallbackInfo& /*info*/) {
        self->Flush();
      }));
  // Only work under way keeps the event loop alive: see Begin.
  napi_unref_threadsafe_function(env, made->way_back_);
  // Hooks run in reverse order, so this one runs before the function's own.
  napi_add_env_cleanup_hook(
      env,
      [](void* environment) {
        static_cast<Environment*>(environment)->Finish(Napi::Value());
      },
      made.get());
  return made;
}

void Environment::WakeUp() {
  // This never blocks: the queue has no limit and holds at most one call. The
  // function still exists: Finish runs before it is destroyed, and ends the
  // threads that call it.
  napi_call_threadsafe_function(way_back_, nullptr, napi_tsfn_nonblocking);
}

void Environment::HandBack(const std::vector<Job*>& tasks) {
  bool is_first;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    over_.insert(over_.end(), tasks.begin(), tasks.end());
    is_first = !is_silent_ && !std::exchange(woken_, true);
  }
  if (is_first) WakeUp();
}

void Environment::Post(std::function<void(Napi::Env)> call) {
  bool is_first;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    posted_.push_back(std::move(call));
    is_first = !is_silent_ && !std::exchange(woken_, true);
  }
  if (is_first) WakeUp();
}

void Environment::CallFlush(std::shared_ptr<Core> core) {
  to_flush_.push_back(std::move(core));
  if (to_flush_.size() > 1) return;
  queue_microtask_.Call({flush_.Value()});
  // The script no longer runs, so there is no turn to wait for.
  if (env_.IsExceptionPending()) {
    Napi::Env(env_).GetAndClearPendingException();
    Flush();
  }
}

void Environment::Flush() {
  const std::vector<std::shared_ptr<Core>> cores = std::move(to_flush_);
  to_flush_.clear();
  for (const std::shared_ptr<Core>& core : cores) core->Flush();
}

void Environment::Begin() {
  if (under_way_++ == 0) napi_ref_threadsafe_function(env_, way_back_);
}

void Environment::End() {
  if (--under_way_ == 0) napi_unref_threadsafe_function(env_, way_back_);
}

void Environment::Deliver(napi_env env, napi_value /*callback*/, void* context,
                          void* /*data*/) {
  // The environment is ending, and Finish takes care of all tasks.
  if (env == nullptr) return;
  static_cast<Environment*>(context)->Drain(env);
}

void Environment::Drain(Napi::Env env) {
  std::vector<Job*> over;
  std::vector<std::function<void(Napi::Env)>> posted;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    woken_ = false;
    over.swap(over_);
    posted.swap(posted_);
  }
  for (Job* job : over) {
    const Napi::HandleScope scope(env);
    Task* const task = static_cast<Task*>(job);
    task->core->Settle(task);
  }
  for (const auto& call : posted) {
    const Napi::HandleScope scope(env);
    call(env);
  }
}

void Environment::Finish(Napi::Value never) {
  is_finished_ = true;
  to_flush_.clear();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_silent_ = true;
    over_.clear();  // The stores own the tasks.
    posted_.clear();
  }
  const std::set<std::shared_ptr<Core>> cores = std::move(cores_);
  cores_.clear();
  for (const std::shared_ptr<Core>& core : cores) core->Interrupt();
  for (const std::shared_ptr<Core>& core : cores) core->Stop();
  for (const std::shared_ptr<Core>& core : cores) core->Abandon(never);
  const std::lock_guard<std::mutex> lock(mutex_);
  over_.clear();
  posted_.clear();
}

}  // namespace face

#include "core.h"

#include <deque>
#include <utility>
#include <vector>

#include "iterator.h"
#include "snapshot.h"

namespace face {

namespace {

// This many calls fill a request, so they start before a long turn of the
// script ends.
constexpr size_t kReadyMax = 100;

}  // namespace

/// Destroys its members on a thread of the pool, or in its destructor if it
/// never ran.
class Core::Closing final : public Task {
 public:
  using Task::Task;
  ~Closing() override { Closing::Run(); }

  void Run() override {
    iterators.clear();
    for (const leveldb::Snapshot* snapshot : snapshots) {
      db->ReleaseSnapshot(snapshot);
    }
    snapshots.clear();
    items.reset();
    db.reset();
  }

  std::unique_ptr<dynamodown::Database> db;
  std::unique_ptr<dyno::Store> items;
  std::vector<const leveldb::Snapshot*> snapshots;
  std::vector<std::unique_ptr<leveldb::Iterator>> iterators;
};

Core::Core(Environment* environment, size_t threads_max)
    : environment_(environment),
      pool_(threads_max, [environment](const std::vector<Job*>& jobs) {
        environment->HandBack(jobs);
      }) {}

Core::~Core() = default;

Napi::Promise Core::Start(std::unique_ptr<Task> task) {
  Task* const started = task.get();
  started->core = this;
  if (started->ledger == nullptr) started->ledger = &ledger;
  tasks_.push_front(std::move(task));
  started->position = tasks_.begin();
  environment_->Begin();
  const Napi::Promise promise = started->Promise();
  if (started->is_ready()) Launch(started);
  return promise;
}

void Core::Launch(Task* task) {
  if (task->is_local()) {
    task->Run();
    Settle(task);
    return;
  }
  ready_.push_back(task);
  if (ready_.size() == 1) {
    environment_->CallFlush(shared_from_this());
  } else if (ready_.size() == kReadyMax) {
    Flush();
  }
}

void Core::Flush() {
  const std::vector<Job*> ready = std::move(ready_);
  ready_.clear();
  if (!ready.empty()) pool_.Run(ready);
}

void Core::Settle(Task* first) {
  const std::shared_ptr<Core> self = shared_from_this();
  std::deque<Task*> over = {first};
  while (!over.empty()) {
    Task* const task = over.front();
    over.pop_front();
    task->Settle(environment_->env());
    for (Ledger::Entry* entry : task->ledger->Done(task)) {
      Task* const ready = static_cast<Task*>(entry);
      if (ready->core == this && ready->is_local()) {
        ready->Run();
        over.push_back(ready);
      } else {
        ready->core->Launch(ready);
      }
    }
    tasks_.erase(task->position);
    environment_->End();
  }
  if (!tasks_.empty()) return;
  if (closing_ != nullptr) {
    LaunchClosing();
  } else if (is_retired_) {
    pool_.Stop();
    environment_->Remove(self);
  }
}

Napi::Promise Core::Close(Napi::Env env) {
  auto closing = std::make_unique<Closing>(env);
  const Napi::Promise promise = closing->Promise();
  if (is_closing_ || is_retired_) {
    closing->Settle(env);
    return promise;
  }
  is_closing_ = true;
  closing_ = std::move(closing);
  if (tasks_.empty()) LaunchClosing();
  return promise;
}

void Core::Forget(Napi::Env env) {
  if (!is_closing_ && !is_retired_) Close(env);
}

void Core::LaunchClosing() {
  for (Cursor* cursor : cursors) {
    closing_->iterators.push_back(std::move(cursor->iterator));
  }
  cursors.clear();
  for (HeldSnapshot* snapshot : snapshots) {
    closing_->snapshots.push_back(snapshot->snapshot);
    snapshot->snapshot = nullptr;
  }
  snapshots.clear();
  closing_->items = std::move(items);
  closing_->db = std::move(db);
  is_retired_ = true;
  Start(std::move(closing_));
}

void Core::Interrupt() {
  if (credentials != nullptr) credentials->End();
  for (const std::unique_ptr<Task>& task : tasks_) task->Interrupt();
}

void Core::Stop() {
  ready_.clear();
  pool_.Stop();
}

void Core::Abandon(Napi::Value never) {
  for (Cursor* cursor : cursors) cursor->iterator.reset();
  cursors.clear();
  for (HeldSnapshot* snapshot : snapshots) {
    db->ReleaseSnapshot(snapshot->snapshot);
    snapshot->snapshot = nullptr;
  }
  snapshots.clear();
  is_closing_ = true;
  is_retired_ = true;
  if (!never.IsEmpty()) {
    for (const std::unique_ptr<Task>& task : tasks_) task->Drop(never);
    if (closing_ != nullptr) closing_->Drop(never);
  }
  tasks_.clear();
  closing_.reset();
  items.reset();
  db.reset();
}

}  // namespace face

#include "base/scheduler.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "base/fork.h"

namespace dynamodown {
namespace {

/// The state that the threads share. In a forked child, ThreadScheduler does
/// not destroy this state, since the destructors of the condition variables
/// would wait for threads that the child does not have. So the state is an
/// object of its own.
struct Threads {
  explicit Threads(size_t n) : threads_max(n) {}

  void Work() {
    std::unique_lock<std::mutex> lock(mutex);
    for (;;) {
      ++idle;
      queue_changed.wait(lock, [&] { return closing || !queue.empty(); });
      --idle;
      if (queue.empty()) return;
      std::function<void()> task = std::move(queue.front());
      queue.pop_front();
      lock.unlock();
      task();
      task = nullptr;  // Release the task's captures before the next wait.
      lock.lock();
    }
  }

  const size_t threads_max;

  std::mutex mutex;  // Guards the next five members, up to `closing`.
  std::condition_variable queue_changed;
  std::deque<std::function<void()>> queue;
  std::vector<std::thread> threads;
  size_t idle = 0;
  bool closing = false;

  // Guards `generation`. A thread that holds wait_mutex locks no other mutex.
  std::mutex wait_mutex;
  std::condition_variable notified;
  uint64_t generation = 0;
};

class ThreadScheduler final : public Scheduler {
 public:
  explicit ThreadScheduler(int threads_max)
      : threads_(std::make_unique<Threads>(
            static_cast<size_t>(std::max(threads_max, 1)))) {}

  ~ThreadScheduler() override {
    if (InForkedChild()) {
      threads_.release();
      return;
    }
    {
      std::lock_guard<std::mutex> lock(threads_->mutex);
      threads_->closing = true;
    }
    threads_->queue_changed.notify_all();
    for (std::thread& thread : threads_->threads) thread.join();
  }

  void Run(std::function<void()> task) override {
    if (InForkedChild()) {
      task();
      return;
    }
    Threads* const t = threads_.get();
    {
      std::lock_guard<std::mutex> lock(t->mutex);
      t->queue.push_back(std::move(task));
      // While closing, start no thread, since the destructor walks the list of
      // threads. No new thread is needed: while closing, only tasks call Run,
      // and the thread of such a task continues with the queue when the task
      // ends.
      if (!t->closing && t->queue.size() > t->idle &&
          t->threads.size() < t->threads_max) {
        StartThread();
      }
      if (!t->threads.empty()) {
        t->queue_changed.notify_one();
        return;
      }
      // No thread could be started, so the caller's thread runs the task.
      task = std::move(t->queue.back());
      t->queue.pop_back();
    }
    task();
  }

  bool Wait(std::unique_lock<std::mutex>& lock,
            const std::function<bool()>& ready) override {
    return WaitUntil(lock, ready, TimePoint::max());
  }

  bool WaitUntil(std::unique_lock<std::mutex>& lock,
                 const std::function<bool()>& ready, TimePoint until) override {
    Threads* const t = threads_.get();
    for (;;) {
      if (InForkedChild()) return ready();
      // The generation is read before ready() and compared under wait_mutex.
      // Without the generation, a Notify between ready() and the wait would be
      // lost.
      uint64_t seen;
      {
        std::lock_guard<std::mutex> wait_lock(t->wait_mutex);
        seen = t->generation;
      }
      if (ready()) return true;
      if (until != TimePoint::max() && Now() >= until) return false;
      lock.unlock();
      {
        std::unique_lock<std::mutex> wait_lock(t->wait_mutex);
        const auto has_changed = [&] { return t->generation != seen; };
        if (until == TimePoint::max()) {
          t->notified.wait(wait_lock, has_changed);
        } else {
          t->notified.wait_until(wait_lock, until, has_changed);
        }
      }
      lock.lock();
    }
  }

  void Notify() override {
    if (InForkedChild()) return;
    {
      std::lock_guard<std::mutex> wait_lock(threads_->wait_mutex);
      ++threads_->generation;
    }
    threads_->notified.notify_all();
  }

  void Sleep(Duration duration) override {
    std::this_thread::sleep_for(duration);
  }

  TimePoint Now() override { return std::chrono::steady_clock::now(); }

 private:
  /// Does nothing if the system grants no more threads.
  void StartThread() {
    Threads* const t = threads_.get();
    try {
      t->threads.emplace_back([t] { t->Work(); });
    } catch (const std::system_error&) {
    }
  }

  bool InForkedChild() const { return !creator_.IsThis(); }

  std::unique_ptr<Threads> threads_;
  const CreatorProcess creator_;
};

}  // namespace

std::unique_ptr<Scheduler> NewThreadScheduler(int threads_max) {
  return std::make_unique<ThreadScheduler>(threads_max);
}

void ParallelFor(Scheduler* scheduler, size_t n, int parallel_max,
                 const std::function<void(size_t)>& work) {
  // Shared with the tasks. A task may start so late that all work is done and
  // this stack frame is gone.
  struct Shared {
    std::mutex mutex;
    size_t next = 0;
    size_t running = 0;
    size_t n;
    const std::function<void(size_t)>* work;
  };
  auto shared = std::make_shared<Shared>();
  shared->n = n;
  shared->work = &work;

  auto take_all = [scheduler, shared] {
    std::unique_lock<std::mutex> lock(shared->mutex);
    while (shared->next < shared->n) {
      const size_t i = shared->next++;
      ++shared->running;
      lock.unlock();
      (*shared->work)(i);
      lock.lock();
      --shared->running;
    }
    if (shared->running == 0) scheduler->Notify();
  };

  const size_t helpers =
      std::min(n, static_cast<size_t>(std::max(parallel_max, 1)));
  for (size_t i = 1; i < helpers; ++i) scheduler->Run(take_all);
  take_all();
  std::unique_lock<std::mutex> lock(shared->mutex);
  scheduler->Wait(
      lock, [&] { return shared->next == shared->n && shared->running == 0; });
}

}  // namespace dynamodown

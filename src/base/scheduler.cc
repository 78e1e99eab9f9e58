#include "base/scheduler.h"

#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <thread>
#include <utility>
#include <vector>

namespace dynamodown {
namespace {

class ThreadScheduler final : public Scheduler {
 public:
  explicit ThreadScheduler(int threads_max)
      : threads_max_(static_cast<size_t>(std::max(threads_max, 1))),
        process_(getpid()) {}

  ~ThreadScheduler() override {
    if (getpid() != process_) {
      // The threads stayed in the parent: nothing to join, and destroying
      // their handles would end this process.
      for (std::thread& thread : threads_) thread.detach();
      return;
    }
    {
      std::lock_guard<std::mutex> lock(mutex_);
      closing_ = true;
    }
    queue_changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  void Run(std::function<void()> task) override {
    std::lock_guard<std::mutex> lock(mutex_);
    queue_.push_back(std::move(task));
    if (queue_.size() > idle_ && threads_.size() < threads_max_) {
      threads_.emplace_back([this] { Work(); });
    }
    queue_changed_.notify_one();
  }

  void Wait(std::unique_lock<std::mutex>& lock,
            const std::function<bool()>& ready) override {
    // A Notify between ready() and going to sleep would be lost without the
    // generation: it is read before ready() and compared under wait_mutex_.
    for (;;) {
      uint64_t seen;
      {
        std::lock_guard<std::mutex> wait_lock(wait_mutex_);
        seen = generation_;
      }
      if (ready()) return;
      lock.unlock();
      {
        std::unique_lock<std::mutex> wait_lock(wait_mutex_);
        notified_.wait(wait_lock, [&] { return generation_ != seen; });
      }
      lock.lock();
    }
  }

  void Notify() override {
    {
      std::lock_guard<std::mutex> wait_lock(wait_mutex_);
      ++generation_;
    }
    notified_.notify_all();
  }

  void Sleep(Duration duration) override {
    std::this_thread::sleep_for(duration);
  }

  TimePoint Now() override { return std::chrono::steady_clock::now(); }

 private:
  void Work() {
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      ++idle_;
      queue_changed_.wait(lock, [&] { return closing_ || !queue_.empty(); });
      --idle_;
      if (queue_.empty()) return;
      std::function<void()> task = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      task();
      task = nullptr;  // What it holds is released before the next wait.
      lock.lock();
    }
  }

  const size_t threads_max_;
  const pid_t process_;

  std::mutex mutex_;  // Guards the five below.
  std::condition_variable queue_changed_;
  std::deque<std::function<void()>> queue_;
  std::vector<std::thread> threads_;
  size_t idle_ = 0;
  bool closing_ = false;

  std::mutex wait_mutex_;  // Guards generation_. Taken last.
  std::condition_variable notified_;
  uint64_t generation_ = 0;
};

}  // namespace

std::unique_ptr<Scheduler> NewThreadScheduler(int threads_max) {
  return std::make_unique<ThreadScheduler>(threads_max);
}

void ParallelFor(Scheduler* scheduler, size_t n, int parallel_max,
                 const std::function<void(size_t)>& work) {
  // Shared with tasks that may start only after all work is done, and then
  // find nothing left: they must not touch this stack frame.
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
  scheduler->Wait(lock, [&] {
    return shared->next == shared->n && shared->running == 0;
  });
}

}  // namespace dynamodown

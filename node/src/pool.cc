#include "pool.h"

#include <system_error>
#include <utility>

namespace face {

void Pool::Run(std::function<void()> job) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (stopped_) return;
  // An idle thread may have been promised to a job that still waits in line.
  if (idle_ <= jobs_.size() && threads_.size() < threads_max_) {
    try {
      threads_.emplace_back([this] { Work(); });
    } catch (const std::system_error&) {
      // Those that are there carry it out, later.
      if (threads_.empty()) {
        lock.unlock();
        job();
        return;
      }
    }
  }
  jobs_.push_back(std::move(job));
  lock.unlock();
  changed_.notify_one();
}

void Pool::Stop() {
  std::vector<std::thread> threads;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
    jobs_.clear();
    threads.swap(threads_);
  }
  changed_.notify_all();
  for (std::thread& thread : threads) thread.join();
}

void Pool::Work() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    ++idle_;
    changed_.wait(lock, [this] { return stopped_ || !jobs_.empty(); });
    --idle_;
    if (stopped_) return;
    const std::function<void()> job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    lock.lock();
  }
}

}  // namespace face

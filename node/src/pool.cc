#include "pool.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace face {
namespace {

// How many jobs in line are examined for others to take along.
constexpr size_t kLookedAtMax = 256;

// A thread leaves half of the line to the other threads if the line is longer
// than this.
constexpr size_t kNotShared = 8;

}  // namespace

bool Pool::Call() {
  if (is_coming_) return true;
  if (idle_ > 0) {
    is_coming_ = true;
    changed_.notify_one();
    return true;
  }
  // Busy threads look at the line when they are done.
  if (threads_.size() == threads_max_) return true;
  try {
    threads_.emplace_back([this] { Work(); });
  } catch (const std::system_error&) {
    return !threads_.empty();
  }
  is_coming_ = true;
  return true;
}

void Pool::Run(const std::vector<Job*>& jobs) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (is_stopped_) return;
    line_.insert(line_.end(), jobs.begin(), jobs.end());
    if (Call()) return;
    line_.clear();  // Without a thread, the line holds only these jobs.
  }
  for (Job* job : jobs) job->Run();
  done_(jobs);
}

void Pool::Stop() {
  std::vector<std::thread> threads;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_stopped_ = true;
    line_.clear();
    threads.swap(threads_);
  }
  changed_.notify_all();
  for (std::thread& thread : threads) thread.join();
}

void Pool::Work() {
  std::vector<Job*> jobs;
  std::unique_lock<std::mutex> lock(mutex_);
  // This thread was started for the jobs in line.
  is_coming_ = false;
  while (true) {
    while (!is_stopped_ && line_.empty()) {
      ++idle_;
      changed_.wait(lock);
      --idle_;
      is_coming_ = false;
    }
    if (is_stopped_) return;

    Job* const first = line_.front();
    line_.pop_front();
    jobs.assign(1, first);
    const size_t fair = std::max((line_.size() + 2) / 2, kNotShared);
    const size_t most = std::min(first->together_max(), fair);
    size_t looked_at = 0;
    for (auto job = line_.begin(); job != line_.end() && jobs.size() < most &&
                                   looked_at++ < kLookedAtMax;) {
      if (first->TakesAlong(**job)) {
        jobs.push_back(*job);
        job = line_.erase(job);
      } else {
        ++job;
      }
    }
    if (!line_.empty()) Call();
    lock.unlock();
    if (jobs.size() == 1) {
      first->Run();
    } else {
      first->RunTogether(jobs);
    }
    done_(jobs);
    lock.lock();
  }
}

}  // namespace face

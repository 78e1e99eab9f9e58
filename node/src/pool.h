// Threads for blocking work, apart from Node's own.

#ifndef DYNAMODOWN_NODE_POOL_H_
#define DYNAMODOWN_NODE_POOL_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace face {

/// Blocking work for a Pool.
class Job {
 public:
  virtual ~Job() = default;

  /// May block.
  virtual void Run() = 0;

  /// Whether `other`, which waits in line too, can run together with this job.
  /// Must be quick, and must not depend on state that may change.
  virtual bool TakesAlong(const Job& /*other*/) const { return false; }

  /// How many jobs can run together, this one included.
  virtual size_t together_max() const { return 1; }

  /// Runs all of `jobs`, of which this job is the first.
  virtual void RunTogether(const std::vector<Job*>& jobs) {
    for (Job* job : jobs) job->Run();
  }
};

/// Threads for jobs, apart from Node's own. They start when needed, up to a
/// limit. Only one thread at a time is on its way to the line, and it may take
/// along jobs that have arrived by then. So calls that are made at once, or
/// that wait because all threads are busy, cost one exchange instead of many.
///
/// **Thread-safety**: Run from any thread; Stop and the destructor from one
/// that is not the pool's.
/// **Ownership**: a job must live until `done` is called with it, on its
/// thread.
class Pool {
 public:
  using Done = std::function<void(const std::vector<Job*>&)>;

  Pool(size_t threads_max, Done done)
      : threads_max_(threads_max), done_(std::move(done)) {}
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() { Stop(); }

  /// Runs `jobs` on the pool's threads. If the pool has no thread and the
  /// system gives none, runs them on the caller's, before it returns. After
  /// Stop, does nothing.
  void Run(const std::vector<Job*>& jobs);

  /// Drops the jobs that have not begun. Returns when the others are over and
  /// all threads are joined.
  void Stop();

 private:
  void Work();
  /// Makes sure that a thread comes for the jobs in line. Requires the lock.
  /// Returns false if none ever will.
  bool Call();

  const size_t threads_max_;
  const Done done_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job*> line_;
  std::vector<std::thread> threads_;
  size_t idle_ = 0;
  bool is_coming_ = false;  // A thread is on its way to the line.
  bool is_stopped_ = false;
};

}  // namespace face

#endif  // DYNAMODOWN_NODE_POOL_H_

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

/// Something that blocks, for a Pool.
class Job {
 public:
  virtual ~Job() = default;

  /// Takes as long as it takes.
  virtual void Run() = 0;

  /// Whether `other`, which waits in line too, can be done in the same go.
  /// Quick, and not about what may change.
  virtual bool TakesAlong(const Job& /*other*/) const { return false; }

  /// How many it can be with, itself included.
  virtual size_t together_max() const { return 1; }

  /// Runs them all, itself being the first.
  virtual void RunTogether(const std::vector<Job*>& jobs) {
    for (Job* job : jobs) job->Run();
  }
};

/// Threads for jobs, none of Node's own: started when they are needed, never
/// more than a limit. One thread at a time is on its way to the line; what came
/// into it by then, it may take along. So calls that are made at once, and
/// those that wait because all threads are busy, cost one exchange where they
/// would cost many.
///
/// **Thread-safety**: Run from any thread; Stop and the destructor from one,
/// which is none of the pool's.
/// **Ownership**: a job must live until `done` is told of it, on its thread.
class Pool {
 public:
  using Done = std::function<void(const std::vector<Job*>&)>;

  Pool(size_t threads_max, Done done)
      : threads_max_(threads_max), done_(std::move(done)) {}
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() { Stop(); }

  /// Carries out `jobs` on threads; on the caller's, and at once, when the
  /// system has no thread to give and the pool has none. After Stop: never.
  void Run(const std::vector<Job*>& jobs);

  /// Drops the jobs that have not begun, and returns when those that have are
  /// over and all threads are joined.
  void Stop();

 private:
  void Work();
  /// Under the lock: sees to it that somebody comes for the jobs in line.
  /// False when nobody ever will.
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

#ifndef DYNAMODOWN_NODE_POOL_H_
#define DYNAMODOWN_NODE_POOL_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace face {

/// Threads for jobs that block: started when a job finds none idle, never more
/// than a limit, and not one of Node's own.
///
/// **Thread-safety**: Run from any thread; Stop and the destructor from one,
/// which is none of the pool's.
class Pool {
 public:
  explicit Pool(size_t threads_max) : threads_max_(threads_max) {}
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() { Stop(); }

  /// Carries out `job` on a thread; on the caller's, and at once, when the
  /// system has no thread to give and the pool has none. After Stop: never.
  void Run(std::function<void()> job);

  /// Drops the jobs that have not begun, and returns when those that have are
  /// over and all threads are joined.
  void Stop();

 private:
  void Work();

  const size_t threads_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  std::vector<std::thread> threads_;
  size_t idle_ = 0;
  bool stopped_ = false;
};

}  // namespace face

#endif  // DYNAMODOWN_NODE_POOL_H_

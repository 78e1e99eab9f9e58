// All waiting goes through here.
//
// Nothing else in src/ waits on a condition variable, a future or the clock,
// and nothing holds a mutex across a request. So whoever makes the Scheduler
// owns every interleaving: ThreadScheduler leaves it to the operating system;
// the simulator's runs one thread at a time and chooses the next by a seed.

#ifndef DYNAMODOWN_BASE_SCHEDULER_H_
#define DYNAMODOWN_BASE_SCHEDULER_H_

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>

namespace dynamodown {

/// **Thread-safety**: all calls from any thread.
class Scheduler {
 public:
  using Duration = std::chrono::nanoseconds;
  using TimePoint =
      std::chrono::time_point<std::chrono::steady_clock, Duration>;

  virtual ~Scheduler() = default;

  /// Runs `task` some time on another thread, or, when there is none to be had,
  /// at once on this one. A task must not wait for another task: there may be
  /// no thread left to run that one.
  virtual void Run(std::function<void()> task) = 0;

  /// Returns true when `ready()` is. It is called with `lock` held, and the
  /// lock is held on return; what it reads is protected by the lock's mutex.
  /// Returns false, at once, when nothing is left that could make it true: in a
  /// forked child, which has none of its parent's threads.
  virtual bool Wait(std::unique_lock<std::mutex>& lock,
                    const std::function<bool()>& ready) = 0;

  /// The same, but returns at `until` at the latest: whether `ready()` is true
  /// then.
  virtual bool WaitUntil(std::unique_lock<std::mutex>& lock,
                         const std::function<bool()>& ready,
                         TimePoint until) = 0;

  /// Something that a Wait may be waiting for has changed. Call it after the
  /// change, with or without the mutex.
  virtual void Notify() = 0;

  virtual void Sleep(Duration duration) = 0;

  /// Time that never steps back. Its zero means nothing.
  virtual TimePoint Now() = 0;
};

/// Real threads and the real clock: at most `threads_max` threads, started when
/// there is work for them, ended and joined by the destructor, which first lets
/// them finish what is queued. In a forked child there are no threads: Run runs
/// the task at once, and the destructor leaves what belongs to the parent
/// alone.
std::unique_ptr<Scheduler> NewThreadScheduler(int threads_max);

/// Calls `work(0)` ... `work(n - 1)`, at most `parallel_max` at once, and
/// returns when all have returned. The caller's thread takes part, so this
/// makes progress even when no other thread is free.
void ParallelFor(Scheduler* scheduler, size_t n, int parallel_max,
                 const std::function<void(size_t)>& work);

}  // namespace dynamodown

#endif  // DYNAMODOWN_BASE_SCHEDULER_H_

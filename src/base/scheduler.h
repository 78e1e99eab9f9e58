// All waiting in src/ goes through a Scheduler, except that a Transport waits
// for the network and RunCommand waits for a command (base/machine.cc). No
// other code waits on a condition variable, a future or the clock, and no code
// holds a mutex across a request. So the Scheduler determines how threads
// interleave. ThreadScheduler leaves the interleaving to the operating system.
// The simulator's Scheduler runs one thread at a time, and a seed decides which
// thread runs next.

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

  /// Runs `task` later on another thread. If there is no other thread and none
  /// can be started, runs `task` at once on the caller's thread. A task must
  /// not wait for another task, since the other task may have no thread to run
  /// on.
  virtual void Run(std::function<void()> task) = 0;

  /// Blocks until `ready()` is true, then returns true. Calls `ready` with
  /// `lock` held and returns with `lock` held. The lock's mutex must protect
  /// everything that `ready` reads. If no thread is left that could make
  /// `ready()` true, returns false instead of blocking. A forked child, for
  /// example, has none of its parent's threads.
  virtual bool Wait(std::unique_lock<std::mutex>& lock,
                    const std::function<bool()>& ready) = 0;

  /// Like Wait, but blocks at most until the time `until`. Returns the result
  /// of the last call of `ready()`.
  virtual bool WaitUntil(std::unique_lock<std::mutex>& lock,
                         const std::function<bool()>& ready,
                         TimePoint until) = 0;

  /// Wakes the waiters, which then check `ready()` again. Call Notify after any
  /// change of the data that a `ready` reads, with or without the mutex held.
  virtual void Notify() = 0;

  virtual void Sleep(Duration duration) = 0;

  /// Returns a time that never steps back. Only differences between such times
  /// have a meaning.
  virtual TimePoint Now() = 0;
};

/// Returns a Scheduler that uses real threads and the real clock. It starts at
/// most `threads_max` threads (at least 1), and only when there is work for
/// them. The destructor lets the threads finish all tasks that Run has queued,
/// then joins the threads. A forked child has none of these threads. In the
/// child, Run runs the task at once on the caller's thread, and the destructor
/// joins no thread.
std::unique_ptr<Scheduler> NewThreadScheduler(int threads_max);

/// Calls `work(0)` ... `work(n - 1)`, at most `parallel_max` at once, and
/// returns when all have returned. The caller's thread takes part, so the work
/// progresses even if no other thread is free.
void ParallelFor(Scheduler* scheduler, size_t n, int parallel_max,
                 const std::function<void(size_t)>& work);

}  // namespace dynamodown

#endif  // DYNAMODOWN_BASE_SCHEDULER_H_

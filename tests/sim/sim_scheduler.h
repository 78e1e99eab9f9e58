// A Scheduler that owns every interleaving: one thread runs at a time, and the
// next is chosen by a seed. The same seed gives the same run.

#ifndef DYNAMODOWN_TESTS_SIM_SIM_SCHEDULER_H_
#define DYNAMODOWN_TESTS_SIM_SIM_SCHEDULER_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/scheduler.h"
#include "transport/transport.h"

namespace dynamodown {

/// The threads are real, but only the one with the baton runs. It passes the
/// baton on at Yield, Sleep and Wait and when it ends: to a thread chosen by
/// the seed among all that could go on, itself included. Run and Notify keep
/// it.
///
/// The thread that makes the scheduler is simulated, too, as "main", and has
/// the baton first. From then on only threads of Spawn and Run may call.
///
/// Time is virtual. It stands still while any thread can go on, and then leaps
/// to where the first sleeper wakes.
///
/// A waiting thread can go on once its predicate holds *and* there was a Notify
/// since it was last found not to: a forgotten Notify is a deadlock here, as it
/// is in earnest. Predicates are asked with their mutex held, more often than
/// threads would, by whichever thread has the baton. Whoever gives up the baton
/// with a mutex locked and keeps it breaks the rules of scheduler.h: a Wait
/// with that mutex is then reported as a failure, a plain lock of it hangs.
///
/// **Errors**: a deadlock prints the seed, every thread's state and the end of
/// the trace to stderr and aborts.
///
/// **Thread-safety**: by the baton: it is for simulated threads only.
class SimScheduler final : public Scheduler {
 public:
  /// Of the trace it keeps so many lines, the last ones.
  explicit SimScheduler(uint64_t seed, size_t trace_lines_max = kTraceLinesMax);
  /// RunAll, then joins.
  ~SimScheduler() override;
  SimScheduler(const SimScheduler&) = delete;
  SimScheduler& operator=(const SimScheduler&) = delete;

  /// Each task is a simulated thread of its own, "task-1" and so on.
  void Run(std::function<void()> task) override;
  bool Wait(std::unique_lock<std::mutex>& lock,
            const std::function<bool()>& ready) override;
  bool WaitUntil(std::unique_lock<std::mutex>& lock,
                 const std::function<bool()>& ready, TimePoint until) override;
  void Notify() override;
  void Sleep(Duration duration) override;
  TimePoint Now() override;

  /// A client: a simulated thread of that name, which begins when it is first
  /// chosen.
  void Spawn(std::string name, std::function<void()> body);
  /// Returns when every other thread has ended. By "main" only.
  void RunAll();
  /// Passes the baton; `point` says in the trace where.
  void Yield(const std::string& point = "yield");

  /// A number by the seed, evenly from [0, n); n > 0. For what else the
  /// simulation leaves to chance: faults, workload.
  uint64_t Choose(uint64_t n);

  /// Adds a line, with the time and the thread that has the baton.
  void Trace(const std::string& event);
  /// The last lines, as many as are kept.
  const std::deque<std::string>& trace() const { return trace_; }
  /// Of all lines ever: equal runs have equal hashes.
  uint64_t trace_hash() const { return trace_hash_; }

  static constexpr size_t kTraceLinesMax = 10'000;
  static constexpr size_t kWholeTrace = std::numeric_limits<size_t>::max();

 private:
  enum class State { kRunnable, kSleeping, kWaiting, kJoining, kIdle };
  struct Thread {
    std::string name;
    State state = State::kRunnable;
    std::string point;  // Where it gave up the baton.
    std::function<void()> body;
    TimePoint wake_at;                 // Of kSleeping and kWaiting.
    std::mutex* wait_mutex = nullptr;  // Of kWaiting, as is ready.
    const std::function<bool()>* ready = nullptr;
    bool notified = false;  // Whether `ready` needs to be asked again.
    bool is_ready = false;  // Of kWaiting that goes on: not just in time.
    std::condition_variable turn;
    std::thread thread;
  };

  void Start(std::string name, std::function<void()> body);
  void Main(Thread* self);
  /// Gives the baton away, in the state that is set, and returns with it.
  void Pass();
  void Give(Thread* thread);
  /// Returns when `self` has the baton; false: it is to end.
  bool Await(Thread* self);
  Thread* Next();
  bool CanGoOn(Thread* thread);
  void TraceLine(const std::string& event);
  std::string Describe() const;
  [[noreturn]] void Fail(const std::string& why) const;

  const uint64_t seed_;
  const size_t trace_lines_max_;
  std::mutex mutex_;  // Guards these two as the baton changes hands.
  Thread* current_;   // Who has the baton. What follows is its alone.
  bool closing_ = false;
  std::mt19937_64 engine_;
  // Those that ended are used again.
  std::vector<std::unique_ptr<Thread>> threads_;
  Thread* main_;
  TimePoint now_{};
  uint64_t tasks_ = 0;
  std::deque<std::string> trace_;
  uint64_t trace_hash_ = 14695981039346656037u;  // FNV-1a's basis.
};

/// Virtual time as the time of day.
class SimClock final : public Clock {
 public:
  SimClock(SimScheduler* scheduler, int64_t start_unix_seconds)
      : scheduler_(scheduler), start_(start_unix_seconds) {}
  int64_t UnixSeconds() override;

 private:
  SimScheduler* const scheduler_;
  const int64_t start_;
};

/// Passes the baton before a request reaches `inner`, and again before its
/// answer is seen. With a `latency`, asked twice a request, it sleeps that long
/// at each of the two.
class SimTransport final : public Transport {
 public:
  using Latency = std::function<Scheduler::Duration()>;

  SimTransport(Transport* inner, SimScheduler* scheduler, Latency latency = {})
      : inner_(inner), scheduler_(scheduler), latency_(std::move(latency)) {}

  Result<void, NoAnswer> Send(const HttpRequest& request,
                              std::chrono::milliseconds timeout,
                              HttpResponse* response) override;

 private:
  void Travel(const std::string& point);

  Transport* const inner_;
  SimScheduler* const scheduler_;
  const Latency latency_;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_TESTS_SIM_SIM_SCHEDULER_H_

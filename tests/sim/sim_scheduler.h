// A Scheduler that controls every interleaving: one thread runs at a time, and
// a seed chooses the next one. The same seed gives the same run.

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

/// The threads are real, but only the one that holds the baton runs. It passes
/// the baton at Yield, Sleep and Wait and when it ends. The seed chooses the
/// next thread among all that can continue, including itself. Run and Notify
/// keep the baton.
///
/// The thread that creates the scheduler is simulated too, as "main". It holds
/// the baton first. Besides it, only threads of Spawn and Run may call the
/// scheduler.
///
/// Time is virtual. It stands still while any thread can continue, and then
/// jumps to the moment when the first sleeper wakes.
///
/// A waiting thread can continue once its predicate holds *and* there was a
/// Notify since the predicate last failed. A forgotten Notify is thus a
/// deadlock, as it would be in production. The holder of the baton evaluates
/// predicates, with their mutex held and more often than real threads would. A
/// thread that gives up the baton while it holds a mutex breaks the rules of
/// scheduler.h: a Wait with that mutex then fails with a report, and a plain
/// lock hangs.
///
/// **Errors**: a deadlock prints the seed, every thread's state and the end of
/// the trace to stderr and aborts.
///
/// **Thread-safety**: by the baton; for simulated threads only.
class SimScheduler final : public Scheduler {
 public:
  /// Keeps the last `trace_lines_max` lines of the trace.
  explicit SimScheduler(uint64_t seed, size_t trace_lines_max = kTraceLinesMax);
  /// RunAll, then joins.
  ~SimScheduler() override;
  SimScheduler(const SimScheduler&) = delete;
  SimScheduler& operator=(const SimScheduler&) = delete;

  /// Runs each task as a simulated thread of its own: "task-1" and so on.
  void Run(std::function<void()> task) override;
  bool Wait(std::unique_lock<std::mutex>& lock,
            const std::function<bool()>& ready) override;
  bool WaitUntil(std::unique_lock<std::mutex>& lock,
                 const std::function<bool()>& ready, TimePoint until) override;
  void Notify() override;
  void Sleep(Duration duration) override;
  TimePoint Now() override;

  /// Starts the simulated thread `name`. It begins when the seed first chooses
  /// it.
  void Spawn(std::string name, std::function<void()> body);
  /// Returns when every other thread has ended. Only "main" may call it.
  void RunAll();
  /// Passes the baton; the trace shows `point`.
  void Yield(const std::string& point = "yield");

  /// A random number from [0, n), drawn from the seed; n > 0. For the
  /// simulation's other random choices.
  uint64_t Choose(uint64_t n);

  /// Adds a line with the time and the current thread.
  void Trace(const std::string& event);
  /// The lines kept so far.
  const std::deque<std::string>& trace() const { return trace_; }
  /// The hash of all lines so far: equal runs have equal hashes.
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
    TimePoint wake_at;                 // For kSleeping and kWaiting.
    std::mutex* wait_mutex = nullptr;  // For kWaiting, like `ready`.
    const std::function<bool()>* ready = nullptr;
    bool notified = false;  // `ready` must be evaluated again.
    bool is_ready = false;  // `ready` holds, as opposed to a timeout.
    std::condition_variable turn;
    std::thread thread;
  };

  void Start(std::string name, std::function<void()> body);
  void Main(Thread* self);
  /// Gives the baton away and returns when it is back. The caller has set the
  /// thread's state.
  void Pass();
  void Give(Thread* thread);
  /// Returns true when `self` gets the baton, false when it must end.
  bool Await(Thread* self);
  Thread* Next();
  bool CanGoOn(Thread* thread);
  void TraceLine(const std::string& event);
  std::string Describe() const;
  [[noreturn]] void Fail(const std::string& why) const;

  const uint64_t seed_;
  const size_t trace_lines_max_;
  std::mutex mutex_;  // Guards the next two while the baton changes hands.
  Thread* current_;   // Holds the baton, and with it everything below.
  bool closing_ = false;
  std::mt19937_64 engine_;
  // Threads that have ended are reused.
  std::vector<std::unique_ptr<Thread>> threads_;
  Thread* main_;
  TimePoint now_{};
  uint64_t tasks_ = 0;
  std::deque<std::string> trace_;
  uint64_t trace_hash_ = 14695981039346656037u;  // FNV-1a's basis.
};

/// A clock that shows virtual time as time of day.
class SimClock final : public Clock {
 public:
  SimClock(SimScheduler* scheduler, int64_t start_unix_seconds)
      : scheduler_(scheduler), start_(start_unix_seconds) {}
  int64_t UnixSeconds() override;

 private:
  SimScheduler* const scheduler_;
  const int64_t start_;
};

/// Passes the baton before a request reaches `inner`, and again before the
/// answer returns. With `latency`, it sleeps instead, each time for a duration
/// that it draws.
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

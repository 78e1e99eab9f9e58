// One service and what each of its clients has of its own: a door to it, a
// clock, credentials. The door watches what passes.

#ifndef DYNAMODOWN_TESTS_SIM_WORLD_H_
#define DYNAMODOWN_TESTS_SIM_WORLD_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/scheduler.h"
#include "dynamodown/options.h"
#include "fake/fake_dynamo.h"
#include "sim/failure.h"
#include "sim/sim_scheduler.h"
#include "transport/transport.h"

namespace dynamodown::sim {

/// Counts by name: faults met, branches taken.
using Tally = std::map<std::string, uint64_t>;

/// What became of one attempt.
enum class Attempt {
  kDone,
  kUnprocessed,  ///< Done in part.
  kRefused,      ///< An answer that repeating does not change.
  kThrottled,
  kTransient,  ///< 5xx, no answer, a damaged one.
  kContended,  ///< Another transaction was there.
  kClockSkew,
  kExpiredToken,
  kNotSent,  ///< The client is no more.
};

/// What requests have done to one key, whatever their client knows of it. Each
/// counts once.
struct KeyTraffic {
  int done = 0;       ///< Took effect, and the client heard so.
  int unclear = 0;    ///< Took effect, or may have, and the client did not.
  bool late = false;  ///< One of these may yet do so after the call.
};

/// What the requests of one call met. Those of its background threads count.
struct Traffic {
  int sends = 0;
  // Of those that write, as their client knows it:
  int done = 0;  ///< A good answer says that it was done, in whole or in part.
  int unclear = 0;  ///< It reached the service, but no good answer came.
  /// May take effect after the call.
  int late = 0;
  /// By the range keys that they name, as they are stored. Of a batch what was
  /// left undone does not count.
  std::map<std::string, KeyTraffic> keys;
  int clock_skews = 0;
  int expired_tokens = 0;
  int64_t service_time = 0;  ///< Unix seconds, of the last clock_skews.
};

/// While it lives, what this thread and the tasks that it starts send counts
/// for `traffic`.
class TrafficScope {
 public:
  explicit TrafficScope(std::shared_ptr<Traffic> traffic);
  ~TrafficScope();
  TrafficScope(const TrafficScope&) = delete;
  TrafficScope& operator=(const TrafficScope&) = delete;
  static const std::shared_ptr<Traffic>& current();

 private:
  const std::shared_ptr<Traffic> before_;
};

/// Hands TrafficScope on to tasks.
class ClientScheduler final : public Scheduler {
 public:
  explicit ClientScheduler(SimScheduler* inner) : inner_(inner) {}
  void Run(std::function<void()> task) override;
  bool Wait(std::unique_lock<std::mutex>& lock,
            const std::function<bool()>& ready) override {
    return inner_->Wait(lock, ready);
  }
  bool WaitUntil(std::unique_lock<std::mutex>& lock,
                 const std::function<bool()>& ready, TimePoint until) override {
    return inner_->WaitUntil(lock, ready, until);
  }
  void Notify() override { inner_->Notify(); }
  void Sleep(Duration duration) override { inner_->Sleep(duration); }
  TimePoint Now() override { return inner_->Now(); }

 private:
  SimScheduler* const inner_;
};

/// A client's way to the service, which takes time. It can die with its client,
/// and must be idle when its client closes.
///
/// **Thread-safety**: by the scheduler's baton. **Ownership**: outlives its
/// client, threads that a mistake leaves behind included.
class Door final : public Transport {
 public:
  Door(FakeDynamo* service, SimScheduler* scheduler, Tally* tally,
       Violation violation)
      : service_(service),
        scheduler_(scheduler),
        tally_(tally),
        violation_(std::move(violation)) {}

  Result<void, NoAnswer> Send(const HttpRequest& request,
                              std::chrono::milliseconds timeout,
                              HttpResponse* response) override;

  /// Dead, nothing passes, either way.
  bool dead() const { return dead_; }
  /// Its client dies when so many requests more have reached it.
  void DieAfter(uint64_t sends) { dies_after_ = sends; }
  void Survive() { dies_after_.reset(); }
  /// Its client was deleted: nothing of it may be under way.
  void Close();

 private:
  bool Die();
  Result<void, NoAnswer> Pass(const HttpRequest& request,
                              std::chrono::milliseconds timeout,
                              HttpResponse* response, Attempt* attempt,
                              Traffic* traffic);
  Attempt Classify(const std::string& operation, const HttpResponse& answer);
  void NoteRetry(const std::string& operation, std::string_view body);

  FakeDynamo* const service_;
  SimScheduler* const scheduler_;
  Tally* const tally_;
  const Violation violation_;
  bool dead_ = false;
  bool closed_ = false;
  int under_way_ = 0;
  std::optional<uint64_t> dies_after_;
};

/// The time of day as one client has it.
class ClientClock final : public Clock {
 public:
  explicit ClientClock(Clock* right) : right_(right) {}
  int64_t UnixSeconds() override { return right_->UnixSeconds() + offset_; }
  void Jump(int64_t offset) { offset_ = offset; }
  void Set(int64_t unix_seconds) {
    offset_ = unix_seconds - right_->UnixSeconds();
  }

 private:
  Clock* const right_;
  int64_t offset_ = 0;
};

/// Credentials that can expire, and are then others.
class RenewingCredentials final : public CredentialsProvider {
 public:
  RenewingCredentials(std::string client, FakeDynamo* service);
  leveldb::Status Get(Credentials* credentials) override;
  void Expire() override;

 private:
  const std::string client_;
  FakeDynamo* const service_;
  int renewals_ = 0;
  Credentials now_;
};

}  // namespace dynamodown::sim

#endif  // DYNAMODOWN_TESTS_SIM_WORLD_H_

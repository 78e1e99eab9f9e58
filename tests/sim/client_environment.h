// The environment of one simulated client: its scheduler, its transport to the
// service, its clock and its credentials. The transport observes all requests.

#ifndef DYNAMODOWN_TESTS_SIM_CLIENT_ENVIRONMENT_H_
#define DYNAMODOWN_TESTS_SIM_CLIENT_ENVIRONMENT_H_

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
#include "sim/tally.h"
#include "transport/transport.h"

namespace dynamodown::sim {

/// The outcome of one attempt.
enum class Attempt {
  kDone,
  kUnprocessed,  ///< Partly done.
  kRefused,      ///< An error that a retry does not change.
  kThrottled,
  kTransient,  ///< 5xx, no answer, or a damaged one.
  kContended,  ///< A conflict with another transaction.
  kClockSkew,
  kExpiredToken,
  kNotSent,  ///< The client has died.
};

/// The effects of requests on one key, whether or not their client knows of
/// them. Each request counts once.
struct KeyTraffic {
  int done = 0;       ///< Took effect, and the client knows it.
  int unclear = 0;    ///< May have taken effect; the client does not know.
  bool late = false;  ///< One of them may take effect after the call.
};

/// The requests of one call, including those of its background threads.
struct Traffic {
  int sends = 0;
  // Writes, from the client's point of view:
  int done = 0;     ///< A good answer reports it done, wholly or partly.
  int unclear = 0;  ///< It reached the service, but no good answer came.
  /// Writes that may take effect after the call.
  int late = 0;
  /// By stored range key. Unprocessed items of a batch do not count.
  std::map<std::string, KeyTraffic> keys;
  int clock_skews = 0;
  int expired_tokens = 0;
  int64_t service_time = 0;  ///< Unix seconds, at the last clock skew.
};

/// While it exists, `traffic` counts the requests of this thread and of the
/// tasks that the thread starts.
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

/// Passes the current TrafficScope on to tasks.
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

/// A client's transport to the service, with latency. It can die with its
/// client, and must be idle when the client closes.
///
/// **Thread-safety**: by the scheduler's baton. **Ownership**: outlives its
/// client, including threads that a bug leaves behind.
class ClientTransport final : public Transport {
 public:
  ClientTransport(FakeDynamo* service, SimScheduler* scheduler, Tally* tally,
                  Violation violation)
      : service_(service),
        scheduler_(scheduler),
        tally_(tally),
        violation_(std::move(violation)) {}

  Result<void, NoAnswer> Send(const HttpRequest& request,
                              std::chrono::milliseconds timeout,
                              HttpResponse* response) override;

  /// While it is dead, nothing passes in either direction.
  bool dead() const { return dead_; }
  /// Makes the client die after `sends` more requests.
  void DieAfter(uint64_t sends) { dies_after_ = sends; }
  void Survive() { dies_after_.reset(); }
  /// To be called once the client is deleted: no request may be in progress.
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

/// One client's clock, which may be wrong.
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

/// Credentials that are replaced when they expire.
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

#endif  // DYNAMODOWN_TESTS_SIM_CLIENT_ENVIRONMENT_H_

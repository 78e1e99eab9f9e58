// Whether and when a failed request is sent again: pure decisions, no I/O.
//
// * Attempts and the deadline count from the last progress.
// * Waits are full jitter: random in [0, min(max_delay, base_delay * 2^n)].
// * A budget shared by all calls of a client keeps an outage from being
//   amplified: a retry takes 5 from it, a call that succeeds after a retry
//   gives 5 back, and one that succeeds at once 1 (the "retry quota" of AWS's
//   SDKs).
// * A skewed clock and an expired token are mended once each, at once.

#ifndef DYNAMODOWN_AWS_RETRY_H_
#define DYNAMODOWN_AWS_RETRY_H_

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

#include "aws/service_error.h"
#include "base/random.h"
#include "base/scheduler.h"

namespace dynamodown {

struct RetrySettings {
  int max_attempts = 10;
  std::chrono::milliseconds deadline{60000};
  std::chrono::milliseconds base_delay{25};
  std::chrono::milliseconds max_delay{5000};
  int budget = 500;
};

/// **Thread-safety**: all calls from any thread.
class RetryBudget {
 public:
  explicit RetryBudget(int tokens) : max_(tokens), tokens_(tokens) {}
  /// Takes a retry's tokens, or says that there are none.
  [[nodiscard]] bool Take();
  /// A call has succeeded, after a retry or at once.
  void GiveBack(bool after_retry);

 private:
  const int max_;
  std::mutex mutex_;
  int tokens_;
};

/// One call's way through its attempts.
class RetryState {
 public:
  using Duration = Scheduler::Duration;
  using TimePoint = Scheduler::TimePoint;

  RetryState(const RetrySettings& settings, Duration deadline, TimePoint now)
      : settings_(settings), deadline_(deadline), progress_at_(now) {}

  /// How long the next attempt may take at most.
  Duration Remaining(TimePoint now) const {
    return progress_at_ + deadline_ - now;
  }

  /// An attempt has failed with `error`. The time to wait before the next one,
  /// or nothing: then `*error` is final and its message says why.
  std::optional<Duration> OnFailure(TimePoint now, RetryBudget* budget,
                                    Random* random, ServiceError* error);

  /// An attempt succeeded but left part of the work undone. Likewise;
  /// `progress` is whether it did any of it.
  std::optional<Duration> OnUnprocessed(TimePoint now, bool progress,
                                        RetryBudget* budget, Random* random,
                                        ServiceError* error);

 private:
  std::optional<Duration> Next(TimePoint now, RetryBudget* budget,
                               Random* random, ServiceError* error);

  const RetrySettings& settings_;
  const Duration deadline_;
  TimePoint progress_at_;
  int attempts_ = 0;  // Since the last progress.
  bool clock_mended_ = false;
  bool token_mended_ = false;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_RETRY_H_

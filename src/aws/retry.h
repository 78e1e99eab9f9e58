// Decides whether a failed request is sent again, and when. Pure, no I/O.
//
// * Attempts are counted from the last progress, and the time to the deadline
//   runs from the last progress. The last progress is the start of the call or,
//   for a batch, the last answer that reported a part of the batch as done.
// * Waits have full jitter: random in [0, min(max_delay, base_delay * 2^n)],
//   where n is the number of attempts since the last progress, minus 1. An
//   attempt that makes progress counts as the first of these attempts.
// * All calls of a client share a budget, so that retries do not amplify an
//   outage. A retry takes 5 tokens. A call that succeeds after a retry gives 5
//   tokens back, and a call that succeeds at once gives 1 token back (the
//   "retry quota" of AWS's SDKs).
// * In each call, a skewed clock is corrected at most once, and an expired
//   session token is replaced at most once. Neither causes a wait or takes
//   tokens from the budget.

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
  int max_attempts = 10;                      ///< Since the last progress.
  std::chrono::milliseconds deadline{60000};  ///< Since the last progress.
  std::chrono::milliseconds base_delay{25};
  std::chrono::milliseconds max_delay{5000};
  int budget = 500;  ///< The tokens at the start, and the maximum.
};

/// **Thread-safety**: all calls from any thread.
class RetryBudget {
 public:
  explicit RetryBudget(int tokens) : max_(tokens), tokens_(tokens) {}
  /// Takes the 5 tokens of a retry. If there are fewer, takes none and returns
  /// false.
  [[nodiscard]] bool Take();
  /// Gives back tokens for a call that has succeeded: 5 if `after_retry` is
  /// true, else 1. The budget never exceeds its maximum.
  void GiveBack(bool after_retry);

 private:
  const int max_;
  std::mutex mutex_;
  int tokens_;
};

/// The state of one call across its attempts.
class RetryState {
 public:
  using Duration = Scheduler::Duration;
  using TimePoint = Scheduler::TimePoint;

  RetryState(const RetrySettings& settings, Duration deadline, TimePoint now)
      : settings_(settings), deadline_(deadline), progress_at_(now) {}

  /// Returns how long the next attempt may take.
  Duration Remaining(TimePoint now) const {
    return progress_at_ + deadline_ - now;
  }

  /// Takes note of an attempt that failed with `*error`. Returns the time to
  /// wait before the next attempt. If no further attempt is allowed, returns
  /// nothing, and `*error` is final. If a limit ended the retries, the message
  /// of `*error` then says which limit.
  std::optional<Duration> OnFailure(TimePoint now, RetryBudget* budget,
                                    Random* random, ServiceError* error);

  /// Takes note of an attempt that succeeded but left a part of the work
  /// undone. `progress` is true if the attempt did any of the work. Returns
  /// what OnFailure returns.
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

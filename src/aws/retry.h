// Decides whether a failed request is sent again, and when. Pure, no I/O.
//
// * The time to the deadline runs from the last progress. The last progress is
//   the start of the call or, for a batch, the last answer that reported a part
//   of the batch as done.
// * A service that throttles is healthy, and asks for slower sending. So after
//   throttling, and after an answer that leaves items of a batch unprocessed,
//   only the deadline ends the retries.
// * After other failures, the number of failed attempts since the last progress
//   is limited, too. All calls of a client also share a budget, so that their
//   retries do not amplify an outage. A retry after such a failure takes 5
//   tokens. A call that succeeds gives 5 tokens back if it took any, else 1
//   token (the "retry quota" of AWS's SDKs).
// * Waits have full jitter: random in [0, min(max_delay, base_delay * 2^n)],
//   where n is the number of earlier waits of the call. No wait exceeds a
//   quarter of the deadline. Progress does not make the waits shorter: DynamoDB
//   asks for exponential backoff between the parts of a batch (API Reference,
//   "BatchWriteItem"), and if many calls each wrote one item per attempt and
//   did not wait longer, they would flood the service with requests.
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
  /// Since the last progress. Throttled attempts do not count. With 1, there is
  /// no retry, not even after throttling.
  int max_attempts = 10;
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
  /// Gives back tokens for a call that has succeeded: 5 if the call took
  /// tokens, else 1. The budget never exceeds its maximum.
  void GiveBack(bool took_tokens);

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
                                        Random* random, ServiceError* error);

  /// True if a retry has taken tokens from the budget.
  bool took_tokens() const { return took_tokens_; }

 private:
  std::optional<Duration> AfterThrottling(TimePoint now, Random* random,
                                          ServiceError* error);
  std::optional<Duration> AfterFault(TimePoint now, RetryBudget* budget,
                                     Random* random, ServiceError* error);
  Duration NextWait(Random* random);
  std::string GaveUp(TimePoint now) const;

  const RetrySettings& settings_;
  const Duration deadline_;
  TimePoint progress_at_;
  int attempts_ = 0;  // Since the last progress.
  int faults_ = 0;    // Attempts without throttling, since the last progress.
  int waits_ = 0;
  bool took_tokens_ = false;
  bool clock_mended_ = false;
  bool token_mended_ = false;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_RETRY_H_

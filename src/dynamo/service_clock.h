// The service's time of day, from the Date headers of its answers.

#ifndef DYNAMODOWN_DYNAMO_SERVICE_CLOCK_H_
#define DYNAMODOWN_DYNAMO_SERVICE_CLOCK_H_

#include <cstdint>
#include <mutex>
#include <optional>

#include "base/clock.h"

namespace dynamodown {

/// The service's time minus ours. It is wrong by at most `error_ms`.
struct ClockOffset {
  int64_t offset_ms;
  int64_t error_ms;
};

/// Estimates the offset. Pure, no I/O.
///
/// The service dated an answer at some time between our sending of the request
/// and our receiving of the answer, and the Date header leaves out the fraction
/// of a second. So every answer gives a range for the offset, about a second
/// wide, and the offset lies in the intersection of all ranges. Between two
/// answers, the clocks may drift apart, so the kept range grows. If the ranges
/// exclude each other, one of the clocks was set, and only the new range
/// counts.
///
/// **Thread-safety**: none.
class ClockOffsetEstimate {
 public:
  /// Two clocks that are kept by NTP differ in speed by at most 500 parts per
  /// million each (RFC 5905, section 11.3).
  static constexpr int64_t kDriftPartsPerMillion = 1000;

  /// `date` is the Date header in Unix seconds. `sent_ms` and `received_ms` are
  /// our clock's Unix milliseconds.
  void Observe(int64_t date, int64_t sent_ms, int64_t received_ms);
  /// Returns nothing before the first observation. `now_ms` is our clock's.
  std::optional<ClockOffset> At(int64_t now_ms) const;

 private:
  struct Range {
    int64_t least;
    int64_t most;
  };
  Range RangeAt(int64_t now_ms) const;

  bool is_known_ = false;
  Range range_{};            // The range at observed_ms_.
  int64_t observed_ms_ = 0;  // When the last answer arrived, by our clock.
};

/// A clock with the service's time. Before the first answer, it has the local
/// time. **Thread-safety**: all calls from any thread.
class ServiceClock final : public Clock {
 public:
  /// `local` outlives this clock.
  explicit ServiceClock(Clock* local) : local_(local) {}

  int64_t UnixSeconds() override { return UnixMilliseconds() / 1000; }
  int64_t UnixMilliseconds() override;

  /// See ClockOffsetEstimate.
  void Observe(int64_t date, int64_t sent_ms, int64_t received_ms);
  /// Returns nothing before the first answer.
  std::optional<ClockOffset> offset() const;

 private:
  Clock* const local_;
  mutable std::mutex mutex_;
  ClockOffsetEstimate estimate_;  // Guarded by mutex_.
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_DYNAMO_SERVICE_CLOCK_H_

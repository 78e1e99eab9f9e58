// The service's time of day, from the Date headers of its answers. Signatures
// need the time, and the stack's statistics show how far our clock is off.

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

/// An answer with a Date header. Times in ms are Unix milliseconds.
struct DatedAnswer {
  int64_t date;               ///< The Date header in Unix seconds.
  int64_t sent_ms;            ///< When the request was sent, by our clock.
  int64_t received_ms;        ///< When the answer arrived, by our clock.
  int64_t signed_ms;          ///< The time in the request's signature.
  bool time_refused = false;  ///< The service refused signed_ms as wrong.
};

/// Estimates the offset. Pure, no I/O.
///
/// The service dated an answer at some time between our sending of the request
/// and our receiving of the answer, and the Date header leaves out the fraction
/// of a second. So every answer gives a range for the offset, about a second
/// wide, and the offset lies in the intersection of all ranges. Between two
/// answers, the clocks may drift apart, so the kept range grows. If a new range
/// excludes the kept range, one of the clocks was set, or the Date is wrong,
/// since a proxy may write it. So the new range counts only if the next answer
/// confirms it, or if the service has refused the signature for its time.
///
/// A Date does not count if the service's verdict on the signature contradicts
/// it. The service refuses a signature whose time is off by more than 5
/// minutes, and accepts any other time. If it refuses a time that agrees with
/// its own Date, the whole estimate is forgotten. So a wrong Date never makes
/// all signatures wrong.
///
/// **Thread-safety**: none.
class ClockOffsetEstimate {
 public:
  /// Two clocks that are kept by NTP differ in speed by at most 500 parts per
  /// million each (RFC 5905, section 11.3).
  static constexpr int64_t kDriftPartsPerMillion = 1000;
  /// A Date outside of these years is not the service's: the protocol's version
  /// is of 2012-08-10. In Unix seconds.
  static constexpr int64_t kDateMin = 1'344'556'800;  // 2012-08-10
  static constexpr int64_t kDateMax = 4'102'444'800;  // 2100-01-01
  /// If the service accepts a signature, its clock is at most this far from the
  /// signature's time. DynamoDB accepts 5 minutes, and some services of AWS
  /// accept 15 minutes.
  static constexpr int64_t kAcceptedMsMax = 15 * 60'000;
  /// If the service refuses a signature for its time, its clock is at least
  /// this far from the signature's time: 5 minutes, less a minute for the time
  /// that the answer takes.
  static constexpr int64_t kRefusedMsMin = 4 * 60'000;

  void Observe(const DatedAnswer& answer);
  /// Returns nothing while no Date counts. `now_ms` is our clock's.
  std::optional<ClockOffset> At(int64_t now_ms) const;

 private:
  struct Range {
    int64_t least;
    int64_t most;
  };
  /// A range, and when the answer that gave it arrived.
  struct Observed {
    Range range;
    int64_t at_ms;  // By our clock.

    Range At(int64_t now_ms) const;
  };

  std::optional<Observed> kept_;
  // Excludes kept_, and waits for an answer that confirms it.
  std::optional<Observed> rival_;
};

/// A clock with the service's time. While the offset is unknown, it has the
/// local time. Signatures have this clock's time. **Thread-safety**: all calls
/// from any thread.
class ServiceClock final : public Clock {
 public:
  /// `local` outlives this clock.
  explicit ServiceClock(Clock* local) : local_(local) {}

  int64_t UnixSeconds() override { return UnixMilliseconds() / 1000; }
  int64_t UnixMilliseconds() override;

  /// See ClockOffsetEstimate.
  void Observe(const DatedAnswer& answer);
  /// Returns nothing while the offset is unknown.
  std::optional<ClockOffset> offset() const;

 private:
  Clock* const local_;
  mutable std::mutex mutex_;
  ClockOffsetEstimate estimate_;  // Guarded by mutex_.
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_DYNAMO_SERVICE_CLOCK_H_

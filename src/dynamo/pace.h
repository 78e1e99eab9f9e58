// When a call may begin so that no more than so many units a second are
// consumed: pure decisions, no I/O.
//
// What a call consumes is known only when it has been answered. So it reserves
// an estimate before, and settles the difference after: calls under way may
// together be off by their estimates' errors, the average is not.

#ifndef DYNAMODOWN_DYNAMO_PACE_H_
#define DYNAMODOWN_DYNAMO_PACE_H_

#include <chrono>
#include <optional>

#include "base/scheduler.h"

namespace dynamodown {

/// One kind of units. **Thread-safety**: none.
class Pace {
 public:
  using TimePoint = Scheduler::TimePoint;

  /// Time not used is lost but for so much, which evens out late wake-ups.
  static constexpr std::chrono::milliseconds kCatchUp{100};

  /// `units_per_second` must be more than 0.
  explicit Pace(double units_per_second) : rate_(units_per_second) {}

  /// When a call that may consume `estimate` units may begin; in the past or
  /// now: at once.
  TimePoint Reserve(TimePoint now, double estimate);
  /// A call that had reserved `estimate` consumed `actual`.
  void Settle(double estimate, double actual);

 private:
  Scheduler::Duration TimeOf(double units) const;

  const double rate_;
  std::optional<TimePoint> free_at_;  // When all that is reserved is paid.
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_DYNAMO_PACE_H_

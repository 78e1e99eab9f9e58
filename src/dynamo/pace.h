// Decides when a call may begin, so that calls consume at most a given number
// of units per second. Pure, no I/O.
//
// A call's cost is known only from its answer. So a call reserves an estimate
// first and settles the difference afterwards. While calls are under way, wrong
// estimates may make the rate too high or too low for a moment. Over a long run
// the average rate is right. A call waits only for earlier calls, so a short
// run may exceed the rate by the units of its last calls.

#ifndef DYNAMODOWN_DYNAMO_PACE_H_
#define DYNAMODOWN_DYNAMO_PACE_H_

#include <chrono>
#include <optional>

#include "base/scheduler.h"

namespace dynamodown {

/// The pace of one kind of units, read or write. **Thread-safety**: none.
class Pace {
 public:
  using TimePoint = Scheduler::TimePoint;

  /// Unused time is forfeited, except for this much, which evens out late
  /// wake-ups.
  static constexpr std::chrono::milliseconds kCatchUp{100};

  /// `units_per_second` must be more than 0.
  explicit Pace(double units_per_second) : rate_(units_per_second) {}

  /// Reserves `estimate` units for a call, and returns the time at which the
  /// call may begin. If that time is not after `now`, the call may begin at
  /// once.
  TimePoint Reserve(TimePoint now, double estimate);
  /// Corrects the reservation of a call that has ended. The call had reserved
  /// `estimate` units, and has consumed `actual` units.
  void Settle(double estimate, double actual);

 private:
  Scheduler::Duration TimeOf(double units) const;

  const double rate_;
  std::optional<TimePoint> free_at_;  // When all reservations are paid for.
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_DYNAMO_PACE_H_

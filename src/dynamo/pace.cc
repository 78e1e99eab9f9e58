#include "dynamo/pace.h"

#include <algorithm>

namespace dynamodown {

Scheduler::Duration Pace::TimeOf(double units) const {
  return std::chrono::duration_cast<Scheduler::Duration>(
      std::chrono::duration<double>(units / rate_));
}

Pace::TimePoint Pace::Reserve(TimePoint now, double estimate) {
  const TimePoint begin =
      free_at_ ? std::max<TimePoint>(*free_at_, now - kCatchUp) : now;
  free_at_ = begin + TimeOf(estimate);
  return begin;
}

void Pace::Settle(double estimate, double actual) {
  if (free_at_) *free_at_ += TimeOf(actual - estimate);
}

}  // namespace dynamodown

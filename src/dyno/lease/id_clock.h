// A writer's clock: numbers that only rise, near the time of day.
//
// A reading is the milliseconds since 1970 and a counter, in one number
// (item/timestamps.h). The next reading is the time of day or the last reading
// + 1, whichever is greater. So if the time of day steps back, the readings
// still rise, but only by 1 each time. A full counter carries into the
// milliseconds. Pass raises the last reading.

#ifndef DYNO_LEASE_ID_CLOCK_H_
#define DYNO_LEASE_ID_CLOCK_H_

#include <algorithm>
#include <cstdint>

namespace dyno {

/// **Thread-safety**: none.
class IdClock {
 public:
  /// The reading that Next would return.
  uint64_t Peek(uint64_t wall) const { return std::max(last_ + 1, wall); }
  uint64_t Next(uint64_t wall) { return last_ = Peek(wall); }
  /// From now on every reading is above `clock`.
  void Pass(uint64_t clock) { last_ = std::max(last_, clock); }
  uint64_t last() const { return last_; }

 private:
  uint64_t last_ = 0;
};

}  // namespace dyno

#endif  // DYNO_LEASE_ID_CLOCK_H_

// A writer's clock: numbers that only rise, near the time of day.
//
// A number is milliseconds since 1970 and, in the lowest 16 bits, a counter; a
// full counter carries into the milliseconds. The next number is the greatest
// of the last one + 1, the time of day, and what was shown since. So a time of
// day that steps back stops the clock's run, not its order.

#ifndef DYNO_ID_CLOCK_H_
#define DYNO_ID_CLOCK_H_

#include <algorithm>
#include <cstdint>

namespace dyno {

/// Of a number: `milliseconds` with the counter at 0.
constexpr uint64_t ClockAt(uint64_t milliseconds) { return milliseconds << 16; }

/// A time of day as numbers count; what is before 1970 or beyond 48 bits is
/// moved there.
constexpr uint64_t ClockAtWall(int64_t unix_milliseconds) {
  return ClockAt(static_cast<uint64_t>(
      std::clamp<int64_t>(unix_milliseconds, 0, (int64_t{1} << 48) - 1)));
}

/// **Thread-safety**: none.
class IdClock {
 public:
  /// What Next would give.
  uint64_t Peek(uint64_t wall) const { return std::max(last_ + 1, wall); }
  uint64_t Next(uint64_t wall) { return last_ = Peek(wall); }
  /// Nothing at or below `clock` is given from here on.
  void Pass(uint64_t clock) { last_ = std::max(last_, clock); }
  uint64_t last() const { return last_; }

 private:
  uint64_t last_ = 0;
};

}  // namespace dyno

#endif  // DYNO_ID_CLOCK_H_

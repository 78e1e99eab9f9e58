// Clock readings, and the timestamps that bound them.
//
// A clock reading is one number: milliseconds since 1970 and, in the lowest 16
// bits, a counter. It is the part of a timestamp before the writer's slot and
// replica (Flake::clock()).

#ifndef DYNO_ITEM_TIMESTAMPS_H_
#define DYNO_ITEM_TIMESTAMPS_H_

#include <algorithm>
#include <cstdint>

#include "dyno/flake.h"

namespace dyno {

/// The reading at `milliseconds`, with the counter at 0.
constexpr uint64_t ClockAt(uint64_t milliseconds) { return milliseconds << 16; }

/// The reading at a time of day. Times before 1970 and beyond 48 bits are
/// clamped.
constexpr uint64_t ClockAtWall(int64_t unix_milliseconds) {
  return ClockAt(static_cast<uint64_t>(
      std::clamp<int64_t>(unix_milliseconds, 0, (int64_t{1} << 48) - 1)));
}

/// The greatest timestamp with this clock reading. Promises and minimum
/// timestamps have this form. They belong to no writer: they cover the
/// timestamps of all writers up to this reading.
inline Flake EndOf(uint64_t clock) {
  Flake end;
  end.milliseconds = clock >> 16;
  end.counter = static_cast<uint16_t>(clock & 0xffff);
  end.slot = 0xffff;
  end.replica = 0xffffffffffff;
  return end;
}

/// Later than every timestamp.
inline Flake EndOfTime() { return EndOf(UINT64_MAX); }

}  // namespace dyno

#endif  // DYNO_ITEM_TIMESTAMPS_H_

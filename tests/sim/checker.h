// Checks whether the writes of a register can explain its reads:
// linearizability, with writes that may take effect late, several times, or not
// at all. Pure.
//
// The search goes through calls and returns in order. It keeps every possible
// state of the register, and decides as late as it can: a write takes effect
// only when its call returns, when its time is up, or when a returning read has
// no other explanation. The search drops a state if another one can reach
// everything that this one can.

#ifndef DYNAMODOWN_TESTS_SIM_CHECKER_H_
#define DYNAMODOWN_TESTS_SIM_CHECKER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace dynamodown::sim {

/// The id of a value. Every write has its own id, except deletes.
using ValueId = int64_t;
inline constexpr ValueId kNothing = 0;

/// A statement about a register's value at some moment.
struct Sight {
  enum class Kind { kIs, kIsNot };
  Kind kind = Kind::kIs;
  ValueId value = kNothing;

  static Sight Is(ValueId value) { return {Kind::kIs, value}; }
  static Sight IsNot(ValueId value) { return {Kind::kIsNot, value}; }
  bool Holds(ValueId there) const {
    return (there == value) == (kind == Kind::kIs);
  }
};

/// Moments are numbers that increase from event to event.
struct RegisterWrite {
  ValueId value = kNothing;
  int64_t call = 0;
  int64_t end = 0;  ///< The call's return.
  /// Whether it took effect at least once between call and end.
  bool acknowledged = false;
  /// How often it may take effect in total.
  int effects_max = 1;
  /// The last moment at which it may take effect, or, if it was acknowledged,
  /// take effect again. At least `end`.
  int64_t effects_end = 0;
  /// Must hold whenever the write takes effect.
  std::optional<Sight> condition;
};

struct RegisterRead {
  Sight sight;  ///< Held at some moment from call to end.
  int64_t call = 0;
  int64_t end = 0;
  /// The index of a write with the same call and end. The sight held before
  /// that write took effect.
  std::optional<size_t> before_write;
};

/// Why a history is impossible.
struct Impossible {
  /// Whether `index` is a read's; otherwise it is a write's.
  bool is_read = false;
  size_t index = 0;
  /// Whether the search gave up because of too many states.
  bool gave_up = false;
};

/// Checks a register that is empty at first. Returns nothing if its history is
/// possible.
std::optional<Impossible> CheckRegister(
    const std::vector<RegisterWrite>& writes,
    const std::vector<RegisterRead>& reads);

/// The most states that CheckRegister examines between two events.
inline constexpr size_t kStatesMax = 50'000;

}  // namespace dynamodown::sim

#endif  // DYNAMODOWN_TESTS_SIM_CHECKER_H_

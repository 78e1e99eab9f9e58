// Checks whether the reads of a register can be explained by its writes:
// linearizability, with writes that may take effect late, several times, or not
// at all. Pure.
//
// The search goes through calls and returns in order. It keeps every possible
// state of the register, and decides as late as it can: a write takes effect
// when it must, because its call returns, its time is up, or a returning read
// could not be explained otherwise. A state is dropped if another one can reach
// everything that it can.

#ifndef DYNAMODOWN_TESTS_SIM_CHECKER_H_
#define DYNAMODOWN_TESTS_SIM_CHECKER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace dynamodown::sim {

/// The id of a value. Every write has its own, except deletes.
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
  int64_t end = 0;  ///< Its return.
  /// Whether it took effect at least once between call and end.
  bool acknowledged = false;
  /// How often it may take effect in total.
  int effects_max = 1;
  /// Until when it may take effect: again, if it was acknowledged, else at all.
  /// At least `end`.
  int64_t effects_end = 0;
  /// Must hold whenever it takes effect.
  std::optional<Sight> condition;
};

struct RegisterRead {
  Sight sight;  ///< Held at some moment from call to end.
  int64_t call = 0;
  int64_t end = 0;
  /// The index of a write with the same call and end, which had not taken
  /// effect by then.
  std::optional<size_t> before_write;
};

/// Why a history is impossible.
struct Impossible {
  /// Whether a read or a write could not be explained at its end.
  bool is_read = false;
  size_t index = 0;
  /// Whether the search was given up because of too many states.
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

// Whether what was read of a register can be, given what was written to it:
// linearizability, with writes that may take effect late, several times, or
// not at all. Pure.
//
// The search goes through calls and returns in the order in which they came.
// It keeps every state that the register may be in, and decides as late as it
// can: a write takes effect when it has to, because its call returns, or its
// time is up, or because a read that returns could not be explained without it.
// A state is dropped when another can become all that it can.

#ifndef DYNAMODOWN_TESTS_SIM_CHECKER_H_
#define DYNAMODOWN_TESTS_SIM_CHECKER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace dynamodown::sim {

/// A value's name. Every write has its own, but those that leave nothing.
using ValueId = int64_t;
inline constexpr ValueId kNothing = 0;

/// What is known of a register's value at some moment.
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

/// Moments are numbers that rise from event to event.
struct RegisterWrite {
  ValueId value = kNothing;
  int64_t call = 0;
  int64_t end = 0;  ///< When it returned.
  /// It takes effect at least once between call and end.
  bool acknowledged = false;
  /// How often it may take effect, first and last.
  int effects_max = 1;
  /// Until when it may do so again, or, not acknowledged, at all. Not before
  /// `end`.
  int64_t effects_end = 0;
  /// What must hold whenever it takes effect.
  std::optional<Sight> condition;
};

struct RegisterRead {
  Sight sight;  ///< Held at some moment between call and end.
  int64_t call = 0;
  int64_t end = 0;
  /// The index of a write with the same call and end, which had not taken
  /// effect by then.
  std::optional<size_t> before_write;
};

/// Why a history cannot be.
struct Impossible {
  /// What could not be explained at its end: a read, or else a write.
  bool is_read = false;
  size_t index = 0;
  /// The search was given up: too many states.
  bool gave_up = false;
};

/// Of a register that holds nothing at first. Nothing: it can be.
std::optional<Impossible> CheckRegister(
    const std::vector<RegisterWrite>& writes,
    const std::vector<RegisterRead>& reads);

/// How many states CheckRegister looks at between two events.
inline constexpr size_t kStatesMax = 50'000;

}  // namespace dynamodown::sim

#endif  // DYNAMODOWN_TESTS_SIM_CHECKER_H_

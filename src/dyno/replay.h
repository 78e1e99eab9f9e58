// Replay: an item from its records, and its hash.
//
// The hash after a change is
//
//     SHA-256(previous hash, length of key, key, length of value, value)
//
// with the previous hash as its 64 hex digits, nothing before the first change,
// lengths as 8 bytes, the highest first, and key and value as they are stored.
// A base carries it on. So two items with one hash had the same changes.

#ifndef DYNO_REPLAY_H_
#define DYNO_REPLAY_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "dyno/json.h"
#include "dyno/records.h"
#include "dyno/result.h"

namespace dyno {

/// An item at some time.
struct State {
  Json item;  ///< An object, or null when it does not exist.
  Flake timestamp;
  uint64_t changes = 0;  ///< 0: there was none, and no timestamp.
  std::string hash;      ///< 64 hex digits; empty when there was no change.
  /// Keys of operations that were skipped, since this version does not know
  /// them. They count as changes.
  std::vector<std::string> unknown;
};

/// `state`, and what made it: a record of the view's live ones, or null for its
/// base.
using StateVisitor =
    std::function<void(const OperationRecord* made_by, const State& state)>;

/// The item of `view` with its live operations up to `end`. `visit`, if there
/// is one, is called for the base, if there is one, and after each operation.
/// **Errors**: Corruption that names the key of a value that is not what its
/// operation needs.
Result<State> Replay(const View& view, const Flake& end,
                     const StateVisitor& visit = nullptr);

/// Later than every timestamp.
Flake EndOfTime();

}  // namespace dyno

#endif  // DYNO_REPLAY_H_

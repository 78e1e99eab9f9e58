// Replay: an item from its records, and its hash.
//
// The hash after a change is
//
//     SHA-256(previous hash, length of key, key, length of value, value)
//
// The previous hash stands there as 64 hex digits, and is empty before the
// first change. A length is 8 bytes, the most significant first. Key and value
// are as they are stored. A base carries the hash on. So two items with the
// same hash had the same changes.

#ifndef DYNO_ITEM_REPLAY_H_
#define DYNO_ITEM_REPLAY_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "dyno/item/json.h"
#include "dyno/item/records.h"
#include "dyno/item/result.h"

namespace dyno {

/// An item at one point in time.
struct State {
  Json item;  ///< An object, or null if the item does not exist.
  Flake timestamp;
  uint64_t changes = 0;  ///< 0: no change, and no timestamp.
  std::string hash;      ///< 64 hex digits; empty if there was no change.
  /// Keys of operations that were skipped because this version does not know
  /// them. They count as changes.
  std::vector<std::string> unknown;
};

/// Gets each state with the live operation that led to it, or null for the
/// base.
using StateVisitor =
    std::function<void(const OperationRecord* made_by, const State& state)>;

/// The item of `view` after its live operations up to `end`. `visit`, if given,
/// is called for the base, if there is one, and after each operation.
/// **Errors**: Corruption that names the key of a value that does not have its
/// operation's shape.
Result<State> Replay(const View& view, const Flake& end,
                     const StateVisitor& visit = nullptr);

/// **Errors**: InvalidArgument if the item was flattened later than `end`: its
/// state at `end` is lost.
leveldb::Status CheckNotFlattenedLater(const View& view, const Flake& end);

}  // namespace dyno

#endif  // DYNO_ITEM_REPLAY_H_

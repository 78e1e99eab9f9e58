// Replays an item's records: computes the item and its hash.
//
// The hash after a change is
//
//     SHA-256(previous hash, length of key, key, length of value, value)
//
// The previous hash is written as 64 hex digits, and is empty for the first
// change. A length has 8 bytes, the most significant first. Key and value are
// hashed as they are stored. A base keeps the hash of the changes that it
// replaces. So two items with the same hash had the same changes.

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
  uint64_t changes = 0;  ///< If 0, `timestamp` is not set.
  std::string hash;      ///< 64 hex digits; empty if there was no change.
  /// Keys of operations that were skipped because this version does not know
  /// them. They count as changes.
  std::vector<std::string> unknown;
};

/// Gets each state. `made_by` is the live operation that led to the state, or
/// null if the state is that of the base.
using StateVisitor =
    std::function<void(const OperationRecord* made_by, const State& state)>;

/// The state of the item after the live operations of `view` up to `end`.
/// `visit`, if given, is called for the base, if there is one, and after each
/// operation.
/// **Errors**: Corruption if the value of a record is not JSON, or does not
/// have the shape that its operation requires. The message names the record's
/// key.
Result<State> Replay(const View& view, const Flake& end,
                     const StateVisitor& visit = nullptr);

/// **Errors**: InvalidArgument if the item was flattened beyond `end`, so that
/// its state at `end` is lost.
leveldb::Status CheckNotFlattenedLater(const View& view, const Flake& end);

}  // namespace dyno

#endif  // DYNO_ITEM_REPLAY_H_

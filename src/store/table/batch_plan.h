// Plans a batch of operations before anything is sent. Pure.

#ifndef DYNAMODOWN_STORE_TABLE_BATCH_PLAN_H_
#define DYNAMODOWN_STORE_TABLE_BATCH_PLAN_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dynamo/limits.h"
#include "store/store.h"
#include "store/table/item_codec.h"

namespace dynamodown {

/// The write of one stored key.
struct PlannedWrite {
  std::string stored_key;
  std::optional<Item> put;  ///< None: a delete.
  size_t bytes = 0;         ///< The size of a put's item, or of a delete's key.
  /// An upper bound of the bytes that the write takes in a BatchWriteItem,
  /// whose size is limited. The bound is above `bytes`, since base64 turns 3
  /// bytes into 4 bytes, and JSON turns a control character into 6 bytes.
  size_t wire_bytes = 0;
};

/// A member of a transaction: a write of a key, a condition on the key, or
/// both.
struct ConditionalWrite {
  std::string stored_key;
  std::optional<PlannedWrite> write;
  std::optional<size_t> condition;  ///< The index of the caller's condition.
};

struct ConditionalPlan {
  std::vector<ConditionalWrite> writes;  ///< No two have the same stored key.
  size_t bytes = 0;
  /// The index of the first condition that can never hold, whatever the store
  /// contains.
  std::optional<size_t> hopeless;
};

/// Returns one write for each key: the last operation on the key. The writes
/// are in the order of the first operations on their keys. A delete of a key
/// that cannot be stored has no effect, so it is left out.
/// **Errors**: kInvalidArgument, with the index of the operation, for a put
/// that cannot be stored, even if a later operation supersedes it.
Result<std::vector<PlannedWrite>> PlanBatch(
    const ItemCodec& codec, const std::vector<BatchOperation>& operations);

/// Adds `conditions` to the writes that PlanBatch returned. The `bytes` of the
/// result include the values of the conditions, and the keys that only have a
/// condition. **Errors**: kInvalidArgument for two conditions on one key.
Result<ConditionalPlan> PlanConditional(
    const ItemCodec& codec, std::vector<PlannedWrite> plan,
    const std::vector<KeyCondition>& conditions);

/// Checks that `keys` keys, with `bytes` bytes in total, fit into one
/// transaction. **Errors**: kNotSupported; the message says to write smaller
/// batches, and ends with `advice`.
Result<void> CheckAtomic(size_t keys, size_t bytes, const Limits& limits,
                         const Advice& advice);

/// Returns the sum of the plan's bytes.
size_t BytesOf(const std::vector<PlannedWrite>& plan);

/// Cuts items of `sizes` bytes into runs of at most `items_max` items and
/// `bytes_max` bytes, and returns the index at which each run ends. An item
/// over `bytes_max` is a run of its own.
std::vector<size_t> CutRuns(const std::vector<size_t>& sizes, size_t items_max,
                            size_t bytes_max);

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_TABLE_BATCH_PLAN_H_

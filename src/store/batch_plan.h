// What a batch of operations comes down to: pure, before anything is sent.

#ifndef DYNAMODOWN_STORE_BATCH_PLAN_H_
#define DYNAMODOWN_STORE_BATCH_PLAN_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dynamo/limits.h"
#include "store/item_codec.h"

namespace dynamodown {

/// One operation as the caller gave it: a put, or without a value a delete. The
/// views belong to the caller.
struct BatchOperation {
  std::string_view key;
  std::optional<std::string_view> value;
};

/// What is to be done to one stored key.
struct PlannedWrite {
  std::string stored_key;
  std::optional<Item> put;  ///< Without: a delete.
  size_t bytes = 0;         ///< Of the item, or of the key.
  /// At most what it takes on the wire, which is what bounds a BatchWriteItem:
  /// base64 makes 4 bytes of 3, and JSON 6 of a control character.
  size_t wire_bytes = 0;
};

/// What must hold for a key.
struct KeyCondition {
  enum class Kind { kAbsent, kPresent, kEquals };
  Kind kind;
  std::string_view key;
  std::string_view value;  ///< For kEquals.
};

/// A write, a condition, or both, of one key in a transaction.
struct ConditionalWrite {
  std::string stored_key;
  std::optional<PlannedWrite> write;
  std::optional<size_t> condition;  ///< Index of the caller's.
};

struct ConditionalPlan {
  std::vector<ConditionalWrite> writes;  ///< No stored key twice.
  size_t bytes = 0;
  /// The first condition that cannot hold, whatever is stored.
  std::optional<size_t> hopeless;
};

/// The last operation of each key, in the order in which the keys come first.
/// Deletes of what cannot be stored have nothing to do and are left out.
/// **Errors**: kInvalidArgument for any put that cannot be stored, also one
/// that a later operation supersedes, with its index.
Result<std::vector<PlannedWrite>> PlanBatch(
    const ItemCodec& codec, const std::vector<BatchOperation>& operations);

/// Joins the writes of PlanBatch with conditions. What a condition compares
/// with counts as bytes, too. **Errors**: kInvalidArgument for two conditions
/// on one key.
Result<ConditionalPlan> PlanConditional(
    const ItemCodec& codec, std::vector<PlannedWrite> plan,
    const std::vector<KeyCondition>& conditions);

/// Whether so many keys and bytes fit one transaction; `advice` ends the
/// message.
/// **Errors**: kNotSupported, in words.
Result<void> CheckAtomic(size_t keys, size_t bytes, const Limits& limits,
                         std::string_view advice);

/// The sum of the plan's bytes.
size_t BytesOf(const std::vector<PlannedWrite>& plan);

/// Cuts `sizes` (bytes of each) into runs of at most `items_max` and
/// `bytes_max`: the index at which each run ends. One that is larger alone
/// stands alone.
std::vector<size_t> CutRuns(const std::vector<size_t>& sizes, size_t items_max,
                            size_t bytes_max);

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_BATCH_PLAN_H_

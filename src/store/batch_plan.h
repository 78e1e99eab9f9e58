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
};

/// The last operation of each key, in the order in which the keys come first.
/// Deletes of what cannot be stored have nothing to do and are left out.
/// **Errors**: kInvalidArgument for any put that cannot be stored, also one that
/// a later operation supersedes, with its index.
Result<std::vector<PlannedWrite>> PlanBatch(
    const ItemCodec& codec, const std::vector<BatchOperation>& operations);

/// Whether the plan fits one transaction. **Errors**: kNotSupported, in words.
Result<void> CheckAtomic(const std::vector<PlannedWrite>& plan,
                         const Limits& limits);

/// Cuts `sizes` (bytes of each) into runs of at most `items_max` and `bytes_max`:
/// the index at which each run ends. One that is larger alone stands alone.
std::vector<size_t> CutRuns(const std::vector<size_t>& sizes, size_t items_max,
                            size_t bytes_max);

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_BATCH_PLAN_H_

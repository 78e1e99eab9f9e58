#include "store/batch_plan.h"

#include <unordered_map>
#include <utility>

namespace dynamodown {

Result<std::vector<PlannedWrite>> PlanBatch(
    const ItemCodec& codec, const std::vector<BatchOperation>& operations) {
  std::vector<PlannedWrite> plan;
  std::unordered_map<std::string_view, size_t> place;  // By the caller's key.
  for (size_t i = 0; i < operations.size(); ++i) {
    const BatchOperation& operation = operations[i];
    Result<std::string> stored = codec.keys().Store(operation.key);
    if (!stored.ok() && !operation.value) continue;
    PlannedWrite write;
    Result<void> planned;
    if (!stored.ok()) {
      planned = std::move(stored).error();
    } else if (operation.value) {
      Result<Item> item = codec.Encode(*stored, *operation.value);
      if (item.ok()) {
        write.put = *std::move(item);
        write.bytes = codec.ItemBytes(stored->size(), operation.value->size());
      } else {
        planned = std::move(item).error();
      }
    } else {
      write.bytes = codec.KeyBytes(stored->size());
    }
    if (!planned.ok()) {
      planned.error().message = "operation " + std::to_string(i) +
                                " of the batch: " + planned.error().message +
                                "; nothing was written";
      return std::move(planned).error();
    }
    write.stored_key = *std::move(stored);
    const auto [at, is_new] = place.try_emplace(operation.key, plan.size());
    if (is_new) {
      plan.push_back(std::move(write));
    } else {
      plan[at->second] = std::move(write);
    }
  }
  return plan;
}

Result<void> CheckAtomic(const std::vector<PlannedWrite>& plan,
                         const Limits& limits) {
  size_t bytes = 0;
  for (const PlannedWrite& write : plan) bytes += write.bytes;
  if (plan.size() <= limits.transaction_items &&
      bytes <= limits.transaction_bytes) {
    return {};
  }
  return Error{ErrorKind::kNotSupported,
               "an atomic batch of " + std::to_string(plan.size()) +
                   " keys and " + std::to_string(bytes) +
                   " bytes: the limits are " +
                   std::to_string(limits.transaction_items) + " keys and " +
                   std::to_string(limits.transaction_bytes) +
                   " bytes; write smaller batches, or set batch = kUnordered, "
                   "which is not atomic; nothing was written"};
}

std::vector<size_t> CutRuns(const std::vector<size_t>& sizes, size_t items_max,
                            size_t bytes_max) {
  std::vector<size_t> ends;
  size_t items = 0;
  size_t bytes = 0;
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (items > 0 && (items == items_max || bytes + sizes[i] > bytes_max)) {
      ends.push_back(i);
      items = 0;
      bytes = 0;
    }
    ++items;
    bytes += sizes[i];
  }
  if (items > 0) ends.push_back(sizes.size());
  return ends;
}

}  // namespace dynamodown

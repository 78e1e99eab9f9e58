#include "store/table/batch_plan.h"

#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/printable.h"

namespace dynamodown {

namespace {

/// The bytes of `text` as a JSON string, without the quotes.
size_t JsonBytes(std::string_view text) {
  size_t bytes = text.size();
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20) {
      bytes += 5;
    } else if (c == '"' || c == '\\') {
      bytes += 1;
    }
  }
  return bytes;
}

size_t WireBytes(const Item& item) {
  // 32 bytes for {"DeleteRequest":{"Key":{}}}, and 16 bytes for {"B":""},"":
  // around each attribute.
  size_t bytes = 32;
  for (const Attribute& attribute : item) {
    const std::string& text = attribute.value.text;
    bytes += 16 + JsonBytes(attribute.name);
    bytes += attribute.value.type == AttributeValue::Type::kB
                 ? (text.size() + 2) / 3 * 4
                 : JsonBytes(text);
  }
  return bytes;
}

}  // namespace

Result<std::vector<PlannedWrite>> PlanBatch(
    const ItemCodec& codec, const std::vector<BatchOperation>& operations) {
  std::vector<PlannedWrite> plan;
  std::unordered_map<std::string_view, size_t> place;  // Indices in plan.
  for (size_t i = 0; i < operations.size(); ++i) {
    const BatchOperation& operation = operations[i];
    Result<std::string> stored = codec.keys().Encode(operation.key);
    if (!stored.ok() && !operation.value) continue;
    PlannedWrite write;
    Result<void> planned;
    if (!stored.ok()) {
      planned = std::move(stored).error();
    } else if (operation.value) {
      Result<Item> item = codec.Encode(*stored, *operation.value);
      if (item.ok()) {
        write.bytes = codec.ItemBytes(stored->size(), operation.value->size());
        write.put = *std::move(item);
        write.wire_bytes = WireBytes(*write.put);
      } else {
        planned = std::move(item).error();
      }
    } else {
      write.bytes = codec.KeyBytes(stored->size());
      write.wire_bytes = WireBytes(
          {{codec.schema().keys.hash_name, codec.hash()},
           {codec.schema().keys.range_name, codec.keys().Value(*stored)}});
    }
    if (!planned.ok()) {
      planned.error().message = "operation " + std::to_string(i) +
                                " of the batch: " + planned.error().message;
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

Result<ConditionalPlan> PlanConditional(
    const ItemCodec& codec, std::vector<PlannedWrite> plan,
    const std::vector<KeyCondition>& conditions) {
  ConditionalPlan out;
  std::unordered_map<std::string, size_t> place;  // Indices in out.writes.
  for (PlannedWrite& write : plan) {
    out.bytes += write.bytes;
    place.emplace(write.stored_key, out.writes.size());
    std::string key = write.stored_key;
    out.writes.push_back({std::move(key), std::move(write), std::nullopt});
  }
  std::unordered_set<std::string_view> seen;
  for (size_t i = 0; i < conditions.size(); ++i) {
    const KeyCondition& condition = conditions[i];
    if (!seen.insert(condition.key).second) {
      return Error{
          ErrorKind::kInvalidArgument,
          "key " + Printable(condition.key) + " has more than one condition"};
    }
    Result<std::string> stored = codec.keys().Encode(condition.key);
    const bool equals = condition.kind == KeyCondition::Kind::kEquals;
    const bool can_be_stored =
        stored.ok() &&
        (!equals || codec.Fits(stored->size(), condition.value.size()));
    if (!can_be_stored) {
      // The table cannot hold this key, or cannot hold this value under the
      // key. So kEquals and kPresent fail, and kAbsent holds.
      const bool holds = condition.kind == KeyCondition::Kind::kAbsent;
      if (!holds && !out.hopeless) out.hopeless = i;
      continue;
    }
    if (equals) out.bytes += condition.value.size();
    const auto [at, is_new] = place.try_emplace(*stored, out.writes.size());
    if (is_new) {
      out.bytes += codec.KeyBytes(stored->size());
      out.writes.push_back({*std::move(stored), std::nullopt, std::nullopt});
    }
    out.writes[at->second].condition = i;
  }
  return out;
}

size_t BytesOf(const std::vector<PlannedWrite>& plan) {
  size_t bytes = 0;
  for (const PlannedWrite& write : plan) bytes += write.bytes;
  return bytes;
}

Result<void> CheckAtomic(size_t keys, size_t bytes, const Limits& limits,
                         const Advice& advice) {
  if (keys <= limits.transaction_items && bytes <= limits.transaction_bytes) {
    return {};
  }
  return Error{ErrorKind::kNotSupported,
               "an atomic batch of " + std::to_string(keys) + " keys and " +
                   std::to_string(bytes) + " bytes: the limits are " +
                   std::to_string(limits.transaction_items) + " keys and " +
                   std::to_string(limits.transaction_bytes) +
                   " bytes; write smaller batches",
               advice};
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

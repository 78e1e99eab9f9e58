// Feeds any bytes to the parsers of names, keys and records. The bytes must be
// parsed or refused, and no record may have two keys. A flatten of parsed
// records must not change their item.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dyno/item/base_codec.h"
#include "dyno/item/flatten_plan.h"
#include "dyno/item/key.h"
#include "dyno/item/records.h"
#include "dyno/item/replay.h"
#include "dyno/item/timestamps.h"
#include "dyno/lease/slot_codec.h"

namespace dyno {
namespace {

void Require(bool holds) {
  if (!holds) abort();
}

void TryName(const std::string& bytes) {
  const std::string encoded = EncodeName(bytes);
  Require(encoded.find('/') == std::string::npos);
  Require(DecodeName(encoded) ==
          (bytes.empty() ? std::nullopt : std::optional<std::string>(bytes)));
  const std::optional<std::string> name = DecodeName(bytes);
  Require(!name || EncodeName(*name) == bytes);
}

void TryKey(const std::string& bytes) {
  const std::optional<RecordKey> parts = ParseRecordKey(bytes);
  Require(!parts || MakeRecordKey(parts->name, parts->timestamp,
                                  parts->operation) == bytes);
  const std::optional<uint16_t> slot = ParseSlotKey(bytes);
  Require(!slot || SlotKey(*slot) == bytes);
  Flake flake;
  Require(!Flake::Parse(bytes, &flake) || flake.ToString() == bytes);
  Require(!Flake::ParseBound(bytes, &flake) ||
          flake.ToString().substr(0, bytes.size()) == bytes);
}

void TryOwn(const std::string& bytes) {
  const Result<StoreId> id = DecodeStoreId(bytes);
  Require(!id.ok() || DecodeStoreId(EncodeStoreId(*id)).ok());
  const Result<SlotRecord> slot = DecodeSlot("%dyno/w/0001", bytes);
  Require(!slot.ok() || DecodeSlot("%dyno/w/0001", EncodeSlot(*slot)).ok());
  const Result<Flake> minimum = DecodeMinimum(bytes);
  Require(minimum.ok() || !minimum.error().ToString().empty());
}

/// Parses lines. Each line has a key without the item's name, a tab, and a
/// value.
std::map<std::string, std::string> RecordsOf(std::string_view text) {
  std::map<std::string, std::string> records;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const size_t tab = line.find('\t');
    if (tab == std::string_view::npos) continue;
    records["x/" + std::string(line.substr(0, tab))] = line.substr(tab + 1);
  }
  return records;
}

void RequireSame(const std::map<std::string, std::string>& records,
                 const State& state) {
  RecordCollector after;
  for (const auto& [key, value] : records) {
    Require(after.Add(key, value).ok());
  }
  Require(after.Finish().ok());
  const Result<State> again = Replay(ViewOf(after.records()), EndOfTime());
  Require(again.ok() && ToText(again->item) == ToText(state.item) &&
          again->hash == state.hash && again->changes == state.changes);
}

void TryFlatten(const Records& normal, const State& state, bool shared) {
  ItemRecords item;
  item.encoded_name = "x";
  item.records = normal;
  item.view = ViewOf(item.records);
  FlattenTerms terms;
  terms.end = EndOfTime();
  terms.keys_max = 100;
  terms.shared = shared;
  // Only a base of a replicated store has `seen`.
  for (const BaseRecord& base : normal.bases) {
    if (base.seen.empty()) continue;
    terms.stable.emplace();
    terms.stable->watermark = EndOfTime();
  }
  if (terms.stable) {
    for (const OperationRecord& x : normal.operations) {
      terms.stable->known[x.timestamp.replica] = EndOfTime();
    }
    for (const BaseRecord& base : normal.bases) {
      terms.stable->known[base.timestamp.replica] = EndOfTime();
      for (const auto& [replica, seen] : base.seen) {
        terms.stable->known[replica] = EndOfTime();
      }
    }
  }
  const Result<FlattenStep> step = PlanFlatten(item, terms);
  if (!step.ok()) {
    Require(step.error().IsNotSupportedError());
    return;
  }
  // Items with several bases are not tried, because the code that follows puts
  // only the first base.
  if (step->folded == 0 || !step->is_last || normal.bases.size() > 1) return;
  // After all writes of the step, the records yield the same item as before. In
  // a shared store they do so after each single write.
  std::map<std::string, std::string> records;
  for (const OperationRecord& x : normal.operations) records[x.key] = x.value;
  if (!normal.bases.empty()) {
    for (const StoredRecord& record : EncodeBases("x", {&normal.bases[0]})) {
      records[record.key] = record.value;
    }
  }
  records[step->base.key] = step->base.value;
  if (shared) RequireSame(records, state);
  records[step->item.key] = step->item.value;
  if (shared) RequireSame(records, state);
  for (const std::string& key : step->deletes) {
    records.erase(key);
    if (shared) RequireSame(records, state);
  }
  RequireSame(records, state);
}

void TryItem(const std::string& bytes) {
  RecordCollector collector;
  bool is_whole = true;
  for (const auto& [key, value] : RecordsOf(bytes)) {
    const leveldb::Status added = collector.Add(key, value);
    Require(added.ok() || added.IsCorruption());
    is_whole = is_whole && added.ok();
  }
  const leveldb::Status finished = collector.Finish();
  Require(finished.ok() || finished.IsCorruption());
  if (!is_whole || !finished.ok()) return;
  const Records normal = Merge(collector.records(), Records());
  Require(Merge(normal, normal) == normal);
  const View view = ViewOf(normal);
  const Result<State> state = Replay(view, EndOfTime());
  if (!state.ok()) {
    Require(state.error().IsCorruption());
    return;
  }
  for (const bool shared : {false, true}) TryFlatten(normal, *state, shared);
}

}  // namespace
}  // namespace dyno

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  dyno::TryName(bytes);
  dyno::TryKey(bytes);
  dyno::TryOwn(bytes);
  dyno::TryItem(bytes);
  return 0;
}

#include "dyno/flatten_plan.h"

#include <algorithm>
#include <set>
#include <utility>

#include "dyno/key.h"
#include "dyno/operation.h"
#include "dyno/replay.h"

namespace dyno {
namespace {

/// Those of the base made, and of the one that it takes the place of.
constexpr size_t kKeysOfBases = 4;

leveldb::Status CheckKnown(const std::vector<const OperationRecord*>& folded) {
  for (const OperationRecord* x : folded) {
    if (OperationNamed(x->operation())) continue;
    return leveldb::Status::NotSupported(
        "the operation " + Printable(x->key) +
        " is unknown to this version and cannot be flattened; flatten up to "
        "before it");
  }
  return leveldb::Status::OK();
}

BaseRecord BaseOf(const State& state, const View& view,
                  const std::vector<const OperationRecord*>& folded) {
  BaseRecord base;
  base.timestamp = state.timestamp;
  if (!state.item.is_null()) base.item = ToText(state.item);
  base.changes = state.changes;
  base.hash = state.hash;
  for (const BaseRecord* before : view.same_bases) {
    for (const auto& [replica, timestamp] : before->seen) {
      Flake& seen = base.seen[replica];
      seen = std::max(seen, timestamp);
    }
    base.done.insert(before->done.begin(), before->done.end());
  }
  for (const OperationRecord* x : folded) {
    if (x->operation() != NameOf(Operation::kSettle)) continue;
    for (std::string& key : SettledBy(*x)) base.done.insert(std::move(key));
  }
  return base;
}

/// The base before goes, in its whole family; others with its T stay.
void ReplaceBase(std::string_view encoded_name, const View& view,
                 FlattenStep* step) {
  if (view.base == nullptr) return;
  std::vector<const BaseRecord*> family = view.same_bases;
  std::vector<const BaseRecord*> others;
  for (const auto* bases : {&view.late_bases, &view.settled_bases}) {
    for (const BaseRecord* other : *bases) {
      if (other->timestamp != view.base->timestamp) continue;
      family.push_back(other);
      others.push_back(other);
    }
  }
  for (const StoredRecord& before : EncodeBases(encoded_name, family)) {
    step->deletes.push_back(before.key);
    step->conditions.push_back(Condition::Present(before.key));
  }
  if (others.empty()) return;
  std::vector<StoredRecord> left = EncodeBases(encoded_name, others);
  for (StoredRecord& record : left) {
    step->deletes.erase(
        std::remove(step->deletes.begin(), step->deletes.end(), record.key),
        step->deletes.end());
    step->puts.push_back(std::move(record));
  }
}

}  // namespace

Result<FlattenStep> PlanFlatten(std::string_view encoded_name, const View& view,
                                const Flake& end, size_t keys_max) {
  std::vector<const OperationRecord*> folded;
  for (const OperationRecord* x : view.live) {
    if (x->timestamp <= end) folded.push_back(x);
  }
  FlattenStep step;
  if (view.base != nullptr) step.timestamp = view.base->timestamp;
  if (folded.empty()) return step;
  // All of them, so that what cannot be folded is told before anything is.
  const Result<State> whole = Replay(view, folded.back()->timestamp);
  if (!whole.ok()) return whole.error();
  const leveldb::Status known = CheckKnown(folded);
  if (!known.ok()) return known;

  const size_t room = keys_max - std::min(keys_max - 1, kKeysOfBases);
  step.is_last = folded.size() <= room;
  if (!step.is_last) {
    folded.resize(room);
    // All of one timestamp or none: a base vouches for the whole of its own.
    const Flake cut = view.live[room]->timestamp;
    while (folded.size() > 1 && folded.back()->timestamp == cut) {
      folded.pop_back();
    }
  }
  const Result<State> state =
      step.is_last ? whole : Replay(view, folded.back()->timestamp);
  if (!state.ok()) return state.error();
  step.timestamp = state->timestamp;
  step.folded = folded.size();

  const BaseRecord base = BaseOf(*state, view, folded);
  std::set<std::string> made;
  for (StoredRecord& record : EncodeBases(encoded_name, {&base})) {
    made.insert(record.key);
    step.puts.push_back(std::move(record));
  }
  // Somebody else's flatten to the same end has then been first.
  step.conditions.push_back(Condition::Absent(step.puts.back().key));
  for (const OperationRecord* x : folded) {
    step.conditions.push_back(Condition::Present(x->key));
    // A putItem may be where the base's item goes.
    if (made.count(x->key) == 0) step.deletes.push_back(x->key);
  }
  ReplaceBase(encoded_name, view, &step);
  return step;
}

}  // namespace dyno

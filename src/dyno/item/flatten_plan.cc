#include "dyno/item/flatten_plan.h"

#include <algorithm>
#include <set>
#include <utility>

#include "dyno/item/key.h"
#include "dyno/item/operation.h"
#include "dyno/item/replay.h"

namespace dyno {
namespace {

using leveldb::Status;

/// The number of keys in a write besides the folded operations: two for the new
/// base, two for the old base, and one for the mark that keeps other processes
/// from flattening the item at the same time.
constexpr size_t kKeysOfBases = 5;
/// The most names of folded records that a base keeps. Each name has 50 bytes,
/// which are read with the item.
constexpr size_t kNamesMax = 64;

using Operations = std::vector<const OperationRecord*>;

Status CheckKnown(const Operations& folded) {
  for (const OperationRecord* x : folded) {
    if (OperationNamed(x->operation())) continue;
    return Status::NotSupported(
        "the operation " + Printable(x->key) +
        " is unknown to this version and cannot be flattened; flatten only the "
        "operations before it");
  }
  return Status::OK();
}

/// In a replicated store: returns how many of the operations, from the first
/// one on, may be folded. If some may not be folded, sets `*why` to the reason.
size_t CountStable(const ItemRecords& item, const Operations& folded,
                   const Stable& stable, Status* why) {
  if (item.view.has_late()) {
    *why = Status::InvalidArgument("the item " + Printable(item.encoded_name) +
                                   " has late operations; settle them first");
    return 0;
  }
  size_t count = 0;
  for (const OperationRecord* x : folded) {
    const auto known = stable.known.find(x->timestamp.replica);
    const bool is_known =
        known != stable.known.end() && x->timestamp <= known->second;
    if (is_known && x->timestamp <= stable.watermark) {
      ++count;
      continue;
    }
    const std::string reason =
        x->timestamp <= stable.watermark
            ? "this store may lack operations of the replica in this timestamp"
            : "stability is held back by " + stable.held_by;
    *why = Status::InvalidArgument("operations older than " +
                                   x->timestamp.ToString() +
                                   " may still come: " + reason);
    break;
  }
  return count;
}

BaseRecord BaseOf(const State& state, const View& view,
                  const Operations& folded,
                  const std::optional<Stable>& stable) {
  BaseRecord base;
  base.timestamp = state.timestamp;
  if (!state.item.is_null()) base.item = ToText(state.item);
  base.changes = state.changes;
  base.hash = state.hash;
  const auto see = [&base](uint64_t replica, const Flake& timestamp) {
    Flake& seen = base.seen[replica];
    seen = std::max(seen, timestamp);
  };
  for (const BaseRecord* before : view.same_bases) {
    for (const auto& [replica, timestamp] : before->seen) {
      see(replica, timestamp);
    }
    base.done.insert(before->done.begin(), before->done.end());
  }
  if (stable) {
    for (const auto& [replica, known] : stable->known) {
      see(replica, std::min(base.timestamp, known));
    }
  }
  for (const OperationRecord* x : folded) {
    if (x->operation() != NameOf(Operation::kSettle)) continue;
    for (std::string& key : SettledBy(*x)) base.done.insert(std::move(key));
  }
  return base;
}

/// Plans to delete the old base, and all bases that have both its T and its
/// hash. Bases that have its T, but another hash, stay.
void ReplaceBase(const ItemRecords& item, bool shared, FlattenStep* step) {
  const View& view = item.view;
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
  const auto before = EncodeBases(item.encoded_name, family);
  for (const StoredRecord& record : before) {
    step->deletes.push_back(record.key);
  }
  if (!shared) {
    step->conditions.push_back(Condition::Present(before.front().key));
  }
  const std::string& base_key = before.back().key;
  step->conditions.push_back(
      view.base->stored.empty()
          ? Condition::Present(base_key)
          : Condition::Equals(base_key, view.base->stored));
  if (others.empty()) return;
  const std::vector<std::string> none;
  for (StoredRecord& record : EncodeBases(item.encoded_name, others,
                                          shared ? &none : nullptr, shared)) {
    step->deletes.erase(
        std::remove(step->deletes.begin(), step->deletes.end(), record.key),
        step->deletes.end());
    // In a shared store the item's record stays, although it has the item of
    // the replaced base. If this record were changed, a range might show the
    // new item without the new "~base".
    if (!shared || record.key == base_key) {
      step->others.push_back(std::move(record));
    }
  }
}

/// The names of the records that this step folds, and the names that the old
/// base keeps.
std::set<std::string> FoldsOf(const ItemRecords& item, const FlattenStep& step,
                              const Operations& folded) {
  std::set<std::string> names;
  for (const BaseRecord* before : item.view.same_bases) {
    if (before->folds)
      names.insert(before->folds->begin(), before->folds->end());
  }
  for (const std::string& key : step.deletes) names.insert(EndOfKey(key));
  for (const OperationRecord* x : folded) names.insert(LateKey(*x));
  // The new base's item may have the key of a folded operation.
  names.erase(EndOfKey(step.item.key));
  return names;
}

/// The names that the base must keep. A request that is still on its way may
/// write the records with these names again, and the records are not below the
/// base. If there are more than kNamesMax names, returns only the youngest.
std::vector<std::string> YoungOf(const std::set<std::string>& names,
                                 const BaseRecord& base, const Flake& from) {
  std::vector<std::string> young;
  for (auto name = names.rbegin();
       name != names.rend() && young.size() < kNamesMax; ++name) {
    const auto parts = SplitRecordKey("x/" + *name);
    if (!parts || parts->timestamp < from) break;
    // A record with the base's own T is below this base, but not below later
    // bases.
    if (parts->timestamp == base.timestamp ||
        !IsBelow(parts->timestamp, base)) {
      young.push_back(*name);
    }
  }
  return {young.rbegin(), young.rend()};
}

/// The condition for putting the new base under `key`.
Condition NoOtherBase(const ItemRecords& item, const std::string& key) {
  for (const StoredRecord& unfinished : item.unfinished) {
    if (unfinished.key == key) return Condition::Equals(key, unfinished.value);
  }
  // The condition fails if another flatten has already put a base with this
  // timestamp.
  return Condition::Absent(key);
}

}  // namespace

Result<FlattenStep> PlanFlatten(const ItemRecords& item,
                                const FlattenTerms& terms) {
  const View& view = item.view;
  Operations folded;
  for (const OperationRecord* x : view.live) {
    if (x->timestamp <= terms.end) folded.push_back(x);
  }
  FlattenStep step;
  step.is_first = view.base == nullptr;
  if (!step.is_first) step.timestamp = view.base->timestamp;
  if (folded.empty()) return step;
  if (terms.stable) {
    const size_t count =
        CountStable(item, folded, *terms.stable, &step.blocked);
    if (count == 0 || (terms.strict && count < folded.size())) return step;
    folded.resize(count);
  }
  // Replay all operations up to the end. If one of them cannot be folded, this
  // is reported before anything is written.
  const Result<State> whole = Replay(view, folded.back()->timestamp);
  if (!whole.ok()) return whole.error();
  const Status known = CheckKnown(folded);
  if (!known.ok()) return known;

  const size_t room =
      terms.keys_max - std::min(terms.keys_max - 1, kKeysOfBases);
  step.is_last = folded.size() <= room;
  if (!step.is_last) {
    folded.resize(room);
    // Operations with the same timestamp must be folded in the same step,
    // because a base covers every operation at its T.
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

  const BaseRecord base = BaseOf(*state, view, folded, terms.stable);
  step.item = EncodeBases(item.encoded_name, {&base}).front();
  for (const OperationRecord* x : folded) {
    step.conditions.push_back(Condition::Present(x->key));
    // A putItem may have the key of the base's item.
    if (x->key != step.item.key) step.deletes.push_back(x->key);
  }
  ReplaceBase(item, terms.shared, &step);
  for (const StoredRecord& each : item.leftovers) {
    step.deletes.push_back(each.key);
  }
  const auto encode = [&](const std::vector<std::string>* folds) {
    return EncodeBases(item.encoded_name, {&base}, folds).back();
  };
  if (terms.shared) {
    const std::set<std::string> names = FoldsOf(item, step, folded);
    const std::vector<std::string> folds(names.begin(), names.end());
    const std::vector<std::string> young =
        YoungOf(names, base, terms.names_from);
    step.base = encode(&folds);
    step.base_after = encode(young.empty() ? nullptr : &young);
  } else {
    step.base = encode(nullptr);
  }
  step.conditions.push_back(NoOtherBase(item, step.base.key));
  return step;
}

}  // namespace dyno

#include "dyno/item/merge_plan.h"

#include <algorithm>
#include <set>
#include <utility>

#include "dyno/item/key.h"

namespace dyno {
namespace {

using Family = std::vector<const BaseRecord*>;  // Bases with the same T.

std::map<Flake, Family> FamiliesOf(const Records& records) {
  std::map<Flake, Family> families;
  for (const BaseRecord& base : records.bases) {
    families[base.timestamp].push_back(&base);
  }
  return families;
}

bool IsSame(const Family& a, const Family& b) {
  return a.size() == b.size() &&
         std::all_of(a.begin(), a.end(), [&b](const BaseRecord* x) {
           return std::any_of(b.begin(), b.end(),
                              [x](const BaseRecord* y) { return *x == *y; });
         });
}

void AddKeys(const std::string& encoded_name, const Family& family,
             std::set<std::string>* keys) {
  for (const StoredRecord& record : EncodeBases(encoded_name, family)) {
    keys->insert(record.key);
  }
}

/// A condition that holds if the "~base" record with the key `key` is still as
/// it was read. `there` are the bases that were read from this record; null if
/// there were none.
Condition Unchanged(const ItemRecords& own, const std::string& key,
                    const Family* there) {
  if (there != nullptr && !there->front()->stored.empty()) {
    return Condition::Equals(key, there->front()->stored);
  }
  for (const auto* others : {&own.unfinished, &own.leftovers}) {
    for (const StoredRecord& other : *others) {
      if (other.key == key) return Condition::Equals(key, other.value);
    }
  }
  return Condition::Absent(key);
}

/// Plans to delete the records that `own` has and `merged` lacks.
void PlanDeletes(const std::string& encoded_name, const ItemRecords& own,
                 const Records& merged, const std::map<Flake, Family>& there,
                 const std::map<Flake, Family>& wanted, MergeSide* side) {
  std::set<std::string> stays;  // Keys.
  for (const OperationRecord& x : merged.operations) stays.insert(x.key);
  for (const auto& [timestamp, family] : wanted) {
    AddKeys(encoded_name, family, &stays);
  }
  std::set<std::string> goes;
  for (const StoredRecord& each : own.leftovers) goes.insert(each.key);
  for (const OperationRecord& x : own.records.operations) goes.insert(x.key);
  for (const auto& [timestamp, family] : there) {
    AddKeys(encoded_name, family, &goes);
    const std::string key =
        MakeRecordKey(encoded_name, timestamp, kBaseOperation);
    if (wanted.count(timestamp) > 0 || family.front()->stored.empty()) continue;
    side->base_deletes.push_back({key, family.front()->stored});
    goes.erase(key);
  }
  for (const std::string& key : goes) {
    if (stays.count(key) == 0) side->deletes.push_back(key);
  }
}

void PlanBases(const std::string& encoded_name, const ItemRecords& own,
               const std::map<Flake, Family>& there,
               const std::map<Flake, Family>& wanted, bool shared,
               MergeSide* side) {
  std::vector<std::string> folds;
  for (const std::string& key : side->deletes) folds.push_back(EndOfKey(key));
  for (const StoredRecord& base : side->base_deletes) {
    folds.push_back(EndOfKey(base.key));
  }
  for (const auto& [timestamp, family] : wanted) {
    const auto found = there.find(timestamp);
    if (found != there.end() && IsSame(found->second, family)) continue;
    // In a shared store the item is written after "~base". If the store already
    // has a base with the same T, "~base" contains the item (base_codec.h).
    const bool is_whole = shared && found != there.end();
    std::vector<StoredRecord> records =
        EncodeBases(encoded_name, family, shared ? &folds : nullptr, is_whole);
    const Condition condition =
        Unchanged(own, records.back().key,
                  found == there.end() ? nullptr : &found->second);
    side->bases.push_back(
        {std::move(records.back()), std::move(records.front()), condition});
  }
}

}  // namespace

MergeSide PlanMerge(const std::string& encoded_name, const ItemRecords& own,
                    const Records& merged, bool shared) {
  MergeSide side;
  const std::map<Flake, Family> there = FamiliesOf(own.records);
  const std::map<Flake, Family> wanted = FamiliesOf(merged);
  PlanDeletes(encoded_name, own, merged, there, wanted, &side);
  PlanBases(encoded_name, own, there, wanted, shared, &side);
  auto before = own.records.operations.begin();
  for (const OperationRecord& x : merged.operations) {
    while (before != own.records.operations.end() && before->key < x.key) {
      ++before;
    }
    const bool is_there = before != own.records.operations.end() &&
                          before->key == x.key && before->value == x.value;
    if (!is_there) side.operations.push_back({x.key, x.value});
  }
  return side;
}

void DeferFuture(const Flake& limit, Records* records, Future* future) {
  const auto is_future = [&](const Flake& timestamp) {
    if (timestamp <= limit) return false;
    ++future->count;
    Flake& least =
        future->least.emplace(timestamp.replica, timestamp).first->second;
    least = std::min(least, timestamp);
    return true;
  };
  auto& operations = records->operations;
  operations.erase(std::remove_if(operations.begin(), operations.end(),
                                  [&](const OperationRecord& x) {
                                    return is_future(x.timestamp);
                                  }),
                   operations.end());
  auto& bases = records->bases;
  const auto kept = std::remove_if(
      bases.begin(), bases.end(),
      [&](const BaseRecord& base) { return is_future(base.timestamp); });
  future->has_base = future->has_base || kept != bases.end();
  bases.erase(kept, bases.end());
}

void RemoveUnpromised(uint64_t replica, const Flake& promise,
                      Records* records) {
  auto& operations = records->operations;
  operations.erase(std::remove_if(operations.begin(), operations.end(),
                                  [&](const OperationRecord& x) {
                                    return x.timestamp.replica == replica &&
                                           x.timestamp > promise;
                                  }),
                   operations.end());
}

}  // namespace dyno

// Writes of single keys and batches, conditional writes, and refused writes.

#include "sim/workload.h"

#include <algorithm>
#include <set>

#include "leveldb/write_batch.h"

namespace dynamodown::sim {
namespace {

using leveldb::Status;

/// The most keys in a transaction.
constexpr size_t kAtomicKeysMax = 100;
/// Makes any item exceed DynamoDB's 409,600 bytes.
constexpr size_t kTooLargeBytes = 410'000;
/// A batch with more keys has small values, so that it stays below the 4 MB of
/// a transaction.
constexpr size_t kLargeValuesMax = 30;
/// The keys of an unordered batch that fits one BatchWriteItem, and of one that
/// needs several.
constexpr uint64_t kUnorderedFew = 25;
constexpr uint64_t kUnorderedMany = 140;

}  // namespace

void Workload::Put() {
  const std::string key = AnyKey();
  ValueId id;
  const std::string value =
      environment_.history->NewValue(key, AnyBytes(), &id);
  const Call call = Begin("Put " + KeyText(key) + " v" + std::to_string(id));
  Status status;
  {
    const TrafficScope scope(call.traffic);
    status = db_->Put(AnyWriteOptions(BatchMode::kStoreDefault), key, value);
  }
  End(call, status);
  environment_.history->Wrote(key, id, call.entry, EffectsOn(call, key, false));
}

void Workload::Delete() { DeleteKey(AnyKey()); }

void Workload::DeleteKey(const std::string& key) {
  const Call call = Begin("Delete " + KeyText(key));
  Status status;
  {
    const TrafficScope scope(call.traffic);
    status = db_->Delete(AnyWriteOptions(BatchMode::kStoreDefault), key);
  }
  End(call, status);
  environment_.history->Wrote(key, kNothing, call.entry,
                              EffectsOn(call, key, false));
}

leveldb::WriteBatch Workload::Batch(const std::vector<std::string>& keys,
                                    uint64_t deletes_of_10,
                                    std::vector<Write>* writes) {
  leveldb::WriteBatch batch;
  for (const std::string& key : keys) {
    // If a key has several operations, the last one counts.
    ValueId id;
    if (OneIn(12)) batch.Put(key, environment_.history->NewValue(key, 5, &id));
    if (OneIn(12)) batch.Delete(key);
    if (Below(10) < deletes_of_10) {
      batch.Delete(key);
      writes->push_back({key, kNothing});
    } else {
      const size_t bytes =
          keys.size() > kLargeValuesMax ? Below(100) : AnyBytes();
      batch.Put(key, environment_.history->NewValue(key, bytes, &id));
      writes->push_back({key, id});
    }
  }
  return batch;
}

void Workload::WriteAtomic() {
  std::vector<std::string> keys;
  if (OneIn(8)) {
    keys = environment_.keys->bulk;
    std::shuffle(keys.begin(), keys.end(), random_);
    keys.resize(std::min(keys.size(), kAtomicKeysMax));
  } else {
    std::set<std::string> chosen;
    for (uint64_t n = 1 + Below(6); n > 0; --n) chosen.insert(AnyKey());
    keys.assign(chosen.begin(), chosen.end());
    std::shuffle(keys.begin(), keys.end(), random_);
  }
  std::vector<Write> writes;
  leveldb::WriteBatch batch = Batch(keys, 3, &writes);
  const Call call = Begin("Write of " + std::to_string(keys.size()));
  Status status;
  {
    const TrafficScope scope(call.traffic);
    status = db_->Write(AnyWriteOptions(BatchMode::kAtomic), &batch);
  }
  End(call, status);
  Wrote(call, writes, writes.size() > 1);
}

void Workload::WriteUnordered() {
  std::vector<std::string> keys = environment_.keys->bulk;
  if (OneIn(2)) {
    keys.insert(keys.end(), environment_.keys->plain.begin(),
                environment_.keys->plain.end());
  }
  std::shuffle(keys.begin(), keys.end(), random_);
  keys.resize(std::min<size_t>(
      keys.size(), 1 + Below(OneIn(3) ? kUnorderedFew : kUnorderedMany)));
  std::vector<Write> writes;
  leveldb::WriteBatch batch = Batch(keys, OneIn(4) ? 9 : 2, &writes);
  const Call call = Begin("unordered Write of " + std::to_string(keys.size()));
  Status status;
  {
    const TrafficScope scope(call.traffic);
    status = db_->Write(AnyWriteOptions(BatchMode::kUnordered), &batch);
  }
  End(call, status);
  Wrote(call, writes, false);
}

uint64_t Workload::WriteQuiet(Database* db) {
  db_ = db;
  uint64_t bytes = 0;
  std::vector<Write> writes;
  leveldb::WriteBatch batch;
  for (const std::string& key : environment_.keys->quiet) {
    ValueId id;
    const std::string value =
        environment_.history->NewValue(key, Below(8) * 100, &id);
    batch.Put(key, value);
    writes.push_back({key, id});
    bytes += key.size() + value.size();
  }
  const Call call = Begin("Write of the quiet keys");
  Status status;
  {
    const TrafficScope scope(call.traffic);
    status = db->Write(AnyWriteOptions(BatchMode::kUnordered), &batch);
  }
  End(call, status);
  Wrote(call, writes, false);
  return bytes;
}

leveldb::WriteBatch Workload::GroupBatch(size_t group,
                                         std::vector<Write>* writes) {
  leveldb::WriteBatch batch;
  const bool erase = OneIn(5);
  const std::vector<std::string>& keys = environment_.keys->groups[group];
  for (const std::string& key : keys) {
    if (erase) {
      batch.Delete(key);
      writes->push_back({key, kNothing});
      continue;
    }
    ValueId id;
    batch.Put(key, environment_.history->NewValue(key, Below(40), &id));
    writes->push_back({key, id});
    environment_.history->NameSet(id, writes->front().value);
  }
  return batch;
}

void Workload::Wrote(const Call& call, const std::vector<Write>& writes,
                     bool once) {
  for (const Write& write : writes) {
    environment_.history->Wrote(write.key, write.value, call.entry,
                                EffectsOn(call, write.key, once));
  }
}

/// A group is written atomically, so its first key stands for all.
void Workload::WroteGroup(size_t group, const std::vector<Write>& writes,
                          const Call& call, std::optional<Sight> condition) {
  const Write& first = writes.front();
  environment_.history->Wrote(GroupName(group), first.value, call.entry,
                              EffectsOn(call, first.key, true), condition);
  Wrote(call, writes, true);
}

void Workload::WriteGroup() {
  const size_t group = Below(environment_.keys->groups.size());
  std::vector<Write> writes;
  leveldb::WriteBatch batch = GroupBatch(group, &writes);
  const Call call = Begin("Write of " + GroupName(group) + " v" +
                          std::to_string(writes.front().value));
  Status status;
  {
    const TrafficScope scope(call.traffic);
    status = db_->Write(AnyWriteOptions(BatchMode::kAtomic), &batch);
  }
  End(call, status);
  WroteGroup(group, writes, call, std::nullopt);
}

void Workload::WriteGroupIf() {
  const size_t group = Below(environment_.keys->groups.size());
  const std::string key = OneOf(environment_.keys->groups[group]);
  if (OneIn(2)) GetMember(group, key);
  if (dead()) return;
  const std::string seen = last_seen_[key];
  Condition condition = Condition::Absent(key);
  Sight sight = Sight::Is(kNothing);
  if (!seen.empty() && !OneIn(6)) {
    condition = Condition::Equals(key, seen);
    sight = Sight::Is(
        environment_.history->SetOf(environment_.history->ValueOf(key, seen)));
  } else if (OneIn(3)) {
    condition = Condition::Present(key);
    sight = Sight::IsNot(kNothing);
  }
  std::vector<Condition> conditions = {condition};
  const std::string& quiet = OneOf(environment_.keys->quiet);
  if (OneIn(2)) conditions.push_back(Condition::Present(quiet));
  if (OneIn(3)) conditions.push_back(Condition::Absent(kNeverKey));
  const bool hopeless = OneIn(10);
  if (hopeless)
    conditions.push_back(Condition::Absent(environment_.keys->quiet[0]));
  if (hopeless && &quiet == &environment_.keys->quiet[0]) return;
  std::shuffle(conditions.begin(), conditions.end(), random_);
  std::vector<Write> writes;
  leveldb::WriteBatch batch = GroupBatch(group, &writes);

  const Call call = Begin(
      "WriteIf of " + GroupName(group) + " v" +
      std::to_string(writes.front().value) + " if " + KeyText(key) +
      (condition.kind == Condition::Kind::kAbsent    ? " is absent"
       : condition.kind == Condition::Kind::kPresent ? " is present"
                                                     : " is " + KeyText(seen)));
  std::string conflict;
  Status status;
  {
    const TrafficScope scope(call.traffic);
    status = db_->WriteIf(AnyWriteOptions(BatchMode::kAtomic), &batch,
                          conditions, &conflict);
  }
  // No attempt can take effect.
  if (hopeless) call.traffic->keys.clear();
  const bool denied = IsDenied(status);
  if (!denied || dead()) {
    End(call, status);
    if (hopeless && status.ok()) {
      environment_.violation("a condition that does not hold denies the write",
                             call.entry->text);
    }
    WroteGroup(group, writes, call, sight);
    return;
  }
  EndDenied(call, status);
  WroteGroup(group, writes, call, sight);
  // If the conflict names the hopeless condition, the other may have held.
  if (hopeless && conflict == environment_.keys->quiet[0]) return;
  if (conflict != key) NameConflict(call, conflict);
  ++(*environment_.tally)["conflict"];
  environment_.history->Denied(GroupName(group), sight, call.entry);
}

/// A conditional write of a key that other clients write too.
void Workload::WriteIf() {
  const std::string key = AnyKey();
  const std::string seen = last_seen_[key];
  const bool absent = seen.empty();
  const Sight sight =
      Sight::Is(absent ? kNothing : environment_.history->ValueOf(key, seen));
  ValueId id;
  leveldb::WriteBatch batch;
  batch.Put(key, environment_.history->NewValue(key, AnyBytes(), &id));
  const Call call =
      Begin("WriteIf " + KeyText(key) + " v" + std::to_string(id) + " if " +
            (absent ? "absent" : "v" + std::to_string(sight.value)));
  std::string conflict;
  Status status;
  {
    const TrafficScope scope(call.traffic);
    status = db_->WriteIf(
        AnyWriteOptions(BatchMode::kAtomic), &batch,
        {absent ? Condition::Absent(key) : Condition::Equals(key, seen)},
        &conflict);
  }
  if (dead() || !IsDenied(status)) {
    End(call, status);
    environment_.history->Wrote(key, id, call.entry, EffectsOn(call, key, true),
                                sight);
    return;
  }
  EndDenied(call, status);
  if (conflict != key) NameConflict(call, conflict);
  environment_.history->Wrote(key, id, call.entry, EffectsOn(call, key, true),
                              sight);
  environment_.history->Denied(key, sight, call.entry);
}

/// Invalid writes are refused before anything is sent.
void Workload::Refused() {
  const std::string long_key(kKeyBytesMax + 1, 'x');
  leveldb::WriteBatch batch;
  std::vector<Write> writes;
  const Call call = Begin("what cannot be written");
  Status status;
  bool supported = true;
  {
    const TrafficScope scope(call.traffic);
    switch (Below(4)) {
      case 0:
        status = db_->Put(WriteOptions(), long_key, "");
        break;
      case 1: {
        const std::string key = AnyKey();
        ValueId id;
        status =
            db_->Put(WriteOptions(), key,
                     environment_.history->NewValue(key, kTooLargeBytes, &id));
        break;
      }
      case 2:
        batch = Batch({AnyKey()}, 0, &writes);
        batch.Put(long_key, "");
        status = db_->Write(AnyWriteOptions(OneIn(2) ? BatchMode::kAtomic
                                                     : BatchMode::kUnordered),
                            &batch);
        break;
      default: {
        supported = false;
        std::vector<std::string> keys = environment_.keys->bulk;
        keys.resize(kAtomicKeysMax + 1);
        batch = Batch(keys, 0, &writes);
        status = db_->Write(AnyWriteOptions(BatchMode::kAtomic), &batch);
        break;
      }
    }
  }
  environment_.history->End(call.entry, Ending::kRefused, status.ToString());
  if ((supported ? !status.IsInvalidArgument()
                 : !status.IsNotSupportedError()) ||
      call.traffic->sends > 0) {
    environment_.violation("what cannot be is refused before anything is sent",
                           status.ToString());
  }
}

}  // namespace dynamodown::sim

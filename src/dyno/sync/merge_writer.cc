#include "dyno/sync/merge_writer.h"

#include <algorithm>
#include <set>
#include <utility>

#include "dyno/item/key.h"

namespace dyno {
namespace {

using leveldb::Status;

/// The most bytes of one transaction of bases: below DynamoDB's 4 MB.
constexpr size_t kBasesBytesMax = 3 * 1024 * 1024;

size_t KeysOf(const MergeSide& side) {
  return 2 * side.bases.size() + side.operations.size() +
         side.base_deletes.size() + side.deletes.size() + 1;
}

/// Collects conditional writes, and sends as many in one transaction as fit.
class Transactions {
 public:
  Transactions(Backend* backend, std::vector<std::string>* again)
      : backend_(backend), again_(again) {}

  /// Makes room for `keys` keys and `bytes` bytes in the current batch.
  WriteResult MakeRoom(size_t keys, size_t bytes) {
    if (keys_ + keys > backend_->max_batch() ||
        (keys_ > 0 && bytes_ + bytes > kBasesBytesMax)) {
      WriteResult flushed = Flush();
      if (!flushed.ok()) return flushed;
    }
    keys_ += keys;
    bytes_ += bytes;
    return WriteResult::Written();
  }
  leveldb::WriteBatch* batch() { return &batch_; }
  void AddCondition(const Condition& condition, const std::string& name) {
    conditions_.push_back(condition);
    if (names_.empty() || names_.back() != name) names_.push_back(name);
  }
  WriteResult Flush() {
    if (keys_ == 0) return WriteResult::Written();
    const WriteResult result = backend_->WriteIf(&batch_, conditions_, false);
    if (result.ok() && !result.is_written()) {
      again_->insert(again_->end(), names_.begin(), names_.end());
    }
    batch_.Clear();
    conditions_.clear();
    names_.clear();
    keys_ = 0;
    bytes_ = 0;
    return result;
  }

 private:
  Backend* const backend_;
  std::vector<std::string>* const again_;
  leveldb::WriteBatch batch_;
  std::vector<Condition> conditions_;
  std::vector<std::string> names_;
  size_t keys_ = 0;
  size_t bytes_ = 0;
};

}  // namespace

void MergeWriter::Count(const PlannedItem& item) {
  ++counts_->items;
  counts_->operations += item.side.operations.size() + item.side.bases.size();
  counts_->deletes += item.side.deletes.size() + item.side.base_deletes.size();
}

Status MergeWriter::Write(const std::vector<PlannedItem>& items,
                          std::vector<std::string>* again) {
  Items some;
  size_t keys = 0;
  for (const PlannedItem& item : items) {
    if (item.side.empty()) continue;
    const size_t own = KeysOf(item.side);
    if (!backend_->shared() && keys + own > backend_->max_batch()) {
      const Status flushed = FlushItems(&some, again);
      if (!flushed.ok()) return flushed;
      keys = 0;
    }
    some.push_back(&item);
    keys += own;
  }
  return FlushItems(&some, again);
}

Status MergeWriter::FlushItems(Items* items, std::vector<std::string>* again) {
  if (items->empty()) return Status::OK();
  const auto issued = parts_->writer.Issue(items->size(), issuer_);
  if (!issued.ok()) return issued.error();
  std::vector<StoredRecord> entries;
  for (size_t i = 0; i < items->size(); ++i) {
    entries.push_back({ChangeKey((*issued)[i]),
                       (*items)[i]->encoded_name + "/" + ReplicaText(origin_)});
  }
  const WriteResult result = WriteAll(*items, entries, again);
  if (!result.ok() && result.is_unknown() && backend_->shared()) {
    // The records and their log entries may still arrive. So the writer must
    // make no promise for the slot of the entries' timestamps.
    parts_->writer.Abandon(*issued);
  } else {
    parts_->writer.Done(*issued);
  }
  items->clear();
  return result.status;
}

WriteResult MergeWriter::WriteAll(const Items& items,
                                  const std::vector<StoredRecord>& entries,
                                  std::vector<std::string>* again) {
  std::vector<std::string> conflicts;
  WriteResult result;
  if (backend_->shared()) {
    result = WriteInSteps(items, entries, &conflicts);
  } else {
    result = WriteAtOnce(items, entries);
    if (result.ok() && !result.is_written()) {
      for (const PlannedItem* item : items) {
        conflicts.push_back(item->encoded_name);
      }
    }
  }
  if (!result.ok()) return result;
  const std::set<std::string> lost(conflicts.begin(), conflicts.end());
  Flake last;
  for (const PlannedItem* item : items) {
    if (lost.count(item->encoded_name) > 0) continue;
    Count(*item);
    for (const StoredRecord& record : item->side.operations) {
      const auto parts = SplitRecordKey(record.key);
      if (parts) last = std::max(last, parts->timestamp);
    }
  }
  parts_->writer.Show(last);
  again->insert(again->end(), lost.begin(), lost.end());
  return result;
}

WriteResult MergeWriter::WriteAtOnce(const Items& items,
                                     const std::vector<StoredRecord>& entries) {
  leveldb::WriteBatch batch;
  std::vector<Condition> conditions;
  for (const StoredRecord& entry : entries) batch.Put(entry.key, entry.value);
  for (const PlannedItem* item : items) {
    for (const BasePut& base : item->side.bases) {
      batch.Put(base.base.key, base.base.value);
      batch.Put(base.item.key, base.item.value);
      conditions.push_back(base.condition);
    }
    for (const StoredRecord& record : item->side.operations) {
      batch.Put(record.key, record.value);
    }
    for (const StoredRecord& base : item->side.base_deletes) {
      batch.Delete(base.key);
      conditions.push_back(Condition::Equals(base.key, base.value));
    }
    for (const std::string& key : item->side.deletes) batch.Delete(key);
  }
  return backend_->WriteIf(&batch, conditions, false);
}

WriteResult MergeWriter::WriteInSteps(const Items& items,
                                      const std::vector<StoredRecord>& entries,
                                      std::vector<std::string>* again) {
  leveldb::WriteBatch announced;
  for (const StoredRecord& entry : entries) {
    announced.Put(entry.key, entry.value);
  }
  WriteResult result = backend_->WriteUnordered(&announced);
  if (result.ok()) result = WriteBases(items, false, again);
  if (result.ok()) result = WriteBases(items, true, again);
  if (!result.ok()) return result;
  // Records that a base replaces must not be deleted before the base is there.
  const std::set<std::string> lost(again->begin(), again->end());
  leveldb::WriteBatch operations;
  leveldb::WriteBatch deletes;
  Items whole;
  bool has_operations = false;
  bool has_deletes = false;
  for (const PlannedItem* item : items) {
    if (lost.count(item->encoded_name) > 0) continue;
    whole.push_back(item);
    for (const StoredRecord& record : item->side.operations) {
      operations.Put(record.key, record.value);
      has_operations = true;
    }
    for (const std::string& key : item->side.deletes) {
      deletes.Delete(key);
      has_deletes = true;
    }
  }
  if (has_operations) result = backend_->WriteUnordered(&operations);
  if (result.ok()) result = DeleteBases(whole, again);
  if (result.ok() && has_deletes) result = backend_->WriteUnordered(&deletes);
  return result;
}

WriteResult MergeWriter::WriteBases(const Items& items, bool bodies,
                                    std::vector<std::string>* again) {
  std::vector<std::string> conflicts;
  const std::set<std::string> lost(again->begin(), again->end());
  Transactions transactions(backend_, &conflicts);
  for (const PlannedItem* item : items) {
    if (lost.count(item->encoded_name) > 0) continue;
    for (const BasePut& base : item->side.bases) {
      const StoredRecord& put = bodies ? base.item : base.base;
      WriteResult room = transactions.MakeRoom(
          bodies ? 2 : 1, put.key.size() + put.value.size());
      if (!room.ok()) return room;
      transactions.batch()->Put(put.key, put.value);
      transactions.AddCondition(
          bodies ? Condition::Equals(base.base.key, base.base.value)
                 : base.condition,
          item->encoded_name);
    }
  }
  WriteResult result = transactions.Flush();
  again->insert(again->end(), conflicts.begin(), conflicts.end());
  return result;
}

WriteResult MergeWriter::DeleteBases(const Items& items,
                                     std::vector<std::string>* again) {
  Transactions transactions(backend_, again);
  for (const PlannedItem* item : items) {
    for (const StoredRecord& base : item->side.base_deletes) {
      WriteResult room = transactions.MakeRoom(1, base.key.size());
      if (!room.ok()) return room;
      transactions.batch()->Delete(base.key);
      transactions.AddCondition(Condition::Equals(base.key, base.value),
                                item->encoded_name);
    }
  }
  return transactions.Flush();
}

}  // namespace dyno

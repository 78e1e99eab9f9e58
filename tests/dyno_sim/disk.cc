#include "dyno_sim/disk.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace dyno::sim {

using leveldb::Slice;
using leveldb::Status;

void Disk::Replace(RecordMap records) {
  records_ = std::move(records);
  undo_.clear();
}

void Disk::Write(const std::vector<Update>& updates, bool sync) {
  std::vector<Update> before;
  for (const Update& update : updates) {
    const auto found = records_.find(update.key);
    before.push_back({update.key, found == records_.end()
                                      ? std::nullopt
                                      : std::optional(found->second)});
    Apply(update, &records_);
  }
  if (sync) {
    undo_.clear();
  } else {
    undo_.push_back(std::move(before));
  }
}

void Disk::Lose(size_t writes) {
  for (; writes > 0 && !undo_.empty(); --writes) {
    auto& last = undo_.back();
    for (auto update = last.rbegin(); update != last.rend(); ++update) {
      Apply(*update, &records_);
    }
    undo_.pop_back();
  }
  undo_.clear();  // The other writes had reached the disk.
}

Status DiskDoor::Range(const RangeOptions& options, const Slice& start,
                       const Slice& limit, const Visitor& visit) {
  scheduler_->Yield("range of a disk");
  if (!life_->Pass()) return Dead();
  // An iterator is a snapshot.
  const auto& records = disk_->records();
  auto record = records.lower_bound(start.ToString());
  const auto end = limit.empty() || start.compare(limit) >= 0
                       ? (limit.empty() ? records.end() : record)
                       : records.lower_bound(limit.ToString());
  const std::vector<std::pair<std::string, std::string>> found(record, end);
  for (const auto& [key, value] : found) {
    if (!visit(key, options.keys_only ? Slice() : Slice(value))) break;
  }
  return Status::OK();
}

WriteResult DiskDoor::Write(leveldb::WriteBatch* updates, bool sync) {
  return WriteIf(updates, {}, sync);
}

WriteResult DiskDoor::WriteIf(leveldb::WriteBatch* updates,
                              const std::vector<Condition>& conditions,
                              bool sync) {
  scheduler_->Yield("write to a disk");
  if (!life_->Pass()) return WriteResult::Unknown(Dead());
  const bool fails = scheduler_->Choose(1000) < *failures_;
  if (fails && scheduler_->Choose(2) == 0) {
    ++(*tally_)["disk write failed"];
    return WriteResult::Unknown(Status::IOError("unknown: the disk failed"));
  }
  if (!Hold(conditions, disk_->records()))
    return WriteResult::ConditionFailed();
  disk_->Write(UpdatesOf(*updates), sync);
  if (fails) {
    ++(*tally_)["disk write failed"];
    return WriteResult::Unknown(Status::IOError("unknown: the disk failed"));
  }
  if (sync) scheduler_->Sleep(std::chrono::milliseconds(1));
  return life_->Pass() ? WriteResult::Written() : WriteResult::Unknown(Dead());
}

}  // namespace dyno::sim

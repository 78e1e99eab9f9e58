#include "dyno/change.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "dyno/key.h"

namespace dyno {
namespace {

using leveldb::Slice;
using leveldb::Status;

/// More writes of unknown outcome are not begun: each is kept in memory.
constexpr size_t kDoubtedMax = 1000;

leveldb::WriteBatch BatchOf(const std::vector<StoredRecord>& puts,
                            const std::vector<std::string>& deletes) {
  leveldb::WriteBatch batch;
  for (const StoredRecord& record : puts) batch.Put(record.key, record.value);
  for (const std::string& key : deletes) batch.Delete(key);
  return batch;
}

bool Overlaps(const std::vector<Flake>& a, const std::vector<Flake>& b) {
  return std::find_first_of(a.begin(), a.end(), b.begin(), b.end()) != a.end();
}

}  // namespace

Status Continued(const Status& status, const std::string& words) {
  static constexpr std::string_view kWord = "IO error: ";
  std::string message = status.ToString();
  if (message.substr(0, kWord.size()) == kWord) message.erase(0, kWord.size());
  return Status::IOError(message + "; " + words);
}

void AddTo(Change* change, const std::string& encoded_name,
           const Flake& timestamp, const Write& write) {
  change->timestamps.push_back(timestamp);
  change->entries.push_back({ChangeKey(timestamp), encoded_name});
  change->puts.push_back(
      {MakeRecordKey(encoded_name, timestamp, NameOf(write.operation)),
       write.change});
}

ChangeWriter::ChangeWriter(Backend* backend, Writer* writer)
    : backend_(backend), writer_(writer) {
  writer_->set_resolve([this] { Resolve(); });
}

Status ChangeWriter::Announce(const Change& change, bool sync) {
  if (!backend_->shared() || change.entries.empty()) return Status::OK();
  // What is announced may not be there; what is there is announced.
  leveldb::WriteBatch batch = BatchOf(change.entries, {});
  const Status status = backend_->Write(&batch, sync).status;
  return status.IsIOError() ? Continued(status, "the operation was not written")
                            : status;
}

WriteResult ChangeWriter::WriteRecords(const Change& change, bool sync) {
  leveldb::WriteBatch batch = BatchOf(change.puts, change.deletes);
  if (!backend_->shared() && writer_->id()->announces_changes()) {
    batch.Append(BatchOf(change.entries, {}));
  }
  return change.conditions.empty()
             ? backend_->Write(&batch, sync)
             : backend_->WriteIf(&batch, change.conditions, sync);
}

Status ChangeWriter::Apply(const Change& change, bool sync,
                           const std::string& unknown, bool* met) {
  *met = false;
  const bool is_replicated = writer_->id()->announces_changes();
  Status status;
  if (is_replicated) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (doubted_.size() >= kDoubtedMax) {
      status = Status::IOError(
          "unavailable: the outcome of " + std::to_string(kDoubtedMax) +
          " writes is unknown; nothing more is written until it is known");
    }
  }
  if (status.ok() && is_replicated) status = Announce(change, sync);
  if (status.ok()) status = writer_->CheckInFlight(change.timestamps.front());
  if (!status.ok()) {
    writer_->Done(change.timestamps);
    return status;
  }
  const WriteResult written = WriteRecords(change, sync);
  const bool is_unknown = !written.ok() && written.is_unknown();
  *met = written.is_written();
  if (!is_unknown || !is_replicated) {
    if (is_replicated) DropDoubted(change.timestamps);
    writer_->Done(change.timestamps);
    return is_unknown ? Continued(written.status, unknown) : written.status;
  }
  {
    std::lock_guard<std::mutex> lock(mutex_);
    doubted_.push_back(change);
  }
  writer_->Doubt(change.timestamps);
  return Continued(written.status, unknown);
}

Status ChangeWriter::AnnounceOnce(const std::string& encoded_name,
                                  const Flake& timestamp, bool sync) {
  const std::string key = ChangeKey(timestamp);
  leveldb::WriteBatch batch = BatchOf({{key, encoded_name}}, {});
  const WriteResult written =
      backend_->WriteIf(&batch, {Condition::Absent(key)}, sync);
  if (!written.ok()) {
    return written.status.IsIOError()
               ? Continued(written.status, "the operation was not written")
               : written.status;
  }
  if (written.is_written()) return Status::OK();
  std::optional<std::string> found;
  const Status read = backend_->Range(RangeOptions(), key, key + '\0',
                                      [&](const Slice&, const Slice& value) {
                                        found = value.ToString();
                                        return true;
                                      });
  if (!read.ok()) return read;
  if (!found || *found == encoded_name) return Status::OK();
  return Status::InvalidArgument("the timestamp " + timestamp.ToString() +
                                 " is that of a change of another item, " +
                                 Printable(*found));
}

void ChangeWriter::DropDoubted(const std::vector<Flake>& timestamps) {
  std::lock_guard<std::mutex> lock(mutex_);
  doubted_.remove_if([&timestamps](const Change& each) {
    return Overlaps(each.timestamps, timestamps);
  });
}

void ChangeWriter::Resolve() {
  std::vector<Change> doubted;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    doubted.assign(doubted_.begin(), doubted_.end());
  }
  for (const Change& change : doubted) {
    // What was in flight when the place was lost cannot come any more.
    if (writer_->CheckInFlight(change.timestamps.front()).ok()) {
      // Not written now, for instance for a refusal, does not say that it was
      // not written then: unless a condition told so it stays in doubt.
      if (!WriteRecords(change, true).ok()) continue;
    }
    DropDoubted(change.timestamps);
    writer_->Done(change.timestamps);
  }
}

}  // namespace dyno

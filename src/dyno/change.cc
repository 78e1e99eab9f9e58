#include "dyno/change.h"

#include <optional>
#include <string_view>

#include "dyno/backend/read_key.h"
#include "dyno/item/key.h"

namespace dyno {
namespace {

using leveldb::Status;

leveldb::WriteBatch BatchOf(const std::vector<StoredRecord>& puts,
                            const std::vector<std::string>& deletes) {
  leveldb::WriteBatch batch;
  for (const StoredRecord& record : puts) batch.Put(record.key, record.value);
  for (const std::string& key : deletes) batch.Delete(key);
  return batch;
}

/// Returns `status`. If `status` is an IOError or a Corruption, adds `words` to
/// its message.
Status Continued(const Status& status, const std::string& words) {
  if (!status.IsIOError() && !status.IsCorruption()) return status;
  std::string message = status.ToString();
  message.erase(0, message.find(": ") + 2);  // Removes the code's name.
  message.append("; ").append(words);
  return status.IsCorruption() ? Status::Corruption(message)
                               : Status::IOError(message);
}

/// Returns `status`, the result of writing a log entry. If `status` is an
/// IOError, adds to its message that the operation itself was not written.
Status Announced(const Status& status) {
  return status.IsIOError() ? Continued(status, "the operation was not written")
                            : status;
}

}  // namespace

void AddTo(Change* change, const std::string& encoded_name,
           const Flake& timestamp, const NewOperation& operation) {
  change->timestamps.push_back(timestamp);
  change->entries.push_back({ChangeKey(timestamp), encoded_name});
  change->puts.push_back(
      {MakeRecordKey(encoded_name, timestamp, NameOf(operation.operation)),
       operation.change});
}

Status ChangeWriter::Announce(const Change& change, bool sync) {
  if (!backend_->shared() || change.entries.empty()) return Status::OK();
  // The entries are written before the records. An entry without a record does
  // no harm, but the next sync would not find a record that has no entry.
  leveldb::WriteBatch batch = BatchOf(change.entries, {});
  return Announced(backend_->Write(&batch, sync).status);
}

TimestampedWrite ChangeWriter::RecordsOf(const Change& change) const {
  TimestampedWrite write{change.timestamps,
                         BatchOf(change.puts, change.deletes),
                         change.conditions};
  if (!backend_->shared() && writer_->announces_changes()) {
    write.batch.Append(BatchOf(change.entries, {}));
  }
  return write;
}

WriteResult ChangeWriter::Apply(const Change& change, bool sync,
                                const std::string& unknown) {
  const bool is_replicated = writer_->announces_changes();
  Status status;
  if (is_replicated) status = writer_->CheckRoomForDoubt();
  if (status.ok() && is_replicated) status = Announce(change, sync);
  if (status.ok()) status = writer_->CheckInFlight(change.timestamps.front());
  if (!status.ok()) {
    writer_->Done(change.timestamps);
    return WriteResult::NothingWritten(status);
  }
  TimestampedWrite write = RecordsOf(change);
  WriteResult written = write.Send(backend_, sync);
  const bool is_unknown = !written.ok() && written.is_unknown();
  if (is_unknown) written.status = Continued(written.status, unknown);
  if (is_unknown && is_replicated) {
    writer_->Doubt(write);
  } else if (is_replicated) {
    writer_->Settle(change.timestamps);
  } else {
    writer_->Done(change.timestamps);
  }
  return written;
}

Status ChangeWriter::AnnounceOnce(const std::string& encoded_name,
                                  const Flake& timestamp, bool sync) {
  const std::string key = ChangeKey(timestamp);
  leveldb::WriteBatch batch = BatchOf({{key, encoded_name}}, {});
  const WriteResult written =
      backend_->WriteIf(&batch, {Condition::Absent(key)}, sync);
  if (!written.ok()) return Announced(written.status);
  if (written.is_written()) return Status::OK();
  const Result<std::optional<std::string>> found = ReadKey(backend_, key);
  if (!found.ok()) return found.error();
  if (!*found || **found == encoded_name) return Status::OK();
  return Status::InvalidArgument("the timestamp " + timestamp.ToString() +
                                 " is that of a change of another item, " +
                                 Printable(**found));
}

}  // namespace dyno

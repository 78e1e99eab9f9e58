// A Change is what one call writes: log entries, and the records that the
// entries announce.

#ifndef DYNO_CHANGE_H_
#define DYNO_CHANGE_H_

#include <string>
#include <vector>

#include "dyno/backend.h"
#include "dyno/flake.h"
#include "dyno/item/base_codec.h"
#include "dyno/item/operation.h"
#include "dyno/lease/writer.h"

namespace dyno {

/// An operation, and the value of its record.
struct NewOperation {
  Operation operation;
  std::string change;
};

struct Change {
  std::vector<Flake> timestamps;      ///< All are in flight.
  std::vector<StoredRecord> entries;  ///< In the change log.
  std::vector<StoredRecord> puts;
  std::vector<std::string> deletes;
  std::vector<Condition> conditions;
};

/// Adds to `*change` the record of `operation`, and the log entry that
/// announces the record.
void AddTo(Change* change, const std::string& encoded_name,
           const Flake& timestamp, const NewOperation& operation);

/// Writes changes. In a replicated store, a change whose outcome is unknown is
/// put in doubt (Writer::Doubt). While the change is in doubt, the writer's
/// promise (Writer::Promise) stays below the change's timestamps. The reason is
/// that the change can still arrive, but no operation must ever arrive at or
/// below a promise.
///
/// **Thread-safety**: all calls from any thread.
class ChangeWriter {
 public:
  /// Neither `backend` nor `writer` is owned.
  ChangeWriter(Backend* backend, Writer* writer)
      : backend_(backend), writer_(writer) {}

  /// Writes the records of the change in one batch. In a replicated store, also
  /// writes the log entries: before the records if the store is shared,
  /// otherwise in the same batch. If the outcome is unknown, appends the text
  /// `unknown` to the error's message. On return the change's timestamps are no
  /// longer in flight, unless they are in doubt.
  WriteResult Apply(const Change& change, bool sync,
                    const std::string& unknown);

  /// In a replicated store, writes the log entry that announces a change of an
  /// item. Returns OK if the log already has an entry with this timestamp for
  /// the same item.
  /// **Errors**: InvalidArgument if the log's entry with this timestamp is for
  /// another item.
  leveldb::Status AnnounceOnce(const std::string& encoded_name,
                               const Flake& timestamp, bool sync);

 private:
  leveldb::Status Announce(const Change& change, bool sync);
  TimestampedWrite RecordsOf(const Change& change) const;

  Backend* const backend_;
  Writer* const writer_;
};

}  // namespace dyno

#endif  // DYNO_CHANGE_H_

// The write of one call: the log entry that announces it, then the records.

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

/// An operation and its value as it is stored.
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

/// Adds the record of `operation`, and the log entry that announces it.
void AddTo(Change* change, const std::string& encoded_name,
           const Flake& timestamp, const NewOperation& operation);

/// Writes changes. In a replicated store a change of unknown outcome stays in
/// doubt (Writer::Doubt). The writer's promise then stays below the change,
/// because none of the writer's operations may arrive at or below the promise.
///
/// **Thread-safety**: all calls from any thread.
class ChangeWriter {
 public:
  /// Neither `backend` nor `writer` is owned.
  ChangeWriter(Backend* backend, Writer* writer)
      : backend_(backend), writer_(writer) {}

  /// Announces the change if the store is replicated, and writes it in one
  /// batch. If the outcome is unknown, the error's message ends with `unknown`.
  /// On return the change's timestamps are no longer in flight, unless they are
  /// in doubt.
  WriteResult Apply(const Change& change, bool sync,
                    const std::string& unknown);

  /// Announces a change of an item in a replicated store. OK if the timestamp
  /// already announces a change of the same item.
  /// **Errors**: InvalidArgument if it already announces a change of another
  /// item.
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

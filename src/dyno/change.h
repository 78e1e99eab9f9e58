// What one call writes to one item, and how: the entry that announces it, then
// the records.

#ifndef DYNO_CHANGE_H_
#define DYNO_CHANGE_H_

#include <list>
#include <mutex>
#include <string>
#include <vector>

#include "dyno/backend.h"
#include "dyno/codec.h"
#include "dyno/flake.h"
#include "dyno/operation.h"
#include "dyno/writer.h"

namespace dyno {

/// An operation and its value as it is stored.
struct Write {
  Operation operation;
  std::string change;
};

struct Change {
  std::vector<Flake> timestamps;      ///< All that are in flight with it.
  std::vector<StoredRecord> entries;  ///< Of the change log.
  std::vector<StoredRecord> puts;
  std::vector<std::string> deletes;
  std::vector<Condition> conditions;  ///< Met or not only if there are some.
};

/// Adds the record of `write` and its entry.
void AddTo(Change* change, const std::string& encoded_name,
           const Flake& timestamp, const Write& write);

/// Writes changes. In a replicated store a change whose outcome is unknown is
/// kept, and written again until it is known: nothing may come from this writer
/// below what it has promised.
///
/// **Thread-safety**: all calls from any thread.
class ChangeWriter {
 public:
  /// Both outlive it, but for Writer::End, which comes first.
  ChangeWriter(Backend* backend, Writer* writer);

  /// Announces the change if the store is replicated, and writes it in one
  /// batch. `unknown` is said of an outcome that is. What it has in flight is
  /// done when this returns, or in doubt.
  leveldb::Status Apply(const Change& change, bool sync,
                        const std::string& unknown, bool* met);

  /// Announces a change of an item with a timestamp that may have been used
  /// before, in a replicated store.
  /// **Errors**: InvalidArgument when it announces another item.
  leveldb::Status AnnounceOnce(const std::string& encoded_name,
                               const Flake& timestamp, bool sync);

  /// Writes again what is in doubt, once each.
  void Resolve();

 private:
  leveldb::Status Announce(const Change& change, bool sync);
  WriteResult WriteRecords(const Change& change, bool sync);
  void DropDoubted(const std::vector<Flake>& timestamps);

  Backend* const backend_;
  Writer* const writer_;
  std::mutex mutex_;
  std::list<Change> doubted_;
};

/// `status`, and what more there is to say.
leveldb::Status Continued(const leveldb::Status& status,
                          const std::string& words);

}  // namespace dyno

#endif  // DYNO_CHANGE_H_

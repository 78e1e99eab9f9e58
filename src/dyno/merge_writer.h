// Gives one store what it lacks, many items at a time.
//
// First the entries that announce it, then bases, then operations, then what a
// base now stands for goes. In a store that is not shared all of that is one
// write. In a shared one bases take the steps of codec.h, and what has no
// condition goes unordered, which costs half.

#ifndef DYNO_MERGE_WRITER_H_
#define DYNO_MERGE_WRITER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "dyno/backend.h"
#include "dyno/merge_plan.h"
#include "dyno/store.h"
#include "dyno/sync.h"

namespace dyno {

struct PlannedItem {
  std::string encoded_name;
  MergeSide side;
};

/// **Thread-safety**: one thread.
class MergeWriter {
 public:
  /// `origin` is the other store's replica. `owner` is that of the timestamps
  /// (Writer::Issue).
  MergeWriter(Store::Parts* parts, Backend* backend, uint64_t origin,
              const void* owner, SyncSide* counts)
      : parts_(parts),
        backend_(backend),
        origin_(origin),
        owner_(owner),
        counts_(counts) {}

  /// Names of items that somebody else has changed in between are added to
  /// `*again`; something of them may have been written.
  leveldb::Status Write(const std::vector<PlannedItem>& items,
                        std::vector<std::string>* again);

 private:
  using Items = std::vector<const PlannedItem*>;

  WriteResult WriteAll(const Items& items,
                       const std::vector<StoredRecord>& entries,
                       std::vector<std::string>* again);
  WriteResult WriteAtOnce(const Items& items,
                          const std::vector<StoredRecord>& entries);
  WriteResult WriteInSteps(const Items& items,
                           const std::vector<StoredRecord>& entries,
                           std::vector<std::string>* again);
  /// The "~base" records, or the items, of many bases in few transactions.
  WriteResult WriteBases(const Items& items, bool bodies,
                         std::vector<std::string>* again);
  WriteResult DeleteBases(const Items& items, std::vector<std::string>* again);
  void Count(const PlannedItem& item);

  Store::Parts* const parts_;
  Backend* const backend_;
  const uint64_t origin_;
  const void* const owner_;
  SyncSide* const counts_;
};

}  // namespace dyno

#endif  // DYNO_MERGE_WRITER_H_

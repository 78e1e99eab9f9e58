// Writes the records that one store lacks, many items at a time.
//
// First come the log entries that announce the records, then bases, then
// operations, then the deletes of records that a base has replaced. If the
// store is not shared, all of this is one write. In a shared store, bases are
// written in the steps of base_codec.h. Writes without a condition are sent
// with WriteUnordered, which costs half as much as WriteIf.

#ifndef DYNO_SYNC_MERGE_WRITER_H_
#define DYNO_SYNC_MERGE_WRITER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "dyno/backend.h"
#include "dyno/item/merge_plan.h"
#include "dyno/lease/in_flight_ledger.h"
#include "dyno/sync.h"
#include "dyno/sync/store_parts.h"

namespace dyno {

struct PlannedItem {
  std::string encoded_name;
  MergeSide side;
};

/// **Thread-safety**: one thread.
class MergeWriter {
 public:
  /// `origin` is the other store's replica. The timestamps of the log entries
  /// are issued for `issuer`.
  MergeWriter(StoreParts* parts, Backend* backend, uint64_t origin,
              Issuer issuer, SyncSide* counts)
      : parts_(parts),
        backend_(backend),
        origin_(origin),
        issuer_(issuer),
        counts_(counts) {}

  /// Writes `items`. If others changed an item meanwhile, adds the item's name
  /// to `*again`: the item may have been written in part.
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
  /// Writes many bases in few transactions: their items if `bodies`, else their
  /// "~base" records.
  WriteResult WriteBases(const Items& items, bool bodies,
                         std::vector<std::string>* again);
  WriteResult DeleteBases(const Items& items, std::vector<std::string>* again);
  leveldb::Status FlushItems(Items* items, std::vector<std::string>* again);
  void Count(const PlannedItem& item);

  StoreParts* const parts_;
  Backend* const backend_;
  const uint64_t origin_;
  const Issuer issuer_;
  SyncSide* const counts_;
};

}  // namespace dyno

#endif  // DYNO_SYNC_MERGE_WRITER_H_

// Reads items from two stores side by side: one item by its name, or all items
// in the order of their keys. Only a bounded part of each store is in memory.

#ifndef DYNO_SYNC_ITEM_MERGE_H_
#define DYNO_SYNC_ITEM_MERGE_H_

#include <cstddef>
#include <functional>
#include <string>

#include "dyno/backend.h"
#include "dyno/item/item_records.h"
#include "leveldb/status.h"

namespace dyno {

/// An item as each store has it, without views. The records of a store without
/// the item are empty. `status` is an error if one of the two stores cannot
/// read the item.
struct ItemPair {
  std::string encoded_name;
  ItemRecords a;
  ItemRecords b;
  leveldb::Status status;
};

using PairVisitor = std::function<leveldb::Status(ItemPair* pair)>;

/// Visits every item that is in either store. An error that the visitor returns
/// ends the visit.
/// **Cost**: in each store 1 range for each `chunk_bytes` of its records, and 1
/// more range, because dyno's own records in between are left out.
leveldb::Status VisitBoth(Backend* a, Backend* b, size_t chunk_bytes,
                          const PairVisitor& visit);

/// Reads the item from both stores.
/// **Cost**: 1 range in each store.
leveldb::Status ReadBoth(Backend* a, Backend* b,
                         const std::string& encoded_name, ItemPair* pair);

/// About the number of bytes of the item's keys and values.
size_t BytesOf(const ItemRecords& item);

}  // namespace dyno

#endif  // DYNO_SYNC_ITEM_MERGE_H_

// Both stores' records of one item after another: of items that are named, or
// of all, in the order of keys, with a bounded part of each store in memory.

#ifndef DYNO_ITEM_MERGE_H_
#define DYNO_ITEM_MERGE_H_

#include <deque>
#include <functional>
#include <string>

#include "dyno/backend.h"
#include "dyno/item_reader.h"
#include "leveldb/status.h"

namespace dyno {

/// An item as each store has it, without views; a store that has none of it has
/// no records. `status` is not OK when it cannot be read in one of them.
struct ItemPair {
  std::string encoded_name;
  ItemRecords a;
  ItemRecords b;
  leveldb::Status status;
};

using PairVisitor = std::function<leveldb::Status(ItemPair* pair)>;

/// Visits every item of either; what the visitor returns, if not OK, ends it.
/// **Cost**: a range, or two where dyno's own records lie between, for each
/// `chunk_bytes` of each store.
leveldb::Status VisitBoth(Backend* a, Backend* b, size_t chunk_bytes,
                          const PairVisitor& visit);

/// One range of each.
leveldb::Status ReadBoth(Backend* a, Backend* b,
                         const std::string& encoded_name, ItemPair* pair);

/// Of keys and values.
size_t BytesOf(const ItemRecords& item);

}  // namespace dyno

#endif  // DYNO_ITEM_MERGE_H_

// Plans the writes that merge one item of two stores. Pure: no I/O.

#ifndef DYNO_ITEM_MERGE_PLAN_H_
#define DYNO_ITEM_MERGE_PLAN_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "dyno/backend.h"
#include "dyno/item/base_codec.h"
#include "dyno/item/item_records.h"
#include "dyno/item/records.h"

namespace dyno {

/// A base to write.
struct BasePut {
  StoredRecord base;
  StoredRecord item;
  Condition condition;  ///< Holds if "~base" is still as it was read.
};

/// The writes to one store for one item.
struct MergeSide {
  std::vector<BasePut> bases;
  std::vector<StoredRecord> operations;
  /// "~base" records, each to be deleted only if unchanged.
  std::vector<StoredRecord> base_deletes;
  std::vector<std::string> deletes;

  bool empty() const {
    return bases.empty() && operations.empty() && base_deletes.empty() &&
           deletes.empty();
  }
};

/// The writes that turn `own`, a store's records as they were read, into
/// `merged`. In a shared store a base names the records that it replaces.
MergeSide PlanMerge(const std::string& encoded_name, const ItemRecords& own,
                    const Records& merged, bool shared);

/// Records of one store that are too far ahead of the other store's clock.
struct Future {
  uint64_t count = 0;
  std::map<uint64_t, Flake> least;  ///< The least timestamp of each replica.
  /// A base is among the records. It may contain operations of any replica.
  bool has_base = false;
};

/// Removes the records above `limit` from `*records`, and notes them in
/// `*future`.
void DeferFuture(const Flake& limit, Records* records, Future* future);

/// Removes the operations of `replica` above `promise` from `*records`.
/// `replica` is that of an embedded store. A crash of the store's machine can
/// lose operations above the store's promise, and no other store may get an
/// operation that can still be lost.
void RemoveUnpromised(uint64_t replica, const Flake& promise, Records* records);

}  // namespace dyno

#endif  // DYNO_ITEM_MERGE_PLAN_H_

// What each of two stores lacks of one item: pure, no I/O.

#ifndef DYNO_MERGE_PLAN_H_
#define DYNO_MERGE_PLAN_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "dyno/backend.h"
#include "dyno/codec.h"
#include "dyno/item_reader.h"
#include "dyno/records.h"

namespace dyno {

/// A base to be put at its place.
struct BasePut {
  StoredRecord base;
  StoredRecord item;
  Condition condition;  ///< That nobody has changed the place meanwhile.
};

/// What one store is to be given of one item.
struct MergeSide {
  std::vector<BasePut> bases;
  std::vector<StoredRecord> operations;
  /// "~base" records, each to be deleted while it is as it is here; first.
  std::vector<StoredRecord> base_deletes;
  std::vector<std::string> deletes;

  bool empty() const {
    return bases.empty() && operations.empty() && base_deletes.empty() &&
           deletes.empty();
  }
};

/// What makes of `own`, as it was read, `merged`. In a shared store a base
/// names what there is that it stands for.
MergeSide PlanMerge(const std::string& encoded_name, const ItemRecords& own,
                    const Records& merged, bool shared);

/// What of one store is too far ahead of the clock for the other one.
struct Ahead {
  uint64_t count = 0;
  std::map<uint64_t, Flake> least;  ///< By replica.
  bool has_base = false;            ///< It may hold anything below it.
};

/// Takes what is above `limit` out of `*records`.
void HoldBack(const Flake& limit, Records* records, Ahead* ahead);

/// Takes operations of `replica` above `promise` out of `*records`: what an
/// embedded store has written since it promised may be lost there yet, with the
/// machine, and must not be known elsewhere before it is durable.
void LeaveOut(uint64_t replica, const Flake& promise, Records* records);

}  // namespace dyno

#endif  // DYNO_MERGE_PLAN_H_

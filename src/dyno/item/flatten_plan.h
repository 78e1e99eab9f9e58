// The writes of one step of a flatten: pure, no I/O.

#ifndef DYNO_ITEM_FLATTEN_PLAN_H_
#define DYNO_ITEM_FLATTEN_PLAN_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dyno/backend.h"
#include "dyno/item/base_codec.h"
#include "dyno/item/item_records.h"
#include "dyno/item/records.h"
#include "dyno/item/result.h"

namespace dyno {

/// The stable part of a replicated store: it may be folded.
struct Stable {
  Flake watermark;                  ///< Nothing above it may be folded.
  std::map<uint64_t, Flake> known;  ///< K by replica, forgotten ones included.
  std::string held_by;  ///< The stores whose K is the watermark, in words.
};

struct FlattenTerms {
  Flake end;            ///< Nothing above it is folded.
  size_t keys_max = 0;  ///< The most keys of one write.
  bool shared = false;  ///< Writes in several steps: see base_codec.h.
  /// In a shared store a base keeps the names of folded records that are
  /// younger than this: a request that puts such a record may still be on its
  /// way.
  Flake names_from;
  std::optional<Stable> stable;  ///< In a replicated store.
  /// With `stable`: fold all operations up to the end, or none.
  bool strict = false;
};

/// In a store that is not shared the whole step is one write. In a shared store
/// it is four writes: `base` with `others` if `conditions` hold; `item` if
/// `base` is unchanged; `deletes`; and `base_after`, which replaces `base`.
struct FlattenStep {
  StoredRecord item;
  StoredRecord base;
  StoredRecord base_after;  ///< Shared: `base` without names no longer needed.
  std::vector<StoredRecord> others;  ///< Other bases with the old base's T.
  std::vector<std::string> deletes;
  std::vector<Condition> conditions;
  uint64_t folded = 0;  ///< How many operations; 0: there is nothing to do.
  /// The T of the new base; if nothing is folded, that of the old base.
  Flake timestamp;
  bool is_first = false;  ///< There was no base.
  bool is_last = true;    ///< The end is reached.
  /// In a replicated store: why not all operations are folded.
  leveldb::Status blocked;
};

/// Folds the oldest live operations at or before the end, as many as fit in a
/// write.
/// **Errors**: NotSupported if one of the operations to fold up to the end is
/// unknown; Corruption if the item cannot be replayed.
Result<FlattenStep> PlanFlatten(const ItemRecords& item,
                                const FlattenTerms& terms);

}  // namespace dyno

#endif  // DYNO_ITEM_FLATTEN_PLAN_H_

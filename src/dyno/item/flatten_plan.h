// Plans the writes of one step of a flatten. Pure: no I/O.

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

/// What a flatten of a replicated store may fold.
struct Stable {
  Flake watermark;                  ///< Nothing above it may be folded.
  std::map<uint64_t, Flake> known;  ///< K of each replica, forgotten or not.
  std::string held_by;  ///< The stores whose K is the watermark, in words.
};

struct FlattenTerms {
  Flake end;            ///< Nothing above it is folded.
  size_t keys_max = 0;  ///< The most keys of one write.
  bool shared = false;  ///< A step is several writes: see FlattenStep.
  /// In a shared store, a base keeps the names of folded records from this
  /// timestamp on, because a request that puts such a record again may still be
  /// on its way.
  Flake names_from;
  std::optional<Stable> stable;  ///< Set in a replicated store.
  /// In a replicated store: fold all operations up to the end, or none.
  bool strict = false;
};

/// In a store that is not shared, the whole step is one write, without
/// `base_after`. In a shared store, the step is four writes:
/// 1. `base` and `others`, if `conditions` hold;
/// 2. `item`, if `base` is unchanged;
/// 3. `deletes`;
/// 4. `base_after`, which replaces `base`.
struct FlattenStep {
  StoredRecord item;
  StoredRecord base;
  StoredRecord base_after;  ///< `base` with only the names still needed.
  std::vector<StoredRecord> others;  ///< Other bases with the old base's T.
  std::vector<std::string> deletes;
  std::vector<Condition> conditions;
  uint64_t folded = 0;  ///< Operations folded; 0: nothing is written.
  /// The T of the new base or, if nothing is folded, the T of the old base.
  Flake timestamp;
  bool is_first = false;  ///< The item has no base yet.
  bool is_last = true;    ///< Nothing is left to fold.
  /// In a replicated store: why not all operations are folded.
  leveldb::Status blocked;
};

/// Plans a step that folds the oldest live operations at or before the end, as
/// many as fit in a write.
/// **Errors**: NotSupported if this version does not know one of the operations
/// to fold, in this step or a later one; Corruption if the item cannot be
/// replayed.
Result<FlattenStep> PlanFlatten(const ItemRecords& item,
                                const FlattenTerms& terms);

}  // namespace dyno

#endif  // DYNO_ITEM_FLATTEN_PLAN_H_

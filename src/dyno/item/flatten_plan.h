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
  std::map<uint64_t, Flake> known;  ///< K by replica, forgotten ones too.
  std::string held_by;              ///< The stores with that K, in words.
};

struct FlattenTerms {
  Flake end;            ///< Nothing above it is folded.
  size_t keys_max = 0;  ///< The most keys of one write.
  bool shared = false;  ///< Writes in several steps: see base_codec.h.
  /// In a shared store a base keeps the names of folded records that are
  /// younger than this: a request for one may still be on its way.
  Flake names_from;
  std::optional<Stable> stable;  ///< In a replicated store.
  bool strict = false;  ///< With `stable`: fold all up to the end, or nothing.
};

/// In a store that is not shared the whole step is one write. In a shared one
/// it is four: `base` with `others` if `conditions` hold; `item` if `base` is
/// unchanged; `deletes`; and `base_after`, which replaces `base`.
struct FlattenStep {
  StoredRecord item;
  StoredRecord base;
  StoredRecord base_after;  ///< Shared: without names no longer needed.
  std::vector<StoredRecord> others;  ///< Other bases with the old base's T.
  std::vector<std::string> deletes;
  std::vector<Condition> conditions;
  uint64_t folded = 0;    ///< Operations; 0: there is nothing to do.
  Flake timestamp;        ///< The base's, whether old or new.
  bool is_first = false;  ///< There was no base.
  bool is_last = true;    ///< The end is reached.
  /// In a replicated store: why not all was folded.
  leveldb::Status blocked;
};

/// Folds the oldest live operations at or before the end, as many as fit in a
/// write. `item` must be replayable.
/// **Errors**: NotSupported if one of them is unknown; Corruption.
Result<FlattenStep> PlanFlatten(const ItemRecords& item,
                                const FlattenTerms& terms);

}  // namespace dyno

#endif  // DYNO_ITEM_FLATTEN_PLAN_H_

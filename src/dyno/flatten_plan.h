// What one step of a flatten writes: pure, no I/O.

#ifndef DYNO_FLATTEN_PLAN_H_
#define DYNO_FLATTEN_PLAN_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dyno/backend.h"
#include "dyno/codec.h"
#include "dyno/item_reader.h"
#include "dyno/records.h"
#include "dyno/result.h"

namespace dyno {

/// What a base may vouch for in a replicated store.
struct Stable {
  Flake watermark;                  ///< Nothing above is folded.
  std::map<uint64_t, Flake> known;  ///< K, of forgotten replicas too.
  std::string held_by;              ///< Whose K the watermark is, in words.
};

struct FlattenTerms {
  Flake end;            ///< Nothing above is folded.
  size_t keys_max = 0;  ///< Of one write.
  bool shared = false;  ///< In steps, see codec.h.
  /// In a shared store the base goes on naming what was folded before and is
  /// younger than this: a request for it may still be on its way.
  Flake names_from;
  std::optional<Stable> stable;  ///< In a replicated store.
  bool strict = false;           ///< There: all up to the end or nothing.
};

/// In a store that is not shared all of it is one write. In a shared one it is
/// four: `base` with `others` on `conditions`; `item` on condition that `base`
/// is as it was written; `deletes`; and `base_after` in the place of `base`.
struct FlattenStep {
  StoredRecord item;
  StoredRecord base;
  StoredRecord base_after;  ///< Shared: without the names that are done with.
  std::vector<StoredRecord> others;  ///< Bases that stay at a place of theirs.
  std::vector<std::string> deletes;
  std::vector<Condition> conditions;
  uint64_t folded = 0;    ///< 0: there is nothing to do.
  Flake timestamp;        ///< Of the base, there before or made.
  bool is_first = false;  ///< No base was there.
  bool is_last = true;    ///< Nothing up to the end is left to fold.
  /// In a replicated store: why not all was folded, or nothing.
  leveldb::Status blocked;
};

/// The oldest live operations at or before the end, as many as fit in a write,
/// folded. `item` can be replayed.
/// **Errors**: NotSupported when one of them is unknown; Corruption.
Result<FlattenStep> PlanFlatten(const ItemRecords& item,
                                const FlattenTerms& terms);

}  // namespace dyno

#endif  // DYNO_FLATTEN_PLAN_H_

// What one step of a flatten writes: pure, no I/O.

#ifndef DYNO_FLATTEN_PLAN_H_
#define DYNO_FLATTEN_PLAN_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dyno/backend.h"
#include "dyno/codec.h"
#include "dyno/records.h"
#include "dyno/result.h"

namespace dyno {

struct FlattenStep {
  std::vector<StoredRecord> puts;
  std::vector<std::string> deletes;
  std::vector<Condition> conditions;
  uint64_t folded = 0;  ///< 0: there is nothing to do.
  Flake timestamp;      ///< Of the base, there before or made.
  bool is_last = true;  ///< Nothing up to the end is left.
};

/// The oldest live operations at or before `end`, as many as fit in a write of
/// `keys_max` keys, folded. `view` is of an item that can be replayed.
/// **Errors**: NotSupported when one up to `end` is unknown; Corruption.
Result<FlattenStep> PlanFlatten(std::string_view encoded_name, const View& view,
                                const Flake& end, size_t keys_max);

}  // namespace dyno

#endif  // DYNO_FLATTEN_PLAN_H_

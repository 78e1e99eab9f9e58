// Flattens one item: reads, plans and writes until nothing is left to fold.

#ifndef DYNO_FLATTEN_H_
#define DYNO_FLATTEN_H_

#include <optional>
#include <string>

#include "dyno/item/flatten_plan.h"
#include "dyno/store.h"
#include "dyno/sync/store_parts.h"

namespace dyno {

/// Flattens an item, and adds the steps that took effect to `*result`, even on
/// failure. `stable` must be set if the store is replicated. In a replicated
/// store, every operation up to the end that the options name (a timestamp or a
/// hash) must be stable. If the options name no end, all stable operations are
/// folded. If there are operations to fold and none of them is stable, that is
/// an error.
/// **Errors**: those of Store::Flatten.
leveldb::Status FlattenItem(StoreParts* parts, const std::string& encoded_name,
                            const FlattenOptions& options,
                            const std::optional<Stable>& stable,
                            FlattenResult* result);

/// Like FlattenItem, but operations up to the end that are not stable are left
/// as they are, without an error.
leveldb::Status FlattenWhatIsStable(StoreParts* parts,
                                    const std::string& encoded_name,
                                    const FlattenOptions& options,
                                    const std::optional<Stable>& stable,
                                    FlattenResult* result);

}  // namespace dyno

#endif  // DYNO_FLATTEN_H_

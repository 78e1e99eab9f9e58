// Flattening one item: read, plan, write, until nothing is left to fold.

#ifndef DYNO_FLATTEN_H_
#define DYNO_FLATTEN_H_

#include <optional>
#include <string>

#include "dyno/item/flatten_plan.h"
#include "dyno/store.h"
#include "dyno/sync/store_parts.h"

namespace dyno {

/// Flattens an item, and adds to `*result`, even on failure. `stable` is set if
/// the store is replicated. In such a store, if the options name an end, every
/// operation up to that end must be stable. If they name no end, the stable
/// operations are folded; if there are operations, but none of them is stable,
/// that is an error.
/// **Errors**: those of Store::Flatten.
leveldb::Status FlattenItem(StoreParts* parts, const std::string& encoded_name,
                            const FlattenOptions& options,
                            const std::optional<Stable>& stable,
                            FlattenResult* result);

/// Does the same, but folds only the stable operations up to the end, and
/// leaves the others without an error.
leveldb::Status FlattenWhatIsStable(StoreParts* parts,
                                    const std::string& encoded_name,
                                    const FlattenOptions& options,
                                    const std::optional<Stable>& stable,
                                    FlattenResult* result);

}  // namespace dyno

#endif  // DYNO_FLATTEN_H_

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
/// failure. If the store is replicated, `stable` must be set, and only stable
/// operations are folded:
/// * If the options have an end (a timestamp or a hash), every operation up to
///   that end must be stable.
/// * If the options have no end, all stable operations are folded. If there are
///   operations to fold, but none of them is stable, the call fails.
/// **Errors**: those of Store::Flatten.
leveldb::Status FlattenItem(StoreParts* parts, const std::string& encoded_name,
                            const FlattenOptions& options,
                            const std::optional<Stable>& stable,
                            FlattenResult* result);

/// Like FlattenItem, but if some operations up to the end are not stable,
/// leaves these operations as they are, and returns no error.
leveldb::Status FlattenWhatIsStable(StoreParts* parts,
                                    const std::string& encoded_name,
                                    const FlattenOptions& options,
                                    const std::optional<Stable>& stable,
                                    FlattenResult* result);

}  // namespace dyno

#endif  // DYNO_FLATTEN_H_

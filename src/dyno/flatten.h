// Flattening one item: read, plan, write, until nothing is left to fold.

#ifndef DYNO_FLATTEN_H_
#define DYNO_FLATTEN_H_

#include <optional>
#include <string>

#include "dyno/item/flatten_plan.h"
#include "dyno/store.h"
#include "dyno/sync/store_parts.h"

namespace dyno {

/// Adds to `*result`, even on failure. `stable` is set if the store is
/// replicated. If the options name an end, every operation up to it must be
/// stable. Otherwise it folds the stable operations; if there are operations,
/// but no stable ones, that is an error.
/// **Errors**: those of Store::Flatten.
leveldb::Status FlattenItem(StoreParts* parts, const std::string& encoded_name,
                            const FlattenOptions& options,
                            const std::optional<Stable>& stable,
                            FlattenResult* result);

/// The same, without an error for operations that are not stable.
leveldb::Status FlattenWhatIsStable(StoreParts* parts,
                                    const std::string& encoded_name,
                                    const FlattenOptions& options,
                                    const std::optional<Stable>& stable,
                                    FlattenResult* result);

}  // namespace dyno

#endif  // DYNO_FLATTEN_H_

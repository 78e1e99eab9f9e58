// Flattening one item: read, plan, write, until nothing is left to fold.

#ifndef DYNO_FLATTEN_H_
#define DYNO_FLATTEN_H_

#include <optional>
#include <string>

#include "dyno/item/flatten_plan.h"
#include "dyno/store.h"
#include "dyno/sync/store_parts.h"

namespace dyno {

/// Adds to `*result`, also on failure. `stable` is set if the store is
/// replicated. If some of what was asked for is not stable, that is an error;
/// if nothing was asked for, the rest is left unfolded.
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

// Flattening one item: read, plan, write, until nothing is left to fold.

#ifndef DYNO_FLATTEN_H_
#define DYNO_FLATTEN_H_

#include <optional>
#include <string>

#include "dyno/flatten_plan.h"
#include "dyno/store.h"

namespace dyno {

/// `*result` gets what is done in addition, also on failure. `stable` is what
/// the store vouches for, if it is replicated; what of the asked is not stable
/// is then an error, or is left when nothing was asked for.
/// **Errors**: those of Store::Flatten.
leveldb::Status FlattenItem(Store::Parts* parts,
                            const std::string& encoded_name,
                            const FlattenOptions& options,
                            const std::optional<Stable>& stable,
                            FlattenResult* result);

/// The same, but what is not stable is no error.
leveldb::Status FlattenWhatIsStable(Store::Parts* parts,
                                    const std::string& encoded_name,
                                    const FlattenOptions& options,
                                    const std::optional<Stable>& stable,
                                    FlattenResult* result);

}  // namespace dyno

#endif  // DYNO_FLATTEN_H_

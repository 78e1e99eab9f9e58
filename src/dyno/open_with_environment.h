// Opens a store in an environment that the caller supplies.

#ifndef DYNO_OPEN_WITH_ENVIRONMENT_H_
#define DYNO_OPEN_WITH_ENVIRONMENT_H_

#include <memory>

#include "dyno/lease/environment.h"
#include "dyno/store.h"

namespace dyno {

/// Does what Open does, but with the clock, randomness and scheduler of
/// `environment`. If `owned` is not null, the store keeps it, and releases it
/// last.
leveldb::Status OpenWithEnvironment(const Options& options, Backend* backend,
                                    const Environment& environment,
                                    std::shared_ptr<void> owned, Store** store);

}  // namespace dyno

#endif  // DYNO_OPEN_WITH_ENVIRONMENT_H_

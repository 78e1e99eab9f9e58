// Opens a store in an environment of the caller's.

#ifndef DYNO_OPEN_WITH_ENVIRONMENT_H_
#define DYNO_OPEN_WITH_ENVIRONMENT_H_

#include <memory>

#include "dyno/lease/environment.h"
#include "dyno/store.h"

namespace dyno {

/// As Open. The store releases `owned`, if not null, after all else.
leveldb::Status OpenWithEnvironment(const Options& options, Backend* backend,
                                    const Environment& environment,
                                    std::shared_ptr<void> owned, Store** store);

}  // namespace dyno

#endif  // DYNO_OPEN_WITH_ENVIRONMENT_H_

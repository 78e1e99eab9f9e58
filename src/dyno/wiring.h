// What a store is made of: all that comes from outside, so that tests can hand
// in their own.

#ifndef DYNO_WIRING_H_
#define DYNO_WIRING_H_

#include <memory>

#include "base/clock.h"
#include "base/random.h"
#include "base/scheduler.h"
#include "dyno/store.h"

namespace dyno {

/// All of it outlives the store, or belongs to what is handed in with it.
struct Wiring {
  dynamodown::Clock* clock = nullptr;
  dynamodown::Random* random = nullptr;
  dynamodown::Scheduler* scheduler = nullptr;
};

/// As Open; the store owns `stands_on`, if that is not null.
leveldb::Status OpenWired(const Options& options, Backend* backend,
                          const Wiring& wiring, std::shared_ptr<void> stands_on,
                          Store** store);

}  // namespace dyno

#endif  // DYNO_WIRING_H_

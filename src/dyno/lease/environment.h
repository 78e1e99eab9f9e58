// The clock, randomness and waiting of a store. Tests supply their own.

#ifndef DYNO_LEASE_ENVIRONMENT_H_
#define DYNO_LEASE_ENVIRONMENT_H_

#include "base/clock.h"
#include "base/random.h"
#include "base/scheduler.h"

namespace dyno {

/// **Ownership**: none is owned; each must outlive the store.
struct Environment {
  dynamodown::Clock* clock = nullptr;
  dynamodown::Random* random = nullptr;
  dynamodown::Scheduler* scheduler = nullptr;
};

}  // namespace dyno

#endif  // DYNO_LEASE_ENVIRONMENT_H_

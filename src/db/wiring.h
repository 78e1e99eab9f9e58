// Opening with a world of one's own: what tests and simulators replace.

#ifndef DYNAMODOWN_DB_WIRING_H_
#define DYNAMODOWN_DB_WIRING_H_

#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "base/scheduler.h"
#include "dynamo/credentials.h"
#include "dynamodown/db.h"
#include "transport/transport.h"

namespace dynamodown {

/// Each may be null: then the real one is made. What is given outlives the
/// database.
struct Outside {
  Transport* transport = nullptr;
  Scheduler* scheduler = nullptr;
  Clock* clock = nullptr;
  Random* random = nullptr;
  Environment environment;  ///< Empty: the process's.
};

leveldb::Status OpenIn(const Outside& outside, const Options& options,
                       const std::string& location, Database** db);
leveldb::Status DestroyIn(const Outside& outside, const Options& options,
                          const std::string& location,
                          const DestroyOptions& destroy,
                          Stats* stats = nullptr);
leveldb::Status ListStoresIn(const Outside& outside, const Options& options,
                             const std::string& location,
                             std::vector<StoreSummary>* stores,
                             Stats* stats = nullptr);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_WIRING_H_

// Opening with a world of one's own: what tests and simulators replace.

#ifndef DYNAMODOWN_DB_WIRING_H_
#define DYNAMODOWN_DB_WIRING_H_

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/machine.h"
#include "base/random.h"
#include "base/scheduler.h"
#include "dynamodown/db.h"
#include "dynamodown/doctor.h"
#include "dynamodown/iam.h"
#include "transport/transport.h"

namespace dynamodown {

/// Each may be null: then the real one is made. What is given outlives the
/// database.
struct Outside {
  Transport* transport = nullptr;
  Scheduler* scheduler = nullptr;
  Clock* clock = nullptr;
  Random* random = nullptr;
  Environment environment;
  FileReader read_file;
  CommandRunner run_command;
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
leveldb::Status IamPolicyIn(const Outside& outside, const Options& options,
                            const std::string& location, const IamOptions& iam,
                            std::string* policy);
leveldb::Status DiagnoseIn(const Outside& outside, const Options& options,
                           const std::string& location,
                           const DoctorOptions& doctor,
                           std::vector<Finding>* findings,
                           Stats* stats = nullptr);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_WIRING_H_

// Opens stores in an environment that the caller injects, as tests and
// simulators do.

#ifndef DYNAMODOWN_DB_OPEN_ENVIRONMENT_H_
#define DYNAMODOWN_DB_OPEN_ENVIRONMENT_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/machine.h"
#include "base/random.h"
#include "base/scheduler.h"
#include "dynamodown/db.h"
#include "dynamodown/doctor.h"
#include "dynamodown/iam.h"
#include "dynamodown/verify.h"
#include "store/store.h"
#include "transport/transport.h"

namespace dynamodown {

/// Everything that a database takes from outside. In place of a member that is
/// null or empty, the database uses the real thing, such as the system's clock.
/// The objects that the members point to must outlive the database.
struct OpenEnvironment {
  Transport* transport = nullptr;
  Scheduler* scheduler = nullptr;
  Clock* clock = nullptr;
  Random* random = nullptr;
  EnvironmentVariables variables;  ///< The process's environment variables.
  FileReader read_file;
  CommandRunner run_command;
  /// Whether there is a directory at that path.
  std::function<bool(const std::string&)> is_directory;
  /// Wraps each store that is opened.
  std::function<std::unique_ptr<Store>(std::unique_ptr<Store>)> decorate;
};

leveldb::Status OpenIn(const OpenEnvironment& environment,
                       const Options& options, const std::string& location,
                       Database** db, Stats* stats = nullptr);
leveldb::Status DestroyIn(const OpenEnvironment& environment,
                          const Options& options, const std::string& location,
                          const DestroyOptions& destroy,
                          Stats* stats = nullptr);
leveldb::Status ListStoresIn(const OpenEnvironment& environment,
                             const Options& options,
                             const std::string& location,
                             std::vector<StoreSummary>* stores,
                             Stats* stats = nullptr);
leveldb::Status IamPolicyIn(const OpenEnvironment& environment,
                            const Options& options, const std::string& location,
                            const IamOptions& iam, std::string* policy);
leveldb::Status DiagnoseIn(const OpenEnvironment& environment,
                           const Options& options, const std::string& location,
                           const DoctorOptions& doctor,
                           std::vector<Finding>* findings,
                           Stats* stats = nullptr);
leveldb::Status VerifyIn(const OpenEnvironment& environment,
                         const Options& options, const std::string& location,
                         const std::function<void(const Problem&)>& visit,
                         VerifyResult* result, Stats* stats = nullptr);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_OPEN_ENVIRONMENT_H_

// Diagnose finds out why a program cannot use a store, and advises what to do.

#ifndef DYNAMODOWN_DOCTOR_H_
#define DYNAMODOWN_DOCTOR_H_

#include <string>
#include <vector>

#include "dynamodown/iam.h"
#include "dynamodown/options.h"
#include "dynamodown/stats.h"
#include "leveldb/status.h"

namespace dynamodown {

/// The result of one check.
struct Finding {
  enum class Outcome {
    kOk,
    kWarning,  ///< Works, but read `found` and `advice`.
    kFailed,
    kSkipped,  ///< Not checked; `found` says why.
  };
  /// The check's name: "settings", "region", "endpoint", "connection", "clock",
  /// "credentials", "table", "schema", "store", or an IAM action such as
  /// "dynamodb:GetItem". The checks of an embedded store are "directory",
  /// "files", "leftovers" and "store".
  std::string check;
  Outcome outcome = Outcome::kOk;
  std::string found;  ///< A sentence without its full stop. No secrets.
  /// What to do. Empty if there is nothing to do; never empty if the check
  /// failed.
  std::string advice;
};

struct DoctorOptions {
  /// Diagnose tries the permissions that this access needs. Default kWrite.
  /// With kManage, CreateTable and DeleteTable are kSkipped, because to try
  /// them would create or delete the table.
  Access access = Access::kWrite;
};

/// Makes these checks in this order, with one finding for each check: the
/// options, the region, the endpoint, the connection to the endpoint, this
/// machine's clock, the credentials, the table, the table's key attributes, the
/// store, and each permission that `doctor.access` needs. If the service
/// refuses the credentials, the check of the credentials fails, and the check
/// of the table is skipped. A finding shows the source of the credentials,
/// never their values.
///
/// Diagnose tests the connection with a GET of the endpoint. If the user's own
/// endpoint is https:// and does not answer, Diagnose repeats the GET on the
/// same port without TLS, because the endpoint may have https:// by mistake.
/// Neither GET is signed.
///
/// Diagnose changes nothing. It tries each write with a condition that cannot
/// hold. Only BatchWriteItem takes no condition, so the trial of BatchWriteItem
/// deletes a random key that no item has. Diagnose does not open an embedded
/// store: it reads the list of files and the logs, but no tables.
/// **Thread-safety**: safe.
/// **Errors**: InvalidArgument for an invalid location. Everything else is a
/// finding.
/// **Cost**: 1 GET of the endpoint, 1 DescribeTable, 2 GetItem, 1 Query (2
/// without a descriptor), 1 BatchGetItem: at most 5 read units. For kWrite and
/// kManage also 1 PutItem, 1 DeleteItem, 1 BatchWriteItem and 1
/// TransactWriteItems: 5 write units. For kManage also 1 Scan of one item (half
/// a unit) and 1 UpdateItem (1 unit). (The Scan and the second Query cost more
/// if they find an item over 4 KB.) `*stats`, if not null, receives the
/// consumption, except that of requests whose condition failed, because the
/// answers to such requests do not report any consumption.
leveldb::Status Diagnose(const Options& options, const std::string& location,
                         const DoctorOptions& doctor,
                         std::vector<Finding>* findings,
                         Stats* stats = nullptr);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DOCTOR_H_

// Why a store does not work here, and what to do about it.

#ifndef DYNAMODOWN_DOCTOR_H_
#define DYNAMODOWN_DOCTOR_H_

#include <string>
#include <vector>

#include "dynamodown/iam.h"
#include "dynamodown/options.h"
#include "dynamodown/stats.h"
#include "leveldb/status.h"

namespace dynamodown {

/// What one check found.
struct Finding {
  enum class Outcome {
    kOk,
    kWarning,  ///< Works, but look at it.
    kFailed,
    kSkipped,  ///< Could not be checked, since another check failed.
  };
  /// "settings", "region", "endpoint", "connection", "clock", "credentials",
  /// "table", "schema", "store", or an IAM action: "dynamodb:GetItem".
  std::string check;
  Outcome outcome = Outcome::kOk;
  std::string found;   ///< A sentence without its full stop. No secrets.
  std::string advice;  ///< What to do; empty when there is nothing.
};

struct DoctorOptions {
  /// Which permissions to try. Default kWrite. Of kManage CreateTable and
  /// DeleteTable are left out: they cannot be tried without doing it.
  Access access = Access::kWrite;
};

/// Checks, in this order and in as many findings: what is set, whether the
/// endpoint answers, this machine's clock, credentials (where they come from,
/// never what they are), the table, its keys, the store, and each permission
/// that `doctor.access` needs.
///
/// Nothing is changed: writes are tried under a condition that cannot hold, and
/// BatchWriteItem, which has none, with the deletion of a key made of chance.
/// An embedded store is opened and closed.
/// **Thread-safety**: safe.
/// **Errors**: InvalidArgument for a location that cannot be; all else is a
/// finding.
/// **Cost**: 1 GET of the endpoint, 1 DescribeTable, 2 GetItem, 1 Query (2
/// without a descriptor), 1 BatchGetItem; for writes 1 PutItem, DeleteItem,
/// BatchWriteItem and TransactWriteItems: 5 read units at most, and 5 write
/// units; for kManage 1 Scan of one item, half a unit, and 1 UpdateItem, 1
/// unit. (The items that the Scan and, without a descriptor, a Query find cost
/// more when they are over 4 KB.)
/// `*stats`, if not null, is what it consumed, without what failed conditions
/// did, which no answer tells.
leveldb::Status Diagnose(const Options& options, const std::string& location,
                         const DoctorOptions& doctor,
                         std::vector<Finding>* findings,
                         Stats* stats = nullptr);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DOCTOR_H_

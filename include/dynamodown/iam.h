// The smallest IAM policy that lets a program use a store.

#ifndef DYNAMODOWN_IAM_H_
#define DYNAMODOWN_IAM_H_

#include <string>

#include "dynamodown/options.h"
#include "leveldb/status.h"

namespace dynamodown {

/// A program's access to a store. Each value includes the one before.
enum class Access {
  kRead,   ///< Open, Get, MultiGet, iterators, sizes.
  kWrite,  ///< Every call of an open Database.
  /// Also Create, Destroy and ListStores. Some actions that these calls need
  /// reach beyond the store: see IamPolicy.
  kManage,
};

struct IamOptions {
  /// Default kWrite: the calls of an open Database.
  Access access = Access::kWrite;
  /// The account that owns the table, 12 digits. Empty (the default) means "*",
  /// any account. If the program uses the table from another account, the
  /// table's own policy must also allow the access.
  std::string account;
};

/// Sets `*policy` to an identity-based policy for the store at `location`, as
/// JSON text of several lines. The call sends nothing and needs no credentials.
///
/// The policy allows access to data only under the store's hash key (condition
/// key dynamodb:LeadingKeys), so the table's other stores stay out of reach.
/// kManage also allows listing all stores (Scan), reading all descriptors and
/// deleting the table, because IAM cannot narrow these actions to one store. If
/// `options` has the table's key names, a kRead or kWrite policy leaves out
/// DescribeTable.
///
/// If a customer-managed KMS key encrypts the table, the program may need
/// further permissions. The policy does not contain them.
/// Source: "Actions, resources, and condition keys for Amazon DynamoDB" in the
/// AWS Service Authorization Reference.
/// **Thread-safety**: safe. **Cost**: nothing.
/// **Errors**: those that Open returns before it sends a request, except that a
/// missing region is no error: the policy is then for all regions.
/// InvalidArgument for an invalid account, and for a store name that is not
/// UTF-8. NotSupported for a `leveldb:` location and for a hash key of type B.
leveldb::Status IamPolicy(const Options& options, const std::string& location,
                          const IamOptions& iam, std::string* policy);

}  // namespace dynamodown

#endif  // DYNAMODOWN_IAM_H_

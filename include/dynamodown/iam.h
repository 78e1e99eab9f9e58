// The smallest IAM policy that lets a program use a store.

#ifndef DYNAMODOWN_IAM_H_
#define DYNAMODOWN_IAM_H_

#include <string>

#include "dynamodown/options.h"
#include "leveldb/status.h"

namespace dynamodown {

/// A program's access to a store. Each value also allows what the values before
/// it allow.
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
  /// The id of the account that owns the table, 12 digits. Empty (the default)
  /// means "*", any account. If the program runs in another account, a policy
  /// of the table itself must also allow the access.
  std::string account;
};

/// Sets `*policy` to an identity-based policy for the store at `location`, as
/// JSON text of several lines. The call sends nothing and needs no credentials.
///
/// The policy allows access to items only under the store's two hash keys (by
/// the condition key dynamodb:LeadingKeys): one is for the data, and the other
/// is for the descriptor. So the table's other stores stay out of reach. With
/// kManage, the policy also allows listing all stores (Scan), reading all
/// descriptors, and creating and deleting the table, because IAM cannot narrow
/// these actions to one store. If `options` has the table's key names, a policy
/// for kRead or kWrite leaves out DescribeTable.
///
/// If a customer-managed KMS key encrypts the table, the program may need
/// further permissions, which the policy does not contain.
/// Source: "Actions, resources, and condition keys for Amazon DynamoDB" in the
/// AWS Service Authorization Reference.
/// **Thread-safety**: safe. **Cost**: nothing.
/// **Errors**: those that Open returns before it sends a request. But a missing
/// region is no error: the policy then applies in all regions. InvalidArgument
/// for an invalid account, and for a store name that is not UTF-8. NotSupported
/// for a `leveldb:` location and for a hash key of type B.
leveldb::Status IamPolicy(const Options& options, const std::string& location,
                          const IamOptions& iam, std::string* policy);

}  // namespace dynamodown

#endif  // DYNAMODOWN_IAM_H_

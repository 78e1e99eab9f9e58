// The smallest IAM policy that lets a program use a store.

#ifndef DYNAMODOWN_IAM_H_
#define DYNAMODOWN_IAM_H_

#include <string>

#include "dynamodown/options.h"
#include "leveldb/status.h"

namespace dynamodown {

/// What a program does with a store; each includes the one before.
enum class Access {
  kRead,    ///< Open, Get, MultiGet, iterators, sizes.
  kWrite,   ///< Every call of an open Database.
  kManage,  ///< Also Create, Destroy and ListStores, with the whole table.
};

struct IamOptions {
  /// Default kWrite.
  Access access = Access::kWrite;
  /// The table's account, 12 digits. Default: empty, for "*": any; another
  /// account's table would have to allow it as well.
  std::string account;
};

/// Sets `*policy` to an identity-based policy for the store at `location`, a
/// JSON text of several lines. Data are allowed by their hash key alone
/// (condition key dynamodb:LeadingKeys), so that the other stores of the table
/// stay out of reach; kManage can list all stores (Scan), read all descriptors
/// and delete the table, since those cannot be narrowed. With the table's key
/// names in `options` DescribeTable is not needed and not in it. Sends nothing,
/// and needs no credentials.
///
/// Not in it: what a customer-managed KMS key of the table may need.
/// Source: "Actions, resources, and condition keys for Amazon DynamoDB" in the
/// AWS Service Authorization Reference.
/// **Thread-safety**: safe. **Cost**: nothing.
/// **Errors**: InvalidArgument for what Open would refuse before it sends
/// anything, but for a region: without one the policy is for all regions.
/// NotSupported for a `leveldb:` location and for a hash key of type B.
leveldb::Status IamPolicy(const Options& options, const std::string& location,
                          const IamOptions& iam, std::string* policy);

}  // namespace dynamodown

#endif  // DYNAMODOWN_IAM_H_

// Writes the text of an IAM policy. Pure.

#ifndef DYNAMODOWN_DB_IAM_H_
#define DYNAMODOWN_DB_IAM_H_

#include <string>

#include "dynamodown/iam.h"

namespace dynamodown {

/// The store that the policy gives access to.
struct PolicySubject {
  std::string partition;      ///< Such as "aws".
  std::string region;         ///< "*" means all regions.
  std::string table;          ///< A name or an ARN.
  std::string store;          ///< The store's hash key, of type S.
  bool schema_known = false;  ///< The options have the key names, so Open
                              ///< sends no DescribeTable.
};

std::string PolicyFor(const PolicySubject& subject, const IamOptions& iam);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_IAM_H_

// The policy itself: pure.

#ifndef DYNAMODOWN_DB_IAM_H_
#define DYNAMODOWN_DB_IAM_H_

#include <string>

#include "dynamodown/iam.h"

namespace dynamodown {

struct PolicySubject {
  std::string partition;  ///< "aws"
  std::string region;     ///< Or "*".
  std::string table;
  std::string store;          ///< Its hash key, of type S.
  bool schema_known = false;  ///< DescribeTable is not needed.
};

std::string PolicyFor(const PolicySubject& subject, const IamOptions& iam);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_IAM_H_

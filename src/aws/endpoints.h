// Finds a service's endpoint in a region of any AWS partition, with or without
// FIPS and dual-stack. Source: partitions.json and the endpoint rule sets that
// AWS ships in its SDKs.

#ifndef DYNAMODOWN_AWS_ENDPOINTS_H_
#define DYNAMODOWN_AWS_ENDPOINTS_H_

#include <string>
#include <string_view>

#include "base/result.h"

namespace dynamodown {

struct Partition {
  std::string_view name;               ///< "aws", as in ARNs.
  std::string_view dns_suffix;         ///< "amazonaws.com"
  std::string_view dual_stack_suffix;  ///< "api.aws"
};

/// Returns true if `name` can be a region's name, which must be a label of a
/// host name.
bool IsRegion(std::string_view name);

/// Returns the partition that a region's name belongs to, or "aws" for an
/// unknown region.
const Partition& PartitionOf(std::string_view region);

enum class AwsService {
  kDynamoDb,
  kSts,
  kSso,  ///< The portal of IAM Identity Center.
};

struct EndpointVariant {
  bool fips = false;
  bool dual_stack = false;
};

/// Returns a service's endpoint in the region, such as
/// "https://dynamodb.eu-west-1.amazonaws.com". Never returns a global endpoint
/// or the endpoint of an account. Every partition has all variants. **Errors**:
/// kInvalidArgument if `region` is not a region's name.
Result<std::string> EndpointOf(AwsService service, std::string_view region,
                               EndpointVariant variant);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_ENDPOINTS_H_

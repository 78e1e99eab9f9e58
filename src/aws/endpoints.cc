// A region's name determines its partition. The name consists of the
// partition's prefix, a word and a number: "us-gov-west-1" begins with
// "us-gov-", the prefix of aws-us-gov. A region that fits none of kOthers is in
// "aws", so that regions newer than this library work.

#include "aws/endpoints.h"

#include <algorithm>
#include <array>

namespace dynamodown {
namespace {

struct PartitionRule {
  Partition partition;
  std::string_view region_prefix;
};

constexpr Partition kAws = {"aws", "amazonaws.com", "api.aws"};
constexpr std::string_view kGovCloud = "aws-us-gov";
constexpr std::array<PartitionRule, 7> kOthers = {{
    {{"aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn"}, "cn-"},
    {{"aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu"}, "eusc-de-"},
    {{"aws-iso", "c2s.ic.gov", "api.aws.ic.gov"}, "us-iso-"},
    {{"aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud"}, "us-isob-"},
    {{"aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"}, "eu-isoe-"},
    {{"aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov"}, "us-isof-"},
    {{kGovCloud, "amazonaws.com", "api.aws"}, "us-gov-"},
}};

constexpr size_t kLabelBytesMax = 63;  // The limit for a label of a host name.

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetterOrDigit(char c) { return (c >= 'a' && c <= 'z') || IsDigit(c); }

/// Returns true for a text like "west-1": letters or digits, "-", digits.
bool IsWordAndNumber(std::string_view text) {
  const size_t dash = text.find('-');
  if (dash == 0 || dash == std::string_view::npos) return false;
  const std::string_view word = text.substr(0, dash);
  const std::string_view number = text.substr(dash + 1);
  return !number.empty() && std::ranges::all_of(word, IsLetterOrDigit) &&
         std::ranges::all_of(number, IsDigit);
}

bool IsIn(const PartitionRule& rule, std::string_view region) {
  if (region.starts_with(rule.region_prefix)) {
    return IsWordAndNumber(region.substr(rule.region_prefix.size()));
  }
  // For services without a region, AWS uses names like "aws-cn-global".
  return region.starts_with(rule.partition.name) &&
         region.substr(rule.partition.name.size()) == "-global";
}

bool IsPrintable(std::string_view text) {
  return text.size() <= kLabelBytesMax && std::ranges::all_of(text, [](char c) {
           return c > ' ' && c < '\x7f';
         });
}

std::string_view HostPrefix(AwsService service) {
  switch (service) {
    case AwsService::kDynamoDb:
      return "dynamodb";
    case AwsService::kSts:
      return "sts";
    case AwsService::kSso:
      return "portal.sso";
  }
  return {};
}

}  // namespace

bool IsRegion(std::string_view name) {
  return !name.empty() && name.size() <= kLabelBytesMax &&
         name.front() != '-' && name.back() != '-' &&
         std::ranges::all_of(
             name, [](char c) { return IsLetterOrDigit(c) || c == '-'; });
}

const Partition& PartitionOf(std::string_view region) {
  for (const PartitionRule& rule : kOthers) {
    if (IsIn(rule, region)) return rule.partition;
  }
  return kAws;
}

Result<std::string> EndpointOf(AwsService service, std::string_view region,
                               EndpointVariant variant) {
  if (!IsRegion(region)) {
    const std::string what = region.empty() ? "an empty name"
                             : IsPrintable(region)
                                 ? "region " + std::string(region)
                                 : "the region";
    return Error{ErrorKind::kInvalidArgument,
                 what + " is not a region: a region is named like eu-west-1"};
  }
  const Partition& partition = PartitionOf(region);
  // GovCloud's plain endpoints are FIPS endpoints.
  const bool says_fips =
      variant.fips && (variant.dual_stack || partition.name != kGovCloud);
  std::string url = "https://";
  url += HostPrefix(service);
  if (says_fips) url += "-fips";
  url += '.';
  url += region;
  url += '.';
  url +=
      variant.dual_stack ? partition.dual_stack_suffix : partition.dns_suffix;
  return url;
}

}  // namespace dynamodown

// Finds the region, the endpoint and the certificate authorities to trust: from
// the caller, else from the environment, else from the profile, as every AWS
// tool does.

#ifndef DYNAMODOWN_AWS_SETTINGS_H_
#define DYNAMODOWN_AWS_SETTINGS_H_

#include <string>

#include "aws/endpoints.h"
#include "aws/profiles.h"
#include "base/machine.h"
#include "base/result.h"

namespace dynamodown {

/// A value and, for people, where it was found: "AWS_REGION", "profile dev".
struct Setting {
  std::string value;
  std::string from;
};

/// The caller's settings. An empty value means that the setting is not set.
struct AskedSettings {
  Setting region;
  Setting endpoint;  ///< The URL of DynamoDB's endpoint.
  Setting ca_bundle;
  Setting profile;
  bool fips = false;        ///< False: not set.
  bool dual_stack = false;  ///< False: not set.
};

struct AwsSettings {
  Profiles profiles;
  /// The profile in use: the caller's, AWS_PROFILE, AWS_DEFAULT_PROFILE or
  /// "default". FindSettings has checked that the profile exists, unless it is
  /// the "default" that nobody named.
  std::string profile;
  /// True if the caller named the profile. The profile's credentials then come
  /// before those in the environment, as in AWS's own tools.
  bool profile_asked = false;
  Setting region;  ///< Empty: no region is set. Not checked.
  /// The URL of DynamoDB's endpoint. Empty: the region's own endpoint. Not
  /// checked.
  Setting endpoint;
  Setting ca_bundle;        ///< Empty: the system's authorities.
  EndpointVariant variant;  ///< Both false if `endpoint` is not empty.
};

/// Reads the profile files and the environment. A file or a section that cannot
/// be read is an error only if a setting is taken from it. If
/// AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is true, uses no endpoint except the
/// caller's. If that variable is not set, the profile's
/// ignore_configured_endpoint_urls has the same effect.
/// **Errors**: kInvalidArgument for a setting taken from a section with a line
/// that cannot be parsed, for a named profile that does not exist, and for an
/// invalid setting: a flag that is neither true nor false, a setting "services"
/// whose section does not exist, or a variant together with an explicit
/// endpoint. Messages quote no value except a profile's name.
Result<AwsSettings> FindSettings(const AskedSettings& asked,
                                 const Machine& machine);

/// Returns the URL of a service that hands out credentials: the first of these
/// that is set.
///
/// * AWS_ENDPOINT_URL_STS for STS, AWS_ENDPOINT_URL_SSO for IAM Identity Center
/// * AWS_ENDPOINT_URL
/// * the service's endpoint_url in the profile's services section
/// * the profile's own endpoint_url
///
/// If none of these is set, or if they are ignored (see FindSettings), returns
/// the region's own endpoint. As in AWS's own tools, AWS_ENDPOINT_URL and the
/// profile's endpoint_url are used even if they were set for an emulator of
/// DynamoDB. A URL that is not the region's own is not checked.
/// **Errors**: those of FindSettings and of EndpointOf.
Result<Setting> FindServiceEndpoint(AwsService service,
                                    const std::string& region,
                                    const AwsSettings& settings,
                                    const EnvironmentVariables& variables);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_SETTINGS_H_

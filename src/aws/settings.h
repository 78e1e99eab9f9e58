// Region, endpoint and authorities: from the caller, then the environment, then
// the profile, as in every AWS tool.

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

/// The caller's settings. An empty value is not set.
struct AskedSettings {
  Setting region;
  Setting endpoint;  ///< DynamoDB's: URL.
  Setting ca_bundle;
  Setting profile;
  bool fips = false;        ///< False: not set.
  bool dual_stack = false;  ///< False: not set.
};

struct AwsSettings {
  Profiles profiles;
  /// The profile in use: the caller's, AWS_PROFILE, AWS_DEFAULT_PROFILE or
  /// "default". It exists, unless it is "default" because none was named.
  std::string profile;
  /// True if the caller named the profile. Its credentials then come before
  /// those in the environment, as in AWS's own tools.
  bool profile_asked = false;
  Setting region;     ///< Empty: there is none. Not checked.
  Setting endpoint;   ///< DynamoDB's. Empty: the region's own. Not checked.
  Setting ca_bundle;  ///< Empty: the system's.
  EndpointVariant variant;  ///< Plain when there is an endpoint.
};

/// Reads the profile files and the environment.
/// AWS_IGNORE_CONFIGURED_ENDPOINT_URLS, or the profile's setting of that name,
/// leaves only the caller's endpoint.
/// **Errors**: kInvalidArgument for a file that cannot be read or parsed, for a
/// named profile that does not exist, and for an invalid setting: a flag that
/// is neither true nor false, services without a section, a variant together
/// with an explicit endpoint. Messages quote no value but a profile's name.
Result<AwsSettings> FindSettings(const AskedSettings& asked,
                                 const Machine& machine);

/// Returns the URL of a service other than DynamoDB, for credentials: from
/// AWS_ENDPOINT_URL_STS or _SSO, the profile's services, or the region's own.
/// AWS_ENDPOINT_URL and a profile's bare endpoint_url, which are set for
/// emulators of DynamoDB, count too, as in AWS's own tools. A URL that is not
/// the region's own is not checked. **Errors**: as FindSettings and EndpointOf.
Result<Setting> FindServiceEndpoint(AwsService service,
                                    const std::string& region,
                                    const AwsSettings& settings,
                                    const EnvironmentVariables& variables);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_SETTINGS_H_

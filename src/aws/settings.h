// Finds the region, the endpoint and the authorities to trust: from the caller,
// else from the environment, else from the profile, as every AWS tool does.

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
  /// "default". The profile exists if one of the first three names it.
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
/// If AWS_IGNORE_CONFIGURED_ENDPOINT_URLS or, if it is not set, the profile's
/// ignore_configured_endpoint_urls is true, only the caller's endpoint counts.
/// **Errors**: kInvalidArgument for a file that cannot be read or parsed, for a
/// named profile that does not exist, and for an invalid setting: a flag that
/// is neither true nor false, a "services" that names no section, a variant
/// together with an explicit endpoint. Messages quote no value but a profile's
/// name.
Result<AwsSettings> FindSettings(const AskedSettings& asked,
                                 const Machine& machine);

/// Returns the URL of a service that hands out credentials. The first of these
/// that is set counts: AWS_ENDPOINT_URL_STS or AWS_ENDPOINT_URL_SSO,
/// AWS_ENDPOINT_URL, the profile's services section, the profile's own
/// endpoint_url. If none is set, returns the region's own endpoint. As in AWS's
/// own tools, AWS_ENDPOINT_URL and endpoint_url count even if they were set for
/// an emulator of DynamoDB. A URL that is not the region's own is not checked.
/// **Errors**: as FindSettings and EndpointOf.
Result<Setting> FindServiceEndpoint(AwsService service,
                                    const std::string& region,
                                    const AwsSettings& settings,
                                    const EnvironmentVariables& variables);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_SETTINGS_H_

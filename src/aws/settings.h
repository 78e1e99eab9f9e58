// Region, endpoint and authorities: what the caller says, then the environment,
// then the profile, as every AWS tool takes them.

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

/// What the caller has said already; an empty value: nothing.
struct AskedSettings {
  Setting region;
  Setting endpoint;  ///< DynamoDB's: URL.
  Setting ca_bundle;
  Setting profile;
  bool fips = false;        ///< As
  bool dual_stack = false;  ///< here: false says nothing.
};

struct AwsSettings {
  Profiles profiles;
  /// The profile in use: what the caller asked for, AWS_PROFILE,
  /// AWS_DEFAULT_PROFILE or "default". It exists, or nobody asked for it.
  std::string profile;
  /// The caller asked for it: then its credentials come before those in the
  /// environment, as in AWS's own tools.
  bool profile_asked = false;
  Setting region;     ///< Empty: there is none. Not checked.
  Setting endpoint;   ///< DynamoDB's. Empty: the region's own. Not checked.
  Setting ca_bundle;  ///< Empty: the system's.
  EndpointVariant variant;  ///< Plain when there is an endpoint.
};

/// Reads the profile files and the environment.
/// AWS_IGNORE_CONFIGURED_ENDPOINT_URLS, or the profile's setting of that name,
/// leaves only the caller's endpoint.
/// **Errors**: kInvalidArgument for a file that cannot be read or understood,
/// for a profile that was asked for and is not there, and for a setting that
/// cannot be: no true or false, services that no section describes, a variant
/// of an endpoint that was given. No value is quoted but a profile's name.
Result<AwsSettings> FindSettings(const AskedSettings& asked,
                                 const Machine& machine);

/// The URL of a service other than DynamoDB, for credentials: from
/// AWS_ENDPOINT_URL_STS or _SSO, the profile's services, or the region's own.
/// (AWS_ENDPOINT_URL and a profile's bare endpoint_url, which emulators of
/// DynamoDB are set with, count too, as in AWS's own tools.) One that is not
/// the region's own is not checked. **Errors**: as FindSettings and EndpointOf.
Result<Setting> FindServiceEndpoint(AwsService service,
                                    const std::string& region,
                                    const AwsSettings& settings,
                                    const EnvironmentVariables& variables);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_SETTINGS_H_

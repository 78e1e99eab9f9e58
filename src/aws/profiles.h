// The shared config and credentials files of AWS's tools: ~/.aws/config and
// ~/.aws/credentials (docs.aws.amazon.com, "AWS SDKs and Tools Reference
// Guide", "Shared config and credentials files").

#ifndef DYNAMODOWN_AWS_PROFILES_H_
#define DYNAMODOWN_AWS_PROFILES_H_

#include <map>
#include <string>
#include <string_view>

#include "base/machine.h"
#include "base/result.h"

namespace dynamodown {

/// One section. Names of settings are in lower case; values are without the
/// spaces around them. The lines of a value that goes on over several are
/// separated by '\n'.
struct ProfileSection {
  std::map<std::string, std::string> settings;
  /// Settings that hold settings, by indentation:
  ///     dynamodb =
  ///       endpoint_url = http://127.0.0.1:8000
  /// Each is in `settings` too, with an empty value.
  std::map<std::string, std::map<std::string, std::string>> nested;

  /// Empty when it is not set.
  std::string Get(const std::string& name) const;
  /// Likewise of a setting within the setting `holder`.
  std::string GetNested(const std::string& holder,
                        const std::string& name) const;
};

/// Both files together; a setting of the credentials file comes before the
/// config file's.
struct Profiles {
  std::map<std::string, ProfileSection> profiles;
  std::map<std::string, ProfileSection> sso_sessions;
  std::map<std::string, ProfileSection> services;

  /// Null when there is none.
  const ProfileSection* Find(const std::string& profile) const;
};

/// Adds what the text of a config file says: "[default]", "[profile NAME]",
/// "[sso-session NAME]", "[services NAME]"; other sections are ignored with all
/// that is in them. "[profile default]" hides "[default]". Of a setting that
/// comes twice the later one counts, but none replaces what `profiles` has.
/// **Errors**: kInvalidArgument naming `path` and the line's number, and never
/// quoting the line; then `profiles` is as before.
Result<void> ParseConfigFile(std::string_view text, const std::string& path,
                             Profiles* profiles);

/// Likewise for a credentials file, whose sections are "[NAME]", and whose
/// settings replace what `profiles` has.
Result<void> ParseCredentialsFile(std::string_view text,
                                  const std::string& path, Profiles* profiles);

/// Where the files are; an empty path: nowhere.
struct ProfilePaths {
  std::string config;
  std::string credentials;
};

/// AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE, else what is in ~/.aws/,
/// else (HOME is not set) none.
ProfilePaths FindProfilePaths(const EnvironmentVariables& variables);

/// Reads both from where FindProfilePaths says. A missing file is an empty one.
/// **Errors**: kInvalidArgument for one that cannot be read or understood.
Result<Profiles> ReadProfiles(const Machine& machine);

/// `path` with "~/" at its beginning replaced by $HOME and "/"; as it is when
/// HOME is not set.
std::string ExpandHome(const std::string& path,
                       const EnvironmentVariables& variables);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_PROFILES_H_

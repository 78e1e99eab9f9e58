// The shared config and credentials files of AWS's tools: ~/.aws/config and
// ~/.aws/credentials (docs.aws.amazon.com, "AWS SDKs and Tools Reference
// Guide", "Shared config and credentials files").

#ifndef DYNAMODOWN_AWS_PROFILES_H_
#define DYNAMODOWN_AWS_PROFILES_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/machine.h"

namespace dynamodown {

/// A section. Names of settings are in lower case, and values are trimmed. In a
/// value that spans several lines, '\n' separates the lines.
///
/// If `damage` is not empty, a line of the section cannot be parsed, and the
/// line may have been important. A caller that takes a setting from such a
/// section should fail with `damage` as the reason. A caller that needs no
/// setting of the section should go on.
struct ProfileSection {
  std::map<std::string, std::string> settings;
  /// Settings that hold indented settings:
  ///     dynamodb =
  ///       endpoint_url = http://127.0.0.1:8000
  /// Each holder is in `settings` too, with an empty value. Names of indented
  /// settings keep their case.
  std::map<std::string, std::map<std::string, std::string>> nested;
  /// "FILE, line 3: a setting is written NAME = VALUE". Never quotes the line.
  std::string damage = {};

  /// Returns a setting's value, or an empty string if it is not set.
  std::string Get(const std::string& name) const;
  /// Does the same for a setting within the setting `holder`.
  std::string GetNested(const std::string& holder,
                        const std::string& name) const;
};

/// Both files together. The settings of the credentials file override those of
/// the config file. A profile's access key id, secret access key and session
/// token all come from one file: the credentials file if it has the id, else
/// the config file.
struct Profiles {
  std::map<std::string, ProfileSection> profiles;
  std::map<std::string, ProfileSection> sso_sessions;
  std::map<std::string, ProfileSection> services;
  /// Why files, or lines outside of all sections, could not be read. Each names
  /// its file, and none quotes a line.
  std::vector<std::string> unread;
  /// Messages about profiles whose sections are ignored, because their headers
  /// have the form of the other file: "FILE, line 3: in this file, write
  /// [profile dev]". By profile.
  std::map<std::string, std::string> misspelled = {};

  /// Returns null if there is no such profile.
  const ProfileSection* Find(const std::string& profile) const;
  /// Returns the end of a message about something that is missing: " (REASON;
  /// REASON)" with the reasons why `profile` may have been read incompletely,
  /// or not at all. Returns an empty string if there are none.
  std::string Hint(const std::string& profile) const;
};

/// Adds the settings in a config file's text to `*profiles`. Reads the sections
/// "[default]", "[profile NAME]", "[sso-session NAME]" and "[services NAME]".
/// Ignores all other sections, with everything in them. If the text has a
/// setting twice, the later one wins. If the text has a section under two
/// spellings, such as "[default]" and "[profile default]", the later section
/// replaces the earlier one. A setting that `profiles` already has is not
/// replaced.
///
/// Any text can be read. A line that cannot be parsed is noted in its section's
/// `damage` or in `unread`, with `path` and the line's number.
void ParseConfigFile(std::string_view text, const std::string& path,
                     Profiles* profiles);

/// Does the same for the text of a credentials file, where a section is
/// "[NAME]". Unlike a config file's settings, these settings replace those that
/// `profiles` already has.
void ParseCredentialsFile(std::string_view text, const std::string& path,
                          Profiles* profiles);

/// The paths of the files. An empty path means that there is no file.
struct ProfilePaths {
  std::string config;
  std::string credentials;
};

/// Returns the paths in AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE. Their
/// defaults are ~/.aws/config and ~/.aws/credentials. If HOME is not set, the
/// defaults are empty paths.
ProfilePaths FindProfilePaths(const EnvironmentVariables& variables);

/// Reads both files of FindProfilePaths. A file that is missing or cannot be
/// read counts as an empty one, and `unread` says why it cannot be read.
Profiles ReadProfiles(const Machine& machine);

/// Replaces "~" in a leading "~/" with $HOME. Returns `path` unchanged if HOME
/// is not set.
std::string ExpandHome(const std::string& path,
                       const EnvironmentVariables& variables);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_PROFILES_H_

#include "aws/chain.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "aws/ask.h"
#include "aws/container.h"
#include "aws/endpoints.h"
#include "aws/instance_metadata.h"
#include "aws/process.h"
#include "aws/profiles.h"
#include "aws/refreshing.h"
#include "aws/sso.h"
#include "aws/static_keys.h"
#include "aws/sts.h"

namespace dynamodown {
namespace {

constexpr char kTokenFile[] = "AWS_WEB_IDENTITY_TOKEN_FILE";
constexpr char kRoleArn[] = "AWS_ROLE_ARN";
constexpr int kDurationMin = 900;
constexpr int kDurationMax = 43200;

using Fetcher = std::unique_ptr<CredentialsFetcher>;
/// The fetcher of one source. Null if the source is not set up.
using Found = Result<Fetcher>;

std::string Name(const std::string& profile) { return "profile " + profile; }

/// Takes the place of a source if the settings are wrong. Every Fetch returns
/// the error of the settings.
class WrongCredentials final : public CredentialsFetcher {
 public:
  explicit WrongCredentials(Error error) : error_(std::move(error)) {}
  Result<FetchedCredentials> Fetch() override { return error_; }
  std::string Describe() const override { return "none"; }

 private:
  const Error error_;
};

/// The error if no source is set up and instance metadata is disabled or gives
/// no credentials.
Error NoneFound(const std::string& places) {
  Error error{ErrorKind::kCredentials,
              "none found; looked for " + places,
              {Advice::Kind::kName, "credentials_provider", "", ", or ", ""}};
  error.remedy =
      "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (an emulator takes any "
      "values; dynamodown fake-server takes \"local\" for both)";
  return error;
}

/// Instance metadata, tried although no setting asks for it. Until it has given
/// credentials once, its failure means that there are no credentials at all.
class LastResort final : public CredentialsFetcher {
 public:
  LastResort(Fetcher metadata, std::string places)
      : metadata_(std::move(metadata)), places_(std::move(places)) {}

  Result<FetchedCredentials> Fetch() override {
    Result<FetchedCredentials> fetched = metadata_->Fetch();
    if (fetched.ok()) {
      has_given_ = true;
    } else if (!has_given_ && fetched.error().kind != ErrorKind::kForked) {
      return NoneFound(places_ + ", " + fetched.error().message);
    }
    return fetched;
  }
  std::string Describe() const override { return metadata_->Describe(); }

 private:
  const Fetcher metadata_;
  const std::string places_;
  bool has_given_ = false;
};

/// Returns true if the profile gives credentials, or says where they are.
bool HasCredentials(const ProfileSection& section) {
  return HasKeys(section) || !section.Get("role_arn").empty() ||
         !section.Get("sso_session").empty() ||
         !section.Get("sso_start_url").empty() ||
         !section.Get("credential_process").empty();
}

/// Whether the profile's credentials are those of its login. A profile with
/// keys of its own may name a login only for other tools.
bool UsesSso(const ProfileSection& section) {
  if (section.Get("sso_session").empty() &&
      section.Get("sso_start_url").empty()) {
    return false;
  }
  return !section.Get("sso_account_id").empty() ||
         !section.Get("sso_role_name").empty() ||
         (!HasKeys(section) && section.Get("credential_process").empty());
}

class Chain {
 public:
  Chain(const AwsSettings& settings, const CredentialsEnvironment& environment)
      : settings_(settings),
        environment_(environment),
        variables_(environment.machine.variables) {}

  Result<Fetcher> Choose() const {
    Found (Chain::*const places[])() const = {
        &Chain::FromEnvironment, &Chain::FromProfileInUse,
        &Chain::FromWebIdentity, &Chain::FromContainer, &Chain::FromInstance};
    for (const auto place : places) {
      Found found = (this->*place)();
      if (!found.ok() || *found != nullptr) return found;
    }
    return NoneFound(
        Places() +
        ", instance metadata (disabled by AWS_EC2_METADATA_DISABLED)");
  }

 private:
  using Path = std::vector<std::string>;

  Found FromEnvironment() const {
    if (settings_.profile_asked || !HasEnvironmentKeys(variables_)) {
      return Fetcher();
    }
    return NewEnvironmentKeys(variables_);
  }

  Found FromProfileInUse() const {
    const ProfileSection* const section =
        settings_.profiles.Find(settings_.profile);
    if (section == nullptr) return Fetcher();
    return FromProfile(settings_.profile, *section, {settings_.profile});
  }

  /// `path` lists the profiles from the profile in use to `profile`, which is
  /// the last. Each of the others has the next one as its source_profile.
  Found FromProfile(const std::string& profile, const ProfileSection& section,
                    const Path& path) const {
    if (!section.damage.empty() && HasCredentials(section)) {
      return CannotFetch(Name(profile), section.damage);
    }
    if (!section.Get("role_arn").empty()) {
      return FromRole(profile, section, path);
    }
    if (UsesSso(section)) {
      return FromSso(profile, section);
    }
    if (HasKeys(section)) {
      return NewProfileKeys(settings_.profiles, profile, environment_.machine);
    }
    if (const std::string command = section.Get("credential_process");
        !command.empty()) {
      return NewProcessCredentials(command, profile,
                                   environment_.machine.run_command);
    }
    return Fetcher();
  }

  Found FromRole(const std::string& profile, const ProfileSection& section,
                 const Path& path) const {
    const std::string who = Name(profile);
    if (!section.Get("mfa_serial").empty()) {
      return CannotFetch(who, "mfa_serial needs a person to type a code",
                         "get credentials with another tool, and pass them in "
                         "the environment or by a credential_process");
    }
    const std::string source_profile = section.Get("source_profile");
    const std::string credential_source = section.Get("credential_source");
    const std::string token_file = section.Get("web_identity_token_file");
    // As in botocore, a token file comes before the other two.
    if (token_file.empty() &&
        source_profile.empty() == credential_source.empty()) {
      return CannotFetch(who,
                         "role_arn needs exactly one of source_profile, "
                         "credential_source and web_identity_token_file");
    }
    Result<Role> role = RoleOf(profile, section);
    if (!role.ok()) return std::move(role).error();
    if (!token_file.empty()) {
      return NewAssumeRoleWithWebIdentity(
          *role, ExpandHome(token_file, variables_), environment_);
    }
    Found source = source_profile.empty()
                       ? FromSource(who, credential_source)
                       : FromSourceProfile(who, source_profile, path);
    if (!source.ok()) return source;
    return NewAssumeRole(*role, *std::move(source), environment_);
  }

  Result<Role> RoleOf(const std::string& profile,
                      const ProfileSection& section) const {
    Role role;
    role.who = Name(profile);
    role.arn = section.Get("role_arn");
    role.session_name = section.Get("role_session_name");
    role.external_id = section.Get("external_id");
    if (const std::string text = section.Get("duration_seconds");
        !text.empty()) {
      const char* const end = text.data() + text.size();
      const auto read =
          std::from_chars(text.data(), end, role.duration_seconds);
      if (read.ec != std::errc() || read.ptr != end ||
          role.duration_seconds < kDurationMin ||
          role.duration_seconds > kDurationMax) {
        return CannotFetch(role.who,
                           "duration_seconds is not a number from 900 to "
                           "43200");
      }
    }
    role.region = section.Get("region");
    return WithEndpoint(std::move(role));
  }

  /// Sets the role's endpoint. If `role.region` is empty, first sets it to the
  /// region of the settings.
  Result<Role> WithEndpoint(Role role) const {
    if (role.region.empty()) role.region = settings_.region.value;
    if (role.region.empty()) {
      return CannotFetch(role.who, "STS needs a region",
                         "set AWS_REGION, or the setting \"region\" of the "
                         "profile");
    }
    Result<Url> endpoint = Endpoint(AwsService::kSts, role.region, role.who);
    if (!endpoint.ok()) return std::move(endpoint).error();
    role.endpoint = *std::move(endpoint);
    return role;
  }

  Result<Url> Endpoint(AwsService service, const std::string& region,
                       const std::string& who) const {
    const Result<Setting> found =
        FindServiceEndpoint(service, region, settings_, variables_);
    if (!found.ok()) return CannotFetch(who, found.error());
    const std::optional<Url> url = ReadUrl(found->value);
    if (!url || url->path.find('?') != std::string::npos) {
      return CannotFetch(
          who, "the endpoint from " + found->from + " is not a valid URL");
    }
    return *url;
  }

  /// Never returns a null fetcher.
  Found FromSource(const std::string& who, const std::string& source) const {
    if (source == "Environment") {
      if (HasEnvironmentKeys(variables_)) {
        return NewEnvironmentKeys(variables_);
      }
      return CannotFetch(who,
                         "credential_source is Environment, but "
                         "AWS_ACCESS_KEY_ID is not set");
    }
    Found found = Fetcher();
    if (source == "EcsContainer") {
      found = NewContainerCredentials(environment_);
    } else if (source != "Ec2InstanceMetadata") {
      return CannotFetch(who,
                         "credential_source is none of Environment, "
                         "Ec2InstanceMetadata and EcsContainer");
    } else if (IsInstanceMetadataDisabled(variables_)) {
      return CannotFetch(who,
                         "credential_source is Ec2InstanceMetadata, but "
                         "AWS_EC2_METADATA_DISABLED is set");
    } else {
      found = InstanceMetadata();
    }
    if (!found.ok()) return CannotFetch(who, found.error());
    return found;
  }

  /// Never returns a null fetcher. As in AWS's own tools, a source profile's
  /// keys come before its other settings, so a profile with keys may be its own
  /// source_profile.
  Found FromSourceProfile(const std::string& who, const std::string& source,
                          Path path) const {
    const ProfileSection* const section = settings_.profiles.Find(source);
    if (section == nullptr) {
      return CannotFetch(who, "its source_profile " + source +
                                  " does not exist" +
                                  settings_.profiles.Hint(source));
    }
    if (HasKeys(*section)) {
      return NewProfileKeys(settings_.profiles, source, environment_.machine);
    }
    const bool circle =
        std::find(path.begin(), path.end(), source) != path.end();
    path.push_back(source);
    if (circle) {
      std::string names;
      for (const std::string& name : path) {
        names += (names.empty() ? "" : " -> ") + name;
      }
      return CannotFetch(who, "source_profile goes in a circle: " + names);
    }
    Found found = FromProfile(source, *section, path);
    if (!found.ok()) return CannotFetch(who, found.error());
    if (*found == nullptr) {
      return CannotFetch(who, "its source_profile " + source +
                                  " has no credentials" +
                                  settings_.profiles.Hint(source));
    }
    return found;
  }

  Found FromSso(const std::string& profile,
                const ProfileSection& section) const {
    const std::string who = Name(profile);
    const std::string session = section.Get("sso_session");
    const ProfileSection* login = &section;
    if (!session.empty()) {
      const auto at = settings_.profiles.sso_sessions.find(session);
      if (at == settings_.profiles.sso_sessions.end()) {
        return CannotFetch(who, "its sso_session " + session +
                                    " does not exist" +
                                    settings_.profiles.Hint(profile));
      }
      login = &at->second;
      if (!login->damage.empty()) return CannotFetch(who, login->damage);
    }
    const std::pair<const ProfileSection*, const char*> needed[] = {
        {login, "sso_start_url"},
        {login, "sso_region"},
        {&section, "sso_account_id"},
        {&section, "sso_role_name"}};
    for (const auto& [in, name] : needed) {
      if (!in->Get(name).empty()) continue;
      const bool in_session = in != &section;
      return CannotFetch(
          who, std::string(name) + " is missing" +
                   (in_session ? " in sso-session " + session : std::string()));
    }
    Result<Url> endpoint =
        Endpoint(AwsService::kSso, login->Get("sso_region"), who);
    if (!endpoint.ok()) return std::move(endpoint).error();
    SsoRole role;
    role.profile = profile;
    role.account_id = section.Get("sso_account_id");
    role.role_name = section.Get("sso_role_name");
    role.login_name = session.empty() ? login->Get("sso_start_url") : session;
    role.endpoint = *std::move(endpoint);
    return NewSsoCredentials(role, environment_);
  }

  Found FromWebIdentity() const {
    const auto token_file = variables_(kTokenFile);
    if (!token_file) return Fetcher();
    Role role;
    role.who = kTokenFile;
    role.arn = variables_(kRoleArn).value_or("");
    role.session_name = variables_("AWS_ROLE_SESSION_NAME").value_or("");
    if (role.arn.empty()) {
      return CannotFetch(role.who, std::string(kRoleArn) + " is not set");
    }
    Result<Role> complete = WithEndpoint(std::move(role));
    if (!complete.ok()) return std::move(complete).error();
    return NewAssumeRoleWithWebIdentity(*complete, *token_file, environment_);
  }

  Found FromContainer() const {
    if (!HasContainer(variables_)) return Fetcher();
    return NewContainerCredentials(environment_);
  }

  Found InstanceMetadata() const {
    const ProfileSection* const section =
        settings_.profiles.Find(settings_.profile);
    if (section != nullptr && !section->damage.empty() &&
        (!section->Get("ec2_metadata_service_endpoint").empty() ||
         !section->Get("ec2_metadata_service_endpoint_mode").empty())) {
      return CannotFetch(Name(settings_.profile), section->damage);
    }
    return NewInstanceMetadata(section, environment_);
  }

  Found FromInstance() const {
    if (IsInstanceMetadataDisabled(variables_)) return Fetcher();
    Found found = InstanceMetadata();
    if (!found.ok()) return found;
    return Fetcher(std::make_unique<LastResort>(*std::move(found), Places()));
  }

  /// Returns what follows "looked for " in a message: the sources that were
  /// tried before instance metadata.
  std::string Places() const {
    std::string places;
    if (!settings_.profile_asked) {
      places = "AWS_ACCESS_KEY_ID in the environment, ";
    }
    const ProfilePaths paths = FindProfilePaths(variables_);
    std::string files = paths.config;
    if (!files.empty() && !paths.credentials.empty()) files += ", ";
    files += paths.credentials;
    places += Name(settings_.profile);
    if (!files.empty()) places += " (" + files + ")";
    places += settings_.profiles.Hint(settings_.profile);
    return places + ", web identity (" + kTokenFile +
           "), container credentials (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, "
           "_FULL_URI)";
  }

  const AwsSettings& settings_;
  const CredentialsEnvironment& environment_;
  const EnvironmentVariables& variables_;
};

}  // namespace

std::unique_ptr<CredentialsSource> NewDefaultCredentials(
    const AwsSettings& settings, const CredentialsEnvironment& environment) {
  Result<Fetcher> chosen = Chain(settings, environment).Choose();
  Fetcher fetcher =
      chosen.ok()
          ? *std::move(chosen)
          : std::make_unique<WrongCredentials>(std::move(chosen).error());
  return NewRefreshingCredentials(std::move(fetcher), environment.scheduler,
                                  environment.clock);
}

}  // namespace dynamodown

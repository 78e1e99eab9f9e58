// The order of precedence is that of the "AWS SDKs and Tools Reference Guide"
// ("Precedence of settings", "Service-specific endpoints"): the caller's
// settings, environment variables, the profile. In the environment and in the
// profile, an endpoint for one service comes before an endpoint for all
// services.

#include "aws/settings.h"

#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>

namespace dynamodown {
namespace {

Error Invalid(std::string message) {
  return Error{ErrorKind::kInvalidArgument, std::move(message)};
}

/// The variable that sets a service's endpoint, and the service's name in a
/// profile's services section.
struct ServiceName {
  const char* variable;
  const char* setting;
};

ServiceName NameOf(AwsService service) {
  switch (service) {
    case AwsService::kDynamoDb:
      return {"AWS_ENDPOINT_URL_DYNAMODB", "dynamodb"};
    case AwsService::kSts:
      return {"AWS_ENDPOINT_URL_STS", "sts"};
    case AwsService::kSso:
      return {"AWS_ENDPOINT_URL_SSO", "sso"};
  }
  return {};
}

/// Parses "true" or "false", in upper, lower or mixed case.
std::optional<bool> Boolean(std::string_view text) {
  const auto is = [text](std::string_view word) {
    if (text.size() != word.size()) return false;
    for (size_t i = 0; i < text.size(); ++i) {
      if ((text[i] | 0x20) != word[i]) return false;
    }
    return true;
  };
  if (is("true")) return true;
  if (is("false")) return false;
  return std::nullopt;
}

/// The settings in the environment and the profile.
class Configuration {
 public:
  /// All arguments outlive the Configuration.
  Configuration(const EnvironmentVariables& variables, const Profiles& profiles,
                const std::string& profile)
      : variables_(variables),
        profiles_(profiles),
        profile_(profile),
        section_(profiles.Find(profile)) {}

  /// Returns the first of the variables that is set, or an empty setting if
  /// none is.
  Setting Variable(std::initializer_list<const char*> names) const {
    for (const char* name : names) {
      const std::optional<std::string> value = variables_(name);
      if (value) return {*value, name};
    }
    return {};
  }

  /// Returns an empty setting if the profile does not have it.
  Result<Setting> OfProfile(const std::string& name) const {
    std::string value = section_ == nullptr ? "" : section_->Get(name);
    if (value.empty()) return Setting();
    if (!section_->damage.empty()) return Invalid(section_->damage);
    return Setting{std::move(value), "profile " + profile_};
  }

  /// Returns the caller's setting, else the variables', else the profile's.
  /// Looks at a source only if those before it do not have the setting.
  Result<Setting> Find(const Setting& asked,
                       std::initializer_list<const char*> variables,
                       const std::string& name) const {
    if (!asked.value.empty()) return asked;
    Setting said = Variable(variables);
    if (!said.value.empty()) return said;
    return OfProfile(name);
  }

  /// Returns the flag that the variable sets. If the variable is not set,
  /// returns the profile's flag. Returns false if neither is set.
  Result<bool> Flag(const char* variable, const char* name) const {
    Setting said = Variable({variable});
    if (said.value.empty()) {
      Result<Setting> of_profile = OfProfile(name);
      if (!of_profile.ok()) return std::move(of_profile).error();
      if (of_profile->value.empty()) return false;
      said = {of_profile->value, of_profile->from + ": " + name};
    }
    const std::optional<bool> flag = Boolean(said.value);
    if (!flag) return Invalid(said.from + " must be true or false");
    return *flag;
  }

  /// Returns an empty setting if no endpoint is set for this service.
  Result<Setting> Endpoint(AwsService service) const {
    const Result<bool> ignored = Flag("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
                                      "ignore_configured_endpoint_urls");
    if (!ignored.ok()) return ignored.error();
    if (*ignored) return Setting();
    const ServiceName name = NameOf(service);
    Setting said = Variable({name.variable, "AWS_ENDPOINT_URL"});
    if (!said.value.empty()) return said;
    Result<Setting> of_services = EndpointOfServices(name.setting);
    if (!of_services.ok() || !of_services->value.empty()) return of_services;
    return OfProfile("endpoint_url");
  }

 private:
  /// Reads the section [services NAME]. NAME is the value of the profile's
  /// setting "services".
  Result<Setting> EndpointOfServices(const char* service) const {
    const Result<Setting> services = OfProfile("services");
    if (!services.ok() || services->value.empty()) return services;
    const auto section = profiles_.services.find(services->value);
    if (section == profiles_.services.end()) {
      return Invalid(services->from +
                     ": the setting \"services\" refers to a section "
                     "[services ...] that is not in the config file" +
                     profiles_.Hint(profile_));
    }
    if (!section->second.damage.empty()) {
      return Invalid(section->second.damage);
    }
    std::string url = section->second.GetNested(service, "endpoint_url");
    if (url.empty()) return Setting();
    return Setting{std::move(url), services->from + ": services"};
  }

  const EnvironmentVariables& variables_;
  const Profiles& profiles_;
  const std::string& profile_;
  const ProfileSection* const section_;  // Null: there is none.
};

/// Returns what follows "is not in " in a message: the files that were searched
/// for a profile.
std::string Places(const ProfilePaths& paths) {
  if (paths.config.empty() && paths.credentials.empty()) {
    return "any file: HOME is not set, nor are AWS_CONFIG_FILE and "
           "AWS_SHARED_CREDENTIALS_FILE";
  }
  if (paths.config.empty()) return paths.credentials;
  if (paths.credentials.empty()) return paths.config;
  return paths.config + " or " + paths.credentials;
}

/// Returns the profile's name and who asked for it. If nobody asked for one,
/// the name is "default".
Setting ProfileOf(const AskedSettings& asked,
                  const EnvironmentVariables& variables) {
  if (!asked.profile.value.empty()) return asked.profile;
  for (const char* name : {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"}) {
    const std::optional<std::string> value = variables(name);
    if (value) return {*value, name};
  }
  return {"default", ""};
}

/// Like AWS's tools, fails if an endpoint would override the variant. Ignoring
/// FIPS silently would be worse than an error.
Result<void> CheckVariant(const Setting& endpoint, EndpointVariant variant) {
  if (endpoint.value.empty() || (!variant.fips && !variant.dual_stack)) {
    return {};
  }
  return Invalid(std::string(variant.fips ? "use_fips_endpoint"
                                          : "use_dualstack_endpoint") +
                 " applies to the region's own endpoint and cannot be "
                 "combined with the endpoint from " +
                 endpoint.from);
}

}  // namespace

Result<AwsSettings> FindSettings(const AskedSettings& asked,
                                 const Machine& machine) {
  AwsSettings settings;
  settings.profiles = ReadProfiles(machine);
  Setting profile = ProfileOf(asked, machine.variables);
  settings.profile = std::move(profile.value);
  settings.profile_asked = !asked.profile.value.empty();
  if (!profile.from.empty() &&
      settings.profiles.Find(settings.profile) == nullptr) {
    return Invalid("profile " + settings.profile + ", asked for by " +
                   profile.from + ", is not in " +
                   Places(FindProfilePaths(machine.variables)) +
                   settings.profiles.Hint(settings.profile));
  }

  const Configuration configuration(machine.variables, settings.profiles,
                                    settings.profile);
  Result<Setting> region = configuration.Find(
      asked.region, {"AWS_REGION", "AWS_DEFAULT_REGION"}, "region");
  if (!region.ok()) return std::move(region).error();
  settings.region = *std::move(region);
  Result<Setting> ca_bundle =
      configuration.Find(asked.ca_bundle, {"AWS_CA_BUNDLE"}, "ca_bundle");
  if (!ca_bundle.ok()) return std::move(ca_bundle).error();
  settings.ca_bundle = *std::move(ca_bundle);
  settings.endpoint = asked.endpoint;
  if (settings.endpoint.value.empty()) {
    Result<Setting> configured = configuration.Endpoint(AwsService::kDynamoDb);
    if (!configured.ok()) return std::move(configured).error();
    settings.endpoint = *std::move(configured);
  }

  const Result<bool> fips =
      configuration.Flag("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint");
  if (!fips.ok()) return fips.error();
  const Result<bool> dual_stack = configuration.Flag(
      "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint");
  if (!dual_stack.ok()) return dual_stack.error();
  settings.variant = {asked.fips || *fips, asked.dual_stack || *dual_stack};
  Result<void> checked = CheckVariant(settings.endpoint, settings.variant);
  if (!checked.ok()) return std::move(checked).error();
  return settings;
}

Result<Setting> FindServiceEndpoint(AwsService service,
                                    const std::string& region,
                                    const AwsSettings& settings,
                                    const EnvironmentVariables& variables) {
  const Configuration configuration(variables, settings.profiles,
                                    settings.profile);
  Result<Setting> configured = configuration.Endpoint(service);
  if (!configured.ok()) return configured;
  if (!configured->value.empty()) {
    Result<void> checked = CheckVariant(*configured, settings.variant);
    if (!checked.ok()) return std::move(checked).error();
    return configured;
  }
  Result<std::string> url = EndpointOf(service, region, settings.variant);
  if (!url.ok()) return std::move(url).error();
  return Setting{*std::move(url), "region " + region};
}

}  // namespace dynamodown

#include "aws/static_keys.h"

#include <optional>
#include <utility>

#include "aws/answers.h"
#include "aws/ask.h"

namespace dynamodown {
namespace {

constexpr char kId[] = "AWS_ACCESS_KEY_ID";
constexpr char kSecret[] = "AWS_SECRET_ACCESS_KEY";
constexpr char kProfileId[] = "aws_access_key_id";
constexpr char kProfileSecret[] = "aws_secret_access_key";

/// Fails unless `keys` has an id and a secret key. `id_name` and `secret_name`
/// are the names of these two settings, for the message.
Result<FetchedCredentials> WholeKeys(SigningCredentials keys,
                                     const std::string& who,
                                     const std::string& id_name,
                                     const std::string& secret_name) {
  const bool has_id = !keys.access_key_id.empty();
  const bool has_secret = !keys.secret_access_key.empty();
  if (!has_id && !has_secret) {
    return CannotFetch(who, "the keys are gone");
  }
  if (!has_id || !has_secret) {
    return CannotFetch(who, (has_id ? id_name : secret_name) + " is set, but " +
                                (has_id ? secret_name : id_name) + " is not");
  }
  Result<FetchedCredentials> fetched =
      Checked(FetchedCredentials{std::move(keys), std::nullopt});
  if (!fetched.ok()) return CannotFetch(who, fetched.error());
  return fetched;
}

/// The token's older name comes first, as in botocore.
std::string TokenOf(std::string older, std::string newer) {
  return older.empty() ? std::move(newer) : std::move(older);
}

class EnvironmentKeys final : public CredentialsFetcher {
 public:
  explicit EnvironmentKeys(const EnvironmentVariables& variables)
      : variables_(variables) {}

  Result<FetchedCredentials> Fetch() override {
    return WholeKeys(
        {variables_(kId).value_or(""), variables_(kSecret).value_or(""),
         TokenOf(variables_("AWS_SECURITY_TOKEN").value_or(""),
                 variables_("AWS_SESSION_TOKEN").value_or(""))},
        "environment", kId, kSecret);
  }
  std::string Describe() const override { return kId; }

 private:
  const EnvironmentVariables variables_;
};

class ProfileKeys final : public CredentialsFetcher {
 public:
  ProfileKeys(const ProfileSection& section, const std::string& profile,
              const Machine& machine)
      : profile_(profile), machine_(machine), section_(section) {}

  Result<FetchedCredentials> Fetch() override {
    if (!section_) {
      const Profiles profiles = ReadProfiles(machine_);
      const ProfileSection* const found = profiles.Find(profile_);
      if (found == nullptr || !HasKeys(*found)) {
        return CannotFetch(Describe(),
                           "the keys are gone" + profiles.Hint(profile_));
      }
      section_ = *found;
    }
    // A later Fetch must read the files again.
    const ProfileSection section = *std::exchange(section_, std::nullopt);
    if (!section.damage.empty()) {
      return CannotFetch(Describe(), section.damage);
    }
    return WholeKeys({section.Get(kProfileId), section.Get(kProfileSecret),
                      TokenOf(section.Get("aws_security_token"),
                              section.Get("aws_session_token"))},
                     Describe(), kProfileId, kProfileSecret);
  }
  std::string Describe() const override { return "profile " + profile_; }

 private:
  const std::string profile_;
  const Machine machine_;
  std::optional<ProfileSection> section_;
};

}  // namespace

std::unique_ptr<CredentialsFetcher> NewEnvironmentKeys(
    const EnvironmentVariables& variables) {
  return std::make_unique<EnvironmentKeys>(variables);
}

bool HasEnvironmentKeys(const EnvironmentVariables& variables) {
  return variables(kId) || variables(kSecret);
}

std::unique_ptr<CredentialsFetcher> NewProfileKeys(const Profiles& profiles,
                                                   const std::string& profile,
                                                   const Machine& machine) {
  const ProfileSection* const section = profiles.Find(profile);
  return std::make_unique<ProfileKeys>(
      section == nullptr ? ProfileSection() : *section, profile, machine);
}

bool HasKeys(const ProfileSection& section) {
  return !section.Get(kProfileId).empty() ||
         !section.Get(kProfileSecret).empty();
}

}  // namespace dynamodown

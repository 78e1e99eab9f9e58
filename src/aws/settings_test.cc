#include "aws/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "aws/settings_test_machine.h"

namespace dynamodown {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

using Variables = std::map<std::string, std::string>;

constexpr char kConfig[] = "/home/kim/.aws/config";
constexpr char kCredentials[] = "/home/kim/.aws/credentials";

class SettingsTest : public testing::Test {
 protected:
  SettingsTest() { test_.variables["HOME"] = "/home/kim"; }

  void Config(const std::string& text) { test_.Write(kConfig, text); }
  void Set(const Variables& variables) {
    for (const auto& [name, value] : variables) test_.variables[name] = value;
  }
  AwsSettings Find(const AskedSettings& asked = {}) {
    Result<AwsSettings> settings = FindSettings(asked, test_.machine());
    EXPECT_TRUE(settings.ok()) << settings.error().message;
    return settings.ok() ? *std::move(settings) : AwsSettings();
  }
  std::string MessageOf(const AskedSettings& asked = {}) {
    const Result<AwsSettings> settings = FindSettings(asked, test_.machine());
    if (settings.ok()) return "no error";
    EXPECT_EQ(settings.error().kind, ErrorKind::kInvalidArgument);
    return settings.error().message;
  }
  Result<Setting> Service(AwsService service, const std::string& region) {
    return FindServiceEndpoint(service, region, Find(),
                               test_.machine().variables);
  }

  TestMachine test_;
};

void ExpectSetting(const Setting& setting, const std::string& value,
                   const std::string& from) {
  EXPECT_EQ(setting.value, value);
  EXPECT_EQ(setting.from, from);
}

TEST_F(SettingsTest, WithoutFilesAndVariablesEverySettingIsEmpty) {
  test_.variables.clear();
  const AwsSettings settings = Find();
  EXPECT_EQ(settings.profile, "default");
  EXPECT_FALSE(settings.profile_asked);
  ExpectSetting(settings.region, "", "");
  ExpectSetting(settings.endpoint, "", "");
  ExpectSetting(settings.ca_bundle, "", "");
  EXPECT_FALSE(settings.variant.fips);
  EXPECT_FALSE(settings.variant.dual_stack);
}

// ----------------------------------------------------------------- profile

TEST_F(SettingsTest, TheProfileIsTheCallersElseTheEnvironments) {
  Config(
      "[default]\nregion=r0\n[profile a]\nregion=r1\n[profile b]\nregion=r2\n"
      "[profile c]\nregion=r3");
  EXPECT_EQ(Find().profile, "default");
  EXPECT_EQ(Find().region.value, "r0");
  Set({{"AWS_DEFAULT_PROFILE", "a"}});
  EXPECT_EQ(Find().profile, "a");
  EXPECT_EQ(Find().region.value, "r1");
  Set({{"AWS_PROFILE", "b"}});
  EXPECT_EQ(Find().profile, "b");
  EXPECT_FALSE(Find().profile_asked);
  const AwsSettings settings = Find({.profile = {"c", "--profile"}});
  EXPECT_EQ(settings.profile, "c");
  EXPECT_TRUE(settings.profile_asked);
  ExpectSetting(settings.region, "r3", "profile c");
}

TEST_F(SettingsTest, AProfileMayBeInEitherFile) {
  test_.Write(kCredentials, "[keys]\naws_access_key_id = id");
  EXPECT_EQ(Find({.profile = {"keys", "--profile"}})
                .profiles.Find("keys")
                ->Get("aws_access_key_id"),
            "id");
}

TEST_F(SettingsTest, AProfileThatWasAskedForButIsInNoFileIsAnError) {
  Config("[default]\nregion=r0\n[dev]\nregion=r1\n[sso-session dev]\n");
  EXPECT_EQ(MessageOf({.profile = {"dev", "--profile"}}),
            "profile dev, asked for by --profile, is not in "
            "/home/kim/.aws/config or /home/kim/.aws/credentials "
            "(/home/kim/.aws/config, line 3: in this file, write "
            "[profile dev])");
  Set({{"AWS_DEFAULT_PROFILE", "dev"}});
  EXPECT_THAT(MessageOf(), HasSubstr("dev, asked for by AWS_DEFAULT_PROFILE"));
  Set({{"AWS_PROFILE", "test"}});
  EXPECT_THAT(MessageOf(), HasSubstr("test, asked for by AWS_PROFILE"));
}

TEST_F(SettingsTest, IfThereAreNoFilesTheErrorSaysWhichVariablesAreNotSet) {
  test_.variables = {{"AWS_PROFILE", "dev"}};
  EXPECT_THAT(MessageOf(),
              AllOf(HasSubstr("profile dev"), HasSubstr("HOME is not set")));
  Set({{"AWS_CONFIG_FILE", "/a"}});
  EXPECT_THAT(MessageOf(), HasSubstr("is not in /a"));
  test_.variables.erase("AWS_CONFIG_FILE");
  Set({{"AWS_SHARED_CREDENTIALS_FILE", "/b"}});
  EXPECT_THAT(MessageOf(), HasSubstr("is not in /b"));
}

// The two files write the same section differently, and people mix them up.
TEST_F(SettingsTest, AMisspelledSectionOfAProfileIsNamed) {
  Set({{"AWS_PROFILE", "dev"}});
  Config("[default]\n[dev]\nregion = r\n[other one]\n");
  EXPECT_THAT(MessageOf(),
              HasSubstr("/home/kim/.aws/credentials (/home/kim/.aws/config, "
                        "line 2: in this file, write [profile dev])"));
  Config("");
  test_.Write(kCredentials, "[profile dev]\naws_access_key_id = id\n");
  EXPECT_THAT(MessageOf(), HasSubstr("(/home/kim/.aws/credentials, line 1: in "
                                     "this file, write [dev])"));
  test_.Write(kCredentials, "[dev]\naws_access_key_id = id\n");
  EXPECT_EQ(Find().profile, "dev");
}

TEST_F(SettingsTest, ADefaultProfileThatWasAskedForMustExist) {
  EXPECT_EQ(Find().profile, "default");
  Set({{"AWS_PROFILE", "default"}});
  EXPECT_THAT(MessageOf(), HasSubstr("profile default"));
}

// A damaged section or file stops only a call that takes a setting from it.

TEST_F(SettingsTest, AFileThatCannotBeReadCountsAsAbsent) {
  for (const char* path : {kConfig, kCredentials}) {
    test_.Fail(path, {ErrorKind::kInvalidArgument, "cannot read it"});
  }
  const AwsSettings settings = Find({.region = {"r", "Options"}});
  ExpectSetting(settings.region, "r", "Options");
  EXPECT_EQ(settings.profiles.Hint("default"),
            " (cannot read it; cannot read it)");
  EXPECT_THAT(MessageOf({.profile = {"dev", "--profile"}}),
              HasSubstr("is not in /home/kim/.aws/config or "
                        "/home/kim/.aws/credentials (cannot read it; "));
}

TEST_F(SettingsTest, DamageStopsOnlyWhoTakesSomethingFromTheSection) {
  const std::string settings =
      "region = r\nca_bundle = /b\nendpoint_url = http://1\n"
      "use_fips_endpoint = false\nuse_dualstack_endpoint = false\n";
  const Variables variables = {{"AWS_REGION", "r1"},
                               {"AWS_CA_BUNDLE", "/c"},
                               {"AWS_ENDPOINT_URL_DYNAMODB", "http://2"},
                               {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false"},
                               {"AWS_USE_FIPS_ENDPOINT", "false"},
                               {"AWS_USE_DUALSTACK_ENDPOINT", "false"}};
  Set(variables);
  for (const char* damage : {"nonsense\n", " indented nonsense\n", "= x\n"}) {
    Config(std::string("[default]\n") + damage + settings);
    EXPECT_EQ(MessageOf(), "no error");
    for (const auto& [name, value] : variables) {
      if (name == "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") continue;
      test_.variables.erase(name);
      EXPECT_THAT(MessageOf(), HasSubstr("/home/kim/.aws/config, line 2: "))
          << name;
      test_.variables[name] = value;
    }
  }
}

TEST_F(SettingsTest, DamageElsewhereInTheFilesStopsNothing) {
  for (const char* damage :
       {"x = 1\n", " indented\n", "[profile other]\n  nonsense\n",
        "[profile other\nregion = x\n", "[plugins]\nnonsense\n", "[]\n"}) {
    Config(std::string(damage) + "[default]\nregion = r\n");
    ExpectSetting(Find().region, "r", "profile default");
  }
}

TEST_F(SettingsTest, ADamagedServicesSectionIsAnErrorIfAnEndpointIsTaken) {
  Config("[default]\nservices = s\n[services s]\nnonsense\n");
  EXPECT_THAT(MessageOf(), HasSubstr("/home/kim/.aws/config, line 4: "));
  EXPECT_EQ(MessageOf({.endpoint = {"http://1", "x"}}), "no error");
}

// ------------------------------------------------------ region, authorities

TEST_F(SettingsTest, TheRegionIsTheCallersElseTheEnvironmentsElseTheProfiles) {
  Config("[default]\nregion = r0");
  ExpectSetting(Find().region, "r0", "profile default");
  Set({{"AWS_DEFAULT_REGION", "r1"}});
  ExpectSetting(Find().region, "r1", "AWS_DEFAULT_REGION");
  Set({{"AWS_REGION", "r2"}});
  ExpectSetting(Find().region, "r2", "AWS_REGION");
  ExpectSetting(Find({.region = {"r3", "location"}}).region, "r3", "location");
}

TEST_F(SettingsTest, ANamedProfileInheritsNothingFromDefault) {
  Config("[default]\nregion = r0\n[profile dev]\noutput = json");
  ExpectSetting(Find({.profile = {"dev", "--profile"}}).region, "", "");
}

TEST_F(SettingsTest, CaBundleIsTheCallersElseTheEnvironmentsElseTheProfiles) {
  Config("[default]\nca_bundle = /0");
  ExpectSetting(Find().ca_bundle, "/0", "profile default");
  Set({{"AWS_CA_BUNDLE", "/1"}});
  ExpectSetting(Find().ca_bundle, "/1", "AWS_CA_BUNDLE");
  ExpectSetting(Find({.ca_bundle = {"/2", "Options"}}).ca_bundle, "/2",
                "Options");
}

// ---------------------------------------------------------------- endpoint

TEST_F(SettingsTest, EndpointIsTheCallersElseTheEnvironmentsElseTheProfiles) {
  Config("[default]\nendpoint_url = http://0");
  ExpectSetting(Find().endpoint, "http://0", "profile default");
  Config(
      "[default]\nendpoint_url = http://0\nservices = local\n"
      "[services local]\ndynamodb =\n  endpoint_url = http://1\n");
  ExpectSetting(Find().endpoint, "http://1", "profile default: services");
  Set({{"AWS_ENDPOINT_URL", "http://2"}});
  ExpectSetting(Find().endpoint, "http://2", "AWS_ENDPOINT_URL");
  Set({{"AWS_ENDPOINT_URL_DYNAMODB", "http://3"}});
  ExpectSetting(Find().endpoint, "http://3", "AWS_ENDPOINT_URL_DYNAMODB");
  ExpectSetting(Find({.endpoint = {"http://4", "location"}}).endpoint,
                "http://4", "location");
}

TEST_F(SettingsTest, AServicesSectionWithoutDynamoDbsEndpointIsSkipped) {
  Config(
      "[default]\nendpoint_url = http://0\nservices = local\n"
      "[services local]\ns3 =\n  endpoint_url = http://1\ndynamodb =\n"
      "  other = 1\n");
  ExpectSetting(Find().endpoint, "http://0", "profile default");
}

TEST_F(SettingsTest, ASettingServicesWithoutItsSectionIsAnError) {
  Config("[profile dev]\nservices = hunter2\n[services other]\n");
  EXPECT_THAT(
      MessageOf({.profile = {"dev", "--profile"}}),
      AllOf(HasSubstr("profile dev: the setting \"services\" refers to"),
            Not(HasSubstr("hunter2"))));
  // The following endpoints come first, so the section is not read.
  EXPECT_EQ(MessageOf({.endpoint = {"http://1", "x"}, .profile = "dev"}),
            "no error");
  Set({{"AWS_ENDPOINT_URL", "http://2"}});
  EXPECT_EQ(MessageOf({.profile = {"dev", "--profile"}}), "no error");
}

TEST_F(SettingsTest, ConfiguredEndpointsCanBeIgnoredButTheCallersCannot) {
  Config(
      "[default]\nendpoint_url = http://0\nservices = local\n"
      "[services local]\ndynamodb =\n  endpoint_url = http://1\n");
  Set({{"AWS_ENDPOINT_URL", "http://2"},
       {"AWS_ENDPOINT_URL_DYNAMODB", "http://3"},
       {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "True"}});
  ExpectSetting(Find().endpoint, "", "");
  ExpectSetting(Find({.endpoint = {"http://4", "location"}}).endpoint,
                "http://4", "location");
  Set({{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false"}});
  ExpectSetting(Find().endpoint, "http://3", "AWS_ENDPOINT_URL_DYNAMODB");
}

TEST_F(SettingsTest, TheProfileCanIgnoreConfiguredEndpointsToo) {
  Config(
      "[default]\nendpoint_url = http://0\n"
      "ignore_configured_endpoint_urls = true");
  Set({{"AWS_ENDPOINT_URL", "http://2"}});
  ExpectSetting(Find().endpoint, "", "");
  Set({{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false"}});
  ExpectSetting(Find().endpoint, "http://2", "AWS_ENDPOINT_URL");
}

// ----------------------------------------------------------------- variant

TEST_F(SettingsTest, VariantIsTheCallersElseTheEnvironmentsElseTheProfiles) {
  Config("[default]\nuse_fips_endpoint = true\nuse_dualstack_endpoint = TRUE");
  EXPECT_TRUE(Find().variant.fips);
  EXPECT_TRUE(Find().variant.dual_stack);
  Set({{"AWS_USE_FIPS_ENDPOINT", "False"},
       {"AWS_USE_DUALSTACK_ENDPOINT", "FALSE"}});
  EXPECT_FALSE(Find().variant.fips);
  EXPECT_FALSE(Find().variant.dual_stack);
  EXPECT_TRUE(Find({.fips = true}).variant.fips);
  EXPECT_FALSE(Find({.fips = true}).variant.dual_stack);
  EXPECT_TRUE(Find({.dual_stack = true}).variant.dual_stack);
  EXPECT_FALSE(Find({.dual_stack = true}).variant.fips);
  Set({{"AWS_USE_FIPS_ENDPOINT", "tRuE"},
       {"AWS_USE_DUALSTACK_ENDPOINT", "true"}});
  EXPECT_TRUE(Find().variant.fips);
  EXPECT_TRUE(Find().variant.dual_stack);
}

TEST_F(SettingsTest, TheErrorNamesAFlagThatIsNeitherTrueNorFalse) {
  const std::vector<std::pair<std::string, std::string>> flags = {
      {"AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"},
      {"AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"},
      {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
       "ignore_configured_endpoint_urls"}};
  for (const auto& [variable, setting] : flags) {
    for (const char* value : {"1", "yes", "truee", "tru", "t", "falsE "}) {
      Set({{variable, value}});
      EXPECT_EQ(MessageOf(), variable + " must be true or false") << value;
    }
    test_.variables.erase(variable);
    Config("[default]\n" + setting + " = hunter2");
    EXPECT_EQ(MessageOf(),
              "profile default: " + setting + " must be true or false");
    Config("");
  }
  EXPECT_EQ(MessageOf(), "no error");
}

TEST_F(SettingsTest, AVariantWithAnExplicitEndpointIsAnError) {
  Set({{"AWS_ENDPOINT_URL", "http://kim:hunter2@1"}});
  EXPECT_THAT(MessageOf({.fips = true}),
              AllOf(HasSubstr("use_fips_endpoint"),
                    HasSubstr("AWS_ENDPOINT_URL"), Not(HasSubstr("hunter2"))));
  EXPECT_THAT(MessageOf({.dual_stack = true}),
              HasSubstr("use_dualstack_endpoint"));
  Set({{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}});
  EXPECT_TRUE(Find({.fips = true}).variant.fips);
  EXPECT_THAT(MessageOf({.endpoint = {"http://1", "Options"}, .fips = true}),
              HasSubstr("from Options"));
}

// ------------------------------------------------------------- STS and SSO

TEST_F(SettingsTest, StsAndSsoUseTheirOwnEndpointSettings) {
  ExpectSetting(*Service(AwsService::kSts, "eu-west-1"),
                "https://sts.eu-west-1.amazonaws.com", "region eu-west-1");
  Config("[default]\nendpoint_url = http://0");
  ExpectSetting(*Service(AwsService::kSts, "eu-west-1"), "http://0",
                "profile default");
  Config(
      "[default]\nendpoint_url = http://0\nservices = local\n"
      "[services local]\nsts =\n  endpoint_url = http://1\n"
      "sso =\n  endpoint_url = http://2\n");
  ExpectSetting(*Service(AwsService::kSts, "eu-west-1"), "http://1",
                "profile default: services");
  ExpectSetting(*Service(AwsService::kSso, "eu-west-1"), "http://2",
                "profile default: services");
  Set({{"AWS_ENDPOINT_URL", "http://3"},
       {"AWS_ENDPOINT_URL_DYNAMODB", "http://4"}});
  ExpectSetting(*Service(AwsService::kSts, "eu-west-1"), "http://3",
                "AWS_ENDPOINT_URL");
  Set({{"AWS_ENDPOINT_URL_STS", "http://5"},
       {"AWS_ENDPOINT_URL_SSO", "http://6"}});
  ExpectSetting(*Service(AwsService::kSts, "eu-west-1"), "http://5",
                "AWS_ENDPOINT_URL_STS");
  ExpectSetting(*Service(AwsService::kSso, "eu-west-1"), "http://6",
                "AWS_ENDPOINT_URL_SSO");
  Set({{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}});
  ExpectSetting(*Service(AwsService::kSso, "cn-north-1"),
                "https://portal.sso.cn-north-1.amazonaws.com.cn",
                "region cn-north-1");
}

TEST_F(SettingsTest, TheVariantAlsoAppliesToStsAndSso) {
  Set({{"AWS_USE_FIPS_ENDPOINT", "true"},
       {"AWS_USE_DUALSTACK_ENDPOINT", "true"}});
  EXPECT_EQ(Service(AwsService::kSts, "us-east-2")->value,
            "https://sts-fips.us-east-2.api.aws");
  Set({{"AWS_ENDPOINT_URL_STS", "http://5"}});
  EXPECT_THAT(
      Service(AwsService::kSts, "us-east-2").error().message,
      AllOf(HasSubstr("use_fips_endpoint"), HasSubstr("AWS_ENDPOINT_URL_STS")));
  EXPECT_TRUE(Service(AwsService::kSso, "us-east-2").ok());
}

TEST_F(SettingsTest, StsNeedsARegionOrAnEndpoint) {
  EXPECT_EQ(Service(AwsService::kSts, "").error().kind,
            ErrorKind::kInvalidArgument);
  Set({{"AWS_ENDPOINT_URL_STS", "http://5"}});
  EXPECT_EQ(Service(AwsService::kSts, "")->value, "http://5");
}

TEST_F(SettingsTest, AnInvalidSettingIsAlsoAnErrorForSts) {
  const AwsSettings settings = Find();
  Set({{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "maybe"}});
  const Result<Setting> found = FindServiceEndpoint(
      AwsService::kSts, "eu-west-1", settings, test_.machine().variables);
  ASSERT_FALSE(found.ok());
  EXPECT_THAT(found.error().message,
              HasSubstr("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"));
}

// As Python's expandvars, which botocore calls.
TEST(ProfilePaths, ThePathsInTheVariablesMayHaveVariables) {
  const std::pair<const char*, const char*> cases[] = {
      {"$HOME/b", "/home/kim/b"},
      {"${HOME}/b", "/home/kim/b"},
      {"/x/$NAME.ini", "/x/b.ini"},
      {"/x/${NAME}s", "/x/bs"},
      {"/x/$NAMEs", "/x/$NAMEs"},
      {"/x/${NAME", "/x/${NAME"},
      {"/$", "/$"},
      {"/$$NAME", "/$b"},
      {"/${}x", "/${}x"},
      {"/$NONE/${NONE}", "/$NONE/${NONE}"},
      {"~/$NAME", "/home/kim/b"},
      {"/$-NAME", "/$-NAME"},
  };
  for (const auto& [path, expanded] : cases) {
    TestMachine test;
    test.variables = {{"HOME", "/home/kim"},
                      {"NAME", "b"},
                      {"AWS_SHARED_CREDENTIALS_FILE", path},
                      {"AWS_CONFIG_FILE", path}};
    const ProfilePaths paths = FindProfilePaths(test.machine().variables);
    EXPECT_EQ(paths.credentials, expanded);
    EXPECT_EQ(paths.config, expanded);
  }
}

}  // namespace
}  // namespace dynamodown

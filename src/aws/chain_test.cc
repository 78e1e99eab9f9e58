#include "aws/chain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "aws/aws_test_environment.h"

namespace dynamodown {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

using Settings = std::map<std::string, std::string>;

constexpr char kArn[] = "arn:aws:iam::123456789012:role/kim";

class ChainTest : public testing::Test {
 protected:
  void Make() {
    source_ = NewDefaultCredentials(environment_.settings,
                                    environment_.ForCredentials());
  }
  Result<std::shared_ptr<const SigningCredentials>> Get() {
    Make();
    return source_->Get();
  }
  std::string Id() {
    const auto credentials = Get();
    EXPECT_TRUE(credentials.ok()) << credentials.error().message;
    return credentials.ok() ? (*credentials)->access_key_id : "";
  }
  std::string Error() {
    const auto credentials = Get();
    EXPECT_FALSE(credentials.ok());
    if (credentials.ok()) return {};
    EXPECT_EQ(credentials.error().kind, ErrorKind::kCredentials);
    EXPECT_THAT(credentials.error().message, Not(HasSubstr("hush")));
    return TextOf(credentials.error());
  }
  /// Scripts the answer to a request to STS.
  void AnswerRole(const std::string& n) {
    environment_.Answer(200, StsXml("AssumeRole", n, 3600));
  }
  const std::vector<RecordingTransport::Exchange>& sent() const {
    return environment_.transport.exchanges;
  }
  void SetEnvironmentKeys() {
    environment_.variables["AWS_ACCESS_KEY_ID"] = "AKIDenvironment";
    environment_.variables["AWS_SECRET_ACCESS_KEY"] = "hush";
  }
  static Settings Keys(const std::string& id) {
    return {{"aws_access_key_id", id}, {"aws_secret_access_key", "hush"}};
  }

  AwsTestEnvironment environment_;
  std::unique_ptr<CredentialsSource> source_;
};

TEST_F(ChainTest, TheFirstSourceThatIsSetUpIsUsed) {
  struct Place {
    std::function<void()> set_up;
    std::string description;
  };
  // In reverse order of precedence.
  const std::vector<Place> places = {
      {[] {}, "instance metadata at http://169.254.169.254"},
      {[this] {
         environment_.variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] =
             "/x";
       },
       "container credentials at http://169.254.170.2"},
      {[this] {
         environment_.variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/token";
         environment_.variables["AWS_ROLE_ARN"] = kArn;
       },
       "AWS_WEB_IDENTITY_TOKEN_FILE "
       "(role arn:aws:iam::123456789012:role/kim)"},
      {[this] {
         environment_.Profile("default").settings["credential_process"] = "x";
       },
       "credential_process of profile default"},
      {[this] {
         environment_.Profile("default").settings.merge(Keys("AKIDprofile"));
       },
       "profile default"},
      {[this] {
         environment_.Profile("default").settings.merge(
             Settings{{"sso_start_url", "https://kim.awsapps.com/start"},
                      {"sso_region", "eu-west-1"},
                      {"sso_account_id", "123456789012"},
                      {"sso_role_name", "Reader"}});
       },
       "IAM Identity Center, profile default"},
      {[this] {
         environment_.Profile("default").settings.merge(
             Settings{{"role_arn", kArn}, {"source_profile", "default"}});
       },
       "profile default (role arn:aws:iam::123456789012:role/kim)"},
      {[this] { SetEnvironmentKeys(); }, "AWS_ACCESS_KEY_ID"},
  };
  for (const Place& place : places) {
    place.set_up();
    Make();
    EXPECT_EQ(source_->Describe(), place.description);
  }
  EXPECT_THAT(environment_.transport.exchanges, IsEmpty());
  EXPECT_THAT(environment_.local_transport.exchanges, IsEmpty());
}

TEST_F(ChainTest, AProfileThatWasAskedForComesBeforeTheEnvironment) {
  SetEnvironmentKeys();
  environment_.settings.profile = "dev";
  environment_.Profile("dev").settings = Keys("AKIDdev");
  EXPECT_EQ(Id(), "AKIDenvironment");
  environment_.settings.profile_asked = true;
  EXPECT_EQ(Id(), "AKIDdev");
}

TEST_F(ChainTest, AnIdWithoutASecretInTheEnvironmentIsAnError) {
  environment_.variables["AWS_ACCESS_KEY_ID"] = "AKIDhush";
  environment_.Profile("default").settings = Keys("AKIDprofile");
  EXPECT_THAT(Error(), HasSubstr("AWS_SECRET_ACCESS_KEY is not"));
}

TEST_F(ChainTest, AProfileWithoutCredentialsIsSkipped) {
  environment_.Profile("default").settings = {{"region", "eu-west-1"}};
  environment_.variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/x";
  environment_.Answer(200, MetadataJson("1", 3600));
  EXPECT_EQ(Id(), "AKIDhush1");
}

TEST_F(ChainTest, IfNothingIsSetUpTheErrorSaysWhatWasTriedAndWhatToDo) {
  EXPECT_EQ(
      Error(),
      "none found; looked for AWS_ACCESS_KEY_ID in the environment, profile "
      "default (/home/kim/.aws/config, /home/kim/.aws/credentials), web "
      "identity "
      "(AWS_WEB_IDENTITY_TOKEN_FILE), container credentials "
      "(AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, _FULL_URI), instance metadata "
      "at http://169.254.169.254: no answer: nobody is there; set "
      "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (an emulator takes any "
      "values; dynamodown fake-server takes \"local\" for both)");
  EXPECT_THAT(environment_.local_transport.exchanges, SizeIs(1));

  environment_.settings.profile = "dev";
  environment_.settings.profile_asked = true;
  EXPECT_THAT(Error(), HasSubstr("none found; looked for profile dev ("));

  environment_.variables["AWS_EC2_METADATA_DISABLED"] = "true";
  EXPECT_THAT(
      Error(),
      AllOf(HasSubstr("none found; "),
            HasSubstr("_FULL_URI), instance metadata "
                      "(disabled by AWS_EC2_METADATA_DISABLED); set "
                      "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (an "
                      "emulator takes any values; dynamodown fake-server "
                      "takes \"local\" for both)")));
  const auto credentials = Get();
  EXPECT_EQ(credentials.error().advice.option, "credentials_provider");
  EXPECT_THAT(environment_.local_transport.exchanges, SizeIs(2));
}

TEST_F(ChainTest, AfterItsFirstSuccessInstanceMetadataReportsItsOwnErrors) {
  Make();
  environment_.Answer(200, "hush");
  environment_.Answer(200, "kim");
  environment_.Answer(200, MetadataJson("1", 60));
  const auto given = source_->Get();
  ASSERT_TRUE(given.ok());
  environment_.Advance(seconds(60));
  EXPECT_EQ(*source_->Get(), *given);  // The service judges them.
  source_->Expire(*given);
  const auto credentials = source_->Get();
  ASSERT_FALSE(credentials.ok());
  EXPECT_EQ(credentials.error().message,
            "instance metadata at http://169.254.169.254: no answer: nobody is "
            "there");
}

TEST_F(ChainTest, IfThereAreNoneTheErrorNamesWhatCouldNotBeRead) {
  environment_.settings.profiles.unread = {"cannot read /c: it is a pipe"};
  environment_.Profile("default").damage = "/d, line 3: odd";
  environment_.Profile("default").settings = {{"region", "eu-west-1"}};
  environment_.Profile("other").damage = "/d, line 9: odd";
  EXPECT_THAT(Error(), HasSubstr("/credentials) (cannot read /c: it is a pipe; "
                                 "/d, line 3: odd), web identity"));
}

TEST_F(ChainTest, CredentialsOfADamagedProfileAreAnError) {
  for (const Settings& settings :
       {Keys("AKIDhush"), Settings{{"role_arn", kArn}},
        Settings{{"sso_session", "s"}}, Settings{{"sso_start_url", "u"}},
        Settings{{"credential_process", "p"}},
        Settings{{"ec2_metadata_service_endpoint", "http://1"}},
        Settings{{"ec2_metadata_service_endpoint_mode", "IPv6"}}}) {
    environment_.Profile("default").settings = settings;
    environment_.Profile("default").damage = "/d, line 3: odd";
    EXPECT_EQ(Error(), "profile default: /d, line 3: odd");
  }
  // Keys in the environment come first, so nothing is taken from the profile.
  environment_.variables["AWS_ACCESS_KEY_ID"] = "AKIDfirst";
  environment_.variables["AWS_SECRET_ACCESS_KEY"] = "hush";
  EXPECT_EQ(Id(), "AKIDfirst");
}

TEST_F(ChainTest, AForkIsNotReportedAsMissingCredentials) {
  environment_.DoNotAnswer(NoAnswer::Reason::kForked);
  const auto credentials = Get();
  ASSERT_FALSE(credentials.ok());
  EXPECT_EQ(credentials.error().kind, ErrorKind::kForked);
}

TEST_F(ChainTest, ARolesSourceMayBeAProfile) {
  environment_.Profile("default").settings = {{"role_arn", kArn},
                                              {"source_profile", "base"},
                                              {"external_id", "hush-id"},
                                              {"role_session_name", "kim"},
                                              {"duration_seconds", "43200"},
                                              {"region", "us-west-2"}};
  environment_.Profile("base").settings = Keys("AKIDbase");
  AnswerRole("1");
  EXPECT_EQ(Id(), "AKIDhush1");
  ASSERT_THAT(sent(), SizeIs(1));
  // STS is asked in the profile's region, not in settings.region.
  EXPECT_EQ(sent()[0].url, "https://sts.us-west-2.amazonaws.com/");
  EXPECT_THAT(sent()[0].Header("Authorization"),
              HasSubstr("=AKIDbase/20150830/us-west-2/sts/"));
  EXPECT_THAT(sent()[0].body,
              HasSubstr("RoleSessionName=kim&DurationSeconds=43200&ExternalId="
                        "hush-id"));
}

TEST_F(ChainTest, RolesMayBeChainedToAnyDepth) {
  environment_.Profile("default").settings = {{"role_arn", "arn:0"},
                                              {"source_profile", "p1"}};
  for (int i = 1; i < 10; ++i) {
    environment_.Profile("p" + std::to_string(i)).settings = {
        {"role_arn", "arn:" + std::to_string(i)},
        {"source_profile", "p" + std::to_string(i + 1)}};
    AnswerRole(std::to_string(i));
  }
  environment_.Profile("p10").settings = Keys("AKIDbase");
  AnswerRole("10");
  EXPECT_EQ(Id(), "AKIDhush10");
  ASSERT_THAT(sent(), SizeIs(10));
  EXPECT_THAT(sent()[0].body, HasSubstr("RoleArn=arn%3A9&"));
  EXPECT_THAT(sent()[0].Header("Authorization"), HasSubstr("=AKIDbase/"));
  EXPECT_THAT(sent()[9].body, HasSubstr("RoleArn=arn%3A0&"));
  EXPECT_THAT(sent()[9].Header("Authorization"), HasSubstr("=AKIDhush9/"));
}

TEST_F(ChainTest, AProfileWithKeysMayBeItsOwnSourceProfile) {
  Settings& settings = environment_.Profile("default").settings;
  settings = {{"role_arn", kArn}, {"source_profile", "default"}};
  EXPECT_THAT(Error(), HasSubstr("source_profile goes in a circle: default -> "
                                 "default"));
  settings.merge(Keys("AKIDself"));
  AnswerRole("1");
  EXPECT_EQ(Id(), "AKIDhush1");
  EXPECT_THAT(sent()[0].Header("Authorization"), HasSubstr("=AKIDself/"));
}

TEST_F(ChainTest, TheErrorListsACircleOfProfiles) {
  for (const auto& [name, next] :
       Settings{{"default", "a"}, {"a", "b"}, {"b", "a"}}) {
    environment_.Profile(name).settings = {{"role_arn", kArn},
                                           {"source_profile", next}};
  }
  EXPECT_EQ(Error(),
            "profile default: profile a: profile b: source_profile goes in a "
            "circle: default -> a -> b -> a");
  // Keys end the circle: a source profile's keys come before its role_arn.
  environment_.Profile("a").settings.merge(Keys("AKIDa"));
  AnswerRole("1");
  EXPECT_EQ(Id(), "AKIDhush1");
  EXPECT_THAT(sent(), SizeIs(1));
}

TEST_F(ChainTest, ARolesSourceMayBeAProfileWithACredentialProcess) {
  environment_.Profile("default").settings = {{"role_arn", kArn},
                                              {"source_profile", "process"}};
  environment_.Profile("process").settings = {{"credential_process", "x"}};
  environment_.outcome = CommandOutcome{0, ProcessJson("1", 3600)};
  AnswerRole("2");
  EXPECT_EQ(Id(), "AKIDhush2");
  EXPECT_THAT(sent()[0].Header("Authorization"), HasSubstr("=AKIDhush1/"));
}

TEST_F(ChainTest, ARolesKeysMayComeFromItsCredentialSource) {
  Settings& settings = environment_.Profile("default").settings;
  settings = {{"role_arn", kArn}, {"credential_source", "Environment"}};
  EXPECT_THAT(Error(), HasSubstr("AWS_ACCESS_KEY_ID is not set"));
  environment_.settings.profile_asked = true;
  SetEnvironmentKeys();
  AnswerRole("1");
  EXPECT_EQ(Id(), "AKIDhush1");
  EXPECT_THAT(sent()[0].Header("Authorization"),
              HasSubstr("=AKIDenvironment/"));

  settings["credential_source"] = "EcsContainer";
  EXPECT_THAT(Error(),
              HasSubstr("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor "));
  environment_.variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/x";
  environment_.Answer(200, MetadataJson("2", 3600));
  AnswerRole("3");
  EXPECT_EQ(Id(), "AKIDhush3");
  EXPECT_THAT(sent()[1].Header("Authorization"), HasSubstr("=AKIDhush2/"));

  settings["credential_source"] = "Ec2InstanceMetadata";
  environment_.Answer(200, "hush");
  environment_.Answer(200, "kim");
  environment_.Answer(200, MetadataJson("4", 3600));
  AnswerRole("5");
  EXPECT_EQ(Id(), "AKIDhush5");
  EXPECT_THAT(sent()[2].Header("Authorization"), HasSubstr("=AKIDhush4/"));
  EXPECT_THAT(Error(), AllOf(HasSubstr("instance metadata at "),
                             Not(HasSubstr("none found"))));
  environment_.variables["AWS_EC2_METADATA_DISABLED"] = "true";
  EXPECT_THAT(Error(), HasSubstr("AWS_EC2_METADATA_DISABLED is set"));

  settings["credential_source"] = "hush";
  EXPECT_THAT(Error(), HasSubstr("credential_source is none of"));
}

TEST_F(ChainTest, ARoleMayBeAssumedWithAWebIdentity) {
  environment_.Profile("default").settings = {
      {"role_arn", kArn}, {"web_identity_token_file", "~/token"}};
  environment_.Write("/home/kim/token", "hush");
  environment_.Answer(200, StsXml("AssumeRoleWithWebIdentity", "1", 3600));
  EXPECT_EQ(Id(), "AKIDhush1");
  EXPECT_THAT(sent()[0].body, HasSubstr("WebIdentityToken=hush"));
}

// As in botocore.
TEST_F(ChainTest, ATokenFileComesBeforeOtherSourcesOfARole) {
  environment_.Profile("base").settings = Keys("AKIDbase");
  environment_.Write("/token", "hush");
  for (const Settings& others :
       {Settings{{"source_profile", "base"}},
        Settings{{"credential_source", "Environment"}},
        Settings{{"source_profile", "base"},
                 {"credential_source", "Environment"}}}) {
    Settings settings = others;
    settings["role_arn"] = kArn;
    settings["web_identity_token_file"] = "/token";
    environment_.Profile("default").settings = settings;
    environment_.Answer(200, StsXml("AssumeRoleWithWebIdentity", "1", 3600));
    EXPECT_EQ(Id(), "AKIDhush1");
  }
}

TEST_F(ChainTest, ALoginWithoutAnAccountOrARoleLeavesTheKeysInUse) {
  for (const Settings& login :
       {Settings{{"sso_session", "work"}},
        Settings{{"sso_start_url", "https://kim.awsapps.com/start"},
                 {"sso_region", "eu-west-1"}}}) {
    Settings settings = Keys("AKIDbase");
    settings.insert(login.begin(), login.end());
    environment_.Profile("default").settings = settings;
    EXPECT_EQ(Id(), "AKIDbase");
    environment_.Profile("default").settings = login;
    EXPECT_THAT(Error(), HasSubstr("profile default: "));
    environment_.Profile("default").settings = settings;
    environment_.Profile("default").settings["sso_role_name"] = "Reader";
    EXPECT_THAT(Error(), HasSubstr("profile default: "));
  }
}

TEST_F(ChainTest, AWebIdentityInTheEnvironmentNeedsARole) {
  environment_.variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/token";
  environment_.Write("/token", "hush");
  EXPECT_THAT(Error(), HasSubstr("AWS_ROLE_ARN is not set"));
  environment_.variables["AWS_ROLE_ARN"] = kArn;
  environment_.variables["AWS_ROLE_SESSION_NAME"] = "kim";
  environment_.Answer(200, StsXml("AssumeRoleWithWebIdentity", "1", 3600));
  EXPECT_EQ(Id(), "AKIDhush1");
  EXPECT_EQ(sent()[0].url, "https://sts.eu-west-1.amazonaws.com/");
  EXPECT_THAT(sent()[0].body, HasSubstr("RoleSessionName=kim"));
  environment_.settings.region = Setting();
  EXPECT_THAT(Error(), HasSubstr("STS needs a region"));
}

TEST_F(ChainTest, ARoleWithWrongSettingsIsAnError) {
  environment_.Profile("base").settings = Keys("AKIDbase");
  environment_.Profile("empty").settings = {{"region", "eu-west-1"}};
  struct Case {
    Settings settings;
    std::string error;
  };
  for (const Case& c : {
           Case{{},
                "profile default: role_arn needs exactly one of "
                "source_profile, credential_source and "
                "web_identity_token_file"},
           Case{{{"source_profile", "base"}, {"credential_source", "x"}},
                "role_arn needs exactly one of"},
           Case{{{"source_profile", "gone"}},
                "profile default: its source_profile gone does not exist"},
           Case{{{"source_profile", "empty"}},
                "profile default: its source_profile empty has no credentials"},
           Case{{{"source_profile", "base"}, {"mfa_serial", "arn"}},
                "profile default: mfa_serial needs a person"},
           Case{{{"source_profile", "base"}, {"duration_seconds", "899"}},
                "duration_seconds is not a number from 900 to 43200"},
           Case{{{"source_profile", "base"}, {"duration_seconds", "43201"}},
                "duration_seconds is not"},
           Case{{{"source_profile", "base"}, {"duration_seconds", "1h"}},
                "duration_seconds is not"},
       }) {
    environment_.Profile("default").settings = c.settings;
    environment_.Profile("default").settings["role_arn"] = kArn;
    EXPECT_THAT(Error(), HasSubstr(c.error));
  }
  environment_.Profile("default").settings = {{"role_arn", kArn},
                                              {"source_profile", "base"}};
  environment_.settings.region = Setting();
  EXPECT_EQ(Error(),
            "profile default: STS needs a region; set AWS_REGION, or the "
            "setting \"region\" of the profile");
  EXPECT_THAT(sent(), IsEmpty());
}

TEST_F(ChainTest, AnSsoSessionIsFoundByItsName) {
  environment_.Profile("default").settings = {
      {"sso_session", "work"},
      {"sso_account_id", "123456789012"},
      {"sso_role_name", "Reader"}};
  EXPECT_THAT(Error(), HasSubstr("its sso_session work does not exist"));
  Settings& session =
      environment_.settings.profiles.sso_sessions["work"].settings;
  session = {{"sso_start_url", "https://kim.awsapps.com/start"}};
  EXPECT_THAT(Error(), HasSubstr("sso_region is missing in sso-session work"));
  session["sso_region"] = "us-east-1";
  // SHA-1 of "work".
  EXPECT_THAT(Error(), HasSubstr("e274eeff768c6396088ec6eb091f4bf4d47ab1e0"));
}

TEST_F(ChainTest, ALegacyLoginIsFoundByItsStartUrl) {
  environment_.Profile("default").settings = {
      {"sso_start_url", "https://kim.awsapps.com/start"},
      {"sso_region", "us-east-1"},
      {"sso_account_id", "123456789012"},
      {"sso_role_name", "Reader"}};
  // SHA-1 of the URL.
  environment_.Write(
      "/home/kim/.aws/sso/cache/"
      "8465b17a294a577f13c1b0a2eb23d2af62de6542.json",
      R"({"accessToken":"hush","expiresAt":"2015-08-31T12:36:00Z"})");
  environment_.Answer(200, PortalJson("1", 3600));
  EXPECT_EQ(Id(), "AKIDhush1");
  EXPECT_EQ(sent()[0].url,
            "https://portal.sso.us-east-1.amazonaws.com/federation/credentials"
            "?role_name=Reader&account_id=123456789012");
  environment_.Profile("default").settings.erase("sso_role_name");
  EXPECT_THAT(Error(), HasSubstr("sso_role_name is missing"));
}

TEST_F(ChainTest, AnEndpointInTheEnvironmentIsUsed) {
  environment_.Profile("default").settings = {{"role_arn", kArn},
                                              {"source_profile", "base"}};
  environment_.Profile("base").settings = Keys("AKIDbase");
  environment_.variables["AWS_ENDPOINT_URL_STS"] = "http://127.0.0.1:4566";
  AnswerRole("1");
  EXPECT_EQ(Id(), "AKIDhush1");
  EXPECT_EQ(sent()[0].url, "http://127.0.0.1:4566/");
  environment_.variables["AWS_ENDPOINT_URL_STS"] =
      "http://a:hush@127.0.0.1:4566";
  EXPECT_THAT(Error(),
              HasSubstr("the endpoint from AWS_ENDPOINT_URL_STS is not a "
                        "valid URL"));
}

TEST_F(ChainTest, TemporaryCredentialsAreRenewedBeforeTheyExpire) {
  environment_.Profile("default").settings = {{"credential_process", "x"}};
  environment_.outcome = CommandOutcome{0, ProcessJson("1", 3600)};
  EXPECT_EQ(Id(), "AKIDhush1");
  environment_.outcome = CommandOutcome{0, ProcessJson("2", 7200)};
  environment_.Advance(seconds(3299));
  EXPECT_EQ((*source_->Get())->access_key_id, "AKIDhush1");
  environment_.Advance(seconds(1));
  // This scheduler runs a background task at once.
  EXPECT_EQ((*source_->Get())->access_key_id, "AKIDhush1");
  EXPECT_EQ((*source_->Get())->access_key_id, "AKIDhush2");
  EXPECT_THAT(environment_.commands, SizeIs(2));
}

TEST_F(ChainTest, KeysThatAToolRenewedAreReadAfterTheOldKeysExpired) {
  environment_.Profile("default").settings = Keys("AKIDold");
  EXPECT_EQ(Id(), "AKIDold");
  const auto old = *source_->Get();
  environment_.Write(
      "/home/kim/.aws/credentials",
      "[default]\naws_access_key_id = AKIDnew\naws_secret_access_key = hush\n");
  environment_.Advance(std::chrono::hours(1000));
  EXPECT_EQ(*source_->Get(), old);
  source_->Expire(old);
  const auto renewed = source_->Get();
  ASSERT_TRUE(renewed.ok()) << renewed.error().message;
  EXPECT_EQ((*renewed)->access_key_id, "AKIDnew");
}

}  // namespace
}  // namespace dynamodown

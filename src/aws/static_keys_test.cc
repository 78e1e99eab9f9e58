#include "aws/static_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <tuple>

#include "aws/aws_test_environment.h"

namespace dynamodown {
namespace {

using testing::HasSubstr;

TEST(EnvironmentKeys, AreReadAtEachFetch) {
  AwsTestEnvironment environment;
  environment.variables["AWS_ACCESS_KEY_ID"] = "AKIDhush";
  environment.variables["AWS_SECRET_ACCESS_KEY"] = "hush-secret";
  const auto fetcher =
      NewEnvironmentKeys(environment.ForCredentials().machine.variables);
  EXPECT_EQ(fetcher->Describe(), "AWS_ACCESS_KEY_ID");
  Result<FetchedCredentials> fetched = fetcher->Fetch();
  ASSERT_TRUE(fetched.ok());
  EXPECT_EQ(fetched->keys.access_key_id, "AKIDhush");
  EXPECT_EQ(fetched->keys.secret_access_key, "hush-secret");
  EXPECT_EQ(fetched->keys.session_token, "");
  EXPECT_EQ(fetched->expires, std::nullopt);

  environment.variables["AWS_SESSION_TOKEN"] = "hush-token";
  fetched = fetcher->Fetch();
  ASSERT_TRUE(fetched.ok());
  EXPECT_EQ(fetched->keys.session_token, "hush-token");
}

TEST(StaticKeys, TheTokensOlderNameComesFirst) {
  for (const auto& [older, newer, token] :
       {std::tuple("", "", ""), std::tuple("old", "", "old"),
        std::tuple("", "new", "new"), std::tuple("old", "new", "old")}) {
    AwsTestEnvironment environment;
    environment.variables = {{"AWS_ACCESS_KEY_ID", "AKIDhush"},
                             {"AWS_SECRET_ACCESS_KEY", "hush"},
                             {"AWS_SECURITY_TOKEN", older},
                             {"AWS_SESSION_TOKEN", newer}};
    environment.Profile("default").settings = {
        {"aws_access_key_id", "AKIDhush"},
        {"aws_secret_access_key", "hush"},
        {"aws_security_token", older},
        {"aws_session_token", newer}};
    const CredentialsEnvironment for_keys = environment.ForCredentials();
    for (const auto& fetcher :
         {NewEnvironmentKeys(for_keys.machine.variables).release(),
          NewProfileKeys(environment.settings.profiles, "default",
                         for_keys.machine)
              .release()}) {
      const std::unique_ptr<CredentialsFetcher> owner(fetcher);
      const Result<FetchedCredentials> fetched = fetcher->Fetch();
      ASSERT_TRUE(fetched.ok());
      EXPECT_EQ(fetched->keys.session_token, token);
    }
  }
}

TEST(EnvironmentKeys, NeedBothAnIdAndASecret) {
  AwsTestEnvironment environment;
  const EnvironmentVariables variables =
      environment.ForCredentials().machine.variables;
  EXPECT_FALSE(HasEnvironmentKeys(variables));
  environment.variables["AWS_ACCESS_KEY_ID"] = "AKIDhush";
  EXPECT_TRUE(HasEnvironmentKeys(variables));
  Result<FetchedCredentials> fetched = NewEnvironmentKeys(variables)->Fetch();
  ASSERT_FALSE(fetched.ok());
  EXPECT_EQ(fetched.error().kind, ErrorKind::kCredentials);
  EXPECT_EQ(fetched.error().message,
            "environment: AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY "
            "is not");

  environment.variables = {{"AWS_SECRET_ACCESS_KEY", "hush"}};
  EXPECT_TRUE(HasEnvironmentKeys(variables));
  fetched = NewEnvironmentKeys(variables)->Fetch();
  ASSERT_FALSE(fetched.ok());
  EXPECT_THAT(fetched.error().message,
              HasSubstr("AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID"));
}

TEST(EnvironmentKeys, AreAnErrorIfTheyCannotBeSent) {
  AwsTestEnvironment environment;
  environment.variables = {{"AWS_ACCESS_KEY_ID", "AKID"},
                           {"AWS_SECRET_ACCESS_KEY", "hush"},
                           {"AWS_SESSION_TOKEN", "hush\nhush"}};
  const auto fetched =
      NewEnvironmentKeys(environment.ForCredentials().machine.variables)
          ->Fetch();
  ASSERT_FALSE(fetched.ok());
  EXPECT_THAT(fetched.error().message, HasSubstr("cannot be sent"));
}

class ProfileKeysTest : public testing::Test {
 protected:
  ProfileKeysTest() {
    environment_.Profile("dev").settings = {
        {"aws_access_key_id", "AKIDhush1"},
        {"aws_secret_access_key", "hush-secret-1"},
        {"aws_session_token", "hush-token-1"}};
  }
  std::unique_ptr<CredentialsFetcher> Make() {
    return NewProfileKeys(environment_.settings.profiles, "dev",
                          environment_.ForCredentials().machine);
  }
  std::string ErrorOf(const Result<FetchedCredentials>& fetched) {
    EXPECT_FALSE(fetched.ok());
    return fetched.ok() ? "" : fetched.error().message;
  }

  static constexpr char kFile[] = "/home/kim/.aws/credentials";
  AwsTestEnvironment environment_;
};

TEST_F(ProfileKeysTest, AreTakenFromTheProfileAndThenFromTheFiles) {
  const auto fetcher = Make();
  EXPECT_EQ(fetcher->Describe(), "profile dev");
  Result<FetchedCredentials> fetched = fetcher->Fetch();
  ASSERT_TRUE(fetched.ok());
  EXPECT_EQ(fetched->keys.access_key_id, "AKIDhush1");
  EXPECT_EQ(fetched->keys.secret_access_key, "hush-secret-1");
  EXPECT_EQ(fetched->keys.session_token, "hush-token-1");
  EXPECT_EQ(fetched->expires, std::nullopt);

  for (const std::string n : {"2", "3"}) {
    environment_.Write(kFile, "[dev]\naws_access_key_id = AKIDhush" + n +
                                  "\naws_secret_access_key = hush-secret-" + n +
                                  "\n");
    fetched = fetcher->Fetch();
    ASSERT_TRUE(fetched.ok()) << fetched.error().message;
    EXPECT_EQ(fetched->keys.access_key_id, "AKIDhush" + n);
    EXPECT_EQ(fetched->keys.session_token, "");
  }
}

TEST_F(ProfileKeysTest, WithoutAnIdOrASecretTheErrorNamesTheProfile) {
  environment_.Profile("dev").settings.erase("aws_secret_access_key");
  EXPECT_TRUE(HasKeys(environment_.Profile("dev")));
  EXPECT_EQ(ErrorOf(Make()->Fetch()),
            "profile dev: aws_access_key_id is set, but aws_secret_access_key "
            "is not");
  environment_.Profile("dev").settings = {{"aws_secret_access_key", "hush"}};
  EXPECT_TRUE(HasKeys(environment_.Profile("dev")));
  EXPECT_EQ(ErrorOf(Make()->Fetch()),
            "profile dev: aws_secret_access_key is set, but aws_access_key_id "
            "is not");
  EXPECT_FALSE(HasKeys(ProfileSection()));
}

TEST_F(ProfileKeysTest, AreAnErrorIfTheyAreGoneFromTheFiles) {
  const auto fetcher = Make();
  ASSERT_TRUE(fetcher->Fetch().ok());
  EXPECT_EQ(ErrorOf(fetcher->Fetch()), "profile dev: the keys are gone");
  environment_.Write(kFile, "[dev]\nregion = eu-west-1\n");
  EXPECT_EQ(ErrorOf(fetcher->Fetch()), "profile dev: the keys are gone");
  environment_.Deny(kFile);
  EXPECT_EQ(ErrorOf(fetcher->Fetch()),
            "profile dev: the keys are gone (cannot read "
            "/home/kim/.aws/credentials: Permission denied)");
}

}  // namespace
}  // namespace dynamodown

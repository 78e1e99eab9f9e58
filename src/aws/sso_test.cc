#include "aws/sso.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "aws/ask.h"
#include "aws/aws_test_environment.h"

namespace dynamodown {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::SizeIs;

// SHA-1 of "kim".
constexpr char kFile[] =
    "/home/kim/.aws/sso/cache/a6312121e15caec74845b7ba5af23330d52d4ac0.json";

class SsoTest : public testing::Test {
 protected:
  SsoTest() {
    role_.profile = "dev";
    role_.account_id = "123456789012";
    role_.role_name = "Reader/Writer";
    role_.login_name = "kim";
    role_.endpoint = *ReadUrl("https://portal.sso.eu-west-1.amazonaws.com");
    LogIn("hush-login", "2015-08-30T20:00:00Z");
  }
  void LogIn(const std::string& token, const std::string& expires) {
    environment_.Write(kFile, R"({"accessToken":")" + token +
                                  R"(","expiresAt":")" + expires + "\"}");
  }
  Result<FetchedCredentials> Fetch() {
    return NewSsoCredentials(role_, environment_.ForCredentials())->Fetch();
  }
  std::string Error() {
    const std::string message = MessageOf(Fetch());
    EXPECT_THAT(message, HasSubstr("IAM Identity Center, profile dev: "));
    return message;
  }
  const std::vector<RecordingTransport::Exchange>& sent() const {
    return environment_.transport.exchanges;
  }

  static constexpr char kAdvice[] = "; run: aws sso login --profile dev";
  AwsTestEnvironment environment_;
  SsoRole role_;
};

TEST_F(SsoTest, AsksThePortalWithTheLoginsToken) {
  environment_.Answer(200, PortalJson("1", 3600));
  ExpectFirstKeys(Fetch());
  ASSERT_THAT(sent(), SizeIs(1));
  EXPECT_EQ(sent()[0].method, "GET");
  EXPECT_EQ(sent()[0].url,
            "https://portal.sso.eu-west-1.amazonaws.com/federation/credentials"
            "?role_name=Reader%2FWriter&account_id=123456789012");
  EXPECT_THAT(sent()[0].headers,
              ElementsAre(Pair("x-amz-sso_bearer_token", "hush-login")));
  EXPECT_EQ(sent()[0].body, "");
}

TEST_F(SsoTest, WithoutALoginTheErrorAdvisesToLogIn) {
  environment_.files.clear();
  EXPECT_THAT(Error(), testing::AllOf(HasSubstr("nobody has logged in"),
                                      HasSubstr(kFile), HasSubstr(kAdvice)));
  environment_.Write(kFile, "hush");
  EXPECT_THAT(Error(), HasSubstr(kAdvice));
  LogIn("hush\\n", "2015-08-30T20:00:00Z");
  EXPECT_THAT(Error(), HasSubstr(kAdvice));
  LogIn("hush", "2015-08-30T12:36:00Z");
  EXPECT_THAT(Error(), testing::AllOf(HasSubstr("the login has expired"),
                                      HasSubstr(kAdvice)));
  EXPECT_THAT(sent(), SizeIs(0));
  LogIn("hush", "2015-08-30T12:36:01Z");
  environment_.Answer(401,
                      R"({"message":"Session token not found or invalid"})");
  EXPECT_THAT(Error(), HasSubstr(kAdvice));
  EXPECT_THAT(sent(), SizeIs(1));
}

TEST_F(SsoTest, TheNextFetchReadsANewLogin) {
  const auto fetcher = NewSsoCredentials(role_, environment_.ForCredentials());
  environment_.Advance(std::chrono::hours(10));
  EXPECT_FALSE(fetcher->Fetch().ok());
  LogIn("hush-again", "2015-08-31T20:00:00Z");
  environment_.Answer(200, PortalJson("1", 100'000));
  EXPECT_TRUE(fetcher->Fetch().ok());
  EXPECT_EQ(sent().back().Header("x-amz-sso_bearer_token"), "hush-again");
}

TEST_F(SsoTest, AnAnswerWithoutCredentialsIsAnError) {
  environment_.Answer(
      403, R"({"__type":"ForbiddenException","message":"No access"})");
  EXPECT_THAT(Error(), HasSubstr("the portal at "
                                 "https://portal.sso.eu-west-1.amazonaws.com: "
                                 "ForbiddenException: No access"));
  environment_.Answer(400, R"({"__type":"Odd","message":"hush-login is odd"})");
  EXPECT_THAT(Error(), HasSubstr(": Odd"));
  environment_.Answer(200, R"({"roleCredentials":"hush"})");
  EXPECT_THAT(Error(), HasSubstr("a damaged answer: it holds no credentials"));
  EXPECT_THAT(Error(), HasSubstr("no answer: nobody is there"));
  environment_.Deny(kFile);
  EXPECT_THAT(Error(), HasSubstr("Permission denied"));
}

TEST_F(SsoTest, AThrottledRequestIsRetriedAfterAWait) {
  environment_.Answer(429, R"({"__type":"TooManyRequestsException"})");
  environment_.Answer(200, PortalJson("1", 3600));
  EXPECT_TRUE(Fetch().ok());
  EXPECT_THAT(environment_.scheduler.sleeps, SizeIs(1));
}

}  // namespace
}  // namespace dynamodown

#include "aws/process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "aws/aws_test_world.h"

namespace dynamodown {
namespace {

using testing::HasSubstr;
using testing::Not;

class ProcessTest : public testing::Test {
 protected:
  Result<FetchedCredentials> Fetch() {
    return NewProcessCredentials("get-keys --password hush", "dev",
                                 world_.Tools().machine.run_command)
        ->Fetch();
  }
  std::string Error() {
    const Result<FetchedCredentials> fetched = Fetch();
    EXPECT_FALSE(fetched.ok());
    if (fetched.ok()) return {};
    EXPECT_EQ(fetched.error().kind, ErrorKind::kCredentials);
    EXPECT_THAT(fetched.error().message,
                HasSubstr("credential_process of profile dev: "));
    EXPECT_THAT(fetched.error().message, HasSubstr("run the command by hand"));
    EXPECT_THAT(fetched.error().message, Not(HasSubstr("hush")));
    return fetched.error().message;
  }

  AwsTestWorld world_;
};

TEST_F(ProcessTest, RunsTheCommandAndReadsWhatItPrints) {
  world_.outcome = CommandOutcome{0, ProcessJson("1", 3600) + "\n"};
  const Result<FetchedCredentials> fetched = Fetch();
  ASSERT_TRUE(fetched.ok());
  EXPECT_EQ(fetched->keys.access_key_id, "AKIDhush1");
  EXPECT_EQ(fetched->keys.secret_access_key, "hush-secret-1");
  EXPECT_EQ(fetched->keys.session_token, "hush-token-1");
  EXPECT_EQ(fetched->expires, TestClock::kStart + 3600);
  ASSERT_EQ(world_.commands.size(), 1u);
  EXPECT_EQ(world_.commands[0].first, "get-keys --password hush");
  EXPECT_EQ(world_.commands[0].second, std::chrono::seconds(60));
}

TEST_F(ProcessTest, MayGiveKeysWithoutAnEnd) {
  world_.outcome = CommandOutcome{
      0, R"({"Version":1,"AccessKeyId":"a","SecretAccessKey":"b"})"};
  const Result<FetchedCredentials> fetched = Fetch();
  ASSERT_TRUE(fetched.ok());
  EXPECT_EQ(fetched->expires, std::nullopt);
}

TEST_F(ProcessTest, FailuresNameTheProfileAndNothingSecret) {
  world_.outcome = CommandOutcome{7, ProcessJson("1", 3600)};
  EXPECT_THAT(Error(), HasSubstr("ended with status 7"));
  world_.outcome = CommandOutcome{0, ""};
  EXPECT_THAT(Error(), HasSubstr("what it printed cannot be used: not JSON"));
  world_.outcome = CommandOutcome{0, R"({"Version":2,"AccessKeyId":"hush"})"};
  EXPECT_THAT(Error(), HasSubstr("Version is not 1"));
  world_.outcome = CommandOutcome{0, R"({"Version":1,"AccessKeyId":"hush"})"};
  EXPECT_THAT(Error(), HasSubstr("no secret access key"));
  world_.outcome = dynamodown::Error{ErrorKind::kTimeout, "it took over 60 s"};
  EXPECT_THAT(Error(), HasSubstr("it took over 60 s"));
}

}  // namespace
}  // namespace dynamodown

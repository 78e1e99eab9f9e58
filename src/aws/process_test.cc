#include "aws/process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "aws/aws_test_environment.h"

namespace dynamodown {
namespace {

using testing::HasSubstr;
using testing::Not;

class ProcessTest : public testing::Test {
 protected:
  Result<FetchedCredentials> Fetch() {
    return NewProcessCredentials(
               "get-keys --password hush", "dev",
               environment_.ForCredentials().machine.run_command)
        ->Fetch();
  }
  std::string Error() {
    const std::string message = MessageOf(Fetch());
    EXPECT_THAT(message, HasSubstr("credential_process of profile dev: "));
    EXPECT_THAT(message, HasSubstr("run the command by hand"));
    return message;
  }

  AwsTestEnvironment environment_;
};

TEST_F(ProcessTest, RunsTheCommandAndReadsWhatItPrints) {
  environment_.outcome = CommandOutcome{0, ProcessJson("1", 3600) + "\n"};
  ExpectFirstKeys(Fetch());
  ASSERT_EQ(environment_.commands.size(), 1u);
  EXPECT_EQ(environment_.commands[0].first, "get-keys --password hush");
  EXPECT_EQ(environment_.commands[0].second, std::chrono::seconds(60));
}

TEST_F(ProcessTest, MayGiveKeysThatNeverExpire) {
  environment_.outcome = CommandOutcome{
      0, R"({"Version":1,"AccessKeyId":"a","SecretAccessKey":"b"})"};
  const Result<FetchedCredentials> fetched = Fetch();
  ASSERT_TRUE(fetched.ok());
  EXPECT_EQ(fetched->expires, std::nullopt);
}

TEST_F(ProcessTest, AnErrorContainsTheProfilesNameAndNoSecret) {
  environment_.outcome = CommandOutcome{7, ProcessJson("1", 3600)};
  EXPECT_THAT(Error(), HasSubstr("ended with status 7"));
  environment_.outcome = CommandOutcome{0, ""};
  EXPECT_THAT(Error(), HasSubstr("its output cannot be used: not JSON"));
  environment_.outcome =
      CommandOutcome{0, R"({"Version":2,"AccessKeyId":"hush"})"};
  EXPECT_THAT(Error(), HasSubstr("Version is not 1"));
  environment_.outcome =
      CommandOutcome{0, R"({"Version":1,"AccessKeyId":"hush"})"};
  EXPECT_THAT(Error(), HasSubstr("no secret access key"));
  environment_.outcome =
      dynamodown::Error{ErrorKind::kTimeout, "it took over 60 s"};
  EXPECT_THAT(Error(), HasSubstr("it took over 60 s"));
}

}  // namespace
}  // namespace dynamodown

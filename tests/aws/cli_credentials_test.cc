// Tests of the program with credentials from each source: it works, and never
// prints a secret, even with --verbose or when calls fail.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "aws/places.h"
#include "cli/program.h"

namespace dynamodown_test {
namespace {

using dynamodown::Invocation;
using dynamodown::Outcome;
using testing::HasSubstr;
using testing::Not;

class CliCredentialsTest : public testing::TestWithParam<Place> {
 protected:
  CliCredentialsTest()
      : clock_(dynamodown::NewSystemClock()),
        aws_([this] { return clock_->UnixSeconds(); }),
        home_(&aws_) {
    // Removes the keys that RunProgram sets.
    home_.environment["AWS_ACCESS_KEY_ID"] = "";
    home_.environment["AWS_SECRET_ACCESS_KEY"] = "";
    GetParam().set_up(&home_);
  }

  Outcome Run(std::vector<std::string> arguments) {
    Invocation invocation;
    invocation.program = DYNAMODOWN_CLI;
    invocation.arguments = std::move(arguments);
    invocation.environment = home_.environment;
    const std::string profile = invocation.environment["PROFILE_BY_NAME"];
    if (!profile.empty()) {
      invocation.arguments.push_back("--profile=" + profile);
    }
    const Outcome outcome = dynamodown::RunProgram(invocation);
    EXPECT_THAT(outcome.out, Not(HasSubstr(kSecretMark)));
    EXPECT_THAT(outcome.err, Not(HasSubstr(kSecretMark)));
    return outcome;
  }

  std::unique_ptr<dynamodown::Clock> clock_;
  LoopbackAws aws_;
  Home home_;
};

TEST_P(CliCredentialsTest, WorkAndAreNeverPrinted) {
  const Outcome created = Run({"create", "table/kim", "--verbose"});
  ASSERT_EQ(created.status, 0) << created.err;
  EXPECT_THAT(created.err, HasSubstr("* CreateTable ok"));
  EXPECT_EQ(Run({"put", "table/kim", "name", "Yuri", "-v"}).status, 0);
  EXPECT_EQ(Run({"get", "table/kim", "name", "-v"}).out, "Yuri\n");
  EXPECT_EQ(Run({"info", "table/kim", "--json", "-v"}).status, 0);
  const Outcome doctor = Run({"doctor", "table/kim", "-v"});
  EXPECT_EQ(doctor.status, 0) << doctor.out;
  EXPECT_THAT(doctor.out, HasSubstr("credentials"));

  aws_.set_failing(500);
  Run({"get", "table/kim", "name", "-v"});
  Run({"doctor", "table/kim", "-v"});
  aws_.set_failing(200);  // Not a valid answer.
  Run({"get", "table/kim", "name", "-v"});
  Run({"doctor", "table/kim", "--json", "-v"});
}

INSTANTIATE_TEST_SUITE_P(Places, CliCredentialsTest,
                         testing::ValuesIn(AllPlaces()),
                         [](const auto& place) { return place.param.name; });

}  // namespace
}  // namespace dynamodown_test

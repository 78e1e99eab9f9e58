// Tests of the program with credentials from each source: it works, and never
// prints a secret, even with --verbose or when calls fail.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
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

/// The profile files of a person who has set everything in the environment.
class CliFilesTest : public testing::Test {
 protected:
  CliFilesTest()
      : clock_(dynamodown::NewSystemClock()),
        aws_([this] { return clock_->UnixSeconds(); }),
        home_(&aws_) {
    const IssuedCredentials keys = aws_.Issue("env", false);
    home_.environment["AWS_ACCESS_KEY_ID"] = keys.id;
    home_.environment["AWS_SECRET_ACCESS_KEY"] = keys.secret;
    home_.environment["AWS_EC2_METADATA_DISABLED"] = "true";
    EXPECT_EQ(Run({"create", "table/kim"}).status, 0);
  }

  Outcome Run(std::vector<std::string> arguments) {
    Invocation invocation;
    invocation.program = DYNAMODOWN_CLI;
    invocation.arguments = std::move(arguments);
    invocation.environment = home_.environment;
    return dynamodown::RunProgram(invocation);
  }

  std::unique_ptr<dynamodown::Clock> clock_;
  LoopbackAws aws_;
  Home home_;
};

TEST_F(CliFilesTest,
       ThatNobodyNeedsStopNothingAndAreNamedIfSomethingIsMissing) {
  const std::string folder = home_.folder.path();
  const std::string fifo = home_.folder.Child("fifo");
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  const std::string circle = home_.folder.Child("circle");
  std::filesystem::create_symlink(circle, circle);
  const std::string huge = home_.folder.Child("huge");
  WriteFile(huge, std::string(2 << 20, '#'));
  const std::string odd = home_.folder.Child("odd");
  const std::map<std::string, std::string> paths = {
      {folder, "cannot read " + folder + ": Is a directory"},
      {fifo, "cannot read " + fifo + ": it is a pipe"},
      {circle, "cannot read " + circle + ": Too many levels"},
      {huge, "cannot read " + huge + ": it is longer than 1 MB"},
  };
  const auto expect = [this](const std::string& hint) {
    const Outcome put = Run({"put", "table/kim", "a", "1"});
    EXPECT_EQ(put.status, 0) << put.err;
    EXPECT_EQ(Run({"get", "table/kim", "a"}).out, "1\n");
    auto whole = home_.environment;
    home_.environment["AWS_ACCESS_KEY_ID"] = "";
    home_.environment["AWS_SECRET_ACCESS_KEY"] = "";
    EXPECT_THAT(Run({"get", "table/kim", "a"}).err, HasSubstr(hint));
    home_.environment = whole;
    home_.environment["AWS_REGION"] = "";
    home_.environment["AWS_ENDPOINT_URL"] = "";
    EXPECT_THAT(Run({"get", "table/kim", "a"}).err, HasSubstr(hint));
    home_.environment = whole;
  };
  for (const char* variable :
       {"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"}) {
    SCOPED_TRACE(variable);
    const std::string before = home_.environment[variable];
    for (const auto& [path, hint] : paths) {
      home_.environment[variable] = path;
      expect(hint);
    }
    home_.environment[variable] = odd;
    for (const char* text :
         {"nonsense\n", "  indented nonsense\n", "[default\nregion = x\n",
          "[default]\n  nonsense\n", "[default]\n= x\n", "\x00\xff\x00",
          "{\"json\": true}\n"}) {
      WriteFile(odd, text[0] == '\0' ? std::string("a\0\xff\nb", 5) : text);
      expect(odd + ", line ");
    }
    home_.environment[variable] = before;
  }
}

INSTANTIATE_TEST_SUITE_P(Places, CliCredentialsTest,
                         testing::ValuesIn(AllPlaces()),
                         [](const auto& place) { return place.param.name; });

}  // namespace
}  // namespace dynamodown_test

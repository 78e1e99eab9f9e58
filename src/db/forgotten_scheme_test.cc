// Tests what is said about a location whose "leveldb:" was forgotten.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "db/forgotten_scheme.h"
#include "dynamodown/status.h"
#include "support/fake_environment.h"

namespace dynamodown_test {
namespace {

using dynamodown::Database;
using dynamodown::Finding;
using dynamodown::HttpResponse;
using dynamodown::NoAnswer;
using dynamodown::Result;
using leveldb::Status;
using testing::HasSubstr;
using testing::Not;

class ForgottenSchemeTest : public testing::Test {
 protected:
  ForgottenSchemeTest() {
    world_.open_environment.is_directory = [this](const std::string& path) {
      return path == directory_;
    };
  }

  /// Calls each function that takes a location, and returns their messages.
  std::vector<std::string> Messages(const std::string& location) {
    const auto& environment = world_.open_environment;
    std::vector<std::string> messages;
    for (const bool create : {false, true}) {
      dynamodown::Options options = world_.options;
      options.create_if_missing = create;
      options.error_if_exists = create;
      Database* db = nullptr;
      messages.push_back(
          dynamodown::OpenIn(environment, options, location, &db).ToString());
      delete db;
    }
    std::vector<dynamodown::StoreSummary> stores;
    messages.push_back(
        dynamodown::ListStoresIn(environment, world_.options, location, &stores)
            .ToString());
    std::vector<Finding> findings;
    const Status examined = dynamodown::DiagnoseIn(environment, world_.options,
                                                   location, {}, &findings);
    std::string advice = examined.ok() ? "" : examined.ToString();
    for (const Finding& finding : findings) advice += finding.advice;
    messages.push_back(advice);
    return messages;
  }

  void ExpectHint(const std::string& location) {
    directory_ = location;
    for (const std::string& message : Messages(location)) {
      EXPECT_THAT(message,
                  HasSubstr("there is a directory \"" + location +
                            "\"; did you mean \"leveldb:" + location + "\"?"));
    }
    EXPECT_EQ(world_.dynamo.count("CreateTable"), 0u) << location;
  }

  FakeEnvironment world_;
  std::string directory_;
};

TEST_F(ForgottenSchemeTest, ADirectoryIsNamedInsteadOfAMissingTable) {
  for (const char* location : {"emb2", "data/users", "data/users/2024", "db",
                               "my data", "stores/", "a.ldb"}) {
    ExpectHint(location);
  }
}

TEST_F(ForgottenSchemeTest, ADirectoryIsNamedIfNothingAnswers) {
  for (const auto reason :
       {NoAnswer::Reason::kConnect, NoAnswer::Reason::kTimeout,
        NoAnswer::Reason::kTls}) {
    world_.dynamo.set_before_hook(
        [reason](const dynamodown::FakeDynamo::Call&,
                 HttpResponse*) -> std::optional<Result<void, NoAnswer>> {
          return Result<void, NoAnswer>(
              NoAnswer{reason, false, "Could not resolve host"});
        });
    ExpectHint("data/users");
  }
}

TEST_F(ForgottenSchemeTest, ADirectoryIsNamedIfASettingIsMissing) {
  for (const char* variable : {"AWS_REGION", "AWS_SECRET_ACCESS_KEY"}) {
    const std::string value = world_.environment[variable];
    world_.environment.erase(variable);
    if (*variable == 'A') {
      world_.environment["AWS_EC2_METADATA_DISABLED"] = "true";
    }
    ExpectHint("data/users");
    world_.environment[variable] = value;
  }
}

TEST_F(ForgottenSchemeTest, AStoreIsUsedWhateverTheDirectoriesAreNamed) {
  world_.Open("table/kim").reset();
  directory_ = "table/kim";
  EXPECT_NE(world_.Open("table/kim"), nullptr);
  directory_ = "table/lee";
  EXPECT_NE(world_.Open("table/lee"), nullptr) << "the table exists";
  for (const std::string& message : Messages("table/kim")) {
    EXPECT_THAT(message, Not(HasSubstr("directory")));
  }
}

TEST_F(ForgottenSchemeTest, TheLongFormAlwaysMeansATable) {
  directory_ = "dynamodb://emb2/kim";
  EXPECT_NE(world_.Open(directory_), nullptr);
}

TEST_F(ForgottenSchemeTest, AMissingTableIsStillMissingWithoutADirectory) {
  world_.options.create_if_missing = false;
  EXPECT_TRUE(dynamodown::IsMissingStore(world_.TryOpen("emb2")));
  directory_ = "emb2";
  EXPECT_FALSE(dynamodown::IsMissingStore(world_.TryOpen("emb2")))
      << "a program that creates missing stores must not create a table";
}

}  // namespace
}  // namespace dynamodown_test

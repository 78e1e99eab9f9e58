// Tests the doctor's findings in environments that work and in faulty
// environments.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "db/open_environment.h"
#include "dynamodown/doctor.h"
#include "support/fake_environment.h"
#include "support/iam_gate.h"
#include "support/temp_dir.h"

namespace dynamodown_test {
namespace {

using dynamodown::Access;
using dynamodown::DoctorOptions;
using dynamodown::FakeDynamo;
using dynamodown::Finding;
using dynamodown::HttpResponse;
using dynamodown::NoAnswer;
using dynamodown::Result;
using leveldb::Status;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Outcome = Finding::Outcome;

class DoctorTest : public testing::Test {
 protected:
  std::map<std::string, Finding> Examine(const std::string& location,
                                         Access access = Access::kWrite) {
    DoctorOptions doctor;
    doctor.access = access;
    std::vector<Finding> findings;
    const Status status =
        dynamodown::DiagnoseIn(world_.open_environment, world_.options,
                               location, doctor, &findings, nullptr);
    EXPECT_TRUE(status.ok()) << status.ToString();
    std::map<std::string, Finding> by_check;
    order_.clear();
    for (const Finding& finding : findings) {
      ExpectNoSecrets(finding.found + finding.advice);
      if (finding.outcome == Outcome::kFailed) {
        EXPECT_NE(finding.found, "") << finding.check;
      }
      order_.push_back(finding.check);
      EXPECT_TRUE(by_check.emplace(finding.check, finding).second);
    }
    return by_check;
  }

  static std::vector<std::string> With(
      const std::map<std::string, Finding>& findings, Outcome outcome) {
    std::vector<std::string> checks;
    for (const auto& [check, finding] : findings) {
      if (finding.outcome == outcome) checks.push_back(check);
    }
    return checks;
  }

  FakeEnvironment world_;
  std::vector<std::string> order_;
};

TEST_F(DoctorTest, FindsNoFaultInAHealthyStoreAndChangesNothing) {
  {
    const auto db = world_.Open("table/kim");
    ASSERT_TRUE(db->Put(dynamodown::WriteOptions(), "key", "value").ok());
  }
  const size_t items = world_.dynamo.ItemCount("table");
  const auto findings = Examine("table/kim");
  EXPECT_THAT(
      order_,
      ElementsAre("region", "endpoint", "connection", "clock", "credentials",
                  "table", "schema", "store", "dynamodb:GetItem",
                  "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:PutItem",
                  "dynamodb:DeleteItem", "dynamodb:BatchWriteItem",
                  "dynamodb:ConditionCheckItem"));
  EXPECT_EQ(With(findings, Outcome::kOk).size(), order_.size());
  EXPECT_EQ(world_.dynamo.ItemCount("table"), items);
  EXPECT_THAT(findings.at("credentials").found, HasSubstr("AWS_ACCESS_KEY_ID"));
  EXPECT_THAT(findings.at("region").found, HasSubstr("AWS_REGION"));
}

TEST_F(DoctorTest, CostsWhatItsHeaderSays) {
  for (const bool foreign : {false, true}) {
    FakeEnvironment world;
    if (foreign) {
      world.MakeTable("table");
    } else {
      world.Open("table/kim").reset();
    }
    world.dynamo.Clear();
    std::vector<Finding> findings;
    ASSERT_TRUE(dynamodown::DiagnoseIn(world.open_environment, world.options,
                                       "table/kim", {}, &findings, nullptr)
                    .ok());
    EXPECT_EQ(world.dynamo.count("DescribeTable"), 1u);
    EXPECT_EQ(world.dynamo.count("GetItem"), 2u);
    EXPECT_EQ(world.dynamo.count("Query"), foreign ? 2u : 1u);
    for (const char* once : {"BatchGetItem", "PutItem", "DeleteItem",
                             "BatchWriteItem", "TransactWriteItems"}) {
      EXPECT_EQ(world.dynamo.count(once), 1u) << once;
    }
    EXPECT_EQ(world.dynamo.count(""), foreign ? 11u : 10u) << "with the GET";
    EXPECT_LE(world.dynamo.read_units(), 5);
    EXPECT_LE(world.dynamo.write_units(), 5);
  }
}

TEST_F(DoctorTest, TriesOnlyHarmlessActionsOfManaging) {
  world_.Open("table/kim").reset();
  const size_t items = world_.dynamo.ItemCount("table");
  const auto findings = Examine("table/kim", Access::kManage);
  EXPECT_EQ(findings.at("dynamodb:UpdateItem").outcome, Outcome::kOk);
  EXPECT_EQ(findings.at("dynamodb:Scan").outcome, Outcome::kOk);
  EXPECT_EQ(findings.at("dynamodb:CreateTable").outcome, Outcome::kSkipped);
  EXPECT_EQ(findings.at("dynamodb:DeleteTable").outcome, Outcome::kSkipped);
  EXPECT_EQ(world_.dynamo.ItemCount("table"), items);
}

TEST_F(DoctorTest, WithAnInvalidNameNoActionIsTried) {
  world_.Open("table/kim").reset();
  const auto findings = Examine("table/kim/.dynamodown");
  EXPECT_THAT(With(findings, Outcome::kFailed), ElementsAre("store"));
  EXPECT_THAT(findings.at("store").found,
              HasSubstr("reserved for the library"));
  EXPECT_EQ(findings.at("dynamodb:PutItem").outcome, Outcome::kSkipped);
}

TEST_F(DoctorTest, NamesEachActionThatIsDenied) {
  world_.Open("table/kim").reset();
  std::string policy;
  dynamodown::IamOptions iam;
  iam.access = Access::kRead;
  world_.environment["AWS_REGION"] = "eu-west-1";
  ASSERT_TRUE(dynamodown::IamPolicyIn(world_.open_environment, world_.options,
                                      "table/kim", iam, &policy)
                  .ok());
  IamGate gate(policy);
  world_.dynamo.set_before_hook(gate.Hook(&world_.dynamo));
  const auto findings = Examine("table/kim");
  EXPECT_THAT(
      With(findings, Outcome::kFailed),
      ElementsAre("dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem",
                  "dynamodb:DeleteItem", "dynamodb:PutItem"));
  EXPECT_THAT(findings.at("dynamodb:PutItem").advice,
              HasSubstr("dynamodown iam"));
  EXPECT_THAT(With(Examine("table/kim", Access::kRead), Outcome::kFailed),
              IsEmpty());
}

TEST_F(DoctorTest, ChecksThatNeedAFailedCheckAreSkipped) {
  world_.dynamo.set_before_hook(
      [](const FakeDynamo::Call&,
         HttpResponse*) -> std::optional<Result<void, NoAnswer>> {
        return Result<void, NoAnswer>(
            NoAnswer{NoAnswer::Reason::kConnect, false, "connection refused"});
      });
  const auto findings = Examine("table/kim");
  EXPECT_THAT(With(findings, Outcome::kFailed), ElementsAre("connection"));
  EXPECT_THAT(findings.at("connection").found, HasSubstr("refused"));
  EXPECT_NE(findings.at("connection").advice, "");
  EXPECT_EQ(findings.at("credentials").outcome, Outcome::kOk);
  EXPECT_EQ(findings.at("dynamodb:PutItem").outcome, Outcome::kSkipped);
  EXPECT_EQ(world_.dynamo.count(""), 1u) << "asked once, not ten times";
}

TEST_F(DoctorTest, TellsOfAMissingTableAndAMissingStore) {
  auto findings = Examine("table/kim");
  EXPECT_THAT(findings.at("table").found, HasSubstr("no table table"));
  EXPECT_EQ(findings.at("store").outcome, Outcome::kSkipped);
  world_.Open("table/other").reset();
  findings = Examine("table/kim");
  EXPECT_EQ(findings.at("table").outcome, Outcome::kOk);
  EXPECT_THAT(With(findings, Outcome::kFailed), ElementsAre("store"));
  EXPECT_THAT(findings.at("store").advice, HasSubstr("create"));
}

TEST_F(DoctorTest, TellsOfATableThatCannotHoldAStore) {
  KeyNames names;
  names.range = "";
  world_.MakeTable("table", names);
  const auto findings = Examine("table/kim");
  EXPECT_THAT(findings.at("schema").found, HasSubstr("no range key"));
}

TEST_F(DoctorTest, TellsOfKeyNamesThatTheTableDoesNotHave) {
  world_.Open("table/kim").reset();
  world_.options.table.hash_key = "hkey";
  world_.options.table.range_key = "other";
  const auto findings = Examine("table/kim");
  EXPECT_THAT(findings.at("schema").found, HasSubstr("range key rkey (B)"));
  EXPECT_THAT(findings.at("schema").found, HasSubstr("range key other"));
}

TEST_F(DoctorTest, TellsOfAStoreThatIsBeingDestroyed) {
  world_.Open("table/kim").reset();
  world_.ChangeDescriptor("table", "kim", {{"state", S("destroying")}});
  EXPECT_THAT(Examine("table/kim").at("store").found, HasSubstr("destroying"));
}

TEST_F(DoctorTest, AForeignStoreIsOk) {
  world_.MakeTable("table");
  world_.PutItem("table",
                 {{"hkey", S("kim")}, {"rkey", B("a")}, {"value", S("1")}});
  EXPECT_THAT(Examine("table/kim").at("store").found,
              HasSubstr("another library's"));
}

/// A clock that is `off` seconds ahead of the right clock.
class WrongClock final : public dynamodown::Clock {
 public:
  explicit WrongClock(Clock* right) : right_(right) {}
  int64_t UnixSeconds() override { return right_->UnixSeconds() + off; }
  int64_t off = 0;

 private:
  Clock* const right_;
};

TEST_F(DoctorTest, MeasuresTheClock) {
  world_.Open("table/kim").reset();
  WrongClock wrong(&world_.clock);
  world_.open_environment.clock = &wrong;
  EXPECT_EQ(Examine("table/kim").at("clock").outcome, Outcome::kOk);
  wrong.off = 120;
  EXPECT_THAT(Examine("table/kim").at("clock").found,
              HasSubstr("120 seconds ahead"));
  wrong.off = -3600;
  const auto findings = Examine("table/kim");
  const Finding& clock = findings.at("clock");
  EXPECT_EQ(clock.outcome, Outcome::kWarning);
  EXPECT_THAT(clock.found, HasSubstr("3600 seconds behind"));
  EXPECT_THAT(clock.advice, HasSubstr("NTP"));
  EXPECT_EQ(findings.at("table").outcome, Outcome::kOk)
      << "the client corrects itself";
}

TEST_F(DoctorTest, TellsWhereCredentialsWereLookedFor) {
  world_.environment.erase("AWS_ACCESS_KEY_ID");
  world_.environment.erase("AWS_SECRET_ACCESS_KEY");
  world_.environment["AWS_EC2_METADATA_DISABLED"] = "true";
  const auto findings = Examine("table/kim");
  EXPECT_THAT(With(findings, Outcome::kFailed), ElementsAre("credentials"));
  EXPECT_THAT(findings.at("credentials").found, HasSubstr("none found"));
}

TEST_F(DoctorTest, InvalidSettingsAreAFinding) {
  world_.environment.erase("AWS_REGION");
  const auto findings = Examine("table/kim");
  EXPECT_THAT(order_, ElementsAre("settings"));
  EXPECT_THAT(findings.at("settings").found, HasSubstr("AWS_REGION"));
}

TEST_F(DoctorTest, AnEmbeddedStoreIsOpened) {
  const TempDir folder;
  const std::string location = "leveldb:" + folder.path() + "/db";
  EXPECT_EQ(Examine(location).at("store").outcome, Outcome::kFailed);
  world_.Open(location).reset();
  EXPECT_EQ(Examine(location).at("store").outcome, Outcome::kOk);
}

}  // namespace
}  // namespace dynamodown_test

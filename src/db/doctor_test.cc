// Tests the doctor's findings in environments that work and in faulty
// environments.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "db/open_environment.h"
#include "dynamodown/doctor.h"
#include "leveldb/comparator.h"
#include "support/embedded_files.h"
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
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
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
        EXPECT_NE(finding.advice, "") << finding.check << finding.found;
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
  const auto findings = Examine("table/kim");
  EXPECT_THAT(findings.at("store").found, HasSubstr("destroying"));
  EXPECT_THAT(findings.at("store").advice,
              HasSubstr("dynamodown destroy table/kim"));
}

TEST_F(DoctorTest, CredentialsThatTheServiceRefusesAreBlamedNotTheTable) {
  world_.Open("table/kim").reset();
  const std::map<std::string, std::string> advice_of = {
      {"UnrecognizedClientException", "access key"},
      {"InvalidSignatureException", "secret access key"},
      {"ExpiredTokenException", "new temporary credentials"}};
  for (const auto& [code, advice] : advice_of) {
    SCOPED_TRACE(code);
    world_.dynamo.set_before_hook(
        [this, &code = code](
            const FakeDynamo::Call& call,
            HttpResponse* answer) -> std::optional<Result<void, NoAnswer>> {
          if (call.operation.empty()) return std::nullopt;  // The GET.
          world_.dynamo.AnswerError(400, code, "refused", answer);
          return Result<void, NoAnswer>();
        });
    const auto findings = Examine("table/kim");
    EXPECT_THAT(With(findings, Outcome::kFailed), ElementsAre("credentials"));
    EXPECT_THAT(findings.at("credentials").found, HasSubstr(code));
    EXPECT_THAT(findings.at("credentials").advice, HasSubstr(advice));
    EXPECT_EQ(findings.at("table").outcome, Outcome::kSkipped);
  }
}

TEST_F(DoctorTest, ASignatureThatIsRefusedForItsTimeIsTheClocksFault) {
  world_.Open("table/kim").reset();
  world_.dynamo.set_before_hook(
      [this](const FakeDynamo::Call& call,
             HttpResponse* answer) -> std::optional<Result<void, NoAnswer>> {
        if (call.operation.empty()) return std::nullopt;
        world_.dynamo.AnswerError(400, "RequestTimeTooSkewed", "no", answer);
        return Result<void, NoAnswer>();
      });
  EXPECT_THAT(With(Examine("table/kim"), Outcome::kFailed),
              ElementsAre("clock"));
}

TEST_F(DoctorTest, ADamagedDescriptorHasAdvice) {
  world_.Open("table/kim").reset();
  world_.ChangeDescriptor("table", "kim", {{"mode", B("\x01")}});
  EXPECT_THAT(With(Examine("table/kim"), Outcome::kFailed),
              ElementsAre("store"));
  world_.ChangeDescriptor("table", "kim", {{"version", nullptr}});
  EXPECT_THAT(Examine("table/kim").at("store").advice,
              AllOf(HasSubstr("backup"), Not(HasSubstr("destroy"))));
}

// Each answer that reports success but does not fit its request.
TEST_F(DoctorTest, WrongAnswersAreTheEndpointsFaultAndNoReasonToDestroy) {
  world_.Open("table/kim").reset();
  constexpr const char* kOperations[] = {
      "DescribeTable", "GetItem",    "BatchGetItem",   "Query",
      "PutItem",       "DeleteItem", "BatchWriteItem", "TransactWriteItems"};
  constexpr const char* kAnswers[] = {
      "[]", "half of {", R"({"Items":1,"Item":1,"Responses":1,"Table":1})",
      R"({"ConsumedCapacity":{"CapacityUnits":-1}})",
      R"({"Item":{"hkey":{"S":"kim"},"rkey":{"B":"AA=="}}})"};
  for (const std::string operation : kOperations) {
    for (const std::string body : kAnswers) {
      SCOPED_TRACE(operation + ": " + body);
      world_.dynamo.set_before_hook(
          [&](const FakeDynamo::Call& call,
              HttpResponse* answer) -> std::optional<Result<void, NoAnswer>> {
            if (call.operation != operation) return std::nullopt;
            answer->status = 200;
            answer->body = body;
            return Result<void, NoAnswer>();
          });
      for (const auto& [check, finding] : Examine("table/kim")) {
        EXPECT_THAT(finding.advice, Not(HasSubstr("destroy"))) << check;
        if (finding.found.find("damaged answer") == std::string::npos) continue;
        EXPECT_THAT(finding.advice, HasSubstr("the endpoint gives wrong"));
      }
      if (body == "[]") {
        EXPECT_NE(With(Examine("table/kim"), Outcome::kFailed).size(), 0u);
      }
    }
  }
}

// Each time, one operation ignores its condition, as in some emulators.
TEST_F(DoctorTest, AConditionThatIsIgnoredIsAFailure) {
  world_.Open("table/kim").reset();
  for (const std::string operation :
       {"PutItem", "DeleteItem", "TransactWriteItems", "UpdateItem"}) {
    world_.dynamo.set_before_hook(
        [&](const FakeDynamo::Call& call,
            HttpResponse* answer) -> std::optional<Result<void, NoAnswer>> {
          if (call.operation != operation) return std::nullopt;
          world_.dynamo.Answer(
              200, R"({"ConsumedCapacity":{"TableName":"table"}})", answer);
          return Result<void, NoAnswer>();
        });
    const auto findings = Examine("table/kim", Access::kManage);
    const std::string action = operation == "TransactWriteItems"
                                   ? "dynamodb:ConditionCheckItem"
                                   : "dynamodb:" + operation;
    EXPECT_EQ(findings.at(action).outcome, Outcome::kFailed) << action;
    EXPECT_THAT(findings.at(action).found, HasSubstr("ignores conditions"));
  }
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
  EXPECT_THAT(findings.at("credentials").advice,
              HasSubstr("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"));
}

// The advice fits the source that fails. A user of another source is not told
// to set keys.
TEST_F(DoctorTest, AdviceOnCredentialsFitsTheirSource) {
  world_.environment.erase("AWS_ACCESS_KEY_ID");
  world_.environment.erase("AWS_SECRET_ACCESS_KEY");
  world_.environment["HOME"] = "/h";
  std::string config;
  world_.open_environment.read_file =
      [&config](const std::string& path) -> Result<std::optional<std::string>> {
    if (path != "/h/.aws/config") return std::optional<std::string>();
    return std::optional<std::string>(config);
  };
  world_.open_environment.run_command = [](const std::string&,
                                           std::chrono::milliseconds) {
    return Result<dynamodown::CommandOutcome>(
        dynamodown::CommandOutcome{1, ""});
  };
  const std::string role = "role_arn = arn:aws:iam::123456789012:role/r\n";
  const struct {
    std::string config;
    const char* found;
    const char* advice;
  } kCases[] = {
      {"sso_start_url = https://x\nsso_region = eu-west-1\n"
       "sso_account_id = 1\nsso_role_name = r\n",
       "nobody has logged in", "run: aws sso login --profile default"},
      {"credential_process = x\n", "ended with status 1",
       "run the command by hand"},
      {role + "source_profile = b\nmfa_serial = m\n", "mfa_serial needs",
       "get credentials with another tool"},
      {role + "source_profile = b\n", "source_profile b does not exist",
       "correct the setting"},
      {"sso_session = s\n", "sso_session s does not exist",
       "correct the setting"},
  };
  for (const auto& each : kCases) {
    config = "[default]\n" + each.config;
    const auto findings = Examine("table/kim");
    const Finding& credentials = findings.at("credentials");
    EXPECT_EQ(credentials.outcome, Outcome::kFailed) << each.found;
    EXPECT_THAT(credentials.found, HasSubstr(each.found));
    EXPECT_THAT(credentials.found, Not(HasSubstr(each.advice)));
    EXPECT_THAT(credentials.advice, AllOf(HasSubstr(each.advice),
                                          Not(HasSubstr("AWS_ACCESS_KEY_ID")),
                                          Not(HasSubstr("aws configure"))));
  }
}

TEST_F(DoctorTest, ExpiredCredentialsAreAWarning) {
  world_.environment.erase("AWS_ACCESS_KEY_ID");
  world_.environment.erase("AWS_SECRET_ACCESS_KEY");
  world_.environment["HOME"] = "/h";
  world_.open_environment.read_file =
      [](const std::string& path) -> Result<std::optional<std::string>> {
    if (path != "/h/.aws/config") return std::optional<std::string>();
    return std::optional<std::string>("[default]\ncredential_process = x\n");
  };
  std::string expires;
  world_.open_environment.run_command = [&expires](const std::string&,
                                                   std::chrono::milliseconds) {
    return Result<dynamodown::CommandOutcome>(dynamodown::CommandOutcome{
        0,
        R"({"Version":1,"AccessKeyId":"AKIDx","SecretAccessKey":"TOPSECRET",)"
        R"("SessionToken":"TOPSECRET","Expiration":")" +
            expires + "\"}"});
  };
  expires = "2000-01-01T00:00:00Z";
  auto findings = Examine("table/kim");
  EXPECT_EQ(findings.at("credentials").outcome, Outcome::kWarning);
  EXPECT_THAT(findings.at("credentials").found,
              HasSubstr("temporary, expired at 2000-01-01T00:00:00Z"));
  EXPECT_THAT(findings.at("credentials").advice,
              HasSubstr("get new temporary credentials"));
  expires = "2099-01-01T00:00:00Z";
  findings = Examine("table/kim");
  EXPECT_EQ(findings.at("credentials").outcome, Outcome::kOk);
  EXPECT_THAT(findings.at("credentials").found,
              HasSubstr("valid until 2099-01-01T00:00:00Z"));
}

TEST_F(DoctorTest, TheSettingThatIsMissingOrWrongIsBlamed) {
  world_.environment.erase("AWS_REGION");
  auto findings = Examine("table/kim");
  EXPECT_THAT(order_, ElementsAre("region"));
  EXPECT_THAT(findings.at("region").found, HasSubstr("AWS_REGION"));
  EXPECT_THAT(findings.at("region").advice, HasSubstr("eu-west-1"));
  world_.environment["AWS_REGION"] = "Frankfurt";
  Examine("table/kim");
  EXPECT_THAT(order_, ElementsAre("region"));
  world_.environment["AWS_REGION"] = "eu-west-1";
  world_.environment["AWS_ENDPOINT_URL"] = "localhost:8000";
  Examine("table/kim");
  EXPECT_THAT(order_, ElementsAre("endpoint"));
  world_.options.retry.max_attempts = 0;
  Examine("table/kim");
  EXPECT_THAT(order_, ElementsAre("settings"));
}

// ---- Embedded stores --------------------------------------------------------

class EmbeddedDoctorTest : public DoctorTest {
 protected:
  std::string location() const { return "leveldb:" + folder_.Child("db"); }
  /// Examines the store, and returns the finding that failed. Checks that
  /// nothing is changed.
  Finding Failure() {
    const auto before = StateOf(folder_.Child("db"));
    const auto findings = Examine(location());
    EXPECT_EQ(StateOf(folder_.Child("db")), before);
    const std::vector<std::string> failed = With(findings, Outcome::kFailed);
    if (failed.size() == 1) return findings.at(failed[0]);
    ADD_FAILURE() << testing::PrintToString(failed);
    return {};
  }
  void Write(const std::string& name, const std::string& bytes) {
    WriteFile(folder_.Child("db/" + name), bytes);
  }

  const TempDir folder_;
};

TEST_F(EmbeddedDoctorTest, AMissingStoreIsToBeCreated) {
  EXPECT_THAT(Examine(location()).at("store").advice,
              HasSubstr("dynamodown create " + location()));
}

TEST_F(EmbeddedDoctorTest, AHealthyStoreIsNotOpened) {
  world_.Open(location()).reset();
  const auto before = StateOf(folder_.Child("db"));
  EXPECT_EQ(Examine(location()).at("store").outcome, Outcome::kOk);
  EXPECT_EQ(StateOf(folder_.Child("db")), before);
}

TEST_F(EmbeddedDoctorTest, EachFailureHasItsOwnFinding) {
  const auto open = world_.Open(location());
  EXPECT_THAT(Failure().advice, HasSubstr("close the store in this process"));
}

TEST_F(EmbeddedDoctorTest, DamagedFilesAreToBeRepaired) {
  world_.Open(location()).reset();
  Write("CURRENT", "");
  const Finding finding = Failure();
  EXPECT_EQ(finding.check, "files");
  EXPECT_THAT(finding.found, HasSubstr("CURRENT is empty"));
  EXPECT_THAT(finding.advice,
              HasSubstr("dynamodown repair " + location() + " COPY"));
}

TEST_F(EmbeddedDoctorTest, ADatabaseOfAnotherComparatorIsAnotherPrograms) {
  std::filesystem::create_directory(folder_.Child("db"));
  const ForeignComparator reverse;
  world_.options.comparator = &reverse;
  world_.Open(location()).reset();
  world_.options.comparator = leveldb::BytewiseComparator();
  const Finding finding = Failure();
  EXPECT_EQ(finding.check, "store");
  EXPECT_THAT(finding.found, HasSubstr("idb_cmp1"));
  EXPECT_THAT(finding.advice, HasSubstr("the program that made"));
}

TEST_F(EmbeddedDoctorTest, ADirectoryOfOtherFilesIsNoStore) {
  std::filesystem::create_directory(folder_.Child("db"));
  Write("notes.txt", "mine");
  EXPECT_THAT(Failure().advice, HasSubstr("a directory of its own"));
}

}  // namespace
}  // namespace dynamodown_test

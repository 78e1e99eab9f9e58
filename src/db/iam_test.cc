// Tests that a policy allows every request that a store sends and no other
// request, and that it gives no access to another store's data.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "db/open_environment.h"
#include "dynamodown/iam.h"
#include "dynamodown/printable.h"
#include "support/fake_environment.h"
#include "support/iam_gate.h"

namespace dynamodown_test {
namespace {

using dynamodown::Access;
using dynamodown::Bounds;
using dynamodown::Condition;
using dynamodown::Database;
using dynamodown::IamOptions;
using dynamodown::KindOf;
using dynamodown::ReadOptions;
using dynamodown::StatusKind;
using dynamodown::WriteOptions;
using leveldb::Status;
using testing::HasSubstr;

/// Names of stores with characters that are special in a policy or in JSON.
const char* const kStores[] = {"kim",       "!",  "*", "${aws:username}",
                               "a\"b\\c/d", "ki?"};

class IamTest : public testing::Test {
 protected:
  IamTest() { world_.environment["AWS_REGION"] = "eu-west-1"; }

  std::string Policy(const std::string& location, Access access) {
    IamOptions iam;
    iam.access = access;
    std::string policy;
    const Status status = dynamodown::IamPolicyIn(
        world_.open_environment, world_.options, location, iam, &policy);
    EXPECT_TRUE(status.ok()) << status.ToString();
    return policy;
  }

  void ReadAll(Database* db) {
    std::string value;
    EXPECT_TRUE(db->Get(ReadOptions(), "key", &value).ok());
    std::vector<std::string> values;
    std::vector<Status> statuses;
    EXPECT_TRUE(
        db->MultiGet(ReadOptions(), {"key", "none"}, &values, &statuses).ok());
    const std::unique_ptr<leveldb::Iterator> it(
        db->NewIterator(ReadOptions(), Bounds()));
    for (it->SeekToFirst(); it->Valid(); it->Next()) continue;
    EXPECT_TRUE(it->status().ok()) << it->status().ToString();
    uint64_t bytes = 0;
    bool exact = false;
    EXPECT_TRUE(
        db->ApproximateSize(leveldb::Range("a", "z"), &bytes, &exact).ok());
  }

  void WriteAll(Database* db) {
    EXPECT_TRUE(db->Put(WriteOptions(), "key", "value").ok());
    EXPECT_TRUE(db->Delete(WriteOptions(), "other").ok());
    leveldb::WriteBatch batch;
    batch.Put("one", "1");
    batch.Delete("two");
    EXPECT_TRUE(db->Write(WriteOptions(), &batch).ok());
    WriteOptions unordered;
    unordered.batch = dynamodown::BatchMode::kUnordered;
    EXPECT_TRUE(db->Write(unordered, &batch).ok());
    EXPECT_TRUE(db->WriteIf(WriteOptions(), &batch,
                            {Condition::Absent("absent")}, nullptr)
                    .ok());
  }

  Status Open(const std::string& location, std::unique_ptr<Database>* db) {
    Database* opened = nullptr;
    const Status status = dynamodown::OpenIn(world_.open_environment,
                                             world_.options, location, &opened);
    db->reset(opened);
    return status;
  }

  static std::string Location(const std::string& store) {
    return "table/" + store;
  }

  FakeEnvironment world_;
};

TEST_F(IamTest, AllowsTheRequestsOfReadingAndWritingAndNoOthers) {
  for (const std::string store : kStores) {
    SCOPED_TRACE(store);
    for (const Access access : {Access::kRead, Access::kWrite}) {
      const std::string location = Location(store);
      world_.dynamo.set_before_hook({});
      WriteAll(world_.Open(location).get());
      IamGate gate(Policy(location, access));
      world_.dynamo.set_before_hook(gate.Hook(&world_.dynamo));
      std::unique_ptr<Database> db;
      ASSERT_TRUE(Open(location, &db).ok());
      if (access == Access::kWrite) WriteAll(db.get());
      ReadAll(db.get());
      // The requests have used everything that the policy allows.
      EXPECT_EQ(gate.used(), gate.allowed());
    }
  }
}

TEST_F(IamTest, AllowsTheRequestsOfManagingAndNoOthers) {
  IamGate gate(Policy("table/kim", Access::kManage));
  world_.dynamo.set_before_hook(gate.Hook(&world_.dynamo));
  {
    std::unique_ptr<Database> db;
    const Status status = Open("table/kim", &db);
    ASSERT_TRUE(status.ok()) << status.ToString();
    WriteAll(db.get());
    ReadAll(db.get());
  }
  std::vector<dynamodown::StoreSummary> stores;
  // Make another store, since a listing also reads another store's descriptor.
  world_.dynamo.set_before_hook({});
  world_.Open("table/other").reset();
  world_.dynamo.set_before_hook(gate.Hook(&world_.dynamo));
  const Status listed = dynamodown::ListStoresIn(
      world_.open_environment, world_.options, "table", &stores, nullptr);
  EXPECT_TRUE(listed.ok()) << listed.ToString();
  EXPECT_EQ(stores.size(), 2u);
  world_.dynamo.set_before_hook({});
  EXPECT_TRUE(world_.Destroy("table/other").ok());
  // Destroy also deletes an item that a later version keeps beside a store.
  world_.PutItem("table",
                 {{"hkey", S("kim/.dynamodown")}, {"rkey", B("later")}});
  world_.dynamo.set_before_hook(gate.Hook(&world_.dynamo));
  const Status destroyed = world_.Destroy("table/kim", false, true);
  EXPECT_TRUE(destroyed.ok()) << destroyed.ToString();
  EXPECT_EQ(gate.used(), gate.allowed());
}

TEST_F(IamTest, NoOtherStoreIsWithinReach) {
  world_.Open("table/other").reset();
  for (const Access access : {Access::kRead, Access::kWrite}) {
    world_.dynamo.set_before_hook({});
    for (const std::string store : {"kim", "*", "o*", "${aws:username}"}) {
      SCOPED_TRACE(store);
      IamGate gate(Policy(Location(store), access));
      world_.dynamo.set_before_hook(gate.Hook(&world_.dynamo));
      std::unique_ptr<Database> db;
      EXPECT_EQ(KindOf(Open("table/other", &db)), StatusKind::kDenied);
    }
  }
}

TEST_F(IamTest, IfTheKeyNamesAreSetThePolicyLacksDescribeTable) {
  world_.Open("table/kim").reset();
  world_.options.table.hash_key = "hkey";
  world_.options.table.range_key = "rkey";
  const std::string policy = Policy("table/kim", Access::kRead);
  EXPECT_THAT(policy, testing::Not(HasSubstr("DescribeTable")));
  IamGate gate(policy);
  world_.dynamo.set_before_hook(gate.Hook(&world_.dynamo));
  std::unique_ptr<Database> db;
  EXPECT_TRUE(Open("table/kim", &db).ok());
}

TEST_F(IamTest, ADeniedCallNamesItsAction) {
  const std::unique_ptr<Database> db = world_.Open("table/kim");
  IamGate gate(Policy("table/kim", Access::kRead));
  world_.dynamo.set_before_hook(gate.Hook(&world_.dynamo));
  const auto expect_denied = [](const Status& status,
                                const std::string& action) {
    EXPECT_EQ(KindOf(status), StatusKind::kDenied);
    EXPECT_THAT(status.ToString(), HasSubstr("needs " + action));
  };
  expect_denied(db->Put(WriteOptions(), "k", "v"), "dynamodb:PutItem");
  expect_denied(db->Delete(WriteOptions(), "k"), "dynamodb:DeleteItem");
  leveldb::WriteBatch batch;
  batch.Put("a", "1");
  batch.Delete("b");
  expect_denied(
      db->WriteIf(WriteOptions(), &batch, {Condition::Absent("c")}, nullptr),
      "dynamodb:ConditionCheckItem, dynamodb:DeleteItem, dynamodb:PutItem");
  WriteOptions unordered;
  unordered.batch = dynamodown::BatchMode::kUnordered;
  expect_denied(db->Write(unordered, &batch), "dynamodb:BatchWriteItem");
}

TEST_F(IamTest, RegionPartitionAndAccountAreInTheResource) {
  const auto resource = [this](const std::string& region,
                               const std::string& account) {
    world_.environment["AWS_REGION"] = region;
    IamOptions iam;
    iam.account = account;
    std::string policy;
    EXPECT_TRUE(dynamodown::IamPolicyIn(world_.open_environment, world_.options,
                                        "table/kim", iam, &policy)
                    .ok());
    return Json::parse(policy)["Statement"][0]["Resource"].get<std::string>();
  };
  EXPECT_EQ(resource("eu-west-1", "111122223333"),
            "arn:aws:dynamodb:eu-west-1:111122223333:table/table");
  EXPECT_EQ(resource("cn-north-1", ""),
            "arn:aws-cn:dynamodb:cn-north-1:*:table/table");
  EXPECT_EQ(resource("us-gov-west-1", ""),
            "arn:aws-us-gov:dynamodb:us-gov-west-1:*:table/table");
  world_.environment.erase("AWS_REGION");
  EXPECT_EQ(resource("", ""), "arn:aws:dynamodb:*:*:table/table");
}

TEST_F(IamTest, ThePolicyShowsNothingThatATerminalWouldObey) {
  for (const std::string store :
       {"a\x1b[31mb", "a\x7f", "a\u009b31m", "a\u202eb", "a\u200b", "a\u2066",
        "a\U000e0041", "a\u00e4\U0001f600", "a\"\\b"}) {
    std::string policy;
    ASSERT_TRUE(dynamodown::IamPolicyIn(world_.open_environment, world_.options,
                                        "table/" + store, {}, &policy)
                    .ok());
    std::string shown = policy;
    std::erase(shown, '\n');
    EXPECT_EQ(dynamodown::EscapeUnprintable(shown), shown);
    EXPECT_EQ(
        Json::parse(
            policy)["Statement"][0]["Condition"]["ForAllValues:StringEquals"]
                   ["dynamodb:LeadingKeys"][0],
        store);
  }
}

TEST_F(IamTest, AnArnIsTheResource) {
  world_.environment["AWS_REGION"] = "us-east-1";
  const std::string arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/table";
  std::string policy;
  IamOptions iam;
  for (const char* account : {"", "111122223333"}) {
    iam.account = account;
    const Status status = dynamodown::IamPolicyIn(
        world_.open_environment, world_.options, arn + "/kim", iam, &policy);
    EXPECT_TRUE(status.ok()) << status.ToString();
    const Json parsed = Json::parse(policy);
    for (const Json& statement : parsed["Statement"]) {
      EXPECT_EQ(statement["Resource"], arn);
    }
  }
  iam.account = "999999999999";
  EXPECT_THAT(dynamodown::IamPolicyIn(world_.open_environment, world_.options,
                                      arn + "/kim", iam, &policy)
                  .ToString(),
              HasSubstr("ARN has the account 111122223333"));
}

TEST_F(IamTest, RefusesInvalidLocationsRegionsAndAccounts) {
  std::string policy = "as before";
  IamOptions iam;
  const auto refusal = [&](const std::string& location) {
    const Status status = dynamodown::IamPolicyIn(
        world_.open_environment, world_.options, location, iam, &policy);
    EXPECT_EQ(policy, "as before");
    return status;
  };
  EXPECT_TRUE(refusal("leveldb:/tmp/x").IsNotSupportedError());
  EXPECT_TRUE(refusal("x/y").IsInvalidArgument());
  EXPECT_THAT(refusal("table/kim/.dynamodown").ToString(),
              HasSubstr("reserved for the library"));
  EXPECT_THAT(refusal("table/\xff").ToString(), HasSubstr("not UTF-8"));
  world_.environment["AWS_REGION"] = "EU West";
  EXPECT_THAT(refusal("table/kim").ToString(), HasSubstr("is not a region:"));
  world_.environment["AWS_REGION"] = "eu-west-1";
  iam.account = "12345";
  EXPECT_THAT(refusal("table/kim").ToString(), HasSubstr("12 digits"));
  iam.account.clear();
  world_.options.table.hash_key = "h";
  world_.options.table.range_key = "r";
  world_.options.table.hash_key_type = dynamodown::KeyType::kBinary;
  EXPECT_TRUE(refusal("table/kim").IsNotSupportedError());
}

}  // namespace
}  // namespace dynamodown_test

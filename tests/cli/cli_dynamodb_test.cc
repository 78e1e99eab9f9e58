// The command line on Amazon's DynamoDB Local. Each test has a table of its
// own.

#include <nlohmann/json.hpp>
#include <string>

#include "cli_fixture.h"

namespace dynamodown {
namespace {

using nlohmann::json;
using testing::ContainsRegex;
using testing::EndsWith;
using testing::HasSubstr;

class CliDynamoDbTest : public CliFixture {
 protected:
  CliDynamoDbTest() { environment_["AWS_ENDPOINT_URL_DYNAMODB"] = endpoint_; }

  void SetUp() override { ASSERT_NE(endpoint_, ""); }
  void TearDown() override {
    if (endpoint_.empty()) return;
    Cli({"destroy", store_, "--force", "--drop-table"});
  }

  const std::string endpoint_ = DynamoDbLocal();
  const std::string table_ = NewTable("cli");
  const std::string store_ = table_ + "/myhash";
};

TEST_F(CliDynamoDbTest, AStoreFromCreateToDestroy) {
  EXPECT_EQ(Output({"create", store_}), "");
  EXPECT_EQ(Output({"put", store_, "name", "Yuri Irsenovich Kim"}), "");
  EXPECT_EQ(Output({"put", store_, "dob"}, "16 February 1941"), "");
  EXPECT_EQ(Output({"put", store_, "--hex", "00ff", "cafe"}), "");
  EXPECT_EQ(Output({"get", store_, "name"}), "Yuri Irsenovich Kim\n");
  EXPECT_EQ(Output({"get", store_, "dob", "--eventual"}), "16 February 1941\n");
  EXPECT_EQ(Output({"scan", store_}),
            "\\x00\\xff\t\\xca\\xfe\ndob\t16 February 1941\n"
            "name\tYuri Irsenovich Kim\n");
  EXPECT_EQ(Output({"scan", store_, "--reverse", "--limit", "1"}),
            "name\tYuri Irsenovich Kim\n");
  EXPECT_EQ(Output({"count", store_}), "3\n");
  EXPECT_EQ(Output({"count", store_, "--prefix", "d"}), "1\n");
  EXPECT_EQ(Output({"del", store_, "name", "nothing"}), "");
  Error(kNotFound, {"get", store_, "name"});
  EXPECT_EQ(Output({"list", table_}), store_ + "\n");
  EXPECT_EQ(Output({"destroy", store_}), "");
  EXPECT_EQ(Output({"list", table_}), "");
  EXPECT_THAT(
      Error(kFailure, {"get", store_, "dob"}),
      EndsWith("; to make it, run, with the same options: dynamodown create " +
               store_ + "\n"));
}

TEST_F(CliDynamoDbTest, ALocationMakesBatchesUnordered) {
  EXPECT_EQ(Output({"create", store_}), "");
  std::string lines;
  for (int i = 0; i < 150; ++i) {
    lines += R"({"type":"put","key":"k)" + std::to_string(i) +
             R"(","value":"v"})" + "\n";
  }
  EXPECT_THAT(Error(kFailure, {"batch", store_}, lines),
              HasSubstr("use --unordered"));
  EXPECT_EQ(
      Output({"batch", "dynamodb://" + store_ + "?batch=unordered"}, lines),
      "");
  EXPECT_EQ(Output({"count", store_}), "150\n");
}

TEST_F(CliDynamoDbTest, ATableAloneIsTheStoreNamedByAnExclamationMark) {
  EXPECT_EQ(Output({"create", table_}), "");
  EXPECT_EQ(Output({"put", table_ + "/!", "k", "v"}), "");
  EXPECT_EQ(Output({"get", table_, "k"}), "v\n");
}

TEST_F(CliDynamoDbTest, StoresShareATableAndAreListedApart) {
  const std::string other = table_ + "/other";
  EXPECT_EQ(Output({"create", store_}), "");
  EXPECT_EQ(Output({"create", other}), "");
  EXPECT_EQ(Output({"put", other, "k", "v"}), "");
  EXPECT_EQ(Output({"list", table_}), store_ + "\n" + other + "\n");
  EXPECT_EQ(Output({"count", store_}), "0\n");
  Error(kFailure, {"create", store_});
  EXPECT_EQ(Output({"destroy", other}), "");
  const json line = json::parse(Output({"list", table_, "--json"}));
  EXPECT_EQ(
      line,
      json({{"location", store_}, {"foreign", false}, {"destroying", false}}));
}

TEST_F(CliDynamoDbTest, InfoShowsTheKeysThatCreateWasGiven) {
  EXPECT_EQ(
      Output({"create", store_, "--key-type", "S", "--hash-key", "h",
              "--range-key", "r", "--read-units", "2", "--write-units", "3"}),
      "");
  const json info = json::parse(Output({"info", store_, "--json"}));
  EXPECT_EQ(info["location"], store_);
  EXPECT_EQ(info["engine"], "dynamodb");
  EXPECT_EQ(info["endpoint"], endpoint_);
  EXPECT_EQ(info["region"], "us-east-1");
  EXPECT_EQ(info["hash_key"], "h");
  EXPECT_EQ(info["hash_key_type"], "S");
  EXPECT_EQ(info["range_key"], "r");
  EXPECT_EQ(info["range_key_type"], "S");
  EXPECT_EQ(info["mode"], "shared");
  EXPECT_EQ(info["foreign"], false);
  EXPECT_THAT(Error(kFailure, {"put", store_, "--hex", "ff", "00"}),
              HasSubstr("UTF-8"));
}

TEST_F(CliDynamoDbTest, EndpointAndRegionMayBeInTheLocationOrInOptions) {
  EXPECT_EQ(Output({"create", store_}), "");
  environment_ = {{"AWS_REGION", ""}};
  EXPECT_EQ(Output({"count", store_, "--endpoint", endpoint_, "--region",
                    "us-east-1"}),
            "0\n");
  EXPECT_EQ(Output({"count", "dynamodb://" + store_ +
                                 "?region=us-east-1&endpoint=" + endpoint_}),
            "0\n");
  environment_ = {{"AWS_ENDPOINT_URL", endpoint_}};
  EXPECT_EQ(Output({"count", store_}), "0\n");
  environment_["AWS_ENDPOINT_URL_DYNAMODB"] = endpoint_;  // for TearDown
}

TEST_F(CliDynamoDbTest, VerbosePrintsRequestsAndUnits) {
  EXPECT_EQ(Output({"create", store_}), "");
  Outcome outcome = Cli({"put", store_, "k", "v", "--verbose"});
  EXPECT_EQ(outcome.status, kOk);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, HasSubstr("* PutItem ok "));
  EXPECT_THAT(outcome.err,
              ContainsRegex("\\* [0-9]+ requests, 0 retries, [0-9.]+ read "
                            "units, 1 write unit\n$"));

  outcome = Cli({"scan", store_, "-v"});
  EXPECT_EQ(outcome.out, "k\tv\n");
  EXPECT_THAT(outcome.err, HasSubstr("* Query ok "));
  outcome = Cli({"destroy", store_, "-v"});
  EXPECT_EQ(outcome.status, kOk);
  EXPECT_THAT(outcome.err, HasSubstr("* BatchWriteItem ok "));
}

TEST_F(CliDynamoDbTest, AMissingTableSaysHowToMakeTheStore) {
  for (const Arguments& arguments :
       {Arguments{"get", store_, "k"}, Arguments{"put", store_, "k", "v"},
        Arguments{"scan", store_}, Arguments{"info", store_}}) {
    EXPECT_THAT(
        Error(kFailure, arguments),
        EndsWith(
            "; to make it, run, with the same options: dynamodown create " +
            store_ + "\n"));
  }
  Error(kFailure, {"list", table_});
  for (const char* flag : {"--yes", "--drop-table"}) {
    EXPECT_EQ(Error(kNotFound, {"destroy", store_, flag}),
              "dynamodown: there is no store " + store_ +
                  "; nothing was destroyed\n");
  }
}

TEST_F(CliDynamoDbTest, WhatIsTooLargeIsRefused) {
  EXPECT_EQ(Output({"create", store_}), "");
  EXPECT_THAT(Error(kFailure, {"put", store_, std::string(1025, 'k'), "v"}),
              HasSubstr("1024"));
  const Outcome outcome = Cli({"put", store_, "k"}, std::string(410000, 'v'));
  EXPECT_EQ(outcome.status, kFailure);
  EXPECT_THAT(outcome.err, HasSubstr("409600"));
}

TEST_F(CliDynamoDbTest, ManyKeysAreDeletedAndManyPagesScanned) {
  EXPECT_EQ(Output({"create", store_}), "");
  Arguments del = {"del", store_};
  for (int i = 10; i < 40; ++i) {
    const std::string key = "key" + std::to_string(i);
    EXPECT_EQ(Output({"put", store_, key}, std::string(60000, 'v')), "");
    del.push_back(key);
  }
  EXPECT_EQ(Output({"count", store_}), "30\n");
  EXPECT_EQ(Output({"scan", store_}).size(), 30u * (5 + 1 + 60000 + 1));
  EXPECT_EQ(Output(del), "");
  EXPECT_EQ(Output({"count", store_}), "0\n");
}

TEST_F(CliDynamoDbTest, AScanWhoseReaderHasGoneEndsInSilence) {
  EXPECT_EQ(Output({"create", store_}), "");
  for (const char* key : {"a", "b", "c"}) {
    EXPECT_EQ(Output({"put", store_, key}, std::string(100000, 'v')), "");
  }
  Invocation invocation;
  invocation.program = DYNAMODOWN_CLI;
  invocation.arguments = {"scan", store_};
  invocation.environment = environment_;
  invocation.output_is_closed = true;
  const Outcome outcome = RunProgram(invocation);
  EXPECT_EQ(outcome.status, kOk);
  EXPECT_EQ(outcome.err, "");
}

TEST_F(CliDynamoDbTest, DropTableTakesTheTableWhenNothingElseIsInIt) {
  const std::string other = table_ + "/other";
  EXPECT_EQ(Output({"create", store_}), "");
  EXPECT_EQ(Output({"create", other}), "");
  Output({"put", other, "k", "v"});
  EXPECT_THAT(Error(kFailure, {"destroy", other, "--drop-table"}),
              HasSubstr("nothing was destroyed, because table"));
  EXPECT_EQ(Output({"get", other, "k"}), "v\n");
  EXPECT_EQ(Output({"destroy", other}), "");
  Error(kNotFound, {"destroy", other});
  EXPECT_EQ(Output({"list", table_}), store_ + "\n");
  EXPECT_EQ(Output({"destroy", store_, "--drop-table"}), "");
  Error(kFailure, {"list", table_});
  EXPECT_EQ(
      Error(kNotFound, {"destroy", store_, "--drop-table"}),
      "dynamodown: there is no store " + store_ + "; nothing was destroyed\n");
}

}  // namespace
}  // namespace dynamodown

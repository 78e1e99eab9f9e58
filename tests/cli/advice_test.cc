// Messages about mistyped locations: each says what is missing, and its advice
// works. Also the totals of --verbose, which are the sums of the requests that
// the command printed. The tests run on our DynamoDB fake.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "cli_fixture.h"
#include "fake/fake_dynamo.h"
#include "fake/server.h"

namespace dynamodown {
namespace {

using testing::ContainsRegex;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

class AdviceTest : public CliFixture {
 protected:
  AdviceTest() : dynamo_([] { return std::time(nullptr); }) {
    auto server = FakeServer::Start({}, [this](const HttpRequest& request) {
      return dynamo_.Deliver(request);
    });
    EXPECT_TRUE(server.ok());
    server_ = *std::move(server);
    environment_["AWS_ENDPOINT_URL"] =
        "http://127.0.0.1:" + std::to_string(server_->port());
    environment_["AWS_REGION"] = "eu-west-1";
  }

  FakeDynamo dynamo_;
  std::unique_ptr<FakeServer> server_;
};

TEST_F(AdviceTest, AForgottenHashKeyLeadsToTheListOfStores) {
  Output({"create", "shop/main"});
  for (const std::string location :
       {"shop", "dynamodb://shop?region=eu-west-1",
        "arn:aws:dynamodb:eu-west-1:123456789012:table/shop"}) {
    for (const Arguments& command :
         {Arguments{"get", location, "a"}, Arguments{"scan", location},
          Arguments{"put", location, "a", "1"}}) {
      EXPECT_THAT(Error(kFailure, command), HasSubstr("dynamodown list "));
    }
    EXPECT_THAT(Output({"list", location}), EndsWith("shop/main\n"));
  }
  EXPECT_THAT(Error(kFailure, {"get", "shop/other", "a"}),
              Not(HasSubstr("dynamodown list")));
}

TEST_F(AdviceTest, ListRefusesALocationThatNamesOneStore) {
  Output({"create", "shop/main"});
  const std::string arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/shop";
  const std::vector<std::vector<std::string>> cases = {
      {"shop/main", "shop"},
      {"shop/main/a", "shop"},
      {"dynamodb://shop/main?region=eu-west-1",
       "'dynamodb://shop?region=eu-west-1'"},
      {arn + "/main", arn}};
  for (const auto& c : cases) {
    EXPECT_THAT(Error(kUsage, {"list", c[0]}),
                HasSubstr("run: dynamodown list " + c[1] + "; "));
  }
  // In the shell, list is about the table of the shell's store.
  EXPECT_EQ(Output({"shell", "shop/main"}, "list\n"), "shop/main\n");
}

TEST_F(AdviceTest, AStoreThatExistsIsNoMatterForTheDoctor) {
  const TemporaryDirectory directory;
  for (const std::string& store :
       {std::string("shop/main"),
        "leveldb:" + (directory.path() / "db").string()}) {
    Output({"create", store});
    const std::string error = Error(kFailure, {"create", store});
    EXPECT_THAT(error, HasSubstr("exists"));
    EXPECT_THAT(error, Not(HasSubstr("doctor")));
  }
}

TEST_F(AdviceTest, TheDoctorNamesTheStoreToCreate) {
  Output({"create", "shop/main"});
  for (const char* missing : {"shop/none", "none/main"}) {
    EXPECT_THAT(
        Cli({"doctor", missing}).out,
        ContainsRegex(std::string("-> .*create .*: dynamodown create ") +
                      missing + "\n"));
  }
}

TEST_F(AdviceTest, DiffSaysThatThereIsNoSuchFile) {
  Output({"create", "shop/main"});
  for (const std::string missing : {"nofile.dump", "dumps/nofile.dump"}) {
    for (const Arguments& command : {Arguments{"diff", "shop/main", missing},
                                     Arguments{"diff", missing, "shop/main"}}) {
      EXPECT_EQ(Error(kUsage, command),
                "dynamodown: there is no file and no store " + missing + "\n");
    }
  }
  environment_["AWS_ENDPOINT_URL"] = "http://127.0.0.1:1";
  const TemporaryDirectory directory;
  const std::string store = "leveldb:" + (directory.path() / "db").string();
  Output({"create", store});
  EXPECT_THAT(Error(kUsage, {"diff", store, "nofile.dump", "--timeout", "1"}),
              HasSubstr("there is no file nofile.dump; as a store: "));
}

/// The sums of the lines for requests, and of the lines with totals.
struct Sums {
  int requests = 0, lines_of_totals = 0;
  double read_units = 0, write_units = 0;
  int total_requests = 0;
  double total_read_units = 0, total_write_units = 0;
};

Sums SumsOf(const std::string& err) {
  static const std::regex kRequest(
      "\\* [A-Z][A-Za-z]+ (ok|failed) [0-9.]+ ms, ([0-9.]+) read units?, "
      "([0-9.]+) write units?, .*");
  static const std::regex kTotals(
      "\\* ([0-9]+) requests?, [0-9]+ retr(y|ies), ([0-9.]+) read units?, "
      "([0-9.]+) write units?");
  Sums sums;
  std::istringstream lines(err);
  std::smatch match;
  for (std::string line; std::getline(lines, line);) {
    if (std::regex_match(line, match, kRequest)) {
      ++sums.requests;
      sums.read_units += std::stod(match[2]);
      sums.write_units += std::stod(match[3]);
    } else if (std::regex_match(line, match, kTotals)) {
      ++sums.lines_of_totals;
      sums.total_requests += std::stoi(match[1]);
      sums.total_read_units += std::stod(match[3]);
      sums.total_write_units += std::stod(match[4]);
    }
  }
  return sums;
}

TEST_F(AdviceTest, TheTotalsAreTheSumOfAllRequests) {
  const std::string record = "{\"key\":\"a\",\"value\":\"1\"}\n";
  const std::string a = "shop/a", b = "shop/b", plain = "shop/plain";
  const std::vector<std::pair<Arguments, std::string>> commands = {
      {{"get", plain, "a"}, ""},  // It fails: there is no table.
      {{"create", a}, ""},
      {{"create", a}, ""},  // It fails: the store exists.
      {{"create", b}, ""},
      {{"get", plain, "a"}, ""},  // It fails: there is no store.
      {{"load", plain}, record},
      {{"load", plain, "--force"}, record},
      {{"get", plain, "a", "b"}, ""},
      {{"count", plain}, ""},
      {{"item", "put", a, "kim", "{\"n\":1}"}, ""},
      {{"item", "get", a, "kim"}, ""},
      {{"item", "get", a, "lee"}, ""},  // It fails: there is no item.
      {{"item", "sync", a, b}, ""},
      {{"item", "sync", a, "shop/none"}, ""},  // It fails: no store.
      {{"item", "sync", a, plain}, ""},        // It fails: no items.
      {{"put", a, "x", "1"}, ""},              // It fails: items.
      {{"diff", a, b}, ""},
      {{"diff", a, "shop/none"}, ""},
      {{"verify", a}, ""},
      {{"verify", plain}, ""},
      {{"list", "shop"}, ""},
      {{"doctor", plain}, ""},
      {{"dump", plain}, ""},
      {{"destroy", "shop/none"}, ""},
      {{"destroy", plain}, ""},
      {{"destroy", a}, ""},
  };
  for (const auto& [command, input] : commands) {
    Arguments verbose = command;
    verbose.push_back("--verbose");
    const Outcome outcome = Cli(verbose, input);
    SCOPED_TRACE(testing::PrintToString(command) + outcome.err);
    const Sums sums = SumsOf(outcome.err);
    EXPECT_GT(sums.requests, 0);
    EXPECT_EQ(sums.lines_of_totals, 1);
    EXPECT_EQ(sums.total_requests, sums.requests);
    EXPECT_EQ(sums.total_read_units, sums.read_units);
    EXPECT_EQ(sums.total_write_units, sums.write_units);
  }
}

}  // namespace
}  // namespace dynamodown

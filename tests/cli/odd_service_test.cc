// The command line on a service whose clock is wrong, whose messages are made
// to deceive, or whose tables never become ready.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "cli_fixture.h"
#include "dynamodown/printable.h"
#include "fake/fake_dynamo.h"
#include "fake/server.h"

namespace dynamodown {
namespace {

using testing::HasSubstr;

class OddServiceTest : public CliFixture {
 protected:
  OddServiceTest() : dynamo_([this] { return std::time(nullptr) + ahead_; }) {
    auto server = FakeServer::Start({}, [this](const HttpRequest& request) {
      return dynamo_.Deliver(request);
    });
    EXPECT_TRUE(server.ok());
    server_ = *std::move(server);
    environment_["AWS_ENDPOINT_URL"] =
        "http://127.0.0.1:" + std::to_string(server_->port());
    environment_["AWS_REGION"] = "eu-west-1";
  }

  int64_t ahead_ = 0;  // The service's clock minus this machine's, in seconds.
  FakeDynamo dynamo_;
  std::unique_ptr<FakeServer> server_;
};

/// A command of each kind on `table`, in an order in which each has something
/// to do.
std::vector<std::vector<std::string>> Commands(const std::string& table) {
  const std::string store = table + "/store";
  const std::string items = table + "/items";
  return {
      {"create", store},
      {"put", store, "key", "value"},
      {"get", store, "key"},
      {"scan", store},
      {"count", store},
      {"info", store},
      {"list", table},
      {"create", items},
      {"item", "put", items, "kim", R"({"a":1})"},
      {"item", "get", items, "kim"},
      {"doctor", store},
      {"del", store, "key"},
      {"destroy", store},
  };
}

TEST_F(OddServiceTest, EveryCommandWarnsOnceOfAClockThatIsOff) {
  int run = 0;
  for (const int64_t ahead : {120, -120, 900, 30, 0}) {
    ahead_ = ahead;
    for (const auto& command : Commands("table" + std::to_string(++run))) {
      const Outcome outcome = Cli(command);
      const std::string shown =
          testing::PrintToString(command) + std::to_string(ahead);
      EXPECT_EQ(outcome.status, kOk) << shown << outcome.err;
      const std::string warning = "this machine's clock is ";
      const size_t at = outcome.err.find(warning);
      if (ahead == 30 || ahead == 0) {
        EXPECT_EQ(at, std::string::npos) << shown << outcome.err;
        continue;
      }
      ASSERT_NE(at, std::string::npos) << shown << outcome.err;
      EXPECT_EQ(outcome.err.find(warning, at + 1), std::string::npos)
          << shown << outcome.err;
      EXPECT_THAT(outcome.err,
                  HasSubstr(ahead > 0 ? " behind the service's clock"
                                      : " ahead of the service's clock"));
    }
  }
}

TEST_F(OddServiceTest, ACommandThatFailsToOpenWarnsToo) {
  Cli({"create", "table/store"});
  ahead_ = 120;
  for (const Arguments& command :
       {Arguments{"get", "none/store", "a"}, Arguments{"get", "table/no", "a"},
        Arguments{"count", "none/store"}, Arguments{"dump", "none/store"},
        Arguments{"item", "get", "none/store", "kim"}}) {
    const Outcome outcome = Cli(command);
    EXPECT_EQ(outcome.status, kFailure);
    EXPECT_THAT(outcome.err, HasSubstr("this machine's clock is "))
        << testing::PrintToString(command);
  }
}

TEST_F(OddServiceTest, NoForeignByteReachesTheTerminal) {
  Cli({"create", "table/store"});
  const std::string evil =
      "a\x1b[2J\u009b31m\u202eb\n\u2066c" + std::string(5'000'000, 'x');
  for (const auto& command : Commands("table")) {
    for (const int status : {400, 403}) {
      dynamo_.FailNext("", 100, status, "SomeException", evil);
      const Outcome outcome = Cli(command);
      dynamo_.ClearFaults();
      EXPECT_NE(outcome.status, kOk) << command[0];
      if (command[0] == "doctor") {  // Its findings are its output.
        std::string out = outcome.out;
        std::erase(out, '\n');
        EXPECT_EQ(EscapeUnprintable(out), out);
        EXPECT_THAT(out, HasSubstr("SomeException: a\\x1b[2J\\xc2\\x9b31m"));
        continue;
      }
      EXPECT_LT(outcome.err.size(), 1000u) << command[0];
      ASSERT_TRUE(outcome.err.ends_with('\n'));
      const std::string line = outcome.err.substr(0, outcome.err.size() - 1);
      EXPECT_EQ(EscapeUnprintable(line), line) << command[0];
      EXPECT_THAT(line, HasSubstr("SomeException: a\\x1b[2J\\xc2\\x9b31m"));
    }
  }
  // A path does not come from a service, but may deceive just as well.
  const Outcome outcome = Cli({"get", "leveldb:/nowhere/\u202e\x1b[2J", "k"});
  EXPECT_THAT(outcome.err, HasSubstr("\\xe2\\x80\\xae\\x1b[2J"));
}

TEST_F(OddServiceTest, TheTimeoutEndsTheWaitForATableThatStaysCreating) {
  dynamo_.set_table_ready_after(1'000'000);
  for (const Arguments& command :
       {Arguments{"create", "table/store", "--timeout", "1"},
        Arguments{"get", "table/store", "key", "--timeout", "1"}}) {
    const auto began = std::chrono::steady_clock::now();
    const Outcome outcome = Cli(command);
    EXPECT_LT(std::chrono::steady_clock::now() - began,
              std::chrono::seconds(60));
    EXPECT_EQ(outcome.status, kFailure);
    EXPECT_THAT(outcome.err, HasSubstr("is still CREATING after 1000 ms"));
    EXPECT_THAT(outcome.err, HasSubstr("allow more time with --timeout"));
  }
}

}  // namespace
}  // namespace dynamodown

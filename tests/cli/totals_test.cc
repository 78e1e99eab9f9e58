// What a command says about its cost: the totals of --verbose, the line about
// what was done, and the same lines after a signal. On our fake of DynamoDB.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "fake_fixture.h"

namespace dynamodown {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class TotalsTest : public FakeFixture {
 protected:
  static std::string Record(const std::string& key, size_t value_bytes) {
    return json({{"key", key}, {"value", std::string(value_bytes, 'v')}})
               .dump() +
           "\n";
  }

  /// Makes the stores of the calls: shop/big and shop/copy have several pages,
  /// and shop/items has an item of several records.
  void MakeStores() {
    std::string records;
    for (int i = 1000; i < 1400; ++i) {
      records += Record("key" + std::to_string(i), 9000);
    }
    for (const char* const store : {"shop/big", "shop/copy"}) {
      Output({"load", store}, records);
    }
    for (const char* const store : {"shop/items", "shop/other"}) {
      Output({"create", store});
    }
    for (int i = 0; i < 4; ++i) {
      Output({"item", "inc", "shop/items", "kim", "n"});
    }
  }

  /// Runs a command with slow answers, and interrupts it when it has sent some
  /// requests.
  Outcome Interrupt(const Arguments& arguments, const std::string& input,
                    int signal) {
    delay_ms_ = 150;
    const int before = requests_;
    Invocation invocation = Call(arguments);
    invocation.input = input;
    Program program(invocation);
    while (program.IsRunning() && requests_ < before + 4) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    EXPECT_TRUE(program.IsRunning()) << "it ended too early";
    program.Signal(signal);
    const Outcome outcome = program.Wait();
    delay_ms_ = 0;
    return outcome;
  }
};

/// The sums of the lines for requests and of the lines with totals, and the
/// requests in the line that says what was done.
struct Sums {
  int requests = 0, lines_of_totals = 0, summaries = 0, summed_requests = 0;
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
  static const std::regex kSummary(
      "dynamodown: .*, (?:under )?\\$[0-9.]+ \\(us-east-1's on-demand price\\)"
      "(, ([0-9]+) requests?)?, [0-9.]+ s");
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
    } else if (std::regex_match(line, match, kSummary)) {
      ++sums.summaries;
      if (match[2].matched) sums.summed_requests += std::stoi(match[2]);
    }
  }
  return sums;
}

/// What a terminal shows, as lines that a file would have: without returns and
/// the escape sequences of a progress line.
std::string WithoutReturns(const std::string& shown) {
  return std::regex_replace(shown, std::regex("\r|\x1b\\[K"), "");
}

TEST_F(TotalsTest, TheTotalsAreTheSumOfAllRequests) {
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
      {{"load", "shop/none"}, "{\"key\":7}\n"},  // It fails: no record.
      {{"load", "newtable/new"}, record},
      {{"batch", plain}, "{\"type\":\"del\",\"key\":\"a\"}\n"},
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
      {{"verify", "shop/none"}, ""},  // It fails: no store.
      {{"item", "flatten", a, "kim"}, ""},
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
    if (sums.summaries > 0) {
      EXPECT_EQ(sums.summed_requests, sums.requests);
    }
  }
}

// Every command that takes a while.
TEST_F(TotalsTest, ASignalIsAnsweredByTheTotalsOfWhatWasDone) {
  MakeStores();
  std::string records, operations;
  for (int i = 1000; i < 3000; ++i) {
    const std::string key = "key" + std::to_string(i);
    records += Record(key, 900);
    operations += json({{"type", "del"}, {"key", key}}).dump() + "\n";
  }
  const std::vector<std::pair<Arguments, std::string>> calls = {
      {{"count", "shop/big"}, ""},
      {{"dump", "shop/big"}, ""},
      {{"diff", "shop/big", "shop/copy"}, ""},
      {{"verify", "shop/big"}, ""},
      {{"item", "sync", "shop/items", "shop/other"}, ""},
      {{"item", "flatten", "shop/items", "kim"}, ""},
      {{"load", "shop/new"}, records},
      {{"batch", "shop/new", "--unordered", "--max-wcu", "100"}, operations},
      {{"destroy", "shop/copy"}, ""}};
  for (const auto& [call, input] : calls) {
    for (const bool is_verbose : {false, true}) {
      Arguments arguments = call;
      if (is_verbose) arguments.push_back("--verbose");
      const int signal = is_verbose ? SIGTERM : SIGINT;
      const Outcome outcome = Interrupt(arguments, input, signal);
      SCOPED_TRACE(testing::PrintToString(arguments) + outcome.err);
      EXPECT_EQ(outcome.status, 128 + signal);
      EXPECT_THAT(outcome.err, HasSubstr("dynamodown: stopped: "));
      const Sums sums = SumsOf(outcome.err);
      EXPECT_EQ(sums.summaries, 1);
      EXPECT_EQ(sums.lines_of_totals, is_verbose ? 1 : 0);
      if (!is_verbose) continue;
      // More requests may end while the lines are printed.
      EXPECT_GE(sums.total_requests, 3);
      EXPECT_GE(sums.total_requests, sums.summed_requests);
      EXPECT_LE(sums.total_requests, sums.requests + 1);
    }
  }
}

// A failed command has a cost, too. On a terminal it says how to continue.
TEST_F(TotalsTest, AFailureIsAnsweredByTheTotalsOfWhatWasDone) {
  MakeStores();
  const std::string record = Record("a", 1);
  const std::string bad = Record("a", 1) + Record("b", 1) + "junk\n";
  const struct {
    Arguments command;
    std::string input;
    const char* failing;  // the operation that fails
    const char* says;
  } cases[] = {
      {{"load", "shop/new"},
       bad,
       "",
       "correct the line, and run: tail -n +3 INPUT | "},
      {{"load", "shop/new"}, record, "PutItem", "run: "},
      {{"batch", "shop/big"}, R"({"type":"del","key":"b"})", "DeleteItem", ""},
      {{"batch", "shop/big", "--unordered"},
       R"({"type":"del","key":"b"})",
       "DeleteItem",
       "run: "},
      {{"dump", "shop/big"}, "", "Query", "can continue from there"},
      {{"count", "shop/big"}, "", "Query", ""},
      {{"scan", "shop/big"}, "", "Query", ""},
      {{"verify", "shop/big"}, "", "Query", ""},
      {{"diff", "shop/big", "shop/copy"}, "", "Query", ""},
      {{"item", "flatten", "shop/items", "kim"},
       "",
       "TransactWriteItems",
       "run: "},
      {{"item", "sync", "shop/items", "shop/other"},
       "",
       "TransactWriteItems",
       "run: "},
      {{"destroy", "shop/copy", "--yes"}, "", "BatchWriteItem", "run: "}};
  for (const auto& c : cases) {
    SCOPED_TRACE(testing::PrintToString(c.command));
    if (*c.failing != 0) {
      dynamo_.FailNext(c.failing, 100, 403, "AccessDeniedException", "denied");
    }
    Invocation call = Call(c.command);
    call.input = c.input;
    call.error_is_a_terminal = true;
    const Outcome outcome = RunProgram(call);
    dynamo_.ClearFaults();
    EXPECT_NE(outcome.status, kOk);
    EXPECT_EQ(SumsOf(WithoutReturns(outcome.err)).summaries, 1) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(c.says));
  }
}

TEST_F(TotalsTest, QuietCommandsSayNothingButWhatWasAsked) {
  MakeStores();
  const std::string record = Record("a", 1);
  const std::vector<std::pair<Arguments, std::string>> calls = {
      {{"load", "shop/new"}, record},
      {{"batch", "shop/new"}, "{\"type\":\"del\",\"key\":\"b\"}\n"},
      {{"dump", "shop/new", "--output", "/dev/null", "--force"}, ""},
      {{"diff", "shop/big", "shop/copy"}, ""},
      {{"verify", "shop/big"}, ""},
      {{"item", "sync", "shop/items", "shop/other"}, ""},
      {{"item", "flatten", "shop/items", "kim"}, ""},
      {{"destroy", "shop/new"}, ""}};
  for (const auto& [call, input] : calls) {
    for (const char* const quiet : {"--quiet", "-q"}) {
      if (call[0] == "destroy") Output({"load", "shop/new", "-q"}, record);
      Arguments arguments = call;
      arguments.emplace_back(quiet);
      Invocation invocation = Call(arguments);
      invocation.input = input;
      invocation.error_is_a_terminal = true;
      const Outcome outcome = RunProgram(invocation);
      SCOPED_TRACE(testing::PrintToString(arguments));
      EXPECT_EQ(outcome.status, kOk);
      EXPECT_EQ(outcome.out, "");
      EXPECT_EQ(outcome.err, "");
    }
  }
}

TEST_F(TotalsTest, EveryCommandThatTakesAWhileHasQuiet) {
  const std::vector<Arguments> commands = {
      {"load"},         {"batch"},          {"dump"},   {"diff"},
      {"count"},        {"verify"},         {"repair"}, {"destroy"},
      {"item", "sync"}, {"item", "flatten"}};
  for (Arguments command : commands) {
    command.emplace_back("--help");
    EXPECT_THAT(Output(command), HasSubstr("--quiet"))
        << testing::PrintToString(command);
  }
}

TEST_F(TotalsTest, JsonHasDollarsWhereItHasUnits) {
  const TemporaryDirectory directory;
  const std::string embedded =
      "leveldb:" + (directory.path() / "users").string();
  Output({"create", embedded});
  Output({"create", "shop/users"});
  Output({"item", "replicate", embedded});
  Output({"item", "put", embedded, "kim", "{\"n\":1}"});
  Output({"item", "sync", embedded, "shop/users", "--quiet"});
  Output({"item", "put", embedded, "lee", "{\"n\":1}"});
  const json sync = json::parse(
      Output({"item", "sync", embedded, "shop/users", "--json", "--quiet"}));
  const json& b = sync.at("b");
  EXPECT_GT(b.at("write_units").get<double>(), 0);
  EXPECT_DOUBLE_EQ(b.at("dollars").get<double>(),
                   (b.at("read_units").get<double>() * 0.125 +
                    b.at("write_units").get<double>() * 0.625) /
                       1e6);
  for (const char* const name :
       {"requests", "read_units", "write_units", "dollars"}) {
    EXPECT_FALSE(sync.at("a").contains(name)) << name;
  }
}

TEST_F(TotalsTest, AnEmbeddedStoreHasNoRequestsUnitsAndDollars) {
  const TemporaryDirectory directory;
  const auto embedded = [&directory](const std::string& name) {
    return "leveldb:" + (directory.path() / name).string();
  };
  const std::string a = embedded("a"), b = embedded("b"), c = embedded("c");
  const std::string record = "{\"key\":\"a\",\"value\":\"1\"}\n";
  const std::vector<std::pair<Arguments, std::string>> commands = {
      {{"create", a}, ""},
      {{"create", a}, ""},  // It fails: the store exists.
      {{"create", b}, ""},
      {{"load", c}, record},
      {{"get", c, "a"}, ""},
      {{"put", c, "b", "2"}, ""},
      {{"count", c}, ""},
      {{"dump", c}, ""},
      {{"diff", c, c + "none"}, ""},
      {{"doctor", c}, ""},
      {{"verify", c}, ""},
      {{"item", "put", a, "kim", "{\"n\":1}"}, ""},
      {{"item", "sync", a, b}, ""},
      {{"item", "sync", a, b, "--json"}, ""},
      {{"item", "flatten", a, "kim"}, ""},
      {{"item", "scan", a}, ""},
      {{"shell", c}, "get a\ncount\n"},
      {{"repair", c, embedded("d")}, ""},
      {{"destroy", c}, ""}};
  for (const auto& [command, input] : commands) {
    Invocation invocation = Call(command);
    invocation.arguments.push_back("--verbose");
    if (command[0] == "repair") invocation.arguments.pop_back();
    invocation.input = input;
    invocation.error_is_a_terminal = true;
    const Outcome outcome = RunProgram(invocation);
    SCOPED_TRACE(testing::PrintToString(command));
    for (const char* const word : {"request", "unit", "$", "dollar"}) {
      EXPECT_THAT(outcome.out + outcome.err, Not(HasSubstr(word)));
    }
  }
  EXPECT_EQ(requests_, 0);
}

// In the shell, each command has totals of its own.
TEST_F(TotalsTest, EachCommandOfTheShellHasItsOwnTotals) {
  Output({"create", "shop/main"});
  const Outcome outcome =
      Cli({"shell", "shop/main", "--verbose"}, "put a 1\nget a\nget a\nlist\n");
  EXPECT_EQ(outcome.status, kOk) << outcome.err;
  const Sums sums = SumsOf(outcome.err);
  EXPECT_EQ(sums.lines_of_totals, 5) << outcome.err;  // Opening is the first.
  EXPECT_EQ(sums.total_requests, sums.requests) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("* 1 request, 0 retries, 1 read unit, "
                                     "0 write units\n* GetItem"));
}

}  // namespace
}  // namespace dynamodown

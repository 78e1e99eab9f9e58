// The fixture of the command line's tests.

#ifndef DYNAMODOWN_TESTS_CLI_CLI_FIXTURE_H_
#define DYNAMODOWN_TESTS_CLI_CLI_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "program.h"

namespace dynamodown {

class CliFixture : public testing::Test {
 protected:
  static constexpr int kOk = 0, kNotFound = 1, kUsage = 2, kFailure = 3;

  using Arguments = std::vector<std::string>;

  /// Returns a name that no other test uses. It has the time, since another run
  /// of this program may use the same server.
  static std::string NewTable(const std::string& prefix) {
    static std::atomic<int> number = 0;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return prefix + "." + std::to_string(now.count()) + "." +
           std::to_string(++number);
  }

  Invocation Call(Arguments arguments) {
    Invocation invocation;
    invocation.program = DYNAMODOWN_CLI;
    invocation.arguments = std::move(arguments);
    invocation.environment = environment_;
    return invocation;
  }

  Outcome Cli(Arguments arguments, std::string input = "") {
    Invocation invocation = Call(std::move(arguments));
    invocation.input = std::move(input);
    return RunProgram(invocation);
  }

  /// Returns `err` without the lines that say what a transfer did, and from
  /// where it continues.
  static std::string WithoutReports(const std::string& err) {
    std::string rest;
    for (size_t begin = 0; begin < err.size();) {
      const size_t end = std::min(err.find('\n', begin), err.size() - 1) + 1;
      const std::string line = err.substr(begin, end - begin);
      static const std::regex kReport(
          "dynamodown: (continuing after .* before|"
          "((dumped|loaded|applied|compared) [0-9]+ (record|operation|item)s?|"
          "failed)[;,] .* s)\r?\n");
      if (!std::regex_match(line, kReport)) rest += line;
      begin = end;
    }
    return rest;
  }

  /// The output of a command that must succeed and print no error or note.
  std::string Output(Arguments arguments, std::string input = "") {
    const std::string shown = testing::PrintToString(arguments);
    const Outcome outcome = Cli(std::move(arguments), std::move(input));
    EXPECT_EQ(outcome.status, kOk) << shown << outcome.err;
    EXPECT_EQ(WithoutReports(outcome.err), "") << shown;
    return outcome.out;
  }

  /// The message of a command that must fail: one line and no output.
  std::string Error(int status, Arguments arguments, std::string input = "") {
    const std::string shown = testing::PrintToString(arguments);
    Outcome outcome = Cli(std::move(arguments), std::move(input));
    outcome.err = WithoutReports(outcome.err);
    EXPECT_EQ(outcome.status, status) << shown << outcome.err;
    EXPECT_EQ(outcome.out, "") << shown;
    EXPECT_THAT(outcome.err, testing::StartsWith("dynamodown: ")) << shown;
    EXPECT_TRUE(outcome.err.ends_with('\n')) << shown;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1)
        << shown << outcome.err;
    return outcome.err;
  }

  std::map<std::string, std::string> environment_;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_TESTS_CLI_CLI_FIXTURE_H_

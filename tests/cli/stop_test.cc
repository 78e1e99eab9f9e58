// Commands that wait, on our fake of DynamoDB: what a signal ends, and files
// that change while a dump runs.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "fake_fixture.h"

namespace dynamodown {
namespace {

namespace fs = std::filesystem;

using testing::HasSubstr;
using testing::Not;

constexpr std::chrono::milliseconds kAWhile{400};
constexpr std::chrono::milliseconds kSoon{
    2500};  // A second, and slow machines.

class StopTest : public FakeFixture {
 protected:
  std::string Path(const std::string& name) const {
    return (directory_.path() / name).string();
  }
  void Write(const std::string& name, const std::string& content) {
    std::ofstream(Path(name)) << content;
  }
  static std::string Records(int n) {
    std::string lines;
    for (int i = 0; i < n; ++i) {
      lines += "{\"key\":\"key" + std::to_string(1000 + i) + "\",\"value\":\"" +
               std::string(9000, 'v') + "\"}\n";
    }
    return lines;
  }

  /// Starts a command, waits until `requests` requests were sent and a while
  /// longer, does `meanwhile`, and waits for the end.
  Outcome During(const Arguments& arguments, int requests,
                 const std::function<void(Program*)>& meanwhile) {
    const int before = requests_;
    Invocation invocation = Call(arguments);
    invocation.input = Records(5);
    Program program(invocation);
    while (program.IsRunning() && requests_ < before + requests) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    std::this_thread::sleep_for(kAWhile);
    EXPECT_TRUE(program.IsRunning()) << testing::PrintToString(arguments);
    meanwhile(&program);
    return program.Wait();
  }

  TemporaryDirectory directory_;
};

TEST_F(StopTest, AWaitForARateCapOrAPipeEndsSoonAfterASignal) {
  Output({"load", "shop/big"}, Records(1000));
  Output({"load", "shop/copy"}, Records(1000));
  ASSERT_EQ(mkfifo(Path("pipe").c_str(), 0600), 0);
  const struct {
    Arguments command;
    int requests;
  } cases[] = {
      {{"count", "shop/big", "--max-rcu", "1"}, 3},
      {{"dump", "shop/big", "--max-rcu", "1"}, 3},
      {{"dump", "shop/big", "--max-rcu", "1", "-o", Path("new")}, 3},
      {{"dump", "shop/big", "--max-rcu", "1", "-o", Path("old"), "--force"}, 3},
      {{"diff", "shop/big", "shop/copy", "--max-rcu", "1"}, 4},
      {{"load", "shop/new", "--max-wcu", "0.1"}, 3},
      {{"dump", "shop/big", "-o", Path("pipe"), "--force"}, 2},
      {{"load", "shop/big", Path("pipe")}, 0},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(testing::PrintToString(c.command));
    Write("old", "mine\n");
    std::chrono::steady_clock::time_point signalled;
    const Outcome outcome =
        During(c.command, c.requests, [&](Program* program) {
          signalled = std::chrono::steady_clock::now();
          program->Signal(SIGTERM);
        });
    EXPECT_LT(std::chrono::steady_clock::now() - signalled, kSoon);
    EXPECT_EQ(outcome.status, 128 + SIGTERM) << outcome.err;
    const size_t at = outcome.err.find("dynamodown: stopped: ");
    ASSERT_NE(at, std::string::npos) << outcome.err;
    EXPECT_EQ(outcome.err.find("stopped", at + 20), std::string::npos)
        << outcome.err;
    EXPECT_EQ(ReadFile(Path("old")), "mine\n");
  }
  for (const auto& entry : fs::directory_iterator(directory_.path())) {
    EXPECT_NE(entry.path().extension(), ".tmp") << entry.path();
  }
}

// A script's next command ends at the first signal, whatever ran before.
TEST_F(StopTest, ACommandOfAScriptThatIsNotWatchedEndsAtOnce) {
  Output({"create", "shop/main"});
  Invocation invocation = Call({"shell", "shop/main"});
  invocation.input_is_piped = true;
  Program shell(invocation);
  EXPECT_TRUE(shell.Feed("put a 1\ncount\n"));
  std::this_thread::sleep_for(kAWhile);
  delay_ms_ = 4000;
  EXPECT_TRUE(shell.Feed("get a\n"));
  std::this_thread::sleep_for(kAWhile);
  const auto signalled = std::chrono::steady_clock::now();
  shell.Signal(SIGINT);
  shell.EndInput();
  EXPECT_EQ(shell.Wait().status, 128 + SIGINT);
  EXPECT_LT(std::chrono::steady_clock::now() - signalled, kSoon);
  delay_ms_ = 0;
}

TEST_F(StopTest, AFileThatChangesDuringADumpStaysAndTheDumpIsKept) {
  Output({"load", "shop/big"}, Records(400));
  const std::string path = Path("dump");
  const struct {
    const char* name;
    bool is_replaced;
    std::function<void()> change;
    std::string after;  // the file's content
  } cases[] = {
      {"another file takes the name", true,
       [&] {
         Write("other", "mine\n");
         fs::rename(Path("other"), path);
       },
       "mine\n"},
      {"the file gets longer", true,
       [&] { std::ofstream(path, std::ios::app) << "mine\n"; }, "old\nmine\n"},
      {"a new dump is moved away", false,
       [&] {
         fs::rename(path, Path("away"));
         Write("dump", "mine\n");
       },
       "mine\n"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    fs::remove(path);
    if (c.is_replaced) Write("dump", "old\n");
    delay_ms_ = 300;
    Arguments command = {"dump", "shop/big", "-o", path};
    if (c.is_replaced) command.push_back("--force");
    const Outcome outcome = During(command, 3, [&](Program*) { c.change(); });
    delay_ms_ = 0;
    EXPECT_EQ(outcome.status, kFailure);
    EXPECT_EQ(ReadFile(path), c.after);
    static const std::regex kWhere(", in (\\S+)|the dump is in (\\S+)");
    std::smatch where;
    ASSERT_TRUE(std::regex_search(outcome.err, where, kWhere)) << outcome.err;
    EXPECT_EQ(ReadFile(where[where[1].matched ? 1 : 2].str()), Records(400));
  }
  // A file that is removed meanwhile has nothing to lose.
  Write("dump", "old\n");
  delay_ms_ = 300;
  EXPECT_EQ(During({"dump", "shop/big", "-o", path, "--force"}, 3,
                   [&](Program*) { fs::remove(path); })
                .status,
            kOk);
  EXPECT_EQ(ReadFile(path), Records(400));
}

TEST_F(StopTest, DestroyNeverAsksAboutATableThatItCannotDrop) {
  Output({"load", "shop/main"}, Records(1));
  const auto destroy = [&](const std::string& location) {
    Invocation invocation;
    invocation.program = "/usr/bin/script";
    invocation.arguments = {
        "--quiet",
        "--return",
        "--flush",
        "--command",
        std::string(DYNAMODOWN_CLI) + " destroy " + location + " --drop-table",
        "/dev/null"};
    invocation.input = "y\n";
    invocation.environment = environment_;
    return RunProgram(invocation);
  };
  Outcome outcome = destroy("shop");
  EXPECT_EQ(outcome.status, kNotFound);
  EXPECT_THAT(outcome.out, HasSubstr("there is no store shop, and its table"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("Destroy it?")));
  Output({"load", "shop/other"}, Records(1));
  outcome = destroy("shop/main");
  EXPECT_EQ(outcome.status, kFailure);
  EXPECT_THAT(outcome.out, HasSubstr("its table has other stores"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("Destroy it?")));
  EXPECT_EQ(Output({"count", "shop/main"}), "1\n");
  // An error of the look at the table is not taken for a table.
  Output({"destroy", "shop/other"});
  Output({"destroy", "shop/main"});
  dynamo_.FailNext("Scan", 100, 403, "AccessDeniedException", "no Scan");
  outcome = destroy("shop/main");
  dynamo_.ClearFaults();
  EXPECT_EQ(outcome.status, kFailure);
  EXPECT_THAT(outcome.out, HasSubstr("no Scan"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("Destroy it?")));
  EXPECT_EQ(Output({"list", "shop"}), "");
}

TEST_F(StopTest, CommandsThatReadManyItemsTellTheirCostToATerminalOnly) {
  Output({"load", "shop/main"}, Records(3));
  Output({"create", "shop/items"});
  Output({"item", "put", "shop/items", "kim", "{\"a\":1}"});
  const std::vector<Arguments> commands = {
      {"count", "shop/main"},
      {"scan", "shop/main"},
      {"verify", "shop/main"},
      {"list", "shop"},
      {"item", "scan", "shop/items"},
      {"item", "query", "shop/items", "k"},
      {"item", "flatten", "shop/items", "kim"},
      {"diff", "shop/main", "shop/main"}};
  for (const Arguments& command : commands) {
    SCOPED_TRACE(testing::PrintToString(command));
    EXPECT_EQ(Cli(command).err, "");
    for (const bool is_quiet : {false, true}) {
      Invocation call = Call(command);
      if (is_quiet) call.arguments.push_back("--quiet");
      call.error_is_a_terminal = true;
      const Outcome outcome = RunProgram(call);
      EXPECT_THAT(outcome.out, Not(HasSubstr("$")));
      EXPECT_EQ(
          outcome.err.find("us-east-1's on-demand price") == std::string::npos,
          is_quiet)
          << outcome.err;
    }
  }
  for (const Arguments& command :
       {Arguments{"count", "shop/main", "--json"},
        Arguments{"verify", "shop/main", "--json"},
        Arguments{"item", "flatten", "shop/items", "kim", "--json"}}) {
    const std::string out = Cli(command).out;
    for (const char* const member :
         {"\"read_units\":", "\"write_units\":", "\"dollars\":"}) {
      EXPECT_THAT(out, HasSubstr(member));
    }
  }
}

TEST_F(StopTest, NamesThatDoNotFitTheTableAreNamed) {
  Output({"create", "shop/main"});
  EXPECT_THAT(Cli({"create", "shop/text", "--key-type", "S"}).err,
              HasSubstr("so --key-type S has no effect"));
  EXPECT_THAT(Error(kFailure, {"create", "shop/x", "--hash-key", "foo",
                               "--range-key", "bar"}),
              HasSubstr("other names than --hash-key foo and --range-key bar"));
}

TEST_F(StopTest, DelInAStoreOfItemsNamesItemDel) {
  Output({"create", "shop/items"});
  Output({"item", "put", "shop/items", "kim", "{}"});
  EXPECT_THAT(Error(kFailure, {"del", "shop/items", "kim"}),
              HasSubstr("dynamodown item del"));
}

}  // namespace
}  // namespace dynamodown

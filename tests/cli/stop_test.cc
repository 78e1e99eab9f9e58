// Commands that wait, on our fake of DynamoDB: what a signal ends, and files
// that change while a dump runs.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <regex>
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

  static std::string Operations(int n) {
    std::string lines;
    for (int i = 0; i < n; ++i) {
      lines += "{\"type\":\"del\",\"key\":\"key" + std::to_string(1000 + i) +
               "\"}\n";
    }
    return lines;
  }
  static size_t LinesIn(const std::string& text) {
    return static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
  }

  /// Starts a command, waits until `requests` requests were sent and a while
  /// longer, does `meanwhile`, and waits for the end.
  Outcome During(const Arguments& arguments, int requests,
                 const std::function<void(Program*)>& meanwhile,
                 const std::string& input = Records(5)) {
    const int before = requests_;
    Invocation invocation = Call(arguments);
    invocation.input = input;
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

// Each command that takes a while, on a store with a slow cap.
TEST_F(StopTest, AWaitForARateCapOrAPipeEndsSoonAfterASignal) {
  Output({"load", "shop/big"}, Records(1000));
  Output({"load", "shop/copy"}, Records(1000));
  const std::string laptop = "leveldb:" + Path("laptop");
  Output({"create", laptop});
  Output({"item", "replicate", laptop});
  for (const char* const store : {"items", "a", "b", "c"}) {
    Output({"create", std::string("shop/") + store});
  }
  for (int i = 0; i < 40; ++i) {
    Output({"item", "inc", laptop, "kim" + std::to_string(i), "n"});
  }
  for (const char* const name : {"kim", "lee", "kim"}) {
    Output({"item", "inc", "shop/items", name, "n"});
  }
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
      {{"load", "dynamodb://shop/newer?max_write_units=0.1"}, 3},
      {{"batch", "shop/big", "--unordered", "--max-wcu", "0.1"}, 3},
      {{"verify", "shop/big", "--max-rcu", "1"}, 3},
      {{"item", "sync", laptop, "shop/a", "--max-wcu", "0.1"}, 6},
      {{"item", "sync", laptop, "dynamodb://shop/b?max_write_units=1"}, 6},
      {{"item", "sync", laptop, "shop/c", "--max-rcu", "1"}, 5},
      {{"item", "flatten", "shop/items", "--all", "--max-wcu", "0.1"}, 6},
      {{"item", "flatten", "shop/items", "kim", "--max-rcu", "1"}, 4},
      {{"destroy", "shop/copy", "--max-wcu", "0.1"}, 3},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(testing::PrintToString(c.command));
    Write("old", "mine\n");
    std::chrono::steady_clock::time_point signalled;
    const Outcome outcome = During(
        c.command, c.requests,
        [&](Program* program) {
          signalled = std::chrono::steady_clock::now();
          program->Signal(SIGTERM);
        },
        c.command[0] == "batch" ? Operations(5) : Records(5));
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

// A page that was paid for is delivered while the next page waits. SIGKILL: a
// program that flushes only at its end delivers nothing.
TEST_F(StopTest, AReaderDeliversAPageWhileTheNextOneWaitsForARateCap) {
  std::string small;
  for (int i = 100; i < 200; ++i) {
    const std::string n = std::to_string(i);
    small += R"({"key":"key)" + n + R"(","value":")" + n + "\"}\n";
  }
  Output({"load", "shop/small"}, small);
  Output({"create", "shop/empty"});
  Output({"load", "shop/big"}, Records(400));
  const struct {
    Arguments command;
    int requests;
    size_t lines;  // at least
  } cases[] = {
      // A page of DynamoDB has 1 MB: 115 of these records.
      {{"dump", "shop/big", "--max-rcu", "1"}, 3, 110},
      {{"dump", "shop/big", "--max-rcu", "1", "-o", Path("new")}, 3, 110},
      // The pages of a scan grow from 2 records on.
      {{"scan", "shop/small", "--max-rcu", "1"}, 3, 2},
      {{"scan", "shop/small", "--json", "--max-rcu", "1"}, 3, 2},
      {{"scan", "dynamodb://shop/small?max_read_units=1", "--reverse"}, 3, 2},
      {{"diff", "shop/big", "shop/empty", "--max-rcu", "1"}, 6, 100},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(testing::PrintToString(c.command));
    const Outcome outcome = During(c.command, c.requests,
                                   [](Program* program) { program->Kill(); });
    const bool is_in_file = c.command.back() == Path("new");
    EXPECT_GE(LinesIn(is_in_file ? ReadFile(Path("new")) : outcome.out),
              c.lines);
  }
}

TEST_F(StopTest, ALoadWritesLinesThatCameWhileItWaitsForFurtherLines) {
  Output({"create", "shop/main"});
  Invocation invocation = Call({"load", "shop/main"});
  invocation.input_is_piped = true;
  Program load(invocation);
  EXPECT_TRUE(load.Feed(Records(3)));
  std::string count;
  for (int i = 0; i < 50 && count != "3\n"; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    count = Output({"count", "shop/main"});
  }
  EXPECT_EQ(count, "3\n");
  load.EndInput();
  EXPECT_EQ(load.Wait().status, kOk);
}

// A table serves a burst, and then gets slow.
TEST_F(StopTest, AStoppedLoadCountsWhatItHasPaidOrSaysWhatMayBeWritten) {
  std::string records;
  for (int i = 10000; i < 20000; ++i) {
    const std::string n = std::to_string(i);
    records += R"({"key":"key)" + n + R"(","value":")" + n + "\"}\n";
  }
  Write("records", records);
  for (const int slow_ms : {400, 1500}) {
    SCOPED_TRACE(slow_ms);
    const std::string store = "shop/slow" + std::to_string(slow_ms);
    Output({"create", store});
    const Arguments load = {"load", store, Path("records"), "--checkpoint",
                            Path("checkpoint")};
    const int before = requests_;
    Program program(Call(load));
    while (program.IsRunning() && requests_ < before + 60) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    delay_ms_ = slow_ms;
    std::this_thread::sleep_for(kAWhile / 2);
    program.Signal(SIGINT);
    const Outcome outcome = program.Wait();
    delay_ms_ = 0;
    EXPECT_EQ(outcome.status, 128 + SIGINT);
    std::this_thread::sleep_for(std::chrono::milliseconds(slow_ms));
    const size_t written = std::stoul(Output({"count", store}));
    static const std::regex kStopped(
        "stopped: loaded ([0-9]+) records \\(lines 1 to ([0-9]+)\\)(; some of "
        "lines ([0-9]+) to ([0-9]+) may be written, too)?; to continue, run: ");
    std::smatch match;
    ASSERT_TRUE(std::regex_search(outcome.err, match, kStopped)) << outcome.err;
    const size_t counted = std::stoul(match[1]);
    EXPECT_EQ(match[2], match[1]);
    EXPECT_GE(written, counted);
    // A piece of a load, which is all that may be paid twice.
    EXPECT_LE(written - counted, 300u);
    if (written > counted) {
      ASSERT_TRUE(match[3].matched) << outcome.err;
      EXPECT_EQ(std::stoul(match[4]), counted + 1);
      EXPECT_GE(std::stoul(match[5]), written);
    }
    const Outcome resumed = Cli(load);
    EXPECT_EQ(resumed.status, kOk) << resumed.err;
    EXPECT_EQ(Output({"dump", store}), records);
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

// `dynamodown shell`: scripts, and a person at a terminal, whom `script`
// (bsdutils) gives a pseudo-terminal.

#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

#include "cli_fixture.h"

namespace dynamodown {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

class ShellTest : public CliFixture {
 protected:
  void SetUp() override {
    ASSERT_NE(endpoint_, "");
    environment_["AWS_ENDPOINT_URL_DYNAMODB"] = endpoint_;
    environment_["TERM"] = "xterm";
    environment_["LC_ALL"] = "C.UTF-8";
    environment_["DYNAMODOWN_HISTORY"] = History();
    EXPECT_EQ(Output({"create", embedded_}), "");
  }
  void TearDown() override { Cli({"destroy", table_, "--drop-table"}); }

  std::string Path(const std::string& name) const {
    return (directory_.path() / name).string();
  }
  std::string History() const { return Path("history"); }

  /// Runs a script on the embedded store.
  Outcome Script(const std::string& lines, const Arguments& options = {}) {
    Arguments arguments = {"shell", embedded_};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return Cli(arguments, lines);
  }
  std::string ScriptOutput(const std::string& lines) {
    const Outcome outcome = Script(lines);
    EXPECT_EQ(outcome.status, kOk) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    return outcome.out;
  }

  const TemporaryDirectory directory_;
  const std::string endpoint_ = DynamoDbLocal();
  const std::string table_ = NewTable("shell");
  const std::string embedded_ = "leveldb:" + Path("db");
};

// -------------------------------------------------------------------- scripts

TEST_F(ShellTest, AScriptHasTheSameCommandsWithoutTheLocation) {
  EXPECT_EQ(ScriptOutput("put a 1\n"
                         "\n"
                         "# a comment\n"
                         "put 'b c' \"two\nlines\"\n"
                         "put --hex 00ff cafe\n"
                         "get a\n"
                         "get a --json\n"
                         "count --prefix b\n"
                         "exists a 'b c'\n"
                         "scan --limit 2 --hex\n"
                         "del a\n"
                         "scan --keys-only\n"
                         "get 'b c'"),
            "1\n{\"key\":\"a\",\"value\":\"1\"}\n1\n"
            "00ff\tcafe\n61\t31\n"
            "\\x00\\xff\nb c\ntwo\nlines\n");
}

TEST_F(ShellTest, ACommandWithASecondLocationKeepsIt) {
  const std::string other = "leveldb:" + Path("other");
  EXPECT_EQ(Output({"create", other}), "");
  EXPECT_EQ(Output({"put", other, "a", "1"}), "");
  const Outcome outcome =
      Script("put a 1\ndiff " + other + "\nput b 2\ndiff " + other + "\nget a");
  EXPECT_EQ(outcome.out, "< b\n");
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err, "dynamodown: stopped at line 4 of standard input\n");
}

TEST_F(ShellTest, ItemsAreCommandsOfTwoWords) {
  EXPECT_EQ(ScriptOutput("item put kim '{\"nick\":\"kim\"}'\n"
                         "item inc kim logins\n"
                         "item get kim\n"),
            "{\"nick\":\"kim\",\"logins\":1}\n");
}

TEST_F(ShellTest, AScriptStopsAtTheFirstFailure) {
  const Outcome stopped = Script("put a 1\nget none\nput a 2\n");
  EXPECT_EQ(stopped.status, kNotFound);
  EXPECT_EQ(stopped.err,
            "dynamodown: there is no key none\n"
            "dynamodown: stopped at line 2 of standard input\n");
  EXPECT_EQ(Output({"get", embedded_, "a"}), "1\n");

  const Outcome through =
      Script("nonsense\nget none\nput a 2\n", {"--keep-going"});
  EXPECT_EQ(through.status, kUsage);
  EXPECT_EQ(Output({"get", embedded_, "a"}), "2\n");
}

TEST_F(ShellTest, AWrongLineIsNamedAndDoesNothing) {
  const struct {
    const char* line;
    const char* says;
  } kCases[] = {
      {"nonsense", "there is no command 'nonsense'"},
      {"get", "KEY is required"},
      {"get a --nonsense", "there is no option --nonsense"},
      {"get a --limit", "there is no option --limit"},
      {"scan | head", "'|' has no meaning here"},
      {"dump > file", "'>' has no meaning here"},
      {"put a 1; put b 2", "';' has no meaning here"},
      {"shell", "there is no command 'shell'"},
      {"fake-server", "there is no command 'fake-server'"},
      {"put a 'open", "a quote is not closed"},
      {"put a open\\", "a quote is not closed"},
  };
  for (const auto& [line, says] : kCases) {
    const Outcome outcome = Script(line);
    EXPECT_NE(outcome.status, kOk) << line;
    EXPECT_EQ(outcome.out, "") << line;
    EXPECT_THAT(outcome.err, HasSubstr(says)) << line;
    EXPECT_THAT(outcome.err, Not(HasSubstr("dynamodown get --help"))) << line;
  }
  EXPECT_EQ(Output({"count", embedded_}), "0\n");
}

TEST_F(ShellTest, HelpListsTheCommandsAndExplainsOne) {
  const std::string all = ScriptOutput("help");
  for (const char* word : {"  get ", "  diff ", "  item ", "exit"}) {
    EXPECT_THAT(all, HasSubstr(word));
  }
  EXPECT_THAT(all, Not(HasSubstr("fake-server")));
  EXPECT_THAT(ScriptOutput("help get"), HasSubstr("Usage: get KEY..."));
  EXPECT_THAT(ScriptOutput("get --help"), HasSubstr("Usage: get KEY..."));
}

TEST_F(ShellTest, ExitEndsAScript) {
  EXPECT_EQ(ScriptOutput("put a 1\nexit\nput a 2\n"), "");
  EXPECT_EQ(ScriptOutput("get a\nquit\nget none\n"), "1\n");
}

TEST_F(ShellTest, NoCommandOfAScriptReadsTheScript) {
  const Outcome outcome = Script("put a\nput b 1\n");
  EXPECT_EQ(outcome.status, kFailure);
  EXPECT_THAT(outcome.err, HasSubstr("cannot read standard input"));
  EXPECT_EQ(Output({"count", embedded_}), "0\n");
}

TEST_F(ShellTest, AMissingStoreIsReportedAtOnce) {
  EXPECT_THAT(Error(kFailure, {"shell", "leveldb:" + Path("none")}, "help\n"),
              HasSubstr("dynamodown create leveldb:"));
}

TEST_F(ShellTest, CommandsOnTheWholeStoreWork) {
  EXPECT_EQ(ScriptOutput("put a 1\ndump --quiet\nput b 2\ncount\n"),
            "{\"key\":\"a\",\"value\":\"1\"}\n2\n");
  const std::string dump = Path("my.dump");
  EXPECT_EQ(
      ScriptOutput("dump --quiet --output " + dump +
                   "\ndel a b\nload --quiet " + dump + "\ncount\ndiff " + dump),
      "2\n");
}

TEST_F(ShellTest, TheStoreIsOpenedOnce) {
  const std::string store = table_ + "/h";
  EXPECT_EQ(Output({"create", store}), "");
  const auto totals = [&](const std::string& lines, const Arguments& more) {
    Arguments arguments = {"shell", store};
    arguments.insert(arguments.end(), more.begin(), more.end());
    std::string found;
    std::istringstream err(Cli(arguments, lines).err);
    for (std::string line; std::getline(err, line);) {
      const size_t end = line.find(" request");
      if (!line.starts_with("* ") || end == std::string::npos) continue;
      found += line.substr(2, end - 2) + " ";
    }
    return found;
  };
  EXPECT_EQ(totals("put a 1\nget a\nget a\nscan\n", {"-v"}), "2 2 1 1 1 ");
  // A line with options of its own opens the store anew, and so does the next.
  EXPECT_EQ(totals("get a --eventual -v\nget a -v", {}), "3 3 ");
  EXPECT_EQ(totals("exists a\ndump --quiet\nexists a\nexists a\n", {"-v"}),
            "2 1 3 3 1 ");
}

TEST_F(ShellTest, TheShellsOptionsAreThoseOfItsCommands) {
  const std::string store = table_ + "/h";
  environment_["AWS_ENDPOINT_URL_DYNAMODB"] = "";
  EXPECT_EQ(Output({"create", store, "--endpoint", endpoint_}), "");
  const Outcome outcome =
      Cli({"shell", store, "--endpoint", endpoint_, "--eventual", "--verbose"},
          "put a 1\nget a\nlist\ndump\n");
  EXPECT_EQ(outcome.status, kOk) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("1\n" + store + "\n{\"key\":\"a\""));
  EXPECT_THAT(outcome.err, HasSubstr("0.5 read units"));
  environment_["AWS_ENDPOINT_URL_DYNAMODB"] = endpoint_;
}

// ---------------------------------------------------------------- a terminal

/// A person at a terminal.
class Terminal {
 public:
  /// `command` is words for a shell. What the terminal shows goes to a file.
  Terminal(Invocation invocation, const std::string& command,
           const std::string& shown)
      : shown_(shown) {
    invocation.program = "/usr/bin/script";
    invocation.arguments = {"-q", "-e", "-f", "-c", command, shown};
    invocation.input_is_piped = true;
    program_ = std::make_unique<Program>(invocation);
  }

  void Type(const std::string& keys) { EXPECT_TRUE(program_->Feed(keys)); }

  /// Waits until `text` is shown after what earlier calls waited for.
  bool Shows(const std::string& text) {
    for (int i = 0; i < 500; ++i) {
      const std::string all = ReadFile(shown_);
      const size_t at = all.find(text, seen_);
      if (at != std::string::npos) {
        seen_ = at + text.size();
        return true;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    ADD_FAILURE() << text << " is not in:\n" << ReadFile(shown_).substr(seen_);
    return false;
  }

  Outcome Wait() { return program_->Wait(); }

 private:
  const std::string shown_;
  size_t seen_ = 0;
  std::unique_ptr<Program> program_;
};

class ShellTerminalTest : public ShellTest {
 protected:
  Terminal Open(const std::string& location, const std::string& more = "") {
    return Terminal(
        Call({}),
        "exec " + std::string(DYNAMODOWN_CLI) + " shell " + location + more,
        Path("shown" + std::to_string(++terminals_)));
  }
  const std::string prompt_ = embedded_ + "> ";
  int terminals_ = 0;
};

TEST_F(ShellTerminalTest, APersonTypesCommands) {
  Terminal terminal = Open(embedded_);
  terminal.Shows(prompt_);
  terminal.Type("put a 'one two'\r");
  terminal.Shows(prompt_);
  terminal.Type("get a\r");
  terminal.Shows("one two\r\n");
  terminal.Shows(prompt_);
  terminal.Type("get none\r");  // does not end the shell
  terminal.Shows("there is no key none");
  terminal.Shows(prompt_);
  terminal.Type("put b 'two\r");
  terminal.Shows("> ");
  terminal.Type("lines'\r");
  terminal.Shows(prompt_);
  terminal.Type("\x04");
  EXPECT_EQ(terminal.Wait().status, kOk);
  EXPECT_EQ(Output({"get", embedded_, "b"}), "two\nlines\n");
}

TEST_F(ShellTerminalTest, CtrlCDropsTheLine) {
  Terminal terminal = Open(embedded_);
  terminal.Shows(prompt_);
  terminal.Type("put a wrong");
  terminal.Shows("wrong");
  terminal.Type("\x03");
  terminal.Shows("^C");
  terminal.Shows(prompt_);
  terminal.Type("put a right\r");
  terminal.Shows(prompt_);
  terminal.Type("exit\r");
  EXPECT_EQ(terminal.Wait().status, kOk);
  EXPECT_EQ(Output({"get", embedded_, "a"}), "right\n");
}

TEST_F(ShellTerminalTest, CtrlCEndsTheCommandAndNotTheShell) {
  const std::string store = table_ + "/h";
  EXPECT_EQ(Output({"create", store}), "");
  Terminal terminal = Open(store);
  terminal.Shows(store + "> ");
  terminal.Type("put a 1\r");
  terminal.Shows(store + "> ");
  // Nothing listens there, so the command retries for a minute.
  terminal.Type("get a --endpoint http://127.0.0.1:1 --verbose\r");
  terminal.Shows("* DescribeTable");
  terminal.Type("\x03");
  terminal.Shows("^C\r\ndynamodown: interrupted");
  terminal.Shows(store + "> ");
  terminal.Type("get a\r");
  terminal.Shows("1\r\n");
  terminal.Shows(store + "> ");
  terminal.Type("\x04");
  EXPECT_EQ(terminal.Wait().status, kOk);
}

TEST_F(ShellTerminalTest, TextIsUtf8InAnyLocale) {
  for (const char* locale : {"C.UTF-8", "C", "POSIX", ""}) {
    environment_["LC_ALL"] = locale;
    Terminal terminal = Open(embedded_);
    terminal.Shows(prompt_);
    terminal.Type("put k 'ü€😀'\r");
    terminal.Shows(prompt_);
    terminal.Type("exit\r");
    EXPECT_EQ(terminal.Wait().status, kOk);
    EXPECT_EQ(Output({"get", embedded_, "k"}), "ü€😀\n") << locale;
  }
}

TEST_F(ShellTerminalTest, TabCompletes) {
  Terminal terminal = Open(embedded_);
  terminal.Shows(prompt_);
  terminal.Type("cou\t");
  terminal.Shows("nt ");
  terminal.Type("--pre\t");
  terminal.Shows("fix ");
  terminal.Type("x\r");
  terminal.Shows("0\r\n");
  terminal.Shows(prompt_);
  terminal.Type("d\t");
  terminal.Shows("del  ");
  terminal.Shows("dump  ");
  terminal.Shows(prompt_ + "d");
  terminal.Type("\x03");
  terminal.Shows("^C");
  terminal.Shows(prompt_);
  terminal.Type("exit\r");
  EXPECT_EQ(terminal.Wait().status, kOk);
}

TEST_F(ShellTerminalTest, TheHistoryIsKeptForItsOwner) {
  {
    Terminal terminal = Open(embedded_);
    terminal.Shows(prompt_);
    terminal.Type("put a 1\r");
    terminal.Shows(prompt_);
    terminal.Type(" put b secret\r");
    terminal.Shows(prompt_);
    terminal.Type("exit\r");
    EXPECT_EQ(terminal.Wait().status, kOk);
  }
  struct stat facts = {};
  ASSERT_EQ(stat(History().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  EXPECT_THAT(ReadFile(History()), Not(HasSubstr("secret")));
  EXPECT_EQ(Output({"del", embedded_, "a", "b"}), "");
  Terminal terminal = Open(embedded_);
  terminal.Shows(prompt_);
  terminal.Type("\x1b[A");
  terminal.Shows("exit");
  terminal.Type("\x1b[A");
  terminal.Shows("put");
  terminal.Type("\r");
  terminal.Shows(prompt_);
  terminal.Type("\x04");
  EXPECT_EQ(terminal.Wait().status, kOk);
  EXPECT_EQ(Output({"get", embedded_, "a"}), "1\n");
}

TEST_F(ShellTerminalTest, AFileThatIsNoHistoryStaysAsItIs) {
  const std::string victim = Path("victim");
  const std::string header = "_HiStOrY_V2_\n";
  const struct {
    const char* name;
    std::function<void()> make;
    std::string after;  // of `victim`
  } cases[] = {
      {"notes", [&] { std::ofstream(History()) << "mine\n"; }, ""},
      {"a symbolic link",
       [&] {
         std::ofstream(victim) << header;
         std::filesystem::create_symlink(victim, History());
       },
       header},
      {"a hard link",
       [&] {
         std::ofstream(victim) << header;
         std::filesystem::create_hard_link(victim, History());
       },
       header},
      {"a pipe", [&] { ASSERT_EQ(mkfifo(History().c_str(), 0600), 0); }, ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    c.make();
    Terminal terminal = Open(embedded_);
    terminal.Shows(prompt_);
    terminal.Type("exit\r");
    EXPECT_EQ(terminal.Wait().status, kOk);
    EXPECT_EQ(ReadFile(victim), c.after);
    if (std::string(c.name) == "notes") {
      EXPECT_EQ(ReadFile(History()), "mine\n");
    }
    std::filesystem::remove(victim);
    std::filesystem::remove(History());
  }
}

TEST_F(ShellTerminalTest, TwoShellsKeepEachOthersLines) {
  Output({"create", "leveldb:" + Path("db2")});
  Terminal first = Open(embedded_);
  first.Shows(prompt_);
  Terminal second = Open("leveldb:" + Path("db2"));
  second.Shows("db2> ");
  second.Type("put of the-second\r");
  second.Shows("db2> ");
  first.Type("put of the-first\r");
  first.Shows(prompt_);
  first.Type("exit\r");
  EXPECT_EQ(first.Wait().status, kOk);
  second.Type("exit\r");
  EXPECT_EQ(second.Wait().status, kOk);
  EXPECT_THAT(ReadFile(History()), HasSubstr("the-first"));
  EXPECT_THAT(ReadFile(History()), HasSubstr("the-second"));
}

TEST_F(ShellTerminalTest, AMissingStoreEndsTheShell) {
  Terminal terminal = Open("leveldb:" + Path("none"));
  terminal.Shows("dynamodown create leveldb:");
  EXPECT_EQ(terminal.Wait().status, kFailure);
}

}  // namespace
}  // namespace dynamodown

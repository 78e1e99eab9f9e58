// Questions, notes and escaped text, which only a terminal gets. Also the
// suggestions for words that are no commands or options.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "transfer_fixture.h"

namespace dynamodown {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

class TerminalTest : public TransferFixture {
 protected:
  const std::string store_ = Embedded("db");

  /// Runs the program with all standard streams on a terminal, where a person
  /// types `typed`. What the terminal shows is in `out`.
  Outcome AtATerminal(const Arguments& arguments, const std::string& typed) {
    std::string command;
    for (const std::string& argument : arguments) {
      command += " '" + argument + "'";
    }
    Invocation invocation;
    invocation.program = "/usr/bin/script";
    invocation.arguments = {"--quiet",
                            "--return",
                            "--flush",
                            "--command",
                            DYNAMODOWN_CLI + command,
                            "/dev/null"};
    invocation.input = typed;
    invocation.environment = environment_;
    return RunProgram(invocation);
  }
};

// ------------------------------------------------------------------ questions

TEST_F(TerminalTest, DestroyAsksAndOnlyYesDestroys) {
  const struct {
    const char* typed;
    bool destroys;
  } cases[] = {{"n\n", false},  {"\n", false},     {"\x04", false},
               {"no\n", false}, {"yess\n", false}, {"y\n", true},
               {"Y\n", true},   {"yes\n", true}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.typed);
    FillLevelDb("db", {{"a", "1"}, {"b", "2"}, {"c", "3"}});
    const Outcome outcome = AtATerminal({"destroy", store_}, c.typed);
    EXPECT_THAT(outcome.out, HasSubstr("this deletes the store " + store_ +
                                       ", with 3 keys"));
    EXPECT_THAT(outcome.out, HasSubstr("Destroy it? [y/N] "));
    EXPECT_EQ(outcome.status, c.destroys ? kOk : kFailure) << outcome.out;
    EXPECT_THAT(outcome.out, HasSubstr(c.destroys ? "destroyed 1 store, "
                                                  : "nothing was destroyed"));
    EXPECT_EQ(Cli({"count", store_}).status, c.destroys ? kFailure : kOk);
  }
}

TEST_F(TerminalTest, DestroyDoesNotAskInAScriptOrWithYes) {
  for (const char* yes : {"-y", "--yes"}) {
    FillLevelDb("db", {{"a", "1"}});
    const Outcome outcome = AtATerminal({"destroy", store_, yes}, "");
    EXPECT_EQ(outcome.status, kOk);
    EXPECT_THAT(outcome.out, Not(HasSubstr("[y/N]")));
  }
  FillLevelDb("db", {{"a", "1"}});
  EXPECT_EQ(Output({"destroy", store_}, "n\n"), "");
}

TEST_F(TerminalTest, AQuestionNamesAtMostAHundredKeys) {
  Map map;
  for (size_t i = 0; i < 101; ++i) map[Numbered(i)] = "v";
  FillLevelDb("db", map);
  EXPECT_THAT(AtATerminal({"destroy", store_}, "n\n").out,
              HasSubstr(", with over 100 keys"));
  map.erase(Numbered(0));
  FillLevelDb("other", map);
  EXPECT_THAT(AtATerminal({"destroy", Embedded("other")}, "n\n").out,
              HasSubstr(", with 100 keys"));
}

TEST_F(TerminalTest, ACommandThatWaitsForInputSaysSo) {
  Output({"create", store_});
  const std::vector<Arguments> calls = {{"put", store_, "k"},
                                        {"put", store_, "k", "-"},
                                        {"load", store_},
                                        {"batch", store_},
                                        {"batch", store_, "--unordered"}};
  for (const Arguments& call : calls) {
    EXPECT_THAT(AtATerminal(call, "\x04").out,
                testing::ContainsRegex("dynamodown: reading (the value|lines) "
                                       "from the terminal; Ctrl-D "));
    EXPECT_THAT(Cli(call).err, Not(HasSubstr("from the terminal")));
  }
}

// --------------------------------------------------------------------- escapes

// Sequences that would move the cursor, change a title, or reverse text.
const char* const kHostile[] = {"\x1b[2J",
                                "\x07",
                                "\x7f",
                                "\xc2\x9b"
                                "2J",
                                "\xe2\x80\xae",
                                "\xe2\x81\xa7",
                                "\xd8\x9c",
                                "\xe2\x80\xa8",
                                "\x9b"};

TEST_F(TerminalTest, ForeignBytesAreEscapedOnATerminalAndRawOnAPipe) {
  for (const std::string bytes : kHostile) {
    const std::string value = "a" + bytes + "z";
    FillLevelDb("db", {{"k", value}});
    EXPECT_EQ(Output({"get", store_, "k"}), value + "\n");
    const std::vector<Arguments> calls = {{"get", store_, "k"},
                                          {"get", store_, "k", "--json"},
                                          {"scan", store_},
                                          {"scan", store_, "--json"},
                                          {"dump", store_}};
    for (const Arguments& call : calls) {
      SCOPED_TRACE(testing::PrintToString(call));
      const Outcome outcome = AtATerminal(call, "");
      EXPECT_EQ(outcome.status, kOk);
      EXPECT_THAT(outcome.out, Not(HasSubstr(bytes)));
      EXPECT_THAT(outcome.out, HasSubstr("a"));
    }
    EXPECT_THAT(AtATerminal({"get", store_, "k", "--raw"}, "").out,
                HasSubstr(value));
  }
}

TEST_F(TerminalTest, ItemsAreEscapedOnATerminalToo) {
  const std::string items = Embedded("items");
  Output({"create", items});
  for (const std::string bytes : {"\x7f", "\xc2\x9b", "\xe2\x80\xae"}) {
    Output({"item", "put", items, "kim", "{\"nick\":\"a" + bytes + "z\"}"});
    for (const char* how : {"get", "history"}) {
      const Outcome outcome = AtATerminal({"item", how, items, "kim"}, "");
      EXPECT_EQ(outcome.status, kOk);
      EXPECT_THAT(outcome.out, HasSubstr("nick"));
      EXPECT_THAT(outcome.out, Not(HasSubstr(bytes)));
    }
  }
}

TEST_F(TerminalTest, AMessageHasNoBytesThatControlATerminal) {
  for (const std::string bytes : kHostile) {
    const Arguments calls[] = {{"get", "tab/h", "k", "--no" + bytes},
                               {bytes},
                               {"get", Embedded("no" + bytes), "k"},
                               {"load", store_, Path("no" + bytes)}};
    for (const Arguments& call : calls) {
      const Outcome outcome = Cli(call);
      EXPECT_NE(outcome.status, kOk);
      EXPECT_THAT(outcome.err, Not(HasSubstr(bytes)));
    }
  }
}

// ----------------------------------------------------------------- suggestions

TEST_F(TerminalTest, AWordThatIsNoCommandGetsTheCommandThatIsMeant) {
  const struct {
    Arguments words;
    const char* meant;
  } cases[] = {
      {{"gte"}, "'get'"},
      {{"scna"}, "'scan'"},
      {{"destory"}, "'destroy'"},
      {{"creat"}, "'create'"},
      {{"fakeserver"}, "'fake-server'"},
      {{"ls"}, "'list' or 'scan'"},
      {{"rm"}, "'del' or 'destroy'"},
      {{"cat"}, "'get' or 'scan'"},
      {{"delete"}, "'del' or 'destroy'"},
      {{"export"}, "'dump'"},
      {{"import"}, "'load'"},
      {{"item", "hsitory"}, "'history'"},
      {{"item", "ls"}, "'scan'"},
      {{"item", "rm"}, "'del'"},
      {{"item", "delete"}, "'del'"},
      {{"item", "cat"}, "'get' or 'scan'"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(
        Error(kUsage, c.words),
        HasSubstr("'; did you mean " + std::string(c.meant) + "? Try "));
  }
  EXPECT_THAT(Error(kUsage, {"xyzzyplugh"}), Not(HasSubstr("did you mean")));
}

TEST_F(TerminalTest, AWordThatIsNoOptionGetsTheNearestOption) {
  const struct {
    Arguments words;
    const char* meant;
  } cases[] = {
      {{"scan", "tab/h", "--form", "a"}, "--from"},
      {{"scan", "tab/h", "--key-only"}, "--keys-only"},
      {{"get", "tab/h", "k", "--jsno"}, "--json"},
      {{"load", "tab/h", "--checkpiont=c"}, "--checkpoint"},
      {{"destroy", "tab/h", "--drop-tabel"}, "--drop-table"},
      {{"item", "get", "tab/h", "k", "--as-off", "x"}, "--as-of"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(Error(kUsage, c.words),
                HasSubstr("; did you mean " + std::string(c.meant) + "? Try "));
  }
  EXPECT_THAT(Error(kUsage, {"get", "tab/h", "k", "--xyzzyplugh"}),
              Not(HasSubstr("did you mean")));
}

TEST_F(TerminalTest, OptionsMayComeBeforeTheCommand) {
  FillLevelDb("db", {{"a", "1"}, {"b", "2"}, {"get", "3"}});
  EXPECT_EQ(Output({"--hex", "get", store_, "61"}), "31\n");
  EXPECT_EQ(Output({"--from", "b", "--keys-only", "scan", store_}), "b\nget\n");
  EXPECT_EQ(Output({"--from=b", "scan", store_, "--keys-only"}), "b\nget\n");
  // The value of an option is no command.
  EXPECT_EQ(Output({"--from", "get", "scan", store_}), "get\t3\n");
  EXPECT_EQ(Output({"-n", "get", store_, "a"}), "1");
  const std::string items = Embedded("items");
  Output({"create", items});
  Output({"item", "put", items, "kim", "{\"nick\":\"kim\"}"});
  for (const Arguments& call : {Arguments{"--json", "item", "scan", items},
                                Arguments{"item", "--json", "scan", items}}) {
    EXPECT_EQ(Output(call), Output({"item", "scan", items, "--json"}));
  }
  EXPECT_EQ(Output({"--help", "get"}), Output({"get", "--help"}));
  EXPECT_THAT(Output({"--version"}), HasSubstr("dynamodown "));
}

// ----------------------------------------------------------- an absent reader

TEST_F(TerminalTest, AReaderThatGoesAwayIsNoFailure) {
  Map map;
  for (size_t i = 0; i < 20'000; ++i) map[Numbered(i)] = "value";
  FillLevelDb("db", map);
  const std::vector<Arguments> calls = {{"dump", store_},
                                        {"scan", store_},
                                        {"scan", store_, "--json"},
                                        {"count", store_},
                                        {"get", store_, Numbered(1)}};
  for (const Arguments& call : calls) {
    SCOPED_TRACE(call[0]);
    Invocation invocation = Call(call);
    invocation.output_is_closed = true;
    const Outcome outcome = RunProgram(invocation);
    EXPECT_EQ(outcome.status, kOk);
    EXPECT_EQ(outcome.err, "");
  }
}

}  // namespace
}  // namespace dynamodown

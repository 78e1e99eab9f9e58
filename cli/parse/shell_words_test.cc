#include "parse/shell_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <random>

namespace cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Words(std::string_view line) {
  const ShellLine split = SplitLine(line);
  EXPECT_FALSE(split.goes_on) << line;
  EXPECT_EQ(split.complaint, std::nullopt) << line;
  return split.words;
}

TEST(ShellWordsTest, WordsAreQuotedAsInAShell) {
  EXPECT_THAT(Words(""), IsEmpty());
  EXPECT_THAT(Words(" \t "), IsEmpty());
  EXPECT_THAT(Words("put  a\tb "), ElementsAre("put", "a", "b"));
  EXPECT_THAT(Words("'a b' \"c d\" e\\ f"), ElementsAre("a b", "c d", "e f"));
  EXPECT_THAT(Words("'' \"\" a''b"), ElementsAre("", "", "ab"));
  EXPECT_THAT(Words(R"("\$\`\"\\\x" '\n' \'\")"),
              ElementsAre("$`\"\\\\x", "\\n", "'\""));
  EXPECT_THAT(Words("a#b #c 'd"), ElementsAre("a#b"));
  EXPECT_THAT(Words("# only\nx"), ElementsAre("x"));
  EXPECT_THAT(Words("'a\nb' c\\\nd \"e\\\nf\""),
              ElementsAre("a\nb", "cd", "ef"));
  EXPECT_THAT(Words("$HOME * ~ {\"a\":[1]}"),
              ElementsAre("$HOME", "*", "~", "{a:[1]}"));
}

TEST(ShellWordsTest, AnOpenQuoteGoesOnInTheNextLine) {
  for (const char* line : {"'", "a 'b", "\"", "\"a\\\"", "a\\", "'a' \"b"}) {
    EXPECT_TRUE(SplitLine(line).goes_on) << line;
  }
}

TEST(ShellWordsTest, OperatorsAreRefusedUnlessQuoted) {
  for (const char c : std::string("|&;<>()")) {
    const std::string op(1, c);
    EXPECT_NE(SplitLine("scan " + op + " head").complaint, std::nullopt) << c;
    EXPECT_NE(SplitLine("a" + op).complaint, std::nullopt) << c;
    EXPECT_THAT(Words("'" + op + "' \"" + op + "\" \\" + op),
                ElementsAre(op, op, op));
  }
  EXPECT_NE(SplitLine(std::string_view("a\0b", 3)).complaint, std::nullopt);
}

/// The words that /bin/sh makes of a line.
std::vector<std::string> WordsOfShell(const std::string& line) {
  // The line's own $ and patterns must not be expanded.
  std::string script =
      "set -f; for w in " + line + "\ndo printf '%s\\001' \"$w\"; done";
  std::string quoted;
  for (const char c : script) {
    quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  FILE* pipe = popen(("sh -c '" + quoted + "'").c_str(), "r");
  std::string out;
  for (int c; (c = fgetc(pipe)) != EOF;) out += static_cast<char>(c);
  EXPECT_EQ(pclose(pipe), 0) << line;
  std::vector<std::string> words;
  for (size_t begin = 0; begin < out.size();) {
    const size_t end = out.find('\1', begin);
    words.push_back(out.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

TEST(ShellWordsTest, RandomLinesSplitAsInTheSystemsShell) {
  std::mt19937 random(7);
  const std::string alphabet = "ab'\"\\ \t{}=[]-:,.";
  int compared = 0;
  for (int i = 0; i < 400; ++i) {
    std::string line = "x ";
    for (size_t n = random() % 12; n > 0; --n) {
      line += alphabet[random() % alphabet.size()];
    }
    const ShellLine split = SplitLine(line);
    if (split.goes_on) continue;
    ASSERT_EQ(split.complaint, std::nullopt) << line;
    EXPECT_EQ(split.words, WordsOfShell(line)) << line;
    ++compared;
  }
  EXPECT_GT(compared, 100);
}

CommandSpec Program() {
  CommandSpec program;
  for (const char* name : {"get", "dump", "del", "item"}) {
    program.commands.emplace_back().name = name;
  }
  ArgumentSpec& output = program.commands.front().arguments.emplace_back();
  output.name = "-o,--output";
  program.commands.front().arguments.emplace_back().name = "KEY";
  CommandSpec& item = program.commands.back();
  for (const char* name : {"get", "set"}) {
    item.commands.emplace_back().name = name;
  }
  return program;
}

TEST(ShellWordsTest, CommandsAndOptionsAreCompleted) {
  const CommandSpec program = Program();
  EXPECT_THAT(Completions(program, "d"), ElementsAre("del", "dump"));
  EXPECT_THAT(Completions(program, ""),
              ElementsAre("del", "dump", "get", "help", "item"));
  EXPECT_THAT(Completions(program, "help g"), ElementsAre("get"));
  EXPECT_THAT(Completions(program, "item "), ElementsAre("get", "set"));
  EXPECT_THAT(Completions(program, "item s"), ElementsAre("set"));
  EXPECT_THAT(Completions(program, "get k --o"), ElementsAre("--output"));
  EXPECT_THAT(Completions(program, "get --"),
              ElementsAre("--help", "--output"));
  EXPECT_THAT(Completions(program, "get d"), IsEmpty());
  EXPECT_THAT(Completions(program, "nothing d"), IsEmpty());
  EXPECT_THAT(Completions(program, "get 'd"), IsEmpty());
  EXPECT_THAT(Completions(program, "x | d"), IsEmpty());
}

}  // namespace
}  // namespace cli

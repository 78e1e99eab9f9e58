// The manual says what --help says: the pages for man(1), and the completion's
// table. What completion does with its table is in completion_test.sh.

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "cli_fixture.h"
#include "manual/help_text.h"
#include "manual/man_page.h"

namespace dynamodown {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::filesystem::path kManual = DYNAMODOWN_MANUAL;

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// Runs a formatter, which must not report anything about its input.
std::string Format(const std::string& program,
                   std::vector<std::string> arguments,
                   const std::string& input = "") {
  Invocation invocation;
  invocation.program = "/usr/bin/env";  // which finds it in PATH
  invocation.arguments = std::move(arguments);
  invocation.arguments.insert(invocation.arguments.begin(), program);
  invocation.input = input;
  invocation.environment = {
      {"MANWIDTH", "80"}, {"MANROFFOPT", "-ww"}, {"GROFF_NO_SGR", "1"}};
  const Outcome outcome = RunProgram(invocation);
  EXPECT_EQ(outcome.status, 0) << program;
  EXPECT_EQ(outcome.err, "") << program;
  return outcome.out;
}

/// The page as a terminal shows it, without bold and italics.
std::string Groff(const std::string& roff) {
  return Format("groff", {"-man", "-ww", "-Tascii", "-P-cbou"}, roff);
}

/// `text` in one line, so that line ends do not matter.
std::string Words(const std::string& text) { return cli::InOneLine(text); }

/// The manual's name for a command: "dynamodown-item-put" for "item put".
std::string NameOf(const std::string& command) {
  if (command.empty()) return "dynamodown";
  return "dynamodown-" + std::regex_replace(command, std::regex(" "), "-");
}

/// The command that lists `command`: "item" for "item put", "" for "item".
std::string ParentOf(const std::string& command) {
  const size_t blank = command.rfind(' ');
  return blank == std::string::npos ? "" : command.substr(0, blank);
}

std::string PageOf(const std::string& command) {
  return ReadFile(kManual / "man1" / (NameOf(command) + ".1"));
}

std::vector<std::string> WordsOf(const std::string& text) {
  std::vector<std::string> words;
  std::istringstream stream(text);
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

struct HelpOption {
  std::vector<std::string> names;
  std::string text;  ///< all of it, from the names to the description
};

/// The options that --help prints: lines with a dash in the second column, each
/// with the further indented lines below it.
std::vector<HelpOption> OptionsIn(const std::string& help) {
  const std::regex names_pattern("^  (-[^ ,]+)(?:,(--[^ ]+))?.*");
  std::vector<HelpOption> options;
  bool goes_on = false;
  for (const std::string& line : LinesOf(help)) {
    std::smatch match;
    if (std::regex_match(line, match, names_pattern)) {
      options.push_back({{match[1]}, line});
      if (match[2].matched) options.back().names.push_back(match[2]);
      goes_on = true;
    } else if (goes_on && line.starts_with("       ")) {
      options.back().text += '\n' + line;
    } else {
      goes_on = false;
    }
  }
  return options;
}

class ManualTest : public CliFixture {
 protected:
  std::string Help(const std::string& command) {
    std::vector<std::string> arguments = WordsOf(command);
    arguments.push_back("--help");
    return Output(arguments);
  }

  /// The commands that the --help of `command` lists, as a user types them.
  std::vector<std::string> CommandsOf(const std::string& command) {
    const std::string help = Help(command);
    std::vector<std::string> commands;
    const size_t begin = help.find("\nCommands:\n");
    if (begin == std::string::npos) return commands;
    for (const std::string& line : LinesOf(help.substr(begin + 11))) {
      if (!line.starts_with("  ")) break;
      if (line[2] == ' ') continue;
      commands.push_back((command.empty() ? "" : command + " ") +
                         line.substr(2, line.find(' ', 2) - 2));
    }
    EXPECT_GE(commands.size(), 10u) << help;
    return commands;
  }

  /// All commands, and the program itself as "".
  std::vector<std::string> Commands() {
    std::vector<std::string> all = {""};
    for (const std::string& command : CommandsOf("")) {
      all.push_back(command);
      const std::vector<std::string> own = CommandsOf(command);
      all.insert(all.end(), own.begin(), own.end());
    }
    EXPECT_THAT(all, Contains("item put"));
    return all;
  }

  /// The value of a variable of the completion's table, for a command.
  std::string Completion(const std::string& command,
                         const std::string& variable) {
    Invocation invocation;
    invocation.program = "/usr/bin/env";
    invocation.arguments = {
        "bash",
        "-euc",
        "source \"$0\"; _dynamodown_describe \"$1\"; declare -n list=$2; "
        "printf '%s\\n' \"${list[@]}\"",
        kManual / "completions" / "dynamodown",
        command,
        variable};
    const Outcome outcome = RunProgram(invocation);
    EXPECT_EQ(outcome.status, 0) << command;
    EXPECT_EQ(outcome.err, "") << command;
    return outcome.out;
  }
};

TEST_F(ManualTest, EachCommandHasAPageAndNothingElseHas) {
  std::set<std::string> expected;
  for (const std::string& command : Commands()) {
    expected.insert(NameOf(command) + ".1");
  }
  std::set<std::string> found;
  for (const auto& entry :
       std::filesystem::directory_iterator(kManual / "man1")) {
    found.insert(entry.path().filename());
  }
  EXPECT_EQ(found, expected);
}

TEST_F(ManualTest, APageSaysOfEachOptionWhatHelpSays) {
  for (const std::string& command : Commands()) {
    const std::string page = Words(Groff(PageOf(command)));
    const std::vector<HelpOption> options = OptionsIn(Help(command));
    EXPECT_GE(options.size(), command == "item" ? 1u : 2u) << command;
    for (const HelpOption& option : options) {
      // --help has no blank after the comma between two names.
      const std::string text = std::regex_replace(
          Words(option.text), std::regex("^(-.),--"), "$1, --");
      EXPECT_THAT(page, HasSubstr(text)) << command;
    }
  }
}

TEST_F(ManualTest, CompletionKnowsTheOptionsThatHelpPrintsAndNoOther) {
  for (const std::string& command : Commands()) {
    std::set<std::string> expected;
    std::set<std::string> expected_taking;
    for (const HelpOption& option : OptionsIn(Help(command))) {
      expected.insert(option.names.begin(), option.names.end());
      std::smatch match;
      if (std::regex_search(option.text, match,
                            std::regex("^ +[^ ]+ ([^ \n]+)(  |\n|$)"))) {
        for (const std::string& name : option.names) {
          expected_taking.insert(name + "=" + match[1].str());
        }
      }
    }
    const auto set_of = [](const std::string& text) {
      const std::vector<std::string> lines = LinesOf(text);
      return std::set<std::string>(lines.begin(), lines.end());
    };
    EXPECT_EQ(set_of(Completion(command, "options")), expected) << command;
    if (!expected_taking.empty()) {
      EXPECT_EQ(set_of(Completion(command, "takes")), expected_taking)
          << command;
    }
  }
}

TEST_F(ManualTest, CompletionKnowsTheCommandsThatHelpPrintsAndHelp) {
  for (const std::string parent : {"", "item"}) {
    std::string expected;
    for (const std::string& command : CommandsOf(parent)) {
      expected += command.substr(command.rfind(' ') + 1) + '|';
    }
    EXPECT_EQ(Completion(parent, "arguments"), expected + "help\n");
  }
}

TEST_F(ManualTest, APageHasTheSectionsThatPeopleLookFor) {
  const std::string program = Groff(PageOf(""));
  for (const char* section :
       {"NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "LOCATIONS",
        "EXIT STATUS", "ENVIRONMENT", "EXAMPLES", "SEE ALSO"}) {
    EXPECT_THAT(LinesOf(program), Contains(section));
  }
  for (const std::string& command : Commands()) {
    if (command.empty()) continue;
    const std::string page = Groff(PageOf(command));
    const std::string parent = Groff(PageOf(ParentOf(command)));
    for (const char* section :
         {"NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS",
          "ENVIRONMENT", "EXAMPLES", "SEE ALSO"}) {
      EXPECT_THAT(LinesOf(page), Contains(section)) << command;
    }
    EXPECT_THAT(page, HasSubstr("\n       " + NameOf(command) + " - "));
    EXPECT_THAT(page, HasSubstr("\n       dynamodown " + command + " "));
    EXPECT_THAT(parent, HasSubstr(NameOf(command) + "(1)"));
    EXPECT_THAT(page, HasSubstr(NameOf(ParentOf(command)) + "(1)"));
  }
}

TEST_F(ManualTest, AnExampleCanBeCopiedFromThePage) {
  for (const std::string& command : Commands()) {
    const std::string help = Help(command);
    const std::string page = Format(
        "man",
        {"-E", "UTF-8", "-l", kManual / "man1" / (NameOf(command) + ".1")});
    const size_t begin = help.find("\nExamples:\n");
    ASSERT_NE(begin, std::string::npos) << command;
    for (const std::string& line : LinesOf(help.substr(begin + 11))) {
      if (!line.starts_with("  ")) break;
      EXPECT_THAT(page, HasSubstr(line + "\n"));
    }
  }
}

TEST_F(ManualTest, ManHasNoWarning) {
  for (const std::string& command : Commands()) {
    const std::string page = PageOf(command);
    Format(DYNAMODOWN_TEST_MAN, {"--warnings", "-E", "UTF-8", "-l", "-"}, page);
    for (const char c : page) ASSERT_TRUE(c == '\n' || (c >= ' ' && c <= '~'));
  }
}

TEST_F(ManualTest, HelpIsTheOtherWayToAskForHelp) {
  EXPECT_EQ(Output({"help"}), Output({"--help"}));
  EXPECT_EQ(Output({"help", "help"}), Output({"--help"}));
  EXPECT_EQ(Output({"help", "--help"}), Output({"--help"}));
  EXPECT_EQ(Output({"help", "scan"}), Output({"scan", "--help"}));
  EXPECT_EQ(Output({"help", "item"}), Output({"item", "--help"}));
  EXPECT_EQ(Output({"item", "help"}), Output({"item", "--help"}));
  EXPECT_EQ(Output({"help", "item", "put"}), Output({"item", "put", "--help"}));
  EXPECT_EQ(Output({"item", "help", "put"}), Output({"item", "put", "--help"}));
  EXPECT_THAT(Error(kUsage, {"help", "item", "nonsense"}),
              HasSubstr("there is no command 'item nonsense'"));
  EXPECT_THAT(Error(kUsage, {"help", "nonsense"}),
              HasSubstr("there is no command 'nonsense'"));
}

// ------------------------------------------------------- texts of any kind

cli::Manual ManualOf(const std::string& description,
                     const std::string& footer) {
  cli::Manual manual;
  manual.program.name = "p";
  manual.program.description = description;
  manual.program.usage = "p COMMAND";
  manual.program.footer = footer;
  return manual;
}

std::string Shown(const std::string& description, const std::string& footer) {
  return Groff(
      cli::MakeManPages(ManualOf(description, footer), {"1", "2001-02-03"})
          .at(0)
          .text);
}

TEST(ManPageTest, WhatRoffWouldTakeForItsOwnPrintsAsItIs) {
  const char* hostile[] = {
      ".SH NO SECTION",    "'br no request",           "\\fBback\\slash", "\\",
      "--option -o",       "\"quotes\" 'and' `ticks`", "^caret ~tilde",   "...",
      "\\(aq \\*(x \\n(x", ".\\\" no comment"};
  for (const std::string text : hostile) {
    EXPECT_THAT(Shown(text, ""), HasSubstr("\n       " + text + "\n"));
    EXPECT_THAT(Shown("x", "Examples:\n  " + text + "\n"),
                HasSubstr("\n           " + text + "\n"));
    EXPECT_THAT(Words(Shown("x", "Terms:\n  " + text + "\n      its text\n")),
                HasSubstr(" TERMS " + text + " its text "));
    EXPECT_THAT(Shown("x", "Terms:\n  term  " + text + "\n"),
                HasSubstr("\n       term   " + text + "\n"));
  }
  EXPECT_THAT(Shown("x", "A \"head\\:\n  term  text\n"),
              HasSubstr("\nA \"HEAD\\\n"));
}

TEST(ManPageTest, NothingIsLeftToADevicesTypography) {
  EXPECT_EQ(cli::EscapeRoff("a-b 'c' `d` ^~ \"\\"),
            "a\\-b \\(aqc\\(aq \\(gad\\(ga \\(ha\\(ti \\(dq\\(rs");
}

TEST(ManPageTest, TheNameLineHasNoCapitalUnlessItIsANames) {
  EXPECT_THAT(Shown("Print it.", ""), HasSubstr("p - print it\n"));
  EXPECT_THAT(Shown("LevelDB's.", ""), HasSubstr("p - LevelDB's\n"));
  EXPECT_THAT(Shown("Print\nall.", ""), HasSubstr("p - print all\n"));
}

TEST(ManPageTest, ACommandWithoutAnExitStatusHasThePrograms) {
  cli::Manual manual =
      ManualOf("x", "Exit status:\n  7  ours\n\nOther:\n  a  b");
  cli::ManualPage command;
  command.name = "c";
  command.description = "y";
  command.usage = "p c";
  manual.commands.push_back(command);
  command.name = "d";
  command.usage = "p d";
  command.footer = "Exit status:\n  8  mine\n";
  manual.commands.push_back(command);
  const auto pages = cli::MakeManPages(manual, {"1", "2001-02-03"});
  ASSERT_EQ(pages.size(), 3u);
  EXPECT_EQ(pages[1].file_name, "p-c.1");
  EXPECT_THAT(Groff(pages[1].text), HasSubstr("ours"));
  EXPECT_THAT(Groff(pages[1].text), Not(HasSubstr("OTHER")));
  EXPECT_THAT(Groff(pages[2].text), Not(HasSubstr("ours")));
  EXPECT_THAT(Groff(pages[2].text), HasSubstr("mine"));
}

using Kind = cli::TextBlock::Kind;

TEST(HelpTextTest, ASectionEndsBeforeTheNextParagraph) {
  const auto sections = cli::ParseHelpText(
      "One\nparagraph.\n\nExamples:\n  a\n\n    b\nstill theirs\n\nTwo.\n");
  ASSERT_EQ(sections.size(), 2u);
  EXPECT_EQ(sections[0].heading, "");
  ASSERT_EQ(sections[0].blocks.size(), 2u);
  EXPECT_EQ(sections[0].blocks[0].text, "One paragraph.");
  EXPECT_EQ(sections[0].blocks[1].text, "Two.");
  EXPECT_EQ(sections[1].heading, "Examples");
  ASSERT_EQ(sections[1].blocks.size(), 2u);
  EXPECT_EQ(sections[1].blocks[0].kind, Kind::kLiteral);
  EXPECT_THAT(sections[1].blocks[0].lines, ElementsAre("a", "", "  b"));
  EXPECT_EQ(sections[1].blocks[1].text, "still theirs");
}

TEST(HelpTextTest, AListIsTermsWithTexts) {
  const auto sections = cli::ParseHelpText(
      "Codes:\n  0, 1  done\n        and well\n  a-long-term\n        text\n");
  ASSERT_EQ(sections.size(), 2u);
  ASSERT_EQ(sections[1].blocks.size(), 1u);
  const cli::TextBlock& list = sections[1].blocks[0];
  EXPECT_EQ(list.kind, Kind::kList);
  ASSERT_EQ(list.entries.size(), 2u);
  EXPECT_EQ(list.entries[0].term, "0, 1");
  EXPECT_EQ(list.entries[0].text, "done and well");
  EXPECT_EQ(list.entries[1].term, "a-long-term");
  EXPECT_EQ(list.entries[1].text, "text");
}

TEST(HelpTextTest, WhatIsNoListStaysAsItIs) {
  const auto sections = cli::ParseHelpText(
      "A line of input is one of these:\n  put K V\n  del K\n");
  ASSERT_EQ(sections.size(), 1u);
  ASSERT_EQ(sections[0].blocks.size(), 2u);
  EXPECT_EQ(sections[0].blocks[0].text, "A line of input is one of these:");
  EXPECT_EQ(sections[0].blocks[1].kind, Kind::kLiteral);
  EXPECT_THAT(sections[0].blocks[1].lines, ElementsAre("put K V", "del K"));
}

}  // namespace
}  // namespace dynamodown

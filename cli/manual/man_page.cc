// A page prints every character as --help does. Without escapes, roff would
// turn "-" into a typographic hyphen and "'" into a quotation mark, and nobody
// could copy an example from the page. So EscapeRoff escapes both characters
// everywhere. All macros are from man(7), and work alike in groff and mandoc.

#include "manual/man_page.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "manual/help_text.h"

namespace cli {
namespace {

constexpr size_t kLineMax = 72;  // characters, unless a word is longer

// The last sections, in the order of man-pages(7). All other sections come
// before these sections, right after the options. If a command's footer has no
// "Exit status" or no "Environment", the command's page shows the section of
// that name from the program's footer.
constexpr std::array<std::string_view, 4> kLastSections = {
    "Exit status", "Environment", "Files", "Examples"};
constexpr size_t kSharedSections = 2;

std::string Upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  return upper;
}

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }

std::string Bold(std::string_view text) {
  return "\\fB" + EscapeRoff(text) + "\\fR";
}

std::string Italic(std::string_view text) {
  return "\\fI" + EscapeRoff(text) + "\\fR";
}

/// `text` with words like LOCATION in italics.
std::string MarkPlaceholders(std::string_view text) {
  std::string marked;
  while (!text.empty()) {
    const size_t upper = static_cast<size_t>(
        std::find_if_not(text.begin(), text.end(), IsUpper) - text.begin());
    marked += upper > 0 ? Italic(text.substr(0, upper))
                        : EscapeRoff(text.substr(0, 1));
    text.remove_prefix(std::max<size_t>(upper, 1));
  }
  return marked;
}

/// A description as man(1) lists it: without a full stop, and with a small
/// initial unless the first word is a name such as "DynamoDB".
std::string Summary(const std::string& description) {
  std::string summary = InOneLine(description);
  const std::string_view word =
      std::string_view(summary).substr(0, summary.find(' '));
  if (std::count_if(word.begin(), word.end(), IsUpper) == 1) {
    summary[0] = static_cast<char>(std::tolower(summary[0]));
  }
  if (summary.ends_with('.')) summary.pop_back();
  return summary;
}

/// roff's input, line by line.
class Roff {
 public:
  /// `arguments` are escaped already.
  void Macro(const std::string& name,
             const std::vector<std::string>& arguments = {}) {
    text_ += '.' + name;
    for (const std::string& argument : arguments) {
      const bool bare =
          !argument.empty() && argument.find(' ') == std::string::npos;
      text_ += bare ? ' ' + argument : " \"" + argument + '"';
    }
    text_ += '\n';
  }

  void Comment(const std::string& comment) {
    text_ += ".\\\" " + comment + '\n';
  }

  /// Adds a line of text that is escaped already. The line may begin with a
  /// dot.
  void Line(const std::string& escaped) {
    if (escaped.starts_with('.')) text_ += "\\&";
    text_ += escaped + '\n';
  }

  /// Adds a paragraph's text. Each sentence begins on a new line, so that roff
  /// spaces all sentences alike.
  void Fill(std::string_view text) {
    std::string line;
    const std::string one_line = InOneLine(text);
    for (std::string_view rest = one_line; !rest.empty();) {
      const std::string_view word = rest.substr(0, rest.find(' '));
      rest.remove_prefix(std::min(word.size() + 1, rest.size()));
      const std::string escaped = EscapeRoff(word);
      if (!line.empty() && line.size() + 1 + escaped.size() > kLineMax) {
        Line(line);
        line.clear();
      }
      line += (line.empty() ? "" : " ") + escaped;
      if (word.ends_with('.')) {
        Line(line);
        line.clear();
      }
    }
    if (!line.empty()) Line(line);
  }

  /// `term` is escaped already.
  void Entry(const std::string& term, std::string_view text) {
    Macro("TP");
    Line(term);
    Fill(text);
  }

  void Literal(const std::vector<std::string>& lines) {
    Macro("RS", {"4"});
    Macro("nf");
    for (const std::string& line : lines) Line(EscapeRoff(line));
    Macro("fi");
    Macro("RE");
  }

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// One page. Its parts are in the order of man-pages(7).
class PageWriter {
 public:
  /// `page` is a page of `manual`.
  PageWriter(const Manual& manual, const ManualPage& page)
      : manual_(manual),
        page_(page),
        is_program_(&page == &manual.program),
        sections_(ParseHelpText(page.footer)) {
    if (!is_program_) Inherit(ParseHelpText(manual.program.footer));
  }

  ManPage Write(const Edition& edition) {
    const std::string name = NameOf(page_);
    roff_.Comment("Made from the texts of --help.");
    roff_.Macro("TH", {EscapeRoff(Upper(name)), "1", edition.date,
                       EscapeRoff("DynamoDOWN " + edition.version),
                       "DynamoDOWN Manual"});
    roff_.Macro("nh");         // Do not hyphenate options.
    roff_.Macro("ad", {"l"});  // Do not stretch examples.
    roff_.Macro("SH", {"NAME"});
    roff_.Line(EscapeRoff(name) + " \\- " +
               EscapeRoff(Summary(page_.description)));
    WriteSynopsis();
    roff_.Macro("SH", {"DESCRIPTION"});
    roff_.Fill(page_.description);
    WriteBlocks(sections_[0].blocks, false);
    WriteCommands();
    WriteArguments();
    WriteOptions();
    WriteSections();
    WriteSeeAlso();
    return {name + ".1", roff_.text()};
  }

 private:
  /// "p", "p-get", "p-item-put".
  std::string NameOf(const ManualPage& page) const {
    const std::string& program = manual_.program.name;
    if (&page == &manual_.program) return program;
    std::string name = program + '-' + page.name;
    std::replace(name.begin(), name.end(), ' ', '-');
    return name;
  }

  /// The commands that the page lists.
  const std::vector<ManualPage>& Commands() const {
    return is_program_ ? manual_.commands : page_.commands;
  }

  const TextSection* Find(const std::vector<TextSection>& sections,
                          std::string_view heading) const {
    for (const TextSection& section : sections) {
      if (section.heading == heading) return &section;
    }
    return nullptr;
  }

  void Inherit(const std::vector<TextSection>& from) {
    for (size_t i = 0; i < kSharedSections; ++i) {
      const TextSection* section = Find(from, kLastSections[i]);
      if (section != nullptr && Find(sections_, kLastSections[i]) == nullptr) {
        sections_.push_back(*section);
      }
    }
  }

  void WriteSynopsis() {
    const std::string& program = manual_.program.name;
    const std::string name = is_program_ ? program : program + ' ' + page_.name;
    roff_.Macro("SH", {"SYNOPSIS"});
    roff_.Macro("nf");
    roff_.Line(Bold(name) + MarkPlaceholders(page_.usage.substr(name.size())));
    if (is_program_) {
      roff_.Line(Bold(name + ' ' + kHelpCommand) +
                 MarkPlaceholders(" [COMMAND]"));
    }
    roff_.Macro("fi");
  }

  void Refer(const ManualPage& page, const std::string& after = "") {
    roff_.Macro("BR", {EscapeRoff(NameOf(page)), "(1)" + after});
  }

  void WriteCommands() {
    if (Commands().empty()) return;
    roff_.Macro("SH", {"COMMANDS"});
    for (const ManualPage& command : Commands()) {
      roff_.Macro("TP");
      Refer(command);
      roff_.Fill(command.description);
    }
  }

  void WriteArguments() {
    if (page_.arguments.empty()) return;
    roff_.Macro("SH", {"ARGUMENTS"});
    for (const ManualArgument& argument : page_.arguments) {
      roff_.Entry(Italic(argument.name) + (argument.repeated ? "..." : ""),
                  argument.description);
    }
  }

  static std::string Term(const ManualOption& option) {
    std::string term;
    for (const std::string& name : option.names) {
      term += (term.empty() ? "" : ", ") + Bold(name);
    }
    if (option.metavariable.empty()) return term;
    const bool is_choice = option.metavariable.find('|') != std::string::npos;
    return term + ' ' +
           (is_choice ? Bold(option.metavariable)
                      : Italic(option.metavariable));
  }

  void WriteOptions() {
    roff_.Macro("SH", {"OPTIONS"});
    for (const ManualGroup& group : page_.groups) {
      // The first group needs no heading of its own: its name is "Options",
      // like the section's.
      if (&group != &page_.groups.front()) {
        roff_.Macro("SS", {EscapeRoff(group.name)});
      }
      for (const ManualOption& option : group.options) {
        roff_.Entry(Term(option), option.description);
      }
    }
  }

  void WriteSections() {
    for (size_t i = 1; i < sections_.size(); ++i) {
      const bool is_last =
          std::find(kLastSections.begin(), kLastSections.end(),
                    sections_[i].heading) != kLastSections.end();
      if (!is_last) WriteSection(sections_[i]);
    }
    for (const std::string_view heading : kLastSections) {
      const TextSection* section = Find(sections_, heading);
      if (section != nullptr) WriteSection(*section);
    }
  }

  void WriteSection(const TextSection& section) {
    roff_.Macro("SH", {EscapeRoff(Upper(section.heading))});
    WriteBlocks(section.blocks, true);
  }

  void WriteBlocks(const std::vector<TextBlock>& blocks, bool is_first) {
    for (const TextBlock& block : blocks) {
      switch (block.kind) {
        case TextBlock::Kind::kParagraph:
          if (!is_first) roff_.Macro("PP");
          roff_.Fill(block.text);
          break;
        case TextBlock::Kind::kLiteral:
          if (!is_first) roff_.Macro("PP");
          roff_.Literal(block.lines);
          break;
        case TextBlock::Kind::kList:
          for (const TextEntry& entry : block.entries) {
            roff_.Entry(Bold(entry.term), entry.text);
          }
          break;
      }
      is_first = false;
    }
  }

  void WriteSeeAlso() {
    roff_.Macro("SH", {"SEE ALSO"});
    std::vector<const ManualPage*> others;
    if (!is_program_) others.push_back(&manual_.program);
    for (const ManualPage& command : manual_.commands) {
      // If this page is about "item put", `command` is "item".
      if (page_.name.starts_with(command.name + ' '))
        others.push_back(&command);
    }
    for (const ManualPage& command : Commands()) others.push_back(&command);
    for (const ManualPage* other : others) {
      Refer(*other, other == others.back() ? "" : ",");
    }
  }

  const Manual& manual_;
  const ManualPage& page_;
  const bool is_program_;
  std::vector<TextSection> sections_;
  Roff roff_;
};

}  // namespace

std::string EscapeRoff(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '\\':
        escaped += "\\(rs";
        break;
      case '-':
        escaped += "\\-";
        break;
      case '"':
        escaped += "\\(dq";
        break;
      case '\'':
        escaped += "\\(aq";
        break;
      case '`':
        escaped += "\\(ga";
        break;
      case '^':
        escaped += "\\(ha";
        break;
      case '~':
        escaped += "\\(ti";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::vector<ManPage> MakeManPages(const Manual& manual,
                                  const Edition& edition) {
  std::vector<ManPage> pages;
  pages.push_back(PageWriter(manual, manual.program).Write(edition));
  for (const ManualPage& command : manual.commands) {
    pages.push_back(PageWriter(manual, command).Write(edition));
    for (const ManualPage& own : command.commands) {
      pages.push_back(PageWriter(manual, own).Write(edition));
    }
  }
  return pages;
}

}  // namespace cli

// The structure of a help text's footer, for pages with another layout.
//
// A footer is ASCII: paragraphs and sections. A section begins with a heading,
// a line of at most three words that ends in a colon and has an indented line
// below. It ends at an empty line that no indented line follows. The sections
// "Exit status", "Environment", "Files" and "Examples" have their places in a
// man page; others come before them. Indented lines are a list when each term
// has a text, after two blanks or further indented below it. Otherwise, and
// under "Examples", they stay as they are.

#ifndef DYNAMODOWN_CLI_MANUAL_HELP_TEXT_H_
#define DYNAMODOWN_CLI_MANUAL_HELP_TEXT_H_

#include <string>
#include <string_view>
#include <vector>

namespace cli {

struct TextEntry {
  std::string term;
  std::string text;  ///< in one line
};

struct TextBlock {
  enum class Kind { kParagraph, kLiteral, kList };
  Kind kind = Kind::kParagraph;
  std::string text;                ///< a paragraph, in one line
  std::vector<std::string> lines;  ///< literal lines without their margin
  std::vector<TextEntry> entries;  ///< a list
};

struct TextSection {
  std::string heading;  ///< without its colon
  std::vector<TextBlock> blocks;
};

/// The first section has no heading, and holds the text outside of the others.
/// Thread-safety: a pure function.
std::vector<TextSection> ParseHelpText(std::string_view text);

/// `text` in one line: a line end and the blanks around it are one blank.
std::string InOneLine(std::string_view text);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_MANUAL_HELP_TEXT_H_

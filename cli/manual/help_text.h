// The structure of a help text's footer, from which a man page is laid out.
//
// A footer is ASCII text of paragraphs and sections. A section begins with a
// heading, and ends at an empty line that no indented line follows. A heading
// is a line of at most three words. It ends in a colon, and the next line is
// indented. In a man page the sections "Exit status", "Environment", "Files"
// and "Examples" come last, in this order.
//
// Indented lines are a list of terms if each term has a text. The text follows
// the term after two blanks, or is further indented in the lines below the
// term. Other indented lines, and all indented lines under "Examples", stay as
// they are.

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

/// The first section has no heading, and holds the text outside of the other
/// sections. Thread-safety: a pure function.
std::vector<TextSection> ParseHelpText(std::string_view text);

/// `text` in one line, with one blank between two words.
std::string InOneLine(std::string_view text);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_MANUAL_HELP_TEXT_H_

#include "manual/help_text.h"

#include <algorithm>
#include <sstream>

namespace cli {
namespace {

constexpr int kHeadingWordsMax = 3;
constexpr char kLiteralHeading[] = "Examples";

using Lines = std::vector<std::string>;

Lines SplitLines(std::string_view text) {
  Lines lines;
  std::istringstream stream{std::string(text)};
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// The number of blanks at the front; npos for an empty line.
size_t Margin(const std::string& line) { return line.find_first_not_of(' '); }

bool IsEmpty(const std::string& line) {
  return Margin(line) == std::string::npos;
}

bool IsIndented(const std::string& line) {
  return !IsEmpty(line) && Margin(line) > 0;
}

bool IsHeading(const Lines& lines, size_t at) {
  return lines[at].ends_with(':') && at + 1 < lines.size() &&
         IsIndented(lines[at + 1]) &&
         std::count(lines[at].begin(), lines[at].end(), ' ') < kHeadingWordsMax;
}

/// Splits a line into a term and its text. If the text begins in a later line,
/// the entry's text is empty.
TextEntry SplitEntry(const std::string& line) {
  const size_t gap = line.find("  ");
  if (gap == std::string::npos) return {line, ""};
  return {line.substr(0, gap), InOneLine(line.substr(gap))};
}

/// If any term has no text, the lines are no list, and the result is empty.
std::vector<TextEntry> ParseList(const Lines& lines) {
  std::vector<TextEntry> entries;
  for (const std::string& line : lines) {
    if (IsEmpty(line)) continue;
    if (Margin(line) == 0) {
      entries.push_back(SplitEntry(line));
    } else if (entries.empty()) {
      return {};
    } else {
      std::string& text = entries.back().text;
      text = InOneLine(text + ' ' + line);
    }
  }
  const bool all_have_text =
      std::all_of(entries.begin(), entries.end(),
                  [](const TextEntry& entry) { return !entry.text.empty(); });
  return all_have_text ? entries : std::vector<TextEntry>();
}

class TextParser {
 public:
  explicit TextParser(std::string_view text) : lines_(SplitLines(text)) {}

  std::vector<TextSection> Parse() {
    sections_.emplace_back();
    while (at_ < lines_.size()) {
      if (IsEmpty(lines_[at_])) {
        ++at_;
        if (at_ < lines_.size() && !IsIndented(lines_[at_])) current_ = 0;
      } else if (IsIndented(lines_[at_])) {
        ParseIndented();
      } else if (IsHeading(lines_, at_)) {
        const std::string& line = lines_[at_++];
        sections_.push_back({line.substr(0, line.size() - 1), {}});
        current_ = sections_.size() - 1;
      } else {
        ParseParagraph();
      }
    }
    return std::move(sections_);
  }

 private:
  void ParseParagraph() {
    std::string text;
    for (; at_ < lines_.size() && Margin(lines_[at_]) == 0; ++at_) {
      text += lines_[at_] + '\n';
    }
    TextBlock block;
    block.text = InOneLine(text);
    sections_[current_].blocks.push_back(block);
  }

  // Empty lines between indented lines are part of the block.
  void ParseIndented() {
    const size_t margin = Margin(lines_[at_]);
    Lines block_lines;
    for (; at_ < lines_.size(); ++at_) {
      const std::string& line = lines_[at_];
      const bool goes_on = at_ + 1 < lines_.size() && IsEmpty(line) &&
                           IsIndented(lines_[at_ + 1]);
      if (!IsIndented(line) && !goes_on) break;
      block_lines.push_back(
          line.substr(std::min({margin, line.size(), Margin(line)})));
    }
    TextBlock block;
    if (sections_[current_].heading != kLiteralHeading) {
      block.entries = ParseList(block_lines);
    }
    if (block.entries.empty()) {
      block.kind = TextBlock::Kind::kLiteral;
      block.lines = std::move(block_lines);
    } else {
      block.kind = TextBlock::Kind::kList;
    }
    sections_[current_].blocks.push_back(std::move(block));
  }

  const Lines lines_;
  size_t at_ = 0;
  std::vector<TextSection> sections_;
  size_t current_ = 0;
};

}  // namespace

std::string InOneLine(std::string_view text) {
  std::istringstream stream{std::string(text)};
  std::string line;
  for (std::string word; stream >> word;) {
    if (!line.empty()) line += ' ';
    line += word;
  }
  return line;
}

std::vector<TextSection> ParseHelpText(std::string_view text) {
  return TextParser(text).Parse();
}

}  // namespace cli

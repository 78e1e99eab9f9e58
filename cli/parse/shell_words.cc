#include "parse/shell_words.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "manual/manual.h"

namespace cli {
namespace {

constexpr std::string_view kOperators = "|&;<>()";
constexpr std::string_view kEscapableInQuotes = "$`\"\\\n";

class Splitter {
 public:
  explicit Splitter(std::string_view line) : line_(line) {}

  ShellLine Split() {
    if (line_.find('\0') != std::string_view::npos) {
      result_.complaint = "a line cannot have a byte 00; write it with --hex";
      return std::move(result_);
    }
    while (at_ < line_.size() && !result_.complaint && !result_.goes_on) {
      Take(line_[at_++]);
    }
    EndWord();
    return std::move(result_);
  }

 private:
  void Take(char c) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      EndWord();
    } else if (c == '#' && !word_) {
      at_ = std::min(line_.find('\n', at_), line_.size());
    } else if (c == '\'') {
      TakeQuoted();
    } else if (c == '"') {
      TakeDoubleQuoted();
    } else if (c == '\\') {
      TakeEscaped();
    } else if (kOperators.find(c) != std::string_view::npos) {
      result_.complaint =
          std::string("'") + c +
          "' has no meaning here: there are no pipes or redirections; quote "
          "it as '" +
          c + "'";
    } else {
      Word() += c;
    }
  }

  void TakeQuoted() {
    const size_t end = line_.find('\'', at_);
    result_.goes_on = end == std::string_view::npos;
    Word() += line_.substr(at_, end - at_);
    at_ = result_.goes_on ? line_.size() : end + 1;
  }

  void TakeDoubleQuoted() {
    std::string& word = Word();
    for (; at_ < line_.size(); ++at_) {
      const char c = line_[at_];
      if (c == '"') {
        ++at_;
        return;
      }
      const bool escapes =
          c == '\\' && at_ + 1 < line_.size() &&
          kEscapableInQuotes.find(line_[at_ + 1]) != std::string_view::npos;
      if (!escapes) {
        word += c;
      } else if (line_[++at_] != '\n') {
        word += line_[at_];
      }
    }
    result_.goes_on = true;
  }

  void TakeEscaped() {
    if (at_ == line_.size()) {
      result_.goes_on = true;
      return;
    }
    const char c = line_[at_++];
    if (c != '\n') Word() += c;
  }

  std::string& Word() {
    if (!word_) word_.emplace();
    return *word_;
  }
  void EndWord() {
    if (word_) result_.words.push_back(*std::exchange(word_, std::nullopt));
  }

  const std::string_view line_;
  size_t at_ = 0;
  std::optional<std::string> word_;  // The word that has begun; may be empty.
  ShellLine result_;
};

const CommandSpec* FindCommand(const CommandSpec& among,
                               const std::string& name) {
  for (const CommandSpec& command : among.commands) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

/// The names of an option that is declared as "-o,--output".
std::vector<std::string> NamesOf(const ArgumentSpec& option) {
  std::vector<std::string> names;
  for (size_t begin = 0; begin < option.name.size();) {
    const size_t end =
        std::min(option.name.find(',', begin), option.name.size());
    names.push_back(option.name.substr(begin, end - begin));
    begin = end + 1;
  }
  return names;
}

}  // namespace

ShellLine SplitLine(std::string_view line) { return Splitter(line).Split(); }

std::vector<std::string> Completions(const CommandSpec& program,
                                     std::string_view line) {
  ShellLine split = SplitLine(line);
  if (split.complaint || split.goes_on) return {};
  const bool begins_word =
      line.empty() || line.back() == ' ' || line.back() == '\t';
  std::string last;
  if (!begins_word && !split.words.empty()) {
    last = std::move(split.words.back());
    split.words.pop_back();
  }
  const CommandSpec* command = &program;
  for (const std::string& word : split.words) {
    if (word == kHelpCommand) continue;
    if (command->commands.empty()) break;
    command = FindCommand(*command, word);
    if (command == nullptr) return {};
  }
  std::vector<std::string> found;
  const auto add = [&](const std::string& name) {
    if (name.starts_with(last)) found.push_back(name);
  };
  for (const CommandSpec& each : command->commands) add(each.name);
  if (command == &program) add(kHelpCommand);
  if (command->commands.empty() && last.starts_with('-')) {
    for (const ArgumentSpec& argument : command->arguments) {
      for (const std::string& name : NamesOf(argument)) {
        if (name.starts_with("--")) add(name);
      }
    }
    add("--help");
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace cli

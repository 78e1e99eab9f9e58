#include "io/command_line.h"

#include <string_view>
#include <vector>

#include "base/shell_word.h"
#include "io/message.h"

namespace cli {
namespace {

std::vector<std::string>& Words() {
  static std::vector<std::string> words;
  return words;
}

}  // namespace

void SetCommandLine(int argc, char** argv) {
  Words().assign(argv, argv + argc);
}

std::string CommandLine(const std::string& added) {
  std::string line;
  bool has_added = added.empty();
  const auto add = [&line](const std::string& word) {
    line += (line.empty() ? "" : " ") + word;
  };
  for (const std::string& word : Words()) {
    if (word == "--" && !has_added) {  // No word after "--" is an option.
      add(added);
      has_added = true;
    }
    add(dynamodown::ShellWord(word));
  }
  if (!has_added) add(added);
  return line;
}

std::string AdviceOnTheRest(const std::string& verb, Encoding encoding,
                            const std::string& next) {
  const std::string shown = EncodeForLine(encoding, next);
  if (shown != Encode(encoding, next)) return "";
  return "; to " + verb + " the rest, run: " +
         CommandLine("--from=" + dynamodown::ShellWord(shown));
}

std::string FileWord(const std::string& name) {
  return dynamodown::ShellWord(name.starts_with('-') ? "./" + name : name);
}

std::string CommandLineWithout(const std::string& left_out) {
  const std::vector<std::string>& words = Words();
  size_t at = words.size();
  bool is_sure = false;
  for (size_t i = 1; i < words.size(); ++i) {
    if (words[i] != left_out) continue;
    // After an option, the word may be the option's value.
    const bool is_argument =
        words[i - 1] == "--" || !words[i - 1].starts_with('-');
    if (is_argument || !is_sure) at = i;
    is_sure = is_sure || is_argument;
  }
  std::string line;
  for (size_t i = 0; i < words.size(); ++i) {
    if (i != at)
      line += (line.empty() ? "" : " ") + dynamodown::ShellWord(words[i]);
  }
  return line;
}

}  // namespace cli

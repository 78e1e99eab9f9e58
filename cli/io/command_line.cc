#include "io/command_line.h"

#include <string_view>
#include <vector>

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
    add(ShellWord(word));
  }
  if (!has_added) add(added);
  return line;
}

std::string CommandLineWithout(const std::string& left_out) {
  const std::vector<std::string>& words = Words();
  size_t at = words.size();
  for (size_t i = 1; i < words.size(); ++i) {
    if (words[i] == left_out) at = i;
  }
  std::string line;
  for (size_t i = 0; i < words.size(); ++i) {
    if (i != at) line += (line.empty() ? "" : " ") + ShellWord(words[i]);
  }
  return line;
}

}  // namespace cli

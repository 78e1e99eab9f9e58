#include "base/shell_word.h"

#include "base/printable.h"

namespace dynamodown {
namespace {

constexpr std::string_view kPlain =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:";

/// Whether a shell takes the word as it is. An interactive shell replaces "!"
/// and the text after it by an earlier command.
bool IsPlain(std::string_view word) {
  if (word.empty()) return false;
  const size_t other = word.find_first_not_of(kPlain);
  return other == word.npos ||
         (other > 0 && other == word.size() - 1 && word[other] == '!');
}

void AppendEscape(char c, std::string* quoted) {
  constexpr char kDigits[] = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  *quoted += "\\x";
  *quoted += kDigits[byte >> 4];
  *quoted += kDigits[byte & 15];
}

}  // namespace

std::string ShellWord(std::string_view word) {
  if (IsPlain(word)) return std::string(word);
  if (Escaped(word) == word) {
    std::string quoted = "'";
    for (const char c : word) quoted += c == '\'' ? "'\\''" : std::string(1, c);
    return quoted + "'";
  }
  // Every byte beyond ASCII is escaped, even in printable characters.
  std::string quoted = "$'";
  for (const char c : word) {
    if (c < ' ' || c > '~' || c == '!') {
      AppendEscape(c, &quoted);
    } else {
      if (c == '\'' || c == '\\') quoted += '\\';
      quoted += c;
    }
  }
  return quoted + "'";
}

}  // namespace dynamodown

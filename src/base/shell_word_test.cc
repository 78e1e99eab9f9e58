#include "base/shell_word.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <memory>
#include <random>
#include <string>

#include "base/printable.h"

namespace dynamodown {
namespace {

/// What bash prints for `printf '%s.' WORD`, with WORD as it is pasted.
std::string PastedIntoBash(const std::string& word) {
  std::string command = "printf %s. " + word;
  std::string escaped;
  for (const char c : command) {
    escaped += c == '\'' ? "'\\''" : std::string(1, c);
  }
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(
      popen(("exec bash -c '" + escaped + "'").c_str(), "r"), pclose);
  if (pipe == nullptr) return "";
  std::string printed;
  std::array<char, 4096> buffer;
  for (size_t n;
       (n = std::fread(buffer.data(), 1, buffer.size(), pipe.get())) > 0;) {
    printed.append(buffer.data(), n);
  }
  return printed;
}

TEST(ShellWord, LeavesPlainWords) {
  for (const char* word :
       {"shop", "shop/main", "shop/!", "leveldb:/var/lib/app.db", "a-b_c"}) {
    EXPECT_EQ(ShellWord(word), word);
  }
  EXPECT_EQ(ShellWord(""), "''");
  EXPECT_EQ(ShellWord("a b"), "'a b'");
  EXPECT_EQ(ShellWord("shop/!a"), "'shop/!a'");
  EXPECT_EQ(ShellWord("it's"), "'it'\\''s'");
  EXPECT_EQ(ShellWord("a\nb\x1b"), "$'a\\x0ab\\x1b'");
}

TEST(ShellWord, AnyBytesComeBackAndAreShown) {
  std::mt19937 random(7);
  const std::string special =
      "'\"\\ \n\r\t\x1b$`!*?~#;&|<>(){}[]=a0\x80\xc3\xff";
  for (int i = 0; i < 150; ++i) {
    std::string word;
    for (size_t n = random() % 12; n > 0; --n) {
      word += random() % 2 == 0 ? special[random() % special.size()]
                                : static_cast<char>(1 + random() % 255);
    }
    const std::string quoted = ShellWord(word);
    EXPECT_EQ(Escaped(quoted), quoted);
    EXPECT_EQ(quoted.find('\n'), quoted.npos);
    EXPECT_EQ(PastedIntoBash(quoted), word + ".") << quoted;
  }
}

}  // namespace
}  // namespace dynamodown

#include "base/printable.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <iterator>
#include <random>
#include <string>
#include <string_view>

#include "base/utf8.h"

namespace dynamodown {
namespace {

using std::string_literals::operator""s;

TEST(Printable, EscapesAndCuts) {
  EXPECT_EQ(Printable("a b"), "\"a b\"");
  EXPECT_EQ(Printable("\"\\\n\x7f\xff\0"s), "\"\\\"\\\\\\x0a\\x7f\\xff\\x00\"");
  EXPECT_EQ(Printable(std::string(65, 'a')),
            "\"" + std::string(64, 'a') + "\"... (65 bytes)");
  EXPECT_EQ(Printable("abc", 2), "\"ab\"... (3 bytes)");
}

TEST(Escaped, LeavesWhatAReaderCanSee) {
  for (const char* text :
       {"", "a b", "\"quoted\" \\", "Grüße, 世界", "\U0001F600", "\u00a0",
        "עברית", "العربية", "e\u0301", "\ufffd"}) {
    EXPECT_EQ(Escaped(text), text);
  }
}

TEST(Escaped, ShowsWhatAReaderCannotSee) {
  struct Case {
    std::string text;
    std::string escaped;
  };
  const Case cases[] = {
      {"\0"s, "\\x00"},
      {"a\nb\tc\r", "a\\x0ab\\x09c\\x0d"},
      {"\x1b[2J", "\\x1b[2J"},
      {"\x7f", "\\x7f"},
      {"\u0080", "\\xc2\\x80"},        // C1
      {"\u009b31m", "\\xc2\\x9b31m"},  // CSI in one character
      {"\u009f", "\\xc2\\x9f"},
      {"\u00ad", "\\xc2\\xad"},       // soft hyphen
      {"\u200b", "\\xe2\\x80\\x8b"},  // zero width space
      {"\u200f", "\\xe2\\x80\\x8f"},  // right-to-left mark
      {"\u2028", "\\xe2\\x80\\xa8"},  // line separator
      {"\u202e", "\\xe2\\x80\\xae"},  // right-to-left override
      {"\u2066", "\\xe2\\x81\\xa6"},  // left-to-right isolate
      {"\u2069", "\\xe2\\x81\\xa9"},
      {"\u061c", "\\xd8\\x9c"},  // Arabic letter mark
      {"\ufeff", "\\xef\\xbb\\xbf"},
      {"\uffff", "\\xef\\xbf\\xbf"},
      {"\U000e0041", "\\xf3\\xa0\\x81\\x81"},  // a tag
      {"\x9b", "\\x9b"},                       // C1 as Latin-1
      {"\xff\xfe", "\\xff\\xfe"},
      {"\xc0\x80", "\\xc0\\x80"},           // overlong
      {"\xed\xa0\x80", "\\xed\\xa0\\x80"},  // a surrogate
      {"\xe2\x80", "\\xe2\\x80"},           // cut
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Escaped(c.text), c.escaped);
    EXPECT_EQ(EscapedAndCut(c.text), c.escaped);
  }
}

std::string RandomText(std::mt19937_64* random) {
  static constexpr std::string_view kParts[] = {
      "a",    "\\",   "\x1b", "\u009b",     "\u202e", "ü",
      "\xff", "\xe2", "世",   "\U0001F600", "\n"};
  std::string text;
  for (uint64_t n = (*random)() % 40; n > 0; --n) {
    text += kParts[(*random)() % std::size(kParts)];
  }
  return text;
}

TEST(Escaped, IsUtf8WithoutControlsAndStaysTheSame) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 5000; ++i) {
    const std::string text = RandomText(&random);
    const std::string escaped = Escaped(text);
    EXPECT_TRUE(IsUtf8(escaped));
    EXPECT_EQ(Escaped(escaped), escaped);
    for (const char c : escaped) {
      EXPECT_FALSE(static_cast<unsigned char>(c) < 0x20 || c == 0x7f);
    }
    EXPECT_EQ(escaped.find("\u202e"), std::string::npos);
    EXPECT_EQ(escaped.find("\u009b"), std::string::npos);
  }
}

TEST(EscapedAndCut, CutsBehindACharacterAndSaysSo) {
  EXPECT_EQ(EscapedAndCut("abc", 3), "abc");
  EXPECT_EQ(EscapedAndCut("abcd", 3), "abc... (4 bytes)");
  EXPECT_EQ(EscapedAndCut("aüü", 4), "aü... (5 bytes)");
  EXPECT_EQ(EscapedAndCut("a\xff", 4), "a... (2 bytes)");
  const std::string large(50'000'000, 'x');
  EXPECT_EQ(EscapedAndCut(large),
            std::string(300, 'x') + "... (50000000 bytes)");
  std::mt19937_64 random(2);
  for (int i = 0; i < 5000; ++i) {
    const std::string text = RandomText(&random);
    const size_t most = random() % 60;
    const std::string cut = EscapedAndCut(text, most);
    EXPECT_TRUE(IsUtf8(cut));
    const std::string mark = "... (" + std::to_string(text.size()) + " bytes)";
    EXPECT_LE(cut.size(), most + mark.size());
    if (Escaped(text).size() > most) {
      EXPECT_TRUE(cut.ends_with(mark));
    } else {
      EXPECT_EQ(cut, Escaped(text));
    }
  }
}

}  // namespace
}  // namespace dynamodown

#include "parse/encoding.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

namespace cli {
namespace {

std::string AllBytes() {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  return bytes;
}

TEST(FormatTest, EveryEncodingGivesTheBytesBack) {
  const std::string all = AllBytes();
  for (const Encoding encoding :
       {Encoding::kText, Encoding::kHex, Encoding::kBase64}) {
    for (size_t length = 0; length <= all.size(); ++length) {
      const std::string bytes = all.substr(all.size() - length);
      EXPECT_EQ(Decode(encoding, Encode(encoding, bytes)), bytes);
    }
  }
}

TEST(FormatTest, HexIsReadInEitherCaseAndWrittenInLowerCase) {
  EXPECT_EQ(Encode(Encoding::kHex, "\xab\x01"), "ab01");
  EXPECT_EQ(Decode(Encoding::kHex, "aBFf"), "\xab\xff");
}

TEST(FormatTest, HexRefusesHalfBytesAndOtherDigits) {
  for (const char* bad : {"a", "abc", "0x", "g0", " 0", "00 "}) {
    EXPECT_EQ(Decode(Encoding::kHex, bad), std::nullopt) << bad;
  }
}

TEST(FormatTest, Base64AgreesWithRfc4648) {
  const char* vectors[][2] = {{"", ""},
                              {"f", "Zg=="},
                              {"fo", "Zm8="},
                              {"foo", "Zm9v"},
                              {"foob", "Zm9vYg=="},
                              {"fooba", "Zm9vYmE="},
                              {"\xfb\xff", "+/8="},
                              {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, base64] : vectors) {
    EXPECT_EQ(Encode(Encoding::kBase64, bytes), base64);
    EXPECT_EQ(Decode(Encoding::kBase64, base64), bytes);
  }
}

TEST(FormatTest, Base64RefusesAllButTheOneFormOfTheBytes) {
  for (const char* bad : {"Z", "Zg", "Zg=", "Zh==", "Zm9=", "====", "Z===",
                          "Zg==Zg==", "Zm9v\n", "-_8=", "Zm 9"}) {
    EXPECT_EQ(Decode(Encoding::kBase64, bad), std::nullopt) << bad;
  }
}

TEST(FormatTest, EncodedTextCannotEndALineOrAColumn) {
  const auto line = [](std::string_view bytes) {
    return EncodeForLine(Encoding::kText, bytes);
  };
  EXPECT_EQ(line("plain text ~"), "plain text ~");
  EXPECT_EQ(line("gr\u00fc\u00df \u4e16 \U0001f600"),
            "gr\u00fc\u00df \u4e16 \U0001f600");
  EXPECT_EQ(line("a\tb\nc\\d\x7f"), "a\\x09b\\x0ac\\x5cd\\x7f");
  EXPECT_EQ(line(std::string_view("\0\x1b[2J", 5)), "\\x00\\x1b[2J");
  EXPECT_EQ(line("\u0085"), "\\xc2\\x85");  // a control character of Latin-1
  EXPECT_EQ(line("\xff"
                 "a\xe4\xb8"),
            "\\xffa\\xe4\\xb8");  // cut short
  EXPECT_EQ(EncodeForLine(Encoding::kHex, "\n"), "0a");
}

TEST(FormatTest, Utf8IsAsInRfc3629) {
  for (const char* good : {"", "a", "\u0080", "\u07ff", "\u0800", "\ud7ff",
                           "\ue000", "\uffff", "\U00010000", "\U0010ffff"}) {
    EXPECT_TRUE(IsUtf8(good)) << good;
  }
  for (const char* bad :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xc3", "\xe0\x9f\xbf", "\xed\xa0\x80",
        "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", "\xe2\x82", "\xe2\x82g", "\xff"}) {
    EXPECT_FALSE(IsUtf8(bad)) << Encode(Encoding::kHex, bad);
  }
}

TEST(FormatTest, JsonEscapesQuotesBackslashesAndControls) {
  EXPECT_EQ(JsonString("a\"b\\c\n\r\t\x01/\u00e9"),
            "\"a\\\"b\\\\c\\n\\r\\t\\u0001/\u00e9\"");
  EXPECT_EQ(JsonString(std::string_view("\0", 1)), "\"\\u0000\"");
}

TEST(FormatTest, JsonMemberSaysWhenItIsBase64) {
  EXPECT_EQ(JsonMember("key", "a"), "\"key\":\"a\"");
  EXPECT_EQ(JsonMember("key", ""), "\"key\":\"\"");
  EXPECT_EQ(JsonMember("key", "\xff\xfe"), "\"key_b64\":\"//4=\"");
}

// Control characters of ASCII and C1, separators, and marks that reverse text.
const struct {
  const char* utf8;
  const char* escaped;
  const char* json;
} kHostile[] = {
    {"\x1b[2J", "\\x1b[2J", "\\u001b[2J"},
    {"\x7f", "\\x7f", "\\u007f"},
    {"\xc2\x9b", "\\xc2\\x9b", "\\u009b"},
    {"\xd8\x9c", "\\xd8\\x9c", "\\u061c"},
    {"\xe2\x80\x8e", "\\xe2\\x80\\x8e", "\\u200e"},
    {"\xe2\x80\xa8", "\\xe2\\x80\\xa8", "\\u2028"},
    {"\xe2\x80\xae", "\\xe2\\x80\\xae", "\\u202e"},
    {"\xe2\x81\xa6", "\\xe2\\x81\\xa6", "\\u2066"},
    {"\U000e0041", "\\xf3\\xa0\\x81\\x81", "\\udb40\\udc41"},
};

TEST(EscapeTest, WhatCouldControlATerminalIsEscaped) {
  for (const auto& hostile : kHostile) {
    const std::string text = std::string("a") + hostile.utf8 + "z";
    EXPECT_EQ(EscapeControls(text), "a" + std::string(hostile.escaped) + "z");
    EXPECT_EQ(EncodeForLine(Encoding::kText, text), EscapeControls(text));
    EXPECT_EQ(JsonString(text), "\"a" + std::string(hostile.json) + "z\"");
  }
  EXPECT_EQ(EscapeControls("\xff"), "\\xff");
}

TEST(EscapeTest, OrdinaryTextStaysAsItIs) {
  const std::string text =
      "tab\tline\n\\ gr\u00fc\u00df \u05d0 \U0001f600 \u2027";
  EXPECT_EQ(EscapeControls(text), text);
  const std::string word = "gr\u00fc\u00df \u05d0\u0627 \U0001f600";
  EXPECT_EQ(JsonString(word), '"' + word + '"');
}

}  // namespace
}  // namespace cli

#include "base/utf8.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "support/strings.h"

namespace dynamodown {
namespace {

using std::string_literals::operator""s;

TEST(IsUtf8, KnowsUnicodesDefinition) {
  for (const char* text :
       {"", "ascii", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80",
        "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80",
        "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(IsUtf8(text)) << Hex(text);
  }
  EXPECT_TRUE(IsUtf8(std::string(1, '\0')));
  for (const char* bytes :
       {"\x80", "\xff", "\xfe", "a\xc3", "\xc3(", "\xc0\x80", "\xc1\xbf",
        "\xe0\x80\x80", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xed\xbf\xbf",
        "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", "\xe2\x82", "\xf0\x9f\x98"}) {
    EXPECT_FALSE(IsUtf8(bytes));
    // Put the bytes at every position of a vector register.
    for (size_t before = 0; before < 130; ++before) {
      EXPECT_FALSE(IsUtf8(std::string(before, 'a') + bytes)) << before;
    }
  }
}

TEST(Utf8CharacterBytes, IsTheLengthOfAWholeCharacter) {
  EXPECT_EQ(Utf8CharacterBytes("a\xff"), 1u);
  EXPECT_EQ(Utf8CharacterBytes("\xc3\xa9\xff"), 2u);
  EXPECT_EQ(Utf8CharacterBytes("\xe2\x82\xac"), 3u);
  EXPECT_EQ(Utf8CharacterBytes("\xf0\x9f\x98\x80"), 4u);
  for (const char* bytes : {"\x80", "\xff", "\xc3", "\xc3(", "\xed\xa0\x80"}) {
    EXPECT_EQ(Utf8CharacterBytes(bytes), 0u) << Hex(bytes);
  }
}

/// All characters of UTF-8, grouped by their length in bytes, each group
/// sorted.
class Characters {
 public:
  Characters() {
    const auto byte = [](uint32_t bits) { return static_cast<char>(bits); };
    for (uint32_t c = 0; c < 0x110000; ++c) {
      if (c >= 0xD800 && c < 0xE000) continue;
      if (c < 0x80) {
        of_[0].push_back({byte(c)});
      } else if (c < 0x800) {
        of_[1].push_back({byte(0xC0 | c >> 6), byte(0x80 | (c & 63))});
      } else if (c < 0x10000) {
        of_[2].push_back({byte(0xE0 | c >> 12), byte(0x80 | (c >> 6 & 63)),
                          byte(0x80 | (c & 63))});
      } else {
        of_[3].push_back({byte(0xF0 | c >> 18), byte(0x80 | (c >> 12 & 63)),
                          byte(0x80 | (c >> 6 & 63)), byte(0x80 | (c & 63))});
      }
    }
  }

  /// Returns the expected LeastUtf8NotBelow. Tries each prefix of `bytes` that
  /// is UTF-8, alone and with one more character. For each length from 1 to 4
  /// bytes, that character is the least one that is not below the bytes after
  /// the prefix.
  std::optional<std::string> LeastNotBelow(std::string_view bytes,
                                           size_t bytes_max) const {
    std::optional<std::string> least;
    const auto offer = [&](std::string text) {
      if (text.size() > bytes_max || text < bytes) return;
      if (!least || text < *least) least = std::move(text);
    };
    for (size_t length = 0; length <= bytes.size(); ++length) {
      const std::string start(bytes.substr(0, length));
      if (!IsUtf8(start)) continue;
      offer(start);
      const std::string rest(bytes.substr(length));
      for (const std::vector<std::string>& characters : of_) {
        const auto at =
            std::lower_bound(characters.begin(), characters.end(), rest);
        if (at != characters.end()) offer(start + *at);
      }
    }
    return least;
  }

 private:
  std::vector<std::string> of_[4];
};

TEST(LeastUtf8NotBelow, IsTheLeast) {
  const Characters characters;
  // In UTF-8, the first byte determines the range of the second byte. The
  // alphabet includes the ends of these ranges.
  const std::string alphabet =
      "\x00\x01\x61\x7f\x80\xbf\xc2\xdf\xe0\xed\xef\xf0\xf4\xff"
      "\x62\x8f\x90\x9f\xa0\xee\xf5\xc0"s;
  std::vector<std::string> bounds = AllStrings(alphabet, 3);
  std::mt19937_64 random(9);
  for (int i = 0; i < 50'000; ++i) {
    std::string bound(4 + random() % 5, '\0');
    for (char& c : bound) c = alphabet[random() % alphabet.size()];
    bounds.push_back(std::move(bound));
  }
  for (const std::string& bound : bounds) {
    for (size_t bytes_max = 1; bytes_max <= 6; ++bytes_max) {
      const auto least = LeastUtf8NotBelow(bound, bytes_max);
      const auto wanted = characters.LeastNotBelow(bound, bytes_max);
      ASSERT_EQ(least, wanted) << Hex(bound) << " in " << bytes_max
                               << " bytes: " << (least ? Hex(*least) : "none")
                               << ", not " << (wanted ? Hex(*wanted) : "none");
    }
  }
}

TEST(LeastUtf8NotBelow, OfAPrefixAndByteFfIsAboveAllTextsWithThePrefix) {
  EXPECT_EQ(LeastUtf8NotBelow("user:\xff", 1024), "user;");
  EXPECT_EQ(LeastUtf8NotBelow("z\x7f\xff", 1024), "z\xc2\x80");
  EXPECT_EQ(LeastUtf8NotBelow("\xff", 1024), std::nullopt);
}

TEST(GreatestUtf8, IsTheGreatestOfItsLength) {
  const Characters characters;
  for (size_t bytes_max = 1; bytes_max <= 9; ++bytes_max) {
    const std::string greatest = GreatestUtf8(bytes_max);
    EXPECT_TRUE(IsUtf8(greatest));
    EXPECT_LE(greatest.size(), bytes_max);
    const std::string above = greatest + '\0';
    EXPECT_EQ(characters.LeastNotBelow(above, bytes_max), std::nullopt);
  }
}

}  // namespace
}  // namespace dynamodown

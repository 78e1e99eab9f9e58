// Parses random files of profiles: well-formed files, and files of random
// bytes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "aws/profiles_test_compare.h"

namespace dynamodown {
namespace {

using testing::IsEmpty;
using testing::StartsWith;

/// Writes a random well-formed file, and remembers the settings in it.
class RandomFile {
 public:
  explicit RandomFile(uint64_t seed) : random_(seed) {}

  std::string Write() {
    std::string text = OneIn(4) ? "\xef\xbb\xbf" : "";
    text += Noise();
    for (size_t n = Below(6); n > 0; --n) text += Section();
    if (!text.empty() && text.back() == '\n' && OneIn(3)) text.pop_back();
    return text;
  }
  const Profiles& said() const { return said_; }

 private:
  size_t Below(size_t n) { return random_() % n; }
  bool OneIn(size_t n) { return Below(n) == 0; }
  std::string OneOf(const std::vector<std::string>& choices) {
    return choices[Below(choices.size())];
  }
  std::string Blanks(size_t least = 0) {
    std::string blanks;
    for (size_t n = least + Below(3); n > 0; --n) blanks += OneOf({" ", "\t"});
    return blanks;
  }
  std::string EndOfLine() {
    return Blanks() + (OneIn(4) ? OneOf({" # c", "\t;", " ;[x] = 1"}) : "") +
           OneOf({"\n", "\r\n"});
  }
  std::string Noise() {
    std::string noise;
    for (size_t n = OneIn(2) ? 0 : Below(4); n > 0; --n) {
      noise += Blanks() + OneOf({"", "", "# a = b", "; [c]", "#"}) +
               OneOf({"\n", "\r\n"});
    }
    return noise;
  }
  std::string Name() {
    std::string name = OneOf({"a", "b", "c", "region", "sso_start_url"});
    for (size_t n = Below(3); n > 0; --n) {
      name += "abcxyz0189_-.%@+/"[Below(17)];
    }
    return name;
  }
  /// Returns `name` with some letters in upper case.
  std::string Mixed(std::string name) {
    for (char& c : name) {
      if (c >= 'a' && c <= 'z' && OneIn(3))
        c = static_cast<char>(c - 'a' + 'A');
    }
    return name;
  }
  /// Returns a value that is not empty, with no blanks at its ends.
  std::string Value() {
    std::string value = OneOf({"x", "\u00e9", "/", "[", "=", "-", "' # '"});
    for (size_t n = Below(6); n > 0; --n) {
      value += OneOf({"a", "Z", "\U0001F602", "=", "]", "#", ";", " b", "\tq",
                      "\\", "  =", "\xff", " ' # '"});
    }
    return value;
  }

  /// Forgets a section that an earlier header spelled differently.
  ProfileSection* Begin(const std::string& header, ProfileSection* section) {
    std::string& spelling = spellings_[section];
    if (!spelling.empty() && spelling != header) *section = {};
    spelling = header;
    return section;
  }

  std::string Section() {
    const std::string name =
        OneIn(4) ? OneOf({"two words", "a]b", "# x"}) : OneOf({"p", "q", "R"});
    const bool quoted = name.size() > 1 || OneIn(4);
    std::string header = quoted ? "\"" + name + "\"" : name;
    ProfileSection* section = nullptr;
    switch (Below(5)) {
      case 0:
        header = "sso-session" + Blanks(1) + header;
        section = &said_.sso_sessions[name];
        break;
      case 1:
        header = "services" + Blanks(1) + header;
        section = &said_.services[name];
        break;
      case 2:
        header = "default";
        section = &said_.profiles[header];
        break;
      default:
        header = "profile" + Blanks(1) + header;
        section = &said_.profiles[name];
    }
    Begin(header, section);
    // Behind a setting, an indented header would be more of its value.
    std::string text = (began_ ? "" : Blanks()) + "[" + Blanks() + header +
                       Blanks() + "]" + OneOf({"", "", "#", " # [x]", " x"}) +
                       EndOfLine();
    began_ = true;
    indent_ = Blanks();
    for (size_t n = Below(6); n > 0; --n) text += Noise() + Setting(section);
    return text + Noise();
  }

  std::string Setting(ProfileSection* section) {
    const std::string name = Name();
    std::string text = indent_ + Mixed(name) + Blanks() + "=";
    section->nested.erase(name);
    std::string& value = section->settings[name];
    value.clear();
    if (OneIn(3)) {  // The setting holds settings.
      text += EndOfLine();
      for (size_t n = Below(4); n > 0; --n) {
        const std::string held = Name();
        std::string& inner = section->nested[name][held];
        inner = OneIn(4) ? "" : Value();
        text += Noise() + indent_ + Blanks(1) + held + Blanks() + "=" +
                Blanks(1) + inner + EndOfLine();
      }
      return text;
    }
    value = Value();
    text += Blanks(1) + value + EndOfLine();
    for (size_t n = OneIn(4) ? Below(3) : 0; n > 0; --n) {
      // The value goes on in another line.
      const std::string more = Value();
      text += indent_ + Blanks(1) + more + Blanks() + "\n";
      value += "\n" + more;
    }
    return text;
  }

  std::mt19937_64 random_;
  Profiles said_;
  std::map<ProfileSection*, std::string> spellings_;
  bool began_ = false;  // The first section.
  std::string indent_;  // Of the settings in the current section.
};

TEST(ProfilesProperty, EverySettingOfAWellFormedFileIsReadBack) {
  size_t settings = 0;
  for (uint64_t seed = 0; seed < 3'000; ++seed) {
    RandomFile file(seed);
    const std::string text = file.Write();
    Profiles profiles;
    ParseConfigFile(text, "config", &profiles);
    ASSERT_THAT(profiles.unread, IsEmpty()) << text;
    ASSERT_EQ(profiles.profiles, file.said().profiles) << seed << "\n" << text;
    ASSERT_EQ(profiles.sso_sessions, file.said().sso_sessions) << text;
    ASSERT_EQ(profiles.services, file.said().services) << text;
    for (const auto& [name, section] : profiles.profiles) {
      settings += section.settings.size();
    }
  }
  EXPECT_GT(settings, 10'000U);
}

TEST(ProfilesProperty, AnyBytesAreReadOrNoted) {
  std::mt19937_64 random(1);
  size_t noted = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::string text;
    for (size_t n = random() % 24; n > 0; --n) {
      static const std::vector<std::string> kPieces = {
          "[",       "]",
          "\n",      "\n",
          "=",       " ",
          "#",       ";",
          "\r",      "'",
          "\"",      "profile ",
          "default", "\t",
          "name",    "value",
          "x",       "[profile x]\n",
          "\xff",    std::string(1, '\0')};
      text += kPieces[random() % kPieces.size()];
    }
    for (const auto parse : {ParseConfigFile, ParseCredentialsFile}) {
      Profiles profiles;
      parse(text, "file", &profiles);
      const std::string hint = profiles.Hint("x");
      if (hint.empty()) continue;
      ++noted;
      EXPECT_THAT(hint, StartsWith(" (file, line "));
    }
  }
  EXPECT_GT(noted, 1'000U);
  EXPECT_LT(noted, 99'000U);
}

}  // namespace
}  // namespace dynamodown

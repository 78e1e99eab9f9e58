// Parses any bytes as a config file and as a credentials file. A note about
// damage quotes none of the bytes. Names and values are trimmed. A text with
// Windows line ends gives the same profiles.

#include <cctype>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

#include "aws/profiles.h"

namespace {

using dynamodown::Profiles;
using dynamodown::ProfileSection;

void Check(bool holds) {
  if (!holds) abort();
}

bool IsBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

void CheckTrimmed(const std::string& text) {
  Check(text.empty() || (!IsBlank(text.front()) && !IsBlank(text.back())));
}

void CheckSetting(const std::string& name, const std::string& value) {
  Check(!name.empty());
  CheckTrimmed(name);
  Check(name.find('=') == std::string::npos);
  CheckTrimmed(value);
}

void CheckMessage(const std::string& message) {
  constexpr char kStart[] = "file, line ";
  Check(message.starts_with(kStart));
  const size_t colon = message.find(": ");
  Check(colon != std::string::npos);
  for (size_t i = sizeof kStart - 1; i < colon; ++i) {
    Check(isdigit(static_cast<unsigned char>(message[i])) != 0);
  }
  // The rest must be one of the parser's own sentences.
  for (const char* sentence :
       {"a setting must be in a section, below a line such as [default]",
        "the section's name has no ']'", "the section has no name",
        "a setting is written NAME = VALUE",
        "the file is UTF-16; save it as UTF-8"}) {
    if (message.substr(colon + 2) == sentence) return;
  }
  abort();
}

using Sections = std::map<std::string, ProfileSection>;

void CheckSections(const Sections& sections) {
  for (const auto& [name, section] : sections) {
    Check(!name.empty());
    if (!section.damage.empty()) CheckMessage(section.damage);
    for (const auto& [setting, value] : section.settings) {
      CheckSetting(setting, value);
    }
    for (const auto& [holder, held] : section.nested) {
      Check(section.settings.at(holder).empty() && !held.empty());
      for (const auto& [setting, value] : held) CheckSetting(setting, value);
    }
  }
}

bool IsSame(const Sections& a, const Sections& b) {
  if (a.size() != b.size()) return false;
  for (const auto& [name, section] : a) {
    const auto other = b.find(name);
    if (other == b.end() || other->second.settings != section.settings ||
        other->second.nested != section.nested) {
      return false;
    }
  }
  return true;
}

bool IsSame(const Profiles& a, const Profiles& b) {
  return IsSame(a.profiles, b.profiles) &&
         IsSame(a.sso_sessions, b.sso_sessions) &&
         IsSame(a.services, b.services);
}

/// Returns the text with Windows line ends.
std::string WithWindowsLines(const std::string& text) {
  std::string other;
  char last = '\0';
  for (const char c : text) {
    if (c == '\n' && last != '\r') other += '\r';
    other += c;
    last = c;
  }
  return other;
}

using Parser = void(std::string_view, const std::string&, Profiles*);

void CheckParser(Parser* parse, const std::string& text) {
  Profiles profiles;
  parse(text, "file", &profiles);
  for (const std::string& reason : profiles.unread) CheckMessage(reason);
  CheckSections(profiles.profiles);
  CheckSections(profiles.sso_sessions);
  CheckSections(profiles.services);
  Profiles again;
  parse(WithWindowsLines(text), "file", &again);
  Check(IsSame(again, profiles) && again.unread == profiles.unread);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  CheckParser(dynamodown::ParseConfigFile, text);
  CheckParser(dynamodown::ParseCredentialsFile, text);
  return 0;
}

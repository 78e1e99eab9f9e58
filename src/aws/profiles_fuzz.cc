// Parses any bytes as a config file and as a credentials file. An error quotes
// none of the bytes. Names and values are trimmed. A file that contains the
// text twice, or with Windows line ends, gives the same profiles.

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
  for (const char c : name) Check(!(c >= 'A' && c <= 'Z') && c != '=');
  CheckTrimmed(name);
  CheckTrimmed(value);
}

using Sections = std::map<std::string, ProfileSection>;

void CheckSections(const Sections& sections) {
  for (const auto& [name, section] : sections) {
    Check(!name.empty());
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

/// Returns the text twice.
std::string Twice(std::string text) {
  constexpr char kByteOrderMark[] = "\xef\xbb\xbf";
  std::string again = text;
  if (again.starts_with(kByteOrderMark)) again.erase(0, 3);
  return text + "\n" + again;
}

/// Returns the text with Windows line ends.
std::string WithWindowsLines(const std::string& text) {
  std::string other;
  for (const char c : text) {
    if (c == '\n') other += '\r';
    other += c;
  }
  return other;
}

using Parser = dynamodown::Result<void>(std::string_view, const std::string&,
                                        Profiles*);

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
        "the section's name has no ']'",
        "there is something after the section's ']'", "the section has no name",
        "a setting is written NAME = VALUE",
        "the line is indented, but there is no setting above it"}) {
    if (message.substr(colon + 2) == sentence) return;
  }
  abort();
}

void CheckParser(Parser* parse, const std::string& text) {
  Profiles profiles;
  const auto parsed = parse(text, "file", &profiles);
  if (!parsed.ok()) {
    CheckMessage(parsed.error().message);
    Check(IsSame(profiles, Profiles()));
    return;
  }
  CheckSections(profiles.profiles);
  CheckSections(profiles.sso_sessions);
  CheckSections(profiles.services);
  for (const std::string& other : {Twice(text), WithWindowsLines(text)}) {
    Profiles again;
    Check(parse(other, "file", &again).ok());
    Check(IsSame(again, profiles));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  CheckParser(dynamodown::ParseConfigFile, text);
  CheckParser(dynamodown::ParseCredentialsFile, text);
  return 0;
}

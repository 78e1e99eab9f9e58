// Grammar, a line at a time. "\r" before the line's end is a blank, and a byte
// order mark before the first line is skipped.
//
//     comment = *blank ( "#" / ";" ) anything
//     header  = "[" *blank name *blank "]" *blank [ ( "#" / ";" ) anything ]
//     setting = name *blank "=" value [ blank ( "#" / ";" ) anything ]
//     more    = 1*blank anything     ; continues the setting above it
//
// A name in a header may be in single or double quotes. After a setting with a
// value, `more` is a further line of that value. A "#" or ";" after other text
// in this line belongs to the value, as in AWS's tools. After a setting without
// a value, `more` is a setting within that setting. A line that contains only a
// comment is a comment everywhere, as in the AWS CLI.

#include "aws/profiles.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace dynamodown {
namespace {

constexpr std::string_view kBlanks = " \t\r\v\f";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kDefault = "default";
constexpr std::array<std::string_view, 3> kKinds = {"profile", "sso-session",
                                                    "services"};

using Sections = std::map<std::string, ProfileSection>;

bool IsBlank(char c) { return kBlanks.find(c) != std::string_view::npos; }
bool IsCommentSign(char c) { return c == '#' || c == ';'; }
bool IsQuote(char c) { return c == '"' || c == '\''; }

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

std::string Lowered(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lowered;
}

std::string_view WithoutComment(std::string_view line) {
  for (size_t i = 1; i < line.size(); ++i) {
    if (IsCommentSign(line[i]) && IsBlank(line[i - 1])) {
      return line.substr(0, i);
    }
  }
  return line;
}

/// Removes the first word of `*text` and returns the word: a quoted text
/// without its quotes, or everything up to a blank. Requires `*text` to be
/// trimmed.
std::string_view TakeWord(std::string_view* text) {
  size_t end = 0;
  std::string_view word;
  if (!text->empty() && IsQuote(text->front())) {
    end = text->find(text->front(), 1);
    if (end != std::string_view::npos) {
      word = text->substr(1, end - 1);
      *text = Trimmed(text->substr(end + 1));
      return word;
    }
  }
  end = std::min(text->find_first_of(kBlanks), text->size());
  word = text->substr(0, end);
  *text = Trimmed(text->substr(end));
  return word;
}

/// Returns the length of the header at the beginning of `line`, including its
/// brackets, or 0 if no "]" closes the header. A "]" within quotes does not
/// close it.
size_t HeaderLength(std::string_view line) {
  char quote = '\0';
  for (size_t i = 1; i < line.size(); ++i) {
    if (quote != '\0') {
      if (line[i] == quote) quote = '\0';
    } else if (line[i] == ']') {
      return i + 1;
    } else if (IsQuote(line[i]) && (i == 1 || IsBlank(line[i - 1])) &&
               line.find(line[i], i + 1) != std::string_view::npos) {
      quote = line[i];
    }
  }
  return 0;
}

/// Returns "profile" for "profile NAME", and nothing for a name alone.
std::string_view KindOf(std::string_view header) {
  const std::string_view kind = TakeWord(&header);
  return header.empty() ? std::string_view() : kind;
}

/// Merges the settings of `from` into `*into`. If both contain the same
/// setting, the one in `from` wins if `replace` is true, else the one in
/// `*into`.
void Merge(ProfileSection from, bool replace, ProfileSection* into) {
  for (auto& [name, value] : from.settings) {
    if (!replace && into->settings.contains(name)) continue;
    into->settings[name] = std::move(value);
    into->nested.erase(name);
    const auto held = from.nested.find(name);
    if (held != from.nested.end()) {
      into->nested[name] = std::move(held->second);
    }
  }
}

void Merge(Sections from, bool replace, Sections* into) {
  for (auto& [name, section] : from) {
    Merge(std::move(section), replace, &(*into)[name]);
  }
}

enum class FileKind { kConfig, kCredentials };

class FileParser {
 public:
  FileParser(FileKind kind, const std::string& path)
      : kind_(kind), path_(path) {}

  Result<Profiles> Parse(std::string_view text) {
    if (text.starts_with(kByteOrderMark)) {
      text.remove_prefix(kByteOrderMark.size());
    }
    while (!text.empty()) {
      const size_t end = std::min(text.find('\n'), text.size());
      ++line_number_;
      Result<void> taken = TakeLine(text.substr(0, end));
      if (!taken.ok()) return std::move(taken).error();
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (has_prefixed_default_) {
      found_.profiles[std::string(kDefault)] = std::move(prefixed_default_);
    }
    return std::move(found_);
  }

 private:
  Result<void> TakeLine(std::string_view line) {
    const std::string_view trimmed = Trimmed(line);
    if (trimmed.empty() || IsCommentSign(trimmed.front())) return {};
    if (line.front() == '[') return BeginSection(trimmed);
    if (section_ == nullptr) {
      if (ignores_) return {};
      return Wrong(
          "a setting must be in a section, below a line such as [default]");
    }
    return IsBlank(line.front()) ? TakeIndented(trimmed) : TakeSetting(trimmed);
  }

  Result<void> BeginSection(std::string_view line) {
    const size_t length = HeaderLength(line);
    if (length == 0) return Wrong("the section's name has no ']'");
    const std::string_view rest = Trimmed(line.substr(length));
    if (!rest.empty() && !IsCommentSign(rest.front())) {
      return Wrong("there is something after the section's ']'");
    }
    const std::string_view header = Trimmed(line.substr(1, length - 2));
    if (header.empty()) return Wrong("the section has no name");
    section_ = kind_ == FileKind::kConfig ? ConfigSection(header)
                                          : CredentialsSection(header);
    ignores_ = section_ == nullptr;
    name_.clear();
    return {};
  }

  /// Returns null for an ignored section, as CredentialsSection does.
  ProfileSection* ConfigSection(std::string_view header) {
    if (header == kDefault) return &found_.profiles[std::string(kDefault)];
    const std::string_view kind = TakeWord(&header);
    const std::string name(TakeWord(&header));
    // AWS's tools accept a name of several words only in quotes.
    if (name.empty() || !header.empty()) return nullptr;
    if (kind == "sso-session") return &found_.sso_sessions[name];
    if (kind == "services") return &found_.services[name];
    if (kind != "profile") return nullptr;
    if (name != kDefault) return &found_.profiles[name];
    has_prefixed_default_ = true;
    return &prefixed_default_;
  }

  ProfileSection* CredentialsSection(std::string_view header) {
    // A section like "[profile NAME]", which belongs in a config file, has no
    // effect in a credentials file.
    const std::string_view kind = KindOf(header);
    if (std::ranges::find(kKinds, kind) != kKinds.end()) return nullptr;
    // In this file, the AWS CLI writes a name of several words without quotes.
    if (kind.empty()) header = TakeWord(&header);
    return header.empty() ? nullptr : &found_.profiles[std::string(header)];
  }

  Result<void> TakeSetting(std::string_view line) {
    Result<std::pair<std::string, std::string>> setting = Split(line);
    if (!setting.ok()) return std::move(setting).error();
    name_ = std::move(setting->first);
    section_->settings[name_] = std::move(setting->second);
    section_->nested.erase(name_);
    return {};
  }

  Result<void> TakeIndented(std::string_view line) {
    if (name_.empty()) {
      return Wrong("the line is indented, but there is no setting above it");
    }
    std::string& value = section_->settings[name_];
    if (!value.empty()) {
      value += '\n';
      value += line;
      return {};
    }
    Result<std::pair<std::string, std::string>> setting = Split(line);
    if (!setting.ok()) return std::move(setting).error();
    section_->nested[name_][setting->first] = std::move(setting->second);
    return {};
  }

  Result<std::pair<std::string, std::string>> Split(
      std::string_view line) const {
    line = WithoutComment(line);
    const size_t equals = line.find('=');
    const std::string_view name = Trimmed(line.substr(0, equals));
    if (equals == std::string_view::npos || name.empty()) {
      return Wrong("a setting is written NAME = VALUE");
    }
    return std::pair(Lowered(name),
                     std::string(Trimmed(line.substr(equals + 1))));
  }

  Error Wrong(const char* what) const {
    return Error{
        ErrorKind::kInvalidArgument,
        path_ + ", line " + std::to_string(line_number_) + ": " + what};
  }

  const FileKind kind_;
  const std::string& path_;
  size_t line_number_ = 0;
  Profiles found_;
  ProfileSection prefixed_default_;  // "[profile default]"
  bool has_prefixed_default_ = false;
  ProfileSection* section_ = nullptr;  // Null: none yet, or an ignored one.
  bool ignores_ = false;
  // The last setting of this section that is not indented; empty: none yet.
  std::string name_;
};

Result<void> ParseFile(FileKind kind, std::string_view text,
                       const std::string& path, Profiles* profiles) {
  Result<Profiles> found = FileParser(kind, path).Parse(text);
  if (!found.ok()) return std::move(found).error();
  const bool replace = kind == FileKind::kCredentials;
  Merge(std::move(found->profiles), replace, &profiles->profiles);
  Merge(std::move(found->sso_sessions), replace, &profiles->sso_sessions);
  Merge(std::move(found->services), replace, &profiles->services);
  return {};
}

/// Does nothing if `path` is empty.
Result<void> ReadFile(FileKind kind, const std::string& path,
                      const FileReader& read_file, Profiles* profiles) {
  if (path.empty()) return {};
  Result<std::optional<std::string>> text = read_file(path);
  if (!text.ok()) return std::move(text).error();
  if (!text->has_value()) return {};
  return ParseFile(kind, **text, path, profiles);
}

}  // namespace

std::string ProfileSection::Get(const std::string& name) const {
  const auto found = settings.find(name);
  return found == settings.end() ? "" : found->second;
}

std::string ProfileSection::GetNested(const std::string& holder,
                                      const std::string& name) const {
  const auto held = nested.find(holder);
  if (held == nested.end()) return "";
  const auto found = held->second.find(name);
  return found == held->second.end() ? "" : found->second;
}

const ProfileSection* Profiles::Find(const std::string& profile) const {
  const auto found = profiles.find(profile);
  return found == profiles.end() ? nullptr : &found->second;
}

Result<void> ParseConfigFile(std::string_view text, const std::string& path,
                             Profiles* profiles) {
  return ParseFile(FileKind::kConfig, text, path, profiles);
}

Result<void> ParseCredentialsFile(std::string_view text,
                                  const std::string& path, Profiles* profiles) {
  return ParseFile(FileKind::kCredentials, text, path, profiles);
}

ProfilePaths FindProfilePaths(const EnvironmentVariables& variables) {
  const auto path = [&variables](const char* variable, const char* name) {
    const std::optional<std::string> said = variables(variable);
    if (said) return ExpandHome(*said, variables);
    const std::optional<std::string> home = variables("HOME");
    return home ? *home + "/.aws/" + name : std::string();
  };
  return {path("AWS_CONFIG_FILE", "config"),
          path("AWS_SHARED_CREDENTIALS_FILE", "credentials")};
}

Result<Profiles> ReadProfiles(const Machine& machine) {
  const ProfilePaths paths = FindProfilePaths(machine.variables);
  Profiles profiles;
  Result<void> read =
      ReadFile(FileKind::kConfig, paths.config, machine.read_file, &profiles);
  if (read.ok()) {
    read = ReadFile(FileKind::kCredentials, paths.credentials,
                    machine.read_file, &profiles);
  }
  if (!read.ok()) return std::move(read).error();
  return profiles;
}

std::string ExpandHome(const std::string& path,
                       const EnvironmentVariables& variables) {
  const std::optional<std::string> home = variables("HOME");
  return path.starts_with("~/") && home ? *home + path.substr(1) : path;
}

}  // namespace dynamodown

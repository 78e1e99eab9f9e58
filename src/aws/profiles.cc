// We read what the AWS command line reads. Its parser is Python's configparser,
// with rules of botocore on top (docs/decisions/0025-profile-files.md). A line
// ends with "\n", "\r\n" or "\r". A byte order mark before the first line is
// skipped. Blanks at both ends of a line, a name or a value do not count.
//
//     comment = ( "#" / ";" ) anything
//     header  = "[" name "]" [ anything ]
//     setting = name ( "=" / ":" ) value [ blank ( "#" / ";" ) anything ]
//     more    = anything      ; continues the setting above it
//
// A line is `more` if it is indented more than the setting above it. So a
// header and the first setting of a section may be indented, too. A line that
// contains only a comment is a comment everywhere.
//
// After a setting with a value, `more` is a further line of that value. After a
// setting without a value, `more` is a setting within that setting, written
// with "=".
//
// In a config file, a header is split into words as a shell splits them. In a
// credentials file, it is a name. Settings below "[DEFAULT]" also belong to all
// other sections of the file, unless those have them.

#include "aws/profiles.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "base/lowered.h"

namespace dynamodown {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kNoBreakSpace = "\xc2\xa0";
constexpr std::string_view kDefault = "default";
constexpr std::array<std::string_view, 3> kKinds = {"profile", "sso-session",
                                                    "services"};

using Sections = std::map<std::string, ProfileSection>;

bool IsBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool IsCommentSign(char c) { return c == '#' || c == ';'; }
bool IsQuote(char c) { return c == '"' || c == '\''; }

/// Returns the number of blanks at the beginning of `text`, and removes them.
/// Text that was copied from a web page may have blanks that do not break.
size_t TakeBlanks(std::string_view* text) {
  size_t blanks = 0;
  for (;; ++blanks) {
    if (!text->empty() && IsBlank(text->front())) {
      text->remove_prefix(1);
    } else if (text->starts_with(kNoBreakSpace)) {
      text->remove_prefix(kNoBreakSpace.size());
    } else {
      return blanks;
    }
  }
}

std::string_view Trimmed(std::string_view text) {
  TakeBlanks(&text);
  for (;;) {
    if (!text.empty() && IsBlank(text.back())) {
      text.remove_suffix(1);
    } else if (text.ends_with(kNoBreakSpace)) {
      text.remove_suffix(kNoBreakSpace.size());
    } else {
      return text;
    }
  }
}

/// Returns the length of the quoted text that begins at `text[at]`, including
/// both quotes. Returns 0 if none begins there. A quote counts only behind a
/// blank, an opening bracket or a quoted text, so an apostrophe does not.
size_t QuotedLength(std::string_view text, size_t at) {
  if (!IsQuote(text[at])) return 0;
  const char before = at == 0 ? ' ' : text[at - 1];
  if (!IsBlank(before) && before != '[' && !IsQuote(before)) return 0;
  const size_t end = text.find(text[at], at + 1);
  return end == std::string_view::npos ? 0 : end - at + 1;
}

/// Removes a comment behind a value: a comment sign behind a blank, outside of
/// quotes.
std::string_view WithoutComment(std::string_view value) {
  for (size_t i = 0; i < value.size(); ++i) {
    if (i > 0 && IsCommentSign(value[i]) && IsBlank(value[i - 1])) {
      return value.substr(0, i);
    }
    const size_t quoted = QuotedLength(value, i);
    if (quoted > 0) i += quoted - 1;
  }
  return value;
}

/// Returns the header in a line that begins with "[", without its brackets, or
/// nothing if no "]" closes the header. A "]" in quotes closes no header. The
/// first "]" at the end of a word closes the header. If no "]" is at the end of
/// a word, the last "]" closes it.
std::optional<std::string_view> HeaderOf(std::string_view line) {
  size_t last = 0;
  for (size_t i = 1; i < line.size(); ++i) {
    if (line[i] == ']') {
      last = i;
      if (i + 1 == line.size() || IsBlank(line[i + 1]) ||
          IsCommentSign(line[i + 1])) {
        break;
      }
    }
    const size_t quoted = QuotedLength(line, i);
    if (quoted > 0) i += quoted - 1;
  }
  if (last == 0) return std::nullopt;
  return Trimmed(line.substr(1, last - 1));
}

/// Splits `text` into words as a POSIX shell does, without expanding anything.
/// Returns nothing if a quoted text or a backslash is not completed.
std::optional<std::vector<std::string>> WordsOf(std::string_view text) {
  std::vector<std::string> words;
  bool in_word = false;
  char quote = '\0';
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (quote != '\0' && c == quote) {
      quote = '\0';
      continue;
    }
    if (quote == '\0' && IsBlank(c)) {
      in_word = false;
      continue;
    }
    if (!in_word) words.emplace_back();
    in_word = true;
    if (quote == '\0' && IsQuote(c)) {
      quote = c;
      continue;
    }
    if (c == '\\' && quote != '\'') {
      if (++i == text.size()) return std::nullopt;
      // Within double quotes, a backslash escapes only these two.
      if (quote == '"' && text[i] != '"' && text[i] != '\\') {
        words.back().push_back(c);
      }
      c = text[i];
    }
    words.back().push_back(c);
  }
  if (quote != '\0') return std::nullopt;
  return words;
}

/// Merges the settings of `from` into `*into`. If both contain the same
/// setting, the one in `from` wins if `replace` is true, else the one in
/// `*into`.
void Merge(ProfileSection from, bool replace, ProfileSection* into) {
  if (!from.damage.empty()) {
    into->damage += (into->damage.empty() ? "" : "; ") + from.damage;
  }
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

/// The keys and the session token of a profile belong together, so they must
/// come from one file. Keeps those of `winner` if it has an access key id, else
/// those of `other`. Does nothing if neither has an access key id.
void KeepOneFilesKeys(ProfileSection* winner, ProfileSection* other) {
  constexpr const char* kKeys[] = {"aws_access_key_id", "aws_secret_access_key",
                                   "aws_session_token", "aws_security_token"};
  if (!winner->settings.contains(kKeys[0])) std::swap(winner, other);
  if (!winner->settings.contains(kKeys[0])) return;
  for (const char* name : kKeys) {
    other->settings.erase(name);
    other->nested.erase(name);
  }
}

void Merge(Sections from, bool replace, Sections* into) {
  for (auto& [name, section] : from) {
    ProfileSection& merged = (*into)[name];
    KeepOneFilesKeys(replace ? &section : &merged,
                     replace ? &merged : &section);
    Merge(std::move(section), replace, &merged);
  }
}

enum class FileKind { kConfig, kCredentials };

/// Removes the first line of `*text` and returns the line without its end.
std::string_view TakeLine(std::string_view* text) {
  const size_t end = std::min(text->find_first_of("\r\n"), text->size());
  const std::string_view line = text->substr(0, end);
  text->remove_prefix(end);
  const size_t length = text->starts_with("\r\n") ? 2 : 1;
  text->remove_prefix(std::min(length, text->size()));
  return line;
}

class FileParser {
 public:
  FileParser(FileKind kind, const std::string& path)
      : kind_(kind), path_(path) {}

  Profiles Parse(std::string_view text) {
    if (text.starts_with(kByteOrderMark)) {
      text.remove_prefix(kByteOrderMark.size());
    }
    if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
      line_number_ = 1;
      Note("the file is UTF-16; save it as UTF-8");
      return std::move(found_);
    }
    while (!text.empty()) {
      ++line_number_;
      ReadLine(TakeLine(&text));
    }
    for (Sections* sections :
         {&found_.profiles, &found_.sso_sessions, &found_.services}) {
      for (auto& [name, section] : *sections) {
        Merge(defaults_, false, &section);
      }
    }
    return std::move(found_);
  }

 private:
  void ReadLine(std::string_view line) {
    const size_t indent = TakeBlanks(&line);
    line = Trimmed(line);
    if (line.empty()) {
      ++empty_lines_;
    } else if (!IsCommentSign(line.front())) {
      ReadText(line, indent);
      empty_lines_ = 0;
    }
  }

  void ReadText(std::string_view line, size_t indent) {
    if (!name_.empty() && indent > indent_) return ReadMore(line);
    indent_ = indent;
    name_.clear();
    if (line.front() == '[') return BeginSection(line);
    if (section_ == nullptr) {
      return Note(
          "a setting must be in a section, below a line such as "
          "[default]");
    }
    ReadSetting(line);
  }

  void BeginSection(std::string_view line) {
    const std::optional<std::string_view> header = HeaderOf(line);
    section_ = nullptr;
    if (!header) Note("the section's name has no ']'");
    if (header && header->empty()) Note("the section has no name");
    ignored_ = {};
    section_ = header ? SectionOf(*header) : nullptr;
    if (section_ == nullptr) {
      section_ = &ignored_;
      return;
    }
    // Two spellings of a header are two sections, and the later one counts.
    std::string& spelling = spellings_[section_];
    if (!spelling.empty() && spelling != *header) *section_ = {};
    spelling = *header;
  }

  /// Returns null for a section to ignore.
  ProfileSection* SectionOf(std::string_view header) {
    if (header == "DEFAULT") return &defaults_;
    return kind_ == FileKind::kConfig ? ConfigSection(header)
                                      : CredentialsSection(header);
  }

  ProfileSection* ConfigSection(std::string_view header) {
    if (header == kDefault) return &found_.profiles[std::string(kDefault)];
    const auto words = WordsOf(header);
    if (words && words->size() == 1) {
      Misspell(words->front(), "[profile " + words->front() + "]");
    }
    if (!words || words->size() != 2 || words->back().empty()) return nullptr;
    const std::string& kind = words->front();
    const std::string& name = words->back();
    if (kind == "profile") return &found_.profiles[name];
    if (kind == "sso-session") return &found_.sso_sessions[name];
    if (kind == "services") return &found_.services[name];
    return nullptr;
  }

  ProfileSection* CredentialsSection(std::string_view header) {
    if (header.empty()) return nullptr;
    std::string name(header);
    const auto words = WordsOf(header);
    if (words && words->size() == 2 &&
        std::ranges::find(kKinds, words->front()) != kKinds.end()) {
      // A section like "[profile NAME]" belongs in a config file.
      if (words->front() == "profile") {
        Misspell(words->back(), "[" + words->back() + "]");
      }
      return nullptr;
    }
    // In this file, the AWS CLI writes a name of several words without quotes.
    if (IsQuote(header.front()) && words && words->size() == 1) {
      name = words->front();
    }
    return name.empty() ? nullptr : &found_.profiles[name];
  }

  void ReadSetting(std::string_view line) {
    auto setting = Split(line, "=:");
    if (!setting) return Note("a setting is written NAME = VALUE");
    name_ = Lowered(setting->first);
    section_->settings[name_] = setting->second;
    section_->nested.erase(name_);
  }

  void ReadMore(std::string_view line) {
    std::string& value = section_->settings[name_];
    if (!value.empty()) {
      value.append(empty_lines_ + 1, '\n').append(line);
      return;
    }
    auto setting = Split(line, "=");
    if (!setting) return Note("a setting is written NAME = VALUE");
    section_->nested[name_][std::string(setting->first)] = setting->second;
  }

  /// Returns a setting's name and value, or nothing if `line` is no setting.
  static std::optional<std::pair<std::string_view, std::string_view>> Split(
      std::string_view line, const char* signs) {
    const size_t sign = line.find_first_of(signs);
    const std::string_view name = Trimmed(line.substr(0, sign));
    if (sign == std::string_view::npos || name.empty()) return std::nullopt;
    return std::pair(name, Trimmed(WithoutComment(line.substr(sign + 1))));
  }

  /// Notes that the current line should be `header`. The note is shown only if
  /// the user asks for `profile`.
  void Misspell(const std::string& profile, const std::string& header) {
    found_.misspelled.emplace(profile, path_ + ", line " +
                                           std::to_string(line_number_) +
                                           ": in this file, write " + header);
  }

  /// Notes the first damage of a section, or outside of all sections.
  void Note(const char* what) {
    std::string note =
        path_ + ", line " + std::to_string(line_number_) + ": " + what;
    if (section_ == nullptr) {
      if (found_.unread.empty()) found_.unread.push_back(std::move(note));
    } else if (section_->damage.empty()) {
      section_->damage = std::move(note);
    }
  }

  const FileKind kind_;
  const std::string& path_;
  size_t line_number_ = 0;
  Profiles found_;
  ProfileSection defaults_;  // "[DEFAULT]"
  ProfileSection ignored_;
  std::map<const ProfileSection*, std::string> spellings_;
  ProfileSection* section_ = nullptr;  // Null: none yet.
  std::string name_;        // The setting that a line may continue; or empty.
  size_t indent_ = 0;       // The indent of that setting.
  size_t empty_lines_ = 0;  // Directly above this line.
};

void ParseFile(FileKind kind, std::string_view text, const std::string& path,
               Profiles* profiles) {
  Profiles found = FileParser(kind, path).Parse(text);
  const bool replace = kind == FileKind::kCredentials;
  Merge(std::move(found.profiles), replace, &profiles->profiles);
  Merge(std::move(found.sso_sessions), replace, &profiles->sso_sessions);
  Merge(std::move(found.services), replace, &profiles->services);
  profiles->misspelled.merge(found.misspelled);
  for (std::string& reason : found.unread) {
    profiles->unread.push_back(std::move(reason));
  }
}

/// Does nothing if `path` is empty.
void ReadFile(FileKind kind, const std::string& path,
              const FileReader& read_file, Profiles* profiles) {
  if (path.empty()) return;
  const Result<std::optional<std::string>> text = read_file(path);
  if (!text.ok()) {
    profiles->unread.push_back(text.error().message);
  } else if (text->has_value()) {
    ParseFile(kind, **text, path, profiles);
  }
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

std::string Profiles::Hint(const std::string& profile) const {
  std::vector<std::string> reasons = unread;
  const ProfileSection* const section = Find(profile);
  if (section != nullptr && !section->damage.empty()) {
    reasons.push_back(section->damage);
  }
  const auto misspelled_here = misspelled.find(profile);
  if (section == nullptr && misspelled_here != misspelled.end()) {
    reasons.push_back(misspelled_here->second);
  }
  std::string hint;
  for (const std::string& reason : reasons) {
    hint += (hint.empty() ? " (" : "; ") + reason;
  }
  return hint.empty() ? hint : hint + ")";
}

void ParseConfigFile(std::string_view text, const std::string& path,
                     Profiles* profiles) {
  ParseFile(FileKind::kConfig, text, path, profiles);
}

void ParseCredentialsFile(std::string_view text, const std::string& path,
                          Profiles* profiles) {
  ParseFile(FileKind::kCredentials, text, path, profiles);
}

namespace {

bool IsNameByte(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z');
}

/// Replaces $NAME and ${NAME} by the variable's value. Leaves a variable that
/// is not set as it is.
std::string ExpandVariables(const std::string& path,
                            const EnvironmentVariables& variables) {
  std::string expanded;
  for (size_t at = 0; at < path.size();) {
    const bool braces = path.compare(at, 2, "${") == 0;
    const size_t begin = at + (braces ? 2 : 1);
    size_t end = begin;
    if (path[at] == '$') {
      while (end < path.size() && IsNameByte(path[end])) ++end;
    }
    const bool is_name = path[at] == '$' && end > begin &&
                         (!braces || (end < path.size() && path[end] == '}'));
    const auto value = is_name
                           ? variables(path.substr(begin, end - begin).c_str())
                           : std::nullopt;
    if (value) {
      expanded += *value;
      at = end + (braces ? 1 : 0);
    } else {
      expanded += path[at++];
    }
  }
  return expanded;
}

}  // namespace

ProfilePaths FindProfilePaths(const EnvironmentVariables& variables) {
  const auto path = [&variables](const char* variable, const char* name) {
    const std::optional<std::string> said = variables(variable);
    if (said) return ExpandHome(ExpandVariables(*said, variables), variables);
    const std::optional<std::string> home = variables("HOME");
    return home ? *home + "/.aws/" + name : std::string();
  };
  return {path("AWS_CONFIG_FILE", "config"),
          path("AWS_SHARED_CREDENTIALS_FILE", "credentials")};
}

Profiles ReadProfiles(const Machine& machine) {
  const ProfilePaths paths = FindProfilePaths(machine.variables);
  Profiles profiles;
  ReadFile(FileKind::kConfig, paths.config, machine.read_file, &profiles);
  ReadFile(FileKind::kCredentials, paths.credentials, machine.read_file,
           &profiles);
  return profiles;
}

std::string ExpandHome(const std::string& path,
                       const EnvironmentVariables& variables) {
  const std::optional<std::string> home = variables("HOME");
  return path.starts_with("~/") && home ? *home + path.substr(1) : path;
}

}  // namespace dynamodown

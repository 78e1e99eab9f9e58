#include "aws/secrets.h"

#include <algorithm>
#include <cstring>

#include "base/printable.h"

namespace dynamodown {
namespace {

constexpr std::string_view kStars = "***";

bool IsWordByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '_' || (c & 0x80) != 0;
}

/// Returns true if `text[at]` and the byte before it are in one word.
bool JoinsAt(std::string_view text, size_t at) {
  return at > 0 && at < text.size() && IsWordByte(text[at - 1]) &&
         IsWordByte(text[at]);
}

/// Returns the first index of `word` in `text` at or after `at`, or npos.
/// Unlike string_view::find, memmem takes linear time for every text and word.
/// A sanitizer's memmem reads all of `text` in every call, so do not call this
/// function once for each match.
size_t Find(std::string_view word, std::string_view text, size_t at) {
  const void* const found =
      memmem(text.data() + at, text.size() - at, word.data(), word.size());
  if (found == nullptr) return std::string_view::npos;
  return static_cast<size_t>(static_cast<const char*>(found) - text.data());
}

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const size_t begin = std::min(text.find_first_not_of(kBlanks), text.size());
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

/// Replaces `word` by stars. Replaces a word of few bytes only where it is a
/// whole word. `word` is a short secret, so string_view::find takes linear
/// time. The text may consist of megabytes of the secret.
std::string WithStars(std::string_view word, std::string_view text) {
  const bool is_rare = word.size() >= kRareSecretBytes;
  std::string shown;
  size_t copied = 0;
  for (size_t at = 0; (at = text.find(word, at)) != std::string_view::npos;) {
    if (!is_rare && (JoinsAt(text, at) || JoinsAt(text, at + word.size()))) {
      ++at;
    } else {
      shown.append(text, copied, at - copied).append(kStars);
      at += word.size();
      copied = at;
    }
  }
  return shown.append(text, copied);
}

}  // namespace

std::optional<std::string> WithoutSecrets(std::string_view text,
                                          const Secrets& secrets) {
  std::string shown(text);
  for (const std::string_view untrimmed : secrets) {
    const std::string_view secret = Trimmed(untrimmed);
    if (secret.size() >= kLongSecretBytes) {
      if (Find(secret, text, 0) != std::string_view::npos) return std::nullopt;
    } else if (!secret.empty()) {
      shown = WithStars(secret, shown);
    }
  }
  return shown;
}

bool HasPartOf(std::string_view message, const Secrets& secrets) {
  for (const std::string_view untrimmed : secrets) {
    const std::string_view secret = Trimmed(untrimmed);
    for (size_t at = 0; at + kLongSecretBytes <= message.size(); ++at) {
      if (Find(message.substr(at, kLongSecretBytes), secret, 0) !=
          std::string_view::npos) {
        return true;
      }
    }
  }
  return false;
}

std::vector<std::string> FormsInMessages(const Secrets& secrets) {
  std::vector<std::string> forms;
  for (const std::string_view untrimmed : secrets) {
    const std::string_view secret = Trimmed(untrimmed);
    const std::string quoted = Printable(secret, secret.size());
    forms.emplace_back(secret);
    forms.push_back(Escaped(secret));
    forms.push_back(quoted.substr(1, quoted.size() - 2));
  }
  return forms;
}

}  // namespace dynamodown

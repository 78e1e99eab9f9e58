#include "aws/secrets.h"

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

void ReplaceWords(std::string_view word, std::string* text) {
  for (size_t at = 0; (at = text->find(word, at)) != std::string::npos;) {
    if (JoinsAt(*text, at) || JoinsAt(*text, at + word.size())) {
      ++at;
    } else {
      text->replace(at, word.size(), kStars);
      at += kStars.size();
    }
  }
}

}  // namespace

std::optional<std::string> WithoutSecrets(
    std::string_view text, std::initializer_list<std::string_view> secrets) {
  std::string shown(text);
  for (const std::string_view secret : secrets) {
    if (secret.size() >= kLongSecretBytes) {
      if (text.find(secret) != std::string_view::npos) return std::nullopt;
    } else if (!secret.empty()) {
      ReplaceWords(secret, &shown);
    }
  }
  return shown;
}

}  // namespace dynamodown

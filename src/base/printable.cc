#include "base/printable.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "base/crypto.h"
#include "base/utf8.h"

namespace dynamodown {
namespace {

struct CodePoints {
  uint32_t first;
  uint32_t last;
};

/// The code points that a reader cannot see, in ascending order: the categories
/// Cc, Cf, Zl and Zp of Unicode 15; the other code points that Unicode calls
/// "default ignorable", except the variation selectors of emoji; and the
/// noncharacters U+FDD0 to U+FDEF. IsUnprintable adds the noncharacters at the
/// end of each plane. (UnicodeData.txt and DerivedCoreProperties.txt,
/// unicode.org.)
constexpr CodePoints kUnprintable[] = {
    {0x0000, 0x001f},   {0x007f, 0x009f},   {0x00ad, 0x00ad},
    {0x034f, 0x034f},   {0x0600, 0x0605},   {0x061c, 0x061c},
    {0x06dd, 0x06dd},   {0x070f, 0x070f},   {0x0890, 0x0891},
    {0x08e2, 0x08e2},   {0x115f, 0x1160},   {0x17b4, 0x17b5},
    {0x180b, 0x180f},   {0x200b, 0x200f},   {0x2028, 0x202e},
    {0x2060, 0x206f},   {0x3164, 0x3164},   {0xfdd0, 0xfdef},
    {0xfeff, 0xfeff},   {0xffa0, 0xffa0},   {0xfff0, 0xfffb},
    {0x110bd, 0x110bd}, {0x110cd, 0x110cd}, {0x13430, 0x1343f},
    {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};

bool IsUnprintable(uint32_t code) {
  if ((code & 0xfffe) == 0xfffe) return true;
  const CodePoints* const at = std::lower_bound(
      std::begin(kUnprintable), std::end(kUnprintable), code,
      [](const CodePoints& range, uint32_t c) { return range.last < c; });
  return at != std::end(kUnprintable) && code >= at->first;
}

/// Returns the code point of a valid character.
uint32_t CodeOf(std::string_view character) {
  const auto byte = [&](size_t i) {
    return static_cast<uint32_t>(static_cast<unsigned char>(character[i]));
  };
  if (character.size() == 1) return byte(0);
  uint32_t code = byte(0) & (0xffu >> (character.size() + 1));
  for (size_t i = 1; i < character.size(); ++i) {
    code = code << 6 | (byte(i) & 63);
  }
  return code;
}

/// Appends the next character or byte, in its printable form. Returns how many
/// bytes of `text` that are.
size_t AppendNext(std::string_view text, std::string* out) {
  const size_t length = PrintableCharacterBytes(text);
  if (length > 0) {
    out->append(text.substr(0, length));
    return length;
  }
  out->append("\\x");
  AppendHex(text.substr(0, 1), out);
  return 1;
}

}  // namespace

std::string Printable(std::string_view bytes, size_t bytes_max) {
  std::string text = "\"";
  for (const char& c : bytes.substr(0, bytes_max)) {
    if (c == '"' || c == '\\') {
      text.push_back('\\');
      text.push_back(c);
    } else if (c >= ' ' && c <= '~') {
      text.push_back(c);
    } else {
      text.append("\\x");
      AppendHex({&c, 1}, &text);
    }
  }
  text.push_back('"');
  if (bytes.size() > bytes_max) {
    text += "... (" + std::to_string(bytes.size()) + " bytes)";
  }
  return text;
}

size_t PrintableCharacterBytes(std::string_view text) {
  const size_t length = Utf8CharacterBytes(text);
  return length > 0 && !IsUnprintable(CodeOf(text.substr(0, length))) ? length
                                                                      : 0;
}

std::string Escaped(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  while (!text.empty()) text.remove_prefix(AppendNext(text, &escaped));
  return escaped;
}

std::string EscapedAndCut(std::string_view text, size_t bytes_max) {
  std::string escaped;
  for (std::string_view rest = text; !rest.empty();) {
    std::string next;
    rest.remove_prefix(AppendNext(rest, &next));
    if (escaped.size() + next.size() > bytes_max) {
      return escaped + "... (" + std::to_string(text.size()) + " bytes)";
    }
    escaped += next;
  }
  return escaped;
}

}  // namespace dynamodown

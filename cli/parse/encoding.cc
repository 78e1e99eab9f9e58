#include "parse/encoding.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "dynamodown/printable.h"

namespace cli {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

uint8_t Byte(std::string_view bytes, size_t i) {
  return static_cast<uint8_t>(bytes[i]);
}

// ---------------------------------------------------------------- hexadecimal

std::string EncodeHex(std::string_view bytes) {
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (size_t i = 0; i < bytes.size(); ++i) {
    hex += kHexDigits[Byte(bytes, i) >> 4];
    hex += kHexDigits[Byte(bytes, i) & 15];
  }
  return hex;
}

std::optional<unsigned> HexDigit(char c) {
  if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
  const size_t digit = kHexDigits.find(c);
  if (digit == std::string_view::npos) return std::nullopt;
  return static_cast<unsigned>(digit);
}

std::optional<std::string> DecodeHex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(hex.size() / 2);
  for (size_t i = 0; i < hex.size(); i += 2) {
    const auto high = HexDigit(hex[i]), low = HexDigit(hex[i + 1]);
    if (!high || !low) return std::nullopt;
    bytes += static_cast<char>(*high << 4 | *low);
  }
  return bytes;
}

// --------------------------------------------------------------------- base64

std::string EncodeBase64(std::string_view bytes) {
  std::string base64;
  base64.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t n = bytes.size() - i < 3 ? bytes.size() - i : 3;
    uint32_t group = 0;  // 24 bits: 3 bytes, 4 digits
    for (size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < n ? Byte(bytes, i + k) : 0u);
    }
    for (size_t k = 0; k < 4; ++k) {
      const auto digit = group >> (18 - 6 * k) & 63;
      base64 += k <= n ? kBase64Digits[digit] : '=';
    }
  }
  return base64;
}

std::optional<std::string> DecodeBase64(std::string_view base64) {
  if (base64.size() % 4 != 0) return std::nullopt;
  size_t padding = 0;
  while (padding < 2 && base64.ends_with('=')) {
    base64.remove_suffix(1);
    ++padding;
  }
  std::string bytes;
  bytes.reserve(base64.size() / 4 * 3 + 2);
  uint32_t pending = 0;  // bits that do not fill a byte yet
  int pending_bits = 0;
  for (const char c : base64) {
    const size_t digit = kBase64Digits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    pending = pending << 6 | static_cast<uint32_t>(digit);
    pending_bits += 6;
    if (pending_bits < 8) continue;
    pending_bits -= 8;
    bytes += static_cast<char>(pending >> pending_bits & 255);
    pending &= (1u << pending_bits) - 1;
  }
  // Each sequence of bytes has only one base64 form, in which the leftover bits
  // are zero.
  if (pending != 0) return std::nullopt;
  return bytes;
}

// ----------------------------------------------------------------------- text

// Returns the length of the UTF-8 character that begins at `i`, and sets
// `*code` to its code point. Returns 0 if no character begins there.
size_t Utf8Character(std::string_view bytes, size_t i, char32_t* code) {
  const uint8_t lead = Byte(bytes, i);
  if (lead < 0x80) {
    *code = lead;
    return 1;
  }
  const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || bytes.size() - i < length) return 0;
  char32_t value = lead & (0xffu >> (length + 1));
  for (size_t k = 1; k < length; ++k) {
    if ((Byte(bytes, i + k) & 0xc0) != 0x80) return 0;
    value = value << 6 | (Byte(bytes, i + k) & 0x3fu);
  }
  if (length == 3 && value < 0x800) return 0;
  if (length == 4 && (value < 0x10000 || value > 0x10ffff)) return 0;
  if (value >= 0xd800 && value <= 0xdfff) return 0;
  *code = value;
  return length;
}

/// Escapes the characters in `escaped`, and every byte that is no part of a
/// printable character, except the characters in `kept`.
std::string EscapeText(std::string_view bytes, std::string_view escaped,
                       std::string_view kept) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    size_t length = dynamodown::PrintableCharacterLength(bytes);
    if (kept.find(bytes[0]) != std::string_view::npos) length = 1;
    if (escaped.find(bytes[0]) != std::string_view::npos) length = 0;
    if (length == 0) {
      text += fmt::format("\\x{:02x}", Byte(bytes, 0));
    } else {
      text.append(bytes.substr(0, length));
    }
    bytes.remove_prefix(std::max<size_t>(length, 1));
  }
  return text;
}

/// Appends the character at `i` to a JSON string, and returns its length.
size_t AppendJsonCharacter(std::string_view utf8, size_t i, std::string* json) {
  const uint8_t lead = Byte(utf8, i);
  if (lead >= 0x20 && lead < 0x7f) {  // The usual case, quickly.
    *json += utf8[i];
    return 1;
  }
  const size_t printable = dynamodown::PrintableCharacterLength(utf8.substr(i));
  if (printable > 0) {
    json->append(utf8.substr(i, printable));
    return printable;
  }
  char32_t code = 0;
  const size_t length = std::max<size_t>(Utf8Character(utf8, i, &code), 1);
  if (code < 0x10000) {
    *json += fmt::format("\\u{:04x}", static_cast<uint32_t>(code));
  } else {  // a surrogate pair: RFC 8259, section 7
    const uint32_t rest = static_cast<uint32_t>(code) - 0x10000;
    *json += fmt::format("\\u{:04x}\\u{:04x}", 0xd800 + (rest >> 10),
                         0xdc00 + (rest & 0x3ff));
  }
  return length;
}

}  // namespace

std::optional<std::string> Decode(Encoding encoding,
                                  std::string_view argument) {
  switch (encoding) {
    case Encoding::kHex:
      return DecodeHex(argument);
    case Encoding::kBase64:
      return DecodeBase64(argument);
    case Encoding::kText:
      break;
  }
  return std::string(argument);
}

std::string Encode(Encoding encoding, std::string_view bytes) {
  switch (encoding) {
    case Encoding::kHex:
      return EncodeHex(bytes);
    case Encoding::kBase64:
      return EncodeBase64(bytes);
    case Encoding::kText:
      break;
  }
  return std::string(bytes);
}

std::string EncodeForLine(Encoding encoding, std::string_view bytes) {
  if (encoding != Encoding::kText) return Encode(encoding, bytes);
  return EscapeText(bytes, "\\", "");
}

std::string EscapeControls(std::string_view bytes) {
  return EscapeText(bytes, "", "\t\n");
}

bool IsUtf8(std::string_view bytes) {
  char32_t code = 0;
  for (size_t i = 0; i < bytes.size();) {
    const size_t length = Utf8Character(bytes, i, &code);
    if (length == 0) return false;
    i += length;
  }
  return true;
}

std::string JsonString(std::string_view utf8) {
  std::string json = "\"";
  for (size_t i = 0; i < utf8.size(); ++i) {
    const char c = utf8[i];
    switch (c) {
      case '"':
        json += "\\\"";
        break;
      case '\\':
        json += "\\\\";
        break;
      case '\n':
        json += "\\n";
        break;
      case '\r':
        json += "\\r";
        break;
      case '\t':
        json += "\\t";
        break;
      default:
        i += AppendJsonCharacter(utf8, i, &json) - 1;
    }
  }
  return json += '"';
}

std::string JsonMember(std::string_view name, std::string_view bytes) {
  std::string json = "\"";
  json += name;
  if (IsUtf8(bytes)) return json + "\":" + JsonString(bytes);
  return json + "_b64\":\"" + EncodeBase64(bytes) + '"';
}

}  // namespace cli

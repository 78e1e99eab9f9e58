// The first bytes of compressed data are those that file(1) knows: RFC 1952
// (gzip), RFC 8878 (zstd), and the file formats of xz, bzip2, zip and lz4.

#include "parse/foreign_input.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace cli {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::string_view kMark = "\xef\xbb\xbf";

struct Format {
  std::string_view begin;
  const char* name;
  const char* tool;  // prints the content of FILE
};

constexpr Format kCompressed[] = {
    {"\x1f\x8b"sv, "gzip", "gzip -dc FILE"},
    {"\x28\xb5\x2f\xfd"sv, "zstd", "zstd -dc FILE"},
    {"\xfd\x37zXZ\x00"sv, "xz", "xz -dc FILE"},
    {"BZh"sv, "bzip2", "bzip2 -dc FILE"},
    {"PK\x03\x04"sv, "zip", "unzip -p FILE"},
    {"\x04\x22\x4d\x18"sv, "lz4", "lz4 -dc FILE"},
};

/// Recognizes UTF-16 or UTF-32 by the byte order mark, or by the zero bytes of
/// ASCII characters: JSON begins with two ASCII characters (RFC 4627, section
/// 3).
const char* WideEncoding(std::string_view bytes) {
  if (bytes.starts_with("\xff\xfe\x00\x00"sv)) return "UTF-32";
  if (bytes.starts_with("\x00\x00\xfe\xff"sv)) return "UTF-32";
  if (bytes.starts_with("\xff\xfe"sv)) return "UTF-16";
  if (bytes.starts_with("\xfe\xff"sv)) return "UTF-16";
  if (bytes.size() < 2) return nullptr;
  const auto is_zero = [bytes](size_t i) {
    return i < bytes.size() && bytes[i] == '\0';
  };
  if (is_zero(0) && is_zero(1) && is_zero(2) && !is_zero(3)) return "UTF-32BE";
  if (!is_zero(0) && is_zero(1) && is_zero(2) && is_zero(3)) return "UTF-32LE";
  if (is_zero(0) && !is_zero(1)) return "UTF-16BE";
  if (!is_zero(0) && is_zero(1)) return "UTF-16LE";
  return nullptr;
}

/// The code unit of an escape \uNNNN at `at`; -1 if there is none.
int CodeUnit(std::string_view text, size_t at) {
  if (text.substr(at, 2) != "\\u" || text.size() - at < 6) return -1;
  int unit = 0;
  for (const char c : text.substr(at + 2, 4)) {
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

bool IsHigh(int unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool IsLow(int unit) { return unit >= 0xdc00 && unit < 0xe000; }

/// The position of half of a surrogate pair, either as an escape or as the
/// three bytes that UTF-8 would use for it; npos if there is none.
size_t HalfSurrogate(std::string_view text) {
  for (size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<uint8_t>(text[at]);
    if (byte == 0xed && at + 1 < text.size() &&
        static_cast<uint8_t>(text[at + 1]) >= 0xa0) {
      return at;
    }
    if (byte != '\\') continue;
    const int unit = CodeUnit(text, at);
    if (IsHigh(unit) && IsLow(CodeUnit(text, at + 6))) {
      at += 11;
    } else if (IsHigh(unit) || IsLow(unit)) {
      return at;
    } else {
      ++at;  // The escaped character.
    }
  }
  return std::string_view::npos;
}

}  // namespace

std::string_view WithoutMark(std::string_view text) {
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  return text;
}

Complaint NameForeignInput(std::string_view bytes) {
  for (const Format& format : kCompressed) {
    if (bytes.starts_with(format.begin)) {
      return fmt::format("{} data, not JSON; decompress it first: {}",
                         format.name, format.tool);
    }
  }
  if (const char* encoding = WideEncoding(bytes)) {
    return fmt::format(
        "text in {}, not JSON in UTF-8; convert it first: iconv -f {} -t UTF-8 "
        "FILE",
        encoding, encoding);
  }
  const size_t half = HalfSurrogate(bytes);
  if (half == std::string_view::npos) return std::nullopt;
  return fmt::format(
      "not JSON: half of a surrogate pair, at byte {}; write both halves, such "
      "as \\ud83d\\ude00, or other bytes in base64",
      half + 1);
}

}  // namespace cli

#include "dyno/flake.h"

#include <cstdio>
#include <cstring>
#include <string_view>

#include "base/clock.h"

namespace dyno {
namespace {

constexpr int kParts = 4;
/// The offset of each part; the last entry is the length plus 1, as if a hyphen
/// and a fifth part followed.
constexpr size_t kBegins[kParts + 1] = {0, 13, 18, 23, 36};

/// Appends `number` as `digits` hex digits.
void AppendHexNumber(uint64_t number, int digits, std::string* out) {
  static constexpr char kDigits[] = "0123456789abcdef";
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
    out->push_back(kDigits[number >> shift & 15]);
  }
}

bool ParseHexNumber(std::string_view text, uint64_t* number) {
  *number = 0;
  for (const char c : text) {
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit && (c < 'a' || c > 'f')) return false;
    *number =
        *number << 4 | static_cast<uint64_t>(is_digit ? c - '0' : c - 'a' + 10);
  }
  return true;
}

/// Parses a timestamp of four parts. The text may also stop after the first,
/// second or third part. Returns the number of parts, or 0 if `text` has
/// another form.
int ParseParts(std::string_view text, uint64_t (*parts)[kParts]) {
  for (int count = 1; count <= kParts; ++count) {
    const size_t begin = kBegins[count - 1];
    const size_t end = kBegins[count] - 1;
    if (text.size() < end ||
        !ParseHexNumber(text.substr(begin, end - begin), &(*parts)[count - 1]))
      return 0;
    if (text.size() == end) return count;
    if (text[end] != '-') return 0;
  }
  return 0;
}

Flake Of(const uint64_t (&parts)[kParts]) {
  Flake flake;
  flake.milliseconds = parts[0];
  flake.counter = static_cast<uint16_t>(parts[1]);
  flake.slot = static_cast<uint16_t>(parts[2]);
  flake.replica = parts[3];
  return flake;
}

std::string_view View(const leveldb::Slice& text) {
  return {text.data(), text.size()};
}

}  // namespace

std::string Flake::ToString() const {
  std::string text;
  text.reserve(kBytes);
  AppendHexNumber(milliseconds, 12, &text);
  text.push_back('-');
  AppendHexNumber(counter, 4, &text);
  text.push_back('-');
  AppendHexNumber(slot, 4, &text);
  text.push_back('-');
  AppendHexNumber(replica, 12, &text);
  return text;
}

std::string Flake::ToTime() const {
  std::string text =
      dynamodown::FormatTime(static_cast<int64_t>(milliseconds / 1000));
  char fraction[8];
  snprintf(fraction, sizeof fraction, ".%03dZ",
           static_cast<int>(milliseconds % 1000));
  text.replace(text.size() - 1, 1, fraction);
  return text;
}

bool Flake::Parse(const leveldb::Slice& text, Flake* flake) {
  uint64_t parts[kParts] = {};
  if (ParseParts(View(text), &parts) != kParts) return false;
  *flake = Of(parts);
  return true;
}

bool Flake::ParseBound(const leveldb::Slice& text, Flake* flake) {
  uint64_t parts[kParts] = {};
  const int count = ParseParts(View(text), &parts);
  if (count == 0) return false;
  static constexpr uint64_t kGreatest[kParts] = {0, 0xffff, 0xffff,
                                                 0xffffffffffff};
  for (int part = count; part < kParts; ++part) parts[part] = kGreatest[part];
  *flake = Of(parts);
  return true;
}

}  // namespace dyno

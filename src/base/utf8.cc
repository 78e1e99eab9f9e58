#include "base/utf8.h"

#include <cstdint>

namespace dynamodown {
namespace {

/// The number of scalar values: code points without the surrogates D800 to
/// DFFF. This file represents a scalar value by its index among all scalar
/// values.
constexpr uint32_t kScalars = 0x110000 - 0x800;

std::string Encode(uint32_t scalar) {
  const uint32_t c = scalar < 0xD800 ? scalar : scalar + 0x800;
  const auto byte = [](uint32_t bits) { return static_cast<char>(bits); };
  if (c < 0x80) return {byte(c)};
  if (c < 0x800) return {byte(0xC0 | c >> 6), byte(0x80 | (c & 63))};
  if (c < 0x10000) {
    return {byte(0xE0 | c >> 12), byte(0x80 | (c >> 6 & 63)),
            byte(0x80 | (c & 63))};
  }
  return {byte(0xF0 | c >> 18), byte(0x80 | (c >> 12 & 63)),
          byte(0x80 | (c >> 6 & 63)), byte(0x80 | (c & 63))};
}

/// Returns the first scalar whose encoding is above `bytes`, or kScalars if
/// there is none. Encodings sort like their scalars, so a binary search finds
/// the first such scalar.
uint32_t FirstAbove(std::string_view bytes) {
  uint32_t low = 0;
  uint32_t high = kScalars;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    if (std::string_view(Encode(middle)) > bytes) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

/// Returns the length of the longest prefix of `bytes` that is UTF-8.
size_t PrefixBytes(std::string_view bytes) {
  size_t at = 0;
  while (at < bytes.size()) {
    const size_t length = Utf8CharacterBytes(bytes.substr(at));
    if (length == 0) break;
    at += length;
  }
  return at;
}

}  // namespace

size_t Utf8CharacterBytes(std::string_view bytes) {
  const auto lead = static_cast<unsigned char>(bytes.front());
  if (lead < 0x80) return 1;
  const size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (bytes.size() < length) return 0;
  return IsUtf8(bytes.substr(0, length)) ? length : 0;
}

std::optional<std::string> LeastUtf8NotBelow(std::string_view bytes,
                                             size_t bytes_max) {
  // The result has at most bytes_max bytes. If `bytes` is longer, the result
  // cannot equal `bytes`, and is above `bytes` exactly if it is above the first
  // bytes_max bytes of `bytes`.
  const bool too_long = bytes.size() > bytes_max;
  bytes = bytes.substr(0, bytes_max);
  size_t length = PrefixBytes(bytes);
  if (length == bytes.size() && !too_long) return std::string(bytes);

  // Append to the valid prefix the least character that is above the bytes
  // after the prefix. If there is no such character, or no room for it, remove
  // the last character of the prefix, and look for a character above the
  // removed one.
  std::string_view rest = bytes.substr(length);
  for (;;) {
    if (!rest.empty()) {
      const uint32_t next = FirstAbove(rest);
      if (next < kScalars && length + Encode(next).size() <= bytes_max) {
        return std::string(bytes.substr(0, length)) + Encode(next);
      }
    }
    if (length == 0) return std::nullopt;
    size_t start = length - 1;
    while ((static_cast<unsigned char>(bytes[start]) & 0xC0) == 0x80) --start;
    rest = bytes.substr(start, length - start);
    length = start;
  }
}

std::string GreatestUtf8(size_t bytes_max) {
  std::string greatest;
  // For each length of a character, from 4 bytes down to 1 byte, append the
  // greatest character of that length as often as there is room for it.
  for (const uint32_t scalar : {kScalars - 1, uint32_t{0xFFFF - 0x800},
                                uint32_t{0x7FF}, uint32_t{0x7F}}) {
    const std::string character = Encode(scalar);
    while (greatest.size() + character.size() <= bytes_max) {
      greatest += character;
    }
  }
  return greatest;
}

}  // namespace dynamodown

#include "store/table/key_codec.h"

#include <algorithm>
#include <cstdint>

#include "base/utf8.h"

namespace dynamodown {
namespace {

bool IsZeroKey(std::string_view key) {
  return key.find_first_not_of('\0') == std::string_view::npos;
}

// The number of code points without the surrogates D800 to DFFF.
constexpr uint32_t kScalars = 0x110000 - 0x800;

std::string EncodeScalar(uint32_t scalar) {
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

/// Returns the first scalar value whose bytes are above `bytes`, or kScalars if
/// there is none. Scalars and their bytes have the same order.
uint32_t FirstAbove(std::string_view bytes) {
  uint32_t low = 0;
  uint32_t high = kScalars;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    if (std::string_view(EncodeScalar(middle)) > bytes) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

size_t CharacterBytes(unsigned char lead) {
  return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/// Returns the length of the longest valid UTF-8 prefix of `bytes`.
size_t Utf8Prefix(std::string_view bytes) {
  size_t at = 0;
  while (at < bytes.size()) {
    const size_t length = CharacterBytes(static_cast<unsigned char>(bytes[at]));
    const std::string_view character = bytes.substr(at, length);
    if (character.size() < length || !IsUtf8(character)) break;
    at += length;
  }
  return at;
}

}  // namespace

std::optional<std::string> LeastUtf8NotBelow(std::string_view bytes,
                                             size_t bytes_max) {
  // No text of at most bytes_max bytes equals a longer bound, and texts above
  // the bound are above its first bytes_max bytes.
  const bool too_long = bytes.size() > bytes_max;
  bytes = bytes.substr(0, bytes_max);
  size_t length = Utf8Prefix(bytes);
  if (length == bytes.size() && !too_long) return std::string(bytes);

  // Try texts that start with the valid prefix; then texts that start with less
  // of it and continue with a greater character.
  std::string_view rest = bytes.substr(length);
  for (;;) {
    if (!rest.empty()) {
      const uint32_t next = FirstAbove(rest);
      if (next < kScalars && length + EncodeScalar(next).size() <= bytes_max) {
        return std::string(bytes.substr(0, length)) + EncodeScalar(next);
      }
    }
    if (length == 0) return std::nullopt;
    size_t start = length - 1;
    while ((static_cast<unsigned char>(bytes[start]) & 0xC0) == 0x80) --start;
    rest = bytes.substr(start, length - start);
    length = start;
  }
}

Result<std::string> KeyCodec::Encode(std::string_view key) const {
  std::string stored(key);
  if (IsZeroKey(key)) stored.push_back('\0');
  if (stored.size() > bytes_max_) {
    return Error{ErrorKind::kInvalidArgument,
                 "a key of " + std::to_string(key.size()) +
                     " bytes cannot be stored: the limit is " +
                     std::to_string(bytes_max_) +
                     (stored.size() > key.size()
                          ? ", and one less for a key of zero bytes only"
                          : "") +
                     "; use shorter keys"};
  }
  if (utf8_ && !IsUtf8(stored)) {
    return Error{
        ErrorKind::kInvalidArgument,
        "a key that is not UTF-8 cannot be stored in this table, whose "
        "range key is of type S; use a table whose range key is of "
        "type B"};
  }
  return stored;
}

std::string KeyCodec::Decode(std::string stored) {
  if (!stored.empty() && IsZeroKey(stored)) stored.pop_back();
  return stored;
}

std::optional<std::string> KeyCodec::StoredLowerBound(std::string bound) const {
  if (utf8_) return LeastUtf8NotBelow(bound, bytes_max_);
  if (bound.size() <= bytes_max_) return bound;
  return AfterPrefix(std::string_view(bound).substr(0, bytes_max_));
}

std::optional<std::string> KeyCodec::LowerBound(std::string_view key) const {
  std::string bound(key);
  if (IsZeroKey(key)) bound.push_back('\0');
  return StoredLowerBound(std::move(bound));
}

StoredRange KeyCodec::Encode(const KeyRange& range) const {
  StoredRange stored;
  if (range.upper) stored.upper = LowerBound(*range.upper);
  if (range.lower.empty()) return stored;
  std::optional<std::string> lower = LowerBound(range.lower);
  if (!lower) {
    // The range is above all keys that can be stored: make it empty.
    stored.upper = std::string(1, '\0');
    return stored;
  }
  stored.lower = *std::move(lower);
  return stored;
}

std::optional<std::string> KeyCodec::Successor(std::string_view stored) const {
  std::string bound(stored);
  bound.push_back('\0');
  return StoredLowerBound(std::move(bound));
}

std::string KeyCodec::Last() const {
  if (!utf8_) return std::string(bytes_max_, '\xff');
  std::string last;
  // The greatest character of each length, as often as it fits.
  for (const uint32_t scalar : {kScalars - 1, uint32_t{0xFFFF - 0x800},
                                uint32_t{0x7FF}, uint32_t{0x7F}}) {
    const std::string character = EncodeScalar(scalar);
    while (last.size() + character.size() <= bytes_max_) last += character;
  }
  return last;
}

}  // namespace dynamodown

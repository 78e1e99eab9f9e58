#include "support/random.h"

namespace dynamodown_test {
namespace {

// By length in UTF-8: the first and the last code point, and code points on
// which other stores have failed.
const std::vector<std::vector<uint32_t>> kCodePoints = {
    {},
    {0x00, 0x01, 0x1f, 0x22, 0x2f, 0x5c, 0x61, 0x7f},
    {0x80, 0xe9, 0xff, 0x100, 0x7ff},
    {0x800, 0x2028, 0xd7ff, 0xe000, 0xfeff, 0xfffd, 0xffff},
    {0x10000, 0x1f600, 0x10fffe, 0x10ffff},
};

}  // namespace

std::string EncodeUtf8(uint32_t code) {
  const auto rest = [code](int shift) {
    return static_cast<char>(0x80 | ((code >> shift) & 0x3f));
  };
  if (code < 0x80) return {static_cast<char>(code)};
  if (code < 0x800) return {static_cast<char>(0xc0 | (code >> 6)), rest(0)};
  if (code < 0x10000) {
    return {static_cast<char>(0xe0 | (code >> 12)), rest(6), rest(0)};
  }
  return {static_cast<char>(0xf0 | (code >> 18)), rest(12), rest(6), rest(0)};
}

std::string Random::Bytes(size_t n) {
  std::string bytes(n, '\0');
  for (char& byte : bytes) {
    switch (Below(8)) {
      case 0:
        break;
      case 1:
        byte = '\xff';
        break;
      default:
        byte = static_cast<char>(Below(256));
    }
  }
  return bytes;
}

std::string Random::Text(size_t n) {
  std::string text(n, ' ');
  for (char& c : text) c = static_cast<char>(Between(0x20, 0x7e));
  return text;
}

std::string Random::Utf8(size_t n) {
  std::string text;
  while (text.size() < n) {
    const size_t left = n - text.size();
    const size_t length = Between(1, left < 4 ? left : 4);
    text += EncodeUtf8(Of(kCodePoints[length]));
  }
  return text;
}

size_t Random::Length(size_t most) {
  switch (Below(8)) {
    case 0:
      return Below(most < 3 ? most + 1 : 3);
    case 1:
      return most - Below(most < 3 ? most + 1 : 3);
    case 2:
      return Below(most + 1);
    default:
      return Below((most < 40 ? most : 40) + 1);
  }
}

}  // namespace dynamodown_test

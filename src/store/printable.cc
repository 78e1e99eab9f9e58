#include "store/printable.h"

#include <cstddef>

namespace dynamodown {

std::string Printable(std::string_view key) {
  static constexpr char kHex[] = "0123456789abcdef";
  constexpr size_t kBytesMax = 64;
  std::string text = "\"";
  for (const char c : key.substr(0, kBytesMax)) {
    const unsigned char byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      text.push_back('\\');
      text.push_back(c);
    } else if (byte >= 0x20 && byte < 0x7f) {
      text.push_back(c);
    } else {
      text.append("\\x");
      text.push_back(kHex[byte >> 4]);
      text.push_back(kHex[byte & 15]);
    }
  }
  text.push_back('"');
  if (key.size() > kBytesMax) {
    text += "... (" + std::to_string(key.size()) + " bytes)";
  }
  return text;
}

}  // namespace dynamodown

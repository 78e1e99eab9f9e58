#include "base/printable.h"

#include "base/crypto.h"

namespace dynamodown {

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

}  // namespace dynamodown

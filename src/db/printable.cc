// The public names of base's functions.

#include "dynamodown/printable.h"

#include "base/printable.h"

namespace dynamodown {

size_t PrintableCharacterLength(std::string_view text) {
  return text.empty() ? 0 : PrintableCharacterBytes(text);
}

std::string EscapeUnprintable(std::string_view text) { return Escaped(text); }

}  // namespace dynamodown

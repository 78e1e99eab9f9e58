// Bytes in messages.

#ifndef DYNAMODOWN_BASE_PRINTABLE_H_
#define DYNAMODOWN_BASE_PRINTABLE_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace dynamodown {

/// Quotes bytes for a message. Unprintable bytes become \xNN. Cuts the text
/// after `bytes_max` bytes and then adds the full length.
std::string Printable(std::string_view bytes, size_t bytes_max = 64);

}  // namespace dynamodown

#endif  // DYNAMODOWN_BASE_PRINTABLE_H_

#ifndef DYNAMODOWN_BASE_PRINTABLE_H_
#define DYNAMODOWN_BASE_PRINTABLE_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace dynamodown {

/// Quotes bytes for a message. Bytes that do not print become \xNN. After
/// `bytes_max` bytes the text is cut, and says how long the whole is.
std::string Printable(std::string_view bytes, size_t bytes_max = 64);

}  // namespace dynamodown

#endif  // DYNAMODOWN_BASE_PRINTABLE_H_

// Shows arbitrary bytes in messages.

#ifndef DYNAMODOWN_BASE_PRINTABLE_H_
#define DYNAMODOWN_BASE_PRINTABLE_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace dynamodown {

/// Quotes bytes for a message. Unprintable bytes become \xNN. If there are more
/// than `bytes_max` bytes, quotes only the first `bytes_max` and appends the
/// full length.
std::string Printable(std::string_view bytes, size_t bytes_max = 64);

}  // namespace dynamodown

#endif  // DYNAMODOWN_BASE_PRINTABLE_H_

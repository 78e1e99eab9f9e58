// Keys and names in messages.

#ifndef DYNAMODOWN_STORE_PRINTABLE_H_
#define DYNAMODOWN_STORE_PRINTABLE_H_

#include <string>
#include <string_view>

namespace dynamodown {

/// Quotes `key` for a message. Bytes that do not print become \xNN, and a long
/// key is cut.
std::string Printable(std::string_view key);

}  // namespace dynamodown

#endif  // DYNAMODOWN_STORE_PRINTABLE_H_

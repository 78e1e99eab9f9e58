// What is UTF-8. Defined in json.cc, beside what else simdjson does.

#ifndef DYNAMODOWN_BASE_UTF8_H_
#define DYNAMODOWN_BASE_UTF8_H_

#include <string_view>

namespace dynamodown {

/// Whether the bytes are UTF-8 as Unicode defines it: no surrogates, nothing
/// above U+10FFFF, no longer form than needed.
bool IsUtf8(std::string_view bytes);

}  // namespace dynamodown

#endif  // DYNAMODOWN_BASE_UTF8_H_

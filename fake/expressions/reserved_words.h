// The attribute names that need an alias in expressions.

#ifndef DYNAMODOWN_FAKE_EXPRESSIONS_RESERVED_WORDS_H_
#define DYNAMODOWN_FAKE_EXPRESSIONS_RESERVED_WORDS_H_

#include <string_view>

namespace dynamodown::fake {

/// Ignores case.
bool IsReservedWord(std::string_view word);

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_EXPRESSIONS_RESERVED_WORDS_H_

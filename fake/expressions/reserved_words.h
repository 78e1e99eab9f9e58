// The names that an expression may not spell out.

#ifndef DYNAMODOWN_FAKE_EXPRESSIONS_RESERVED_WORDS_H_
#define DYNAMODOWN_FAKE_EXPRESSIONS_RESERVED_WORDS_H_

#include <string_view>

namespace dynamodown::fake {

/// In letters of either case.
bool IsReservedWord(std::string_view word);

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_EXPRESSIONS_RESERVED_WORDS_H_

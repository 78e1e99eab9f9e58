// Spells options as the user's face does. A face is C++, the command line or
// JavaScript.

#ifndef DYNAMODOWN_DB_SPELLING_H_
#define DYNAMODOWN_DB_SPELLING_H_

#include <string>
#include <string_view>

#include "base/advice.h"
#include "base/result.h"
#include "dynamodown/option_table.h"
#include "dynamodown/options.h"

namespace dynamodown {

/// Returns the option as a noun: "Options::connection.region", "--region" or
/// "the option region". If the face can set the option only in a location,
/// returns "the location's max_attempts", for example. If the face lacks the
/// option, returns "". `name` is the name of a row of the option table. A few
/// options that messages advise have no row; their names are allowed, too.
std::string SpelledOption(std::string_view name, Spelling spelling);

/// Returns the option's shortest name: "connection.region", "--region" or
/// "region". If the face lacks the option, returns the row's name.
std::string SpelledField(std::string_view name, Spelling spelling);

/// Returns the option as SetOption's caller gave it: "option region",
/// "--region" or "the option 'region'".
std::string SpelledAsGiven(const OptionInfo& option, Spelling spelling);

/// Returns the advice in words, or "" if there is no advice or the face lacks
/// the option.
std::string SpelledAdvice(const Advice& advice, Spelling spelling);

/// Returns the whole text of `error`: its message, remedy, advice and rest.
std::string SpelledMessage(const Error& error, Spelling spelling);

/// Returns the error's remedy and advice alone. Empty if it has neither.
std::string SpelledRemedy(const Error& error, Spelling spelling);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_SPELLING_H_

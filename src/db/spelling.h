// Options as the user's face (C++, the command line or JavaScript) spells them.

#ifndef DYNAMODOWN_DB_SPELLING_H_
#define DYNAMODOWN_DB_SPELLING_H_

#include <string>
#include <string_view>

#include "base/advice.h"
#include "base/result.h"
#include "dynamodown/option_table.h"
#include "dynamodown/options.h"

namespace dynamodown {

/// Returns the option as a noun: "Options::connection.region", "--region", "the
/// option region". If the face can set it only in a location, returns "the
/// location's max_attempts". If the face lacks the option, returns "". `name`
/// is the name of a row, or of one of the few options that messages advise and
/// that have no row.
std::string SpelledOption(std::string_view name, Spelling spelling);

/// Returns the option's shortest name: "connection.region", "--region",
/// "region". If the face lacks the option, returns the row's name.
std::string SpelledField(std::string_view name, Spelling spelling);

/// Returns the option as SetOption's caller gave it: "option region",
/// "--region", "the option 'region'".
std::string SpelledAsGiven(const OptionInfo& option, Spelling spelling);

/// Returns the advice in words, or "" if there is no advice or the face lacks
/// the option.
std::string SpelledAdvice(const Advice& advice, Spelling spelling);

/// Returns the whole text: message, advice and rest.
std::string SpelledMessage(const Error& error, Spelling spelling);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_SPELLING_H_

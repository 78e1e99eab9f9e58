// Options as the user's face spells them.

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
/// is a row's, or that of one of the few advised options without a row.
std::string SpelledOption(std::string_view name, Spelling spelling);

/// Returns the option's shortest name: "connection.region", "--region",
/// "region". If the face lacks the option, returns the row's name.
std::string SpelledField(std::string_view name, Spelling spelling);

/// Returns the option as SetOption's caller gave it: "option region",
/// "--region", "the option 'region'".
std::string SpelledAsGiven(const OptionInfo& option, Spelling spelling);

/// Returns the advice in words. It is empty if there is no advice, or none for
/// this face.
std::string SpelledAdvice(const Advice& advice, Spelling spelling);

/// Returns the whole text: message, advice and rest.
std::string SpelledMessage(const Error& error, Spelling spelling);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_SPELLING_H_

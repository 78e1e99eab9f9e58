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

/// As a noun: "Options::connection.region", "--region", "the option region".
/// Empty for a face that does not have the option. For one that can set it in a
/// location alone, "the location's max_attempts". `name` is that of a row, or
/// of one of the few options that have no row since they are no text.
std::string SpelledOption(std::string_view name, Spelling spelling);

/// As short as can be: "connection.region", "--region", "region". A face that
/// does not have the option gets its name in the table.
std::string SpelledField(std::string_view name, Spelling spelling);

/// As SetOption's callers gave it: "option region", "--region", "the option
/// 'region'".
std::string SpelledAsGiven(const OptionInfo& option, Spelling spelling);

/// Empty when there is none, or nothing of it for this face.
std::string SpelledAdvice(const Advice& advice, Spelling spelling);

/// The whole text: message, advice and rest.
std::string SpelledMessage(const Error& error, Spelling spelling);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_SPELLING_H_

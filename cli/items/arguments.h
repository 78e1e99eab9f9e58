// The arguments and options that several commands of `item` share.

#ifndef DYNAMODOWN_CLI_ITEMS_ARGUMENTS_H_
#define DYNAMODOWN_CLI_ITEMS_ARGUMENTS_H_

#include <string>

#include "items/time_bound.h"
#include "parse/store_command_builder.h"

namespace cli {

/// If `text` is not UTF-8, throws a UsageError that contains `name`.
void CheckUtf8(const std::string& name, const std::string& text);

/// Converts the argument with ParseTimeBound, and stores the result. Throws
/// UsageError if the argument is no time.
Setter IntoTimeBound(const std::string& name, TimeBound* target);
/// Like the function above, but also throws for a fragment of a timestamp.
Setter IntoTimeBound(const std::string& name, std::string* target);

/// Adds the optional argument NAME, an item's name, to a command that also has
/// the option --all.
void AddItemName(StoreCommandBuilder* command, std::string* name);
void AddRequiredItemName(StoreCommandBuilder* command, std::string* name);

/// Throws UsageError unless exactly one of NAME and --all is given. If both are
/// given, `hint` ends the message.
void CheckOneOrAll(const std::string& name, bool all,
                   const std::string& hint = "");

}  // namespace cli

#endif  // DYNAMODOWN_CLI_ITEMS_ARGUMENTS_H_

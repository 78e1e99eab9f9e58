// The arguments and options that several commands of `item` share.

#ifndef DYNAMODOWN_CLI_ITEMS_ARGUMENTS_H_
#define DYNAMODOWN_CLI_ITEMS_ARGUMENTS_H_

#include <string>

#include "parse/store_command_builder.h"

namespace cli {

/// Throws UsageError that names `name` unless `text` is UTF-8.
void CheckUtf8(const std::string& name, const std::string& text);

/// Stores what dyno takes for a bound in time. Throws UsageError for what is no
/// time.
Setter IntoTimeBound(const std::string& name, std::string* target);

/// The argument NAME, an item's; optional where --all takes its place.
void AddItemName(StoreCommandBuilder* command, std::string* name);
void AddRequiredItemName(StoreCommandBuilder* command, std::string* name);

/// Throws UsageError unless there is either NAME or --all. `hint` ends the
/// message when there are both.
void CheckOneOrAll(const std::string& name, bool all,
                   const std::string& hint = "");

}  // namespace cli

#endif  // DYNAMODOWN_CLI_ITEMS_ARGUMENTS_H_

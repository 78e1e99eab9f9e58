// Items and their history as text and JSON; times.
//
// Thread-safety: pure functions.

#ifndef DYNAMODOWN_CLI_ITEMS_ITEM_FORMAT_H_
#define DYNAMODOWN_CLI_ITEMS_ITEM_FORMAT_H_

#include <optional>
#include <string>
#include <string_view>

#include "dyno/store.h"

namespace cli {

/// The same JSON in one line that cannot disturb a terminal: control characters
/// become \uNNNN in strings, and blanks between tokens.
std::string JsonForLine(std::string_view json);

/// Whether `key` is the key of an item's record, NAME/TIMESTAMP/OPERATION: see
/// docs/dyno.md.
bool IsItemRecord(std::string_view key);

/// Everything about an item, as an object in one line, without "\n".
std::string ItemJson(const dyno::Item& item);

/// A late record as an object, without "\n".
std::string LateJson(const dyno::LateRecord& late);

/// A line of `history --json`, without "\n".
std::string EntryJson(const dyno::HistoryEntry& entry);

/// The same for people: the record and, indented, the item after it. One line
/// or two, "\n" included.
std::string EntryText(const dyno::HistoryEntry& entry);

/// Converts a timestamp, the beginning of one, or a time as EntryText
/// writes it ("2013-03-11T20:46:20.910Z"; without the fraction, to the end
/// of the second) to a bound as dyno takes it. Returns nothing for anything
/// else.
std::optional<std::string> TimeBound(const std::string& text);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_ITEMS_ITEM_FORMAT_H_

// How items and their history look, and how times are written.
//
// Thread-safety: pure functions.

#ifndef DYNAMODOWN_CLI_ITEMS_ITEM_FORMAT_H_
#define DYNAMODOWN_CLI_ITEMS_ITEM_FORMAT_H_

#include <optional>
#include <string>
#include <string_view>

#include "dyno/store.h"

namespace cli {

/// The same JSON with nothing in it that could end a line or disturb a
/// terminal: control characters become \uNNNN or, between its parts, blanks.
std::string JsonForLine(std::string_view json);

/// Whether a key is that of an item's record, NAME/TIMESTAMP/OPERATION, as
/// docs/dyno.md has it.
bool IsItemRecord(std::string_view key);

/// What there is to say of an item, as an object in one line, without "\n".
std::string ItemJson(const dyno::Item& item);

/// What there is to say of a late record, as an object, without "\n".
std::string LateJson(const dyno::LateRecord& late);

/// A line of `history --json`, without "\n".
std::string EntryJson(const dyno::HistoryEntry& entry);

/// The same for people: the record and, indented, what the item is after it.
/// One line or two, "\n" included.
std::string EntryText(const dyno::HistoryEntry& entry);

/// What dyno takes for a bound in time, of a timestamp, the beginning of one,
/// or a time as EntryText writes it ("2013-03-11T20:46:20.910Z", with or
/// without the fraction: then to the end of the second). Nothing for anything
/// else.
std::optional<std::string> TimeBound(const std::string& text);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_ITEMS_ITEM_FORMAT_H_

// Formats items and their history as text and JSON, and parses times.
//
// Thread-safety: pure functions.

#ifndef DYNAMODOWN_CLI_ITEMS_ITEM_FORMAT_H_
#define DYNAMODOWN_CLI_ITEMS_ITEM_FORMAT_H_

#include <string>
#include <string_view>

#include "dyno/store.h"

namespace cli {

/// `json` in one line that cannot disturb a terminal. Control characters in
/// strings become \uNNNN; control characters between tokens become blanks.
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

/// An entry of `history` as text: a line with the record. If the record was
/// applied, an indented line with the resulting item follows. "\n" is included.
std::string EntryText(const dyno::HistoryEntry& entry);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_ITEMS_ITEM_FORMAT_H_

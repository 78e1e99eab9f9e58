// What callers are shown of an item's records and of its states: pure.

#ifndef DYNO_ITEM_VIEW_H_
#define DYNO_ITEM_VIEW_H_

#include <vector>

#include "dyno/item_reader.h"
#include "dyno/records.h"
#include "dyno/replay.h"
#include "dyno/store.h"

namespace dyno {

Item ItemOf(const ItemRecords& read, State state);

/// The entries of what was not applied, in order.
std::vector<HistoryEntry> NotApplied(const View& view);

/// The entry of what made `state`: one of the view's live operations, or null
/// for its base.
HistoryEntry EntryOf(const View& view, const OperationRecord* made_by,
                     const State& state);

}  // namespace dyno

#endif  // DYNO_ITEM_VIEW_H_

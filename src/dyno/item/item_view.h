// Builds the items and history entries that callers get. Pure: no I/O.

#ifndef DYNO_ITEM_ITEM_VIEW_H_
#define DYNO_ITEM_ITEM_VIEW_H_

#include <vector>

#include "dyno/item/item_records.h"
#include "dyno/item/records.h"
#include "dyno/item/replay.h"
#include "dyno/store.h"

namespace dyno {

Item ItemOf(const ItemRecords& read, State state);

/// The entries of records that were not applied, in the order of timestamps.
std::vector<HistoryEntry> NotApplied(const View& view);

/// The entry of `made_by`, the live operation that led to `state`. If `made_by`
/// is null, the entry of the view's base.
HistoryEntry EntryOf(const View& view, const OperationRecord* made_by,
                     const State& state);

}  // namespace dyno

#endif  // DYNO_ITEM_ITEM_VIEW_H_

// The result of a sync, and the status of a replicated store, as text and
// JSON.
//
// Thread-safety: pure functions.

#ifndef DYNAMODOWN_CLI_ITEMS_SYNC_FORMAT_H_
#define DYNAMODOWN_CLI_ITEMS_SYNC_FORMAT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dynamodown/stats.h"
#include "dyno/store.h"
#include "dyno/sync.h"

namespace cli {

/// One of the two stores of a sync, and what it consumed.
struct SyncedStore {
  std::string location;
  dynamodown::Stats consumed;
};

/// An object in one line, "\n" included.
std::string SyncJson(const SyncedStore& a, const SyncedStore& b,
                     const dyno::SyncResult& result);
/// The result of a sync as text, in a few lines.
std::string SyncText(const SyncedStore& a, const SyncedStore& b,
                     const dyno::SyncResult& result);

/// An item's late records.
struct LateItem {
  std::string name;
  std::vector<dyno::LateRecord> late;
};

/// The status of a store, and its late records if they were looked for.
struct ItemStatusReport {
  std::string location;
  dyno::StoreStatus status;
  std::optional<std::vector<LateItem>> late;
  uint64_t now_ms = 0;  ///< Since 1970.
};

/// How many milliseconds higher the watermark would be without the members that
/// hold it back. Returns nothing if the watermark is unknown, or if `known` is
/// empty for all other members. Forgotten members are ignored.
std::optional<uint64_t> HeldBackMs(const dyno::StoreStatus& status);

/// An object in one line, "\n" included.
std::string StatusJson(const ItemStatusReport& report);
std::string StatusText(const ItemStatusReport& report);

/// "350 ms", "12 s", "3 min 20 s", "2 h 5 min", "9 d 4 h".
std::string DurationText(uint64_t milliseconds);

/// The slot in four hexadecimal digits, as in a timestamp.
std::string SlotText(uint16_t slot);
/// Parses one to four hexadecimal digits. Returns nothing if they are no slot.
std::optional<uint16_t> ParseSlot(std::string_view text);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_ITEMS_SYNC_FORMAT_H_

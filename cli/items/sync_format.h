// How it looks what a sync did, and what a replicated store knows.
//
// Thread-safety: pure functions.

#ifndef DYNAMODOWN_CLI_ITEMS_SYNC_FORMAT_H_
#define DYNAMODOWN_CLI_ITEMS_SYNC_FORMAT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dyno/store.h"
#include "dyno/sync.h"

namespace cli {

/// One of two stores, and what it consumed; nothing when it is embedded.
struct SyncedStore {
  std::string location;
  uint64_t requests = 0;
  double read_units = 0;
  double write_units = 0;
};

/// An object in one line, "\n" included.
std::string SyncJson(const SyncedStore& a, const SyncedStore& b,
                     const dyno::SyncResult& result);
/// The same for people, in a few lines.
std::string SyncText(const SyncedStore& a, const SyncedStore& b,
                     const dyno::SyncResult& result);

/// An item's late records.
struct LateItem {
  std::string name;
  std::vector<dyno::LateRecord> late;
};

/// What `status` has to say, and what is late, if that was looked for.
struct ItemStatusReport {
  std::string location;
  dyno::StoreStatus status;
  std::optional<std::vector<LateItem>> late;
  uint64_t now_ms = 0;  ///< Since 1970.
};

/// By how many milliseconds the watermark would be higher without those that
/// hold it back; nothing when nobody else is there, or nothing is known of
/// them.
std::optional<uint64_t> HeldBackMs(const dyno::StoreStatus& status);

/// An object in one line, "\n" included.
std::string StatusJson(const ItemStatusReport& report);
std::string StatusText(const ItemStatusReport& report);

/// "350 ms", "12 s", "3 min 20 s", "2 h 5 min", "9 d 4 h".
std::string DurationText(uint64_t milliseconds);

/// Four digits, as a timestamp has it.
std::string SlotText(uint16_t slot);
/// One to four hexadecimal digits; nothing for what is no slot.
std::optional<uint16_t> ParseSlot(std::string_view text);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_ITEMS_SYNC_FORMAT_H_

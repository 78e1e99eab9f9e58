// The records that coordinate writers: the store's id, the slots, and the
// minimum timestamp.
//
//     %dyno/id       {"replica": ..., "replicated": ..., "format": 1}
//                    While the store is being made replicated, also
//                    "announces": true
//                    In a restored store, also "unmet": [replica, ...], the
//                    members that it has yet to meet
//     %dyno/w/SLOT   {"open": ..., "promise": timestamp, "reserved": timestamp}
//     %dyno/floor    a timestamp as JSON

#ifndef DYNO_LEASE_SLOT_CODEC_H_
#define DYNO_LEASE_SLOT_CODEC_H_

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "dyno/flake.h"
#include "dyno/item/result.h"

namespace dyno {

struct StoreId {
  uint64_t replica = 0;
  bool replicated = false;
  /// The store is not replicated yet, but writers that begin now announce their
  /// changes.
  bool announces = false;
  /// Whether writers enter their changes in the log.
  bool announces_changes() const { return replicated || announces; }
  /// In a restored store: the members that it has yet to meet.
  std::set<uint64_t> unmet;
};
std::string EncodeStoreId(const StoreId& id);
/// **Errors**: Corruption; NotSupported for another format.
Result<StoreId> DecodeStoreId(std::string_view value);

/// A slot and the lease on it.
struct SlotRecord {
  bool open = false;  ///< A writer holds the lease.
  Flake promise;   ///< No more operations at or below it come from this slot.
  Flake reserved;  ///< No timestamp above it was issued from this slot.
};
std::string EncodeSlot(const SlotRecord& slot);
/// **Errors**: Corruption that names `key`.
Result<SlotRecord> DecodeSlot(std::string_view key, std::string_view value);

/// The minimum timestamp of a shared store: a writer that takes a slot after
/// the minimum was stored issues only timestamps above the minimum.
std::string EncodeMinimum(const Flake& minimum);
/// **Errors**: Corruption.
Result<Flake> DecodeMinimum(std::string_view value);

}  // namespace dyno

#endif  // DYNO_LEASE_SLOT_CODEC_H_

// The grammar of keys.
//
//     NAME/TIMESTAMP/OPERATION     a record of an item. In a base's second
//                                  record, OPERATION is "~base"
//     %dyno/id                     the store's id
//     %dyno/floor                  shared stores: the minimum timestamp
//     %dyno/w/SLOT                 a writer's slot
//     %dyno/c/SLOT/TIMESTAMP       an entry of the change log
//     %dyno/k/REPLICA              K of a replica: this store has all of the
//                                  replica's operations up to K (peer_codec.h)
//     %dyno/p/REPLICA              notes about a store that this one has met
//     %dyno/f/NAME                 shared stores: the mark on an item that a
//                                  process is flattening (flatten.cc)
//
// The keys that begin with "%dyno/" are those of dyno's own records.
//
// In NAME, "/", "%" and each byte that is not part of UTF-8 are written %XX,
// with digits 0-9A-F; all other bytes stay as they are. So no encoded name
// begins with "%dyno". An item's records lie together, and a record can have
// only one key.

#ifndef DYNO_ITEM_KEY_H_
#define DYNO_ITEM_KEY_H_

#include <optional>
#include <string>
#include <string_view>

#include "dyno/flake.h"
#include "dyno/item/result.h"

namespace dyno {

inline constexpr std::string_view kBaseOperation = "~base";

inline constexpr std::string_view kOwnBegin = "%dyno/";
inline constexpr std::string_view kOwnEnd = "%dyno0";
inline constexpr std::string_view kIdKey = "%dyno/id";
inline constexpr std::string_view kMinimumKey = "%dyno/floor";
inline constexpr std::string_view kChangesBegin = "%dyno/c/";
inline constexpr std::string_view kChangesEnd = "%dyno/c0";
inline constexpr std::string_view kKnownBegin = "%dyno/k/";
inline constexpr std::string_view kPeersBegin = "%dyno/p/";
inline constexpr std::string_view kSlotsBegin = "%dyno/w/";
inline constexpr std::string_view kSlotsEnd = "%dyno/w0";

/// A name as it stands in keys. Accepts any bytes of any length.
std::string EncodeName(std::string_view name);

/// Checks that an item can have this name, and encodes it.
/// **Errors**: InvalidArgument if the name is empty, or longer than
/// kNameBytesMax when encoded.
Result<std::string> CheckedName(std::string_view name);

/// The name that EncodeName turns into `encoded`; nothing if there is none.
std::optional<std::string> DecodeName(std::string_view encoded);

/// The parts of a record's key. The views point into the key.
struct RecordKey {
  std::string_view name;  ///< Encoded.
  Flake timestamp;
  std::string_view operation;
};

/// The parts of `key`; nothing if `key` is not that of an item's record.
std::optional<RecordKey> ParseRecordKey(std::string_view key);

/// Like ParseRecordKey, but does not check whether the name is encoded
/// correctly.
std::optional<RecordKey> SplitRecordKey(std::string_view key);

std::string MakeRecordKey(std::string_view encoded_name, const Flake& timestamp,
                          std::string_view operation);

/// An item's keys are those in [ItemBegin, ItemEnd).
std::string ItemBegin(std::string_view encoded_name);
std::string ItemEnd(std::string_view encoded_name);

std::string SlotKey(uint16_t slot);
/// The slot; nothing if `key` is not the key of a slot's record.
std::optional<uint16_t> ParseSlotKey(std::string_view key);

/// The key of the entry in the change log that announces the operation with
/// this timestamp.
std::string ChangeKey(const Flake& timestamp);
/// The prefix of the keys of a slot's log entries.
std::string ChangePrefix(uint16_t slot);
/// The entry's timestamp; nothing if `key` is not the key of a log entry.
std::optional<Flake> ParseChangeKey(std::string_view key);

std::string KnownKey(uint64_t replica);
std::string PeerKey(uint64_t replica);
/// The key of the mark on an item that is being flattened.
std::string FlattenKey(std::string_view encoded_name);

/// 4 lower-case hex digits.
std::string SlotText(uint16_t slot);
bool ParseSlot(std::string_view text, uint16_t* slot);
/// 12 lower-case hex digits.
std::string ReplicaText(uint64_t replica);
bool ParseReplica(std::string_view text, uint64_t* replica);

/// `bytes` for a message: in quotes, with \xNN for each byte that is not
/// printable ASCII, and cut off if long.
std::string Printable(std::string_view bytes);

/// The Corruption with the message "the record `key` `what`".
leveldb::Status Damaged(std::string_view key, std::string_view what);

}  // namespace dyno

#endif  // DYNO_ITEM_KEY_H_

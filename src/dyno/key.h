// The grammar of keys.
//
//     NAME/TIMESTAMP/OPERATION     a record of an item; "~base" is an operation
//     %dyno/...                    dyno's own
//
// In NAME, "/" and "%" and each byte that is not part of UTF-8 is written %XX,
// with digits 0-9A-F, and nothing else is. So "%dyno" cannot begin one, an
// item's records lie together, and there is one key for a record.

#ifndef DYNO_KEY_H_
#define DYNO_KEY_H_

#include <optional>
#include <string>
#include <string_view>

#include "dyno/flake.h"
#include "dyno/result.h"

namespace dyno {

inline constexpr std::string_view kBaseOperation = "~base";

inline constexpr std::string_view kOwnBegin = "%dyno/";
inline constexpr std::string_view kOwnEnd = "%dyno0";
inline constexpr std::string_view kIdKey = "%dyno/id";
inline constexpr std::string_view kFloorKey = "%dyno/floor";
inline constexpr std::string_view kChangesBegin = "%dyno/c/";
inline constexpr std::string_view kChangesEnd = "%dyno/c0";
inline constexpr std::string_view kKnownBegin = "%dyno/k/";
inline constexpr std::string_view kPeersBegin = "%dyno/p/";
inline constexpr std::string_view kWritersBegin = "%dyno/w/";
inline constexpr std::string_view kWritersEnd = "%dyno/w0";

/// As it stands in keys. Any bytes of any length.
std::string EncodeName(std::string_view name);

/// The same for a name that is written to.
/// **Errors**: InvalidArgument when it is empty or over kNameBytesMax.
Result<std::string> CheckedName(std::string_view name);

/// Nothing for what EncodeName would not have given, or for no name.
std::optional<std::string> DecodeName(std::string_view encoded);

/// The parts of a record's key. The views are into the key.
struct RecordKey {
  std::string_view name;  ///< Encoded.
  Flake timestamp;
  std::string_view operation;
};

/// Nothing for what is no record's key.
std::optional<RecordKey> ParseRecordKey(std::string_view key);

/// What ParseRecordKey does, without a look at whether `name` is well encoded.
std::optional<RecordKey> SplitRecordKey(std::string_view key);

std::string MakeRecordKey(std::string_view encoded_name, const Flake& timestamp,
                          std::string_view operation);

/// The keys of an item are those from here ...
std::string ItemBegin(std::string_view encoded_name);
/// ... to before here.
std::string ItemEnd(std::string_view encoded_name);

/// The record of the writer with that slot.
std::string WriterKey(uint16_t slot);
/// Nothing for what is no such key.
std::optional<uint16_t> ParseWriterKey(std::string_view key);

/// The entry in the change log that announces what `timestamp` is that of.
std::string ChangeKey(const Flake& timestamp);
/// The entries of a slot begin with this.
std::string ChangePrefix(uint16_t slot);
/// Nothing for what is no such key.
std::optional<Flake> ParseChangeKey(std::string_view key);

std::string KnownKey(uint64_t replica);
std::string PeerKey(uint64_t replica);
/// Held while an item of a shared store is flattened.
std::string FlattenKey(std::string_view encoded_name);

/// 4 lower-case hex digits.
std::string SlotText(uint16_t slot);
bool ParseSlot(std::string_view text, uint16_t* slot);
/// 12 lower-case hex digits.
std::string ReplicaText(uint64_t replica);
bool ParseReplica(std::string_view text, uint64_t* replica);

/// For messages: what is not printable ASCII as \xNN, and the end cut off when
/// it is long.
std::string Printable(std::string_view bytes);

}  // namespace dyno

#endif  // DYNO_KEY_H_

// Records as they are stored: the values of bases and of dyno's own records,
// and an item's records from what a range visits.
//
//     NAME/T/putItem    the item as of T, plain JSON; NAME/T/delItem, {}, when
//                       it did not exist
//     NAME/T/~base      {"n": changes, "h": hash, "seen": {replica: timestamp},
//                       "done": [late keys]}, "deleted": true for delItem, and
//                       "also": [...] of others with the same T that neither is
//                       below the first nor above it, each with its "item"
//     %dyno/id          {"replica": ..., "replicated": ..., "format": 1}
//     %dyno/w/SLOT      {"open": ..., "promise": timestamp,
//                       "reserved": timestamp}
//     %dyno/floor       a timestamp as JSON

#ifndef DYNO_CODEC_H_
#define DYNO_CODEC_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dyno/records.h"
#include "dyno/result.h"

namespace dyno {

// ------------------------------------------------------------------- bases

struct StoredRecord {
  std::string key;
  std::string value;
};

/// What is stored for the bases with one T, of which there is one at least. The
/// greatest by hash is the one that the item's record shows.
std::vector<StoredRecord> EncodeBases(std::string_view encoded_name,
                                      std::vector<const BaseRecord*> bases);

/// Collects an item's records in the order of their keys.
class RecordCollector {
 public:
  /// A record whose key begins with the item's name and "/".
  /// **Errors**: Corruption that names the key. The record is left out, and
  /// what follows can be added.
  leveldb::Status Add(std::string_view key, std::string_view value);

  /// What was added.
  const Records& records() const { return records_; }
  Records& records() { return records_; }
  /// Keys, those left out too.
  uint64_t count() const { return count_; }
  void Clear();

 private:
  leveldb::Status AddBases(std::string_view key, const Flake& timestamp,
                           std::string_view value);

  Records records_;
  uint64_t count_ = 0;
};

// -------------------------------------------------------- dyno's own records

/// The greatest of all that are at or below this clock, as promises and floors
/// are: of no writer, so that it can be compared with any timestamp.
Flake EndOf(uint64_t clock);

struct StoreId {
  uint64_t replica = 0;
  bool replicated = false;
};
std::string EncodeStoreId(const StoreId& id);
/// **Errors**: Corruption; NotSupported for another format.
Result<StoreId> DecodeStoreId(std::string_view value);

struct WriterPlace {
  bool open = false;
  Flake promise;
  Flake reserved;
};
std::string EncodeWriterPlace(const WriterPlace& place);
/// **Errors**: Corruption that names `key`.
Result<WriterPlace> DecodeWriterPlace(std::string_view key,
                                      std::string_view value);

/// **Errors**: Corruption.
Result<Flake> DecodeFloor(std::string_view value);

/// 12 lower-case hex digits.
std::string ReplicaText(uint64_t replica);
bool ParseReplica(std::string_view text, uint64_t* replica);

leveldb::Status Damaged(std::string_view key, std::string_view what);

}  // namespace dyno

#endif  // DYNO_CODEC_H_

// Records as they are stored: the values of bases and of dyno's own records,
// and an item's records from what a range visits.
//
//     NAME/T/putItem    the item as of T, plain JSON; NAME/T/delItem, {}, when
//                       it did not exist
//     NAME/T/~base      {"n": changes, "h": hash, "seen": {replica: timestamp},
//                       "done": [late keys]}, "deleted": true for delItem, and
//                       "also": [...] of others with the same T that neither is
//                       below the first nor above it, each with its "item";
//                       in a shared store "folds": [TIMESTAMP/OPERATION, ...],
//                       and "item", its item or null, which counts instead of
//                       the item's record
//     %dyno/id          {"replica": ..., "replicated": ..., "format": 1}
//     %dyno/w/SLOT      {"open": ..., "promise": timestamp,
//                       "reserved": timestamp}
//     %dyno/floor       a timestamp as JSON
//     %dyno/f/NAME      of a flatten under way in a shared store, T/RANDOM
//     %dyno/c/SLOT/TIMESTAMP
//                       NAME, or NAME/REPLICA when what changed came from there
//     %dyno/k/REPLICA   a timestamp as JSON; or {"known": timestamp,
//                       "forgotten": ..., "since": timestamp}
//     %dyno/p/REPLICA   {"cursor": {SLOT: timestamp}, "acked": {SLOT:
//                       timestamp}, "met": RANDOM}
//
// In a shared store a base takes three steps, since a range may show a part of
// one write: "~base" with its "folds", then the item, with which the base is
// there, then the records that it folds go. One that takes the place of another
// base with the same T has its item within, since a range may show it with the
// other one's. A "~base" without its item whose
// folds are all there is not there yet; what an active base folds is not there
// any more.

#ifndef DYNO_CODEC_H_
#define DYNO_CODEC_H_

#include <cstdint>
#include <map>
#include <set>
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

/// What is stored for the bases with one T, of which there is one at least: the
/// item, then "~base". The greatest by hash is the one that the item's record
/// shows. `folds` is null outside of shared stores. `is_whole`: the item is
/// also within "~base".
std::vector<StoredRecord> EncodeBases(
    std::string_view encoded_name, std::vector<const BaseRecord*> bases,
    const std::vector<std::string>* folds = nullptr, bool is_whole = false);

/// "TIMESTAMP/OPERATION" of a record's key.
std::string EndOfKey(std::string_view key);

/// Collects an item's records in the order of their keys.
class RecordCollector {
 public:
  /// A record whose key begins with the item's name and "/".
  /// **Errors**: Corruption that names the key. The record is left out, and
  /// what follows can be added.
  leveldb::Status Add(std::string_view key, std::string_view value);

  /// To be called when all are added, once.
  /// **Errors**: Corruption that names the key of a base that cannot be whole.
  leveldb::Status Finish();

  /// What was added. After Finish without leftovers.
  const Records& records() const { return records_; }
  Records& records() { return records_; }
  /// Records that a base stands for and that can be deleted.
  std::vector<StoredRecord>& leftovers() { return leftovers_; }
  /// The "~base" records of bases that are not there yet.
  std::vector<StoredRecord>& unfinished() { return unfinished_; }
  /// Keys, those left out too.
  uint64_t count() const { return count_; }
  void Clear();

 private:
  leveldb::Status AddBases(std::string_view key, const Flake& timestamp,
                           std::string_view value);
  leveldb::Status FinishOne(const BaseRecord& base, const std::string& key);
  bool IsNotThereYet(const BaseRecord& base) const;
  bool IsFolded(std::string_view end_of_key) const;
  bool IsFolded(const BaseRecord& base, std::string_view end_of_key) const;

  std::string name_;  // As it is encoded.
  Records records_;
  std::vector<BaseRecord> bodiless_;
  std::vector<std::string> bodiless_keys_;
  std::vector<StoredRecord> leftovers_;
  std::vector<StoredRecord> unfinished_;
  uint64_t count_ = 0;
};

// -------------------------------------------------------- dyno's own records

/// The greatest of all that are at or below this clock, as promises and floors
/// are: of no writer, so that it can be compared with any timestamp.
Flake EndOf(uint64_t clock);

struct StoreId {
  uint64_t replica = 0;
  bool replicated = false;
  /// Not yet replicated, but writers that begin announce what they write.
  bool announces = false;
  /// Whether writers enter what they change in the log.
  bool announces_changes() const { return replicated || announces; }
  /// Of a restored store: the members that it has yet to meet.
  std::set<uint64_t> unmet;
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
std::string EncodeFloor(const Flake& floor);

/// K of one replica.
struct Known {
  Flake known;  ///< All of its operations up to here are in the store.
  bool forgotten = false;
  Flake since;  ///< When that was last decided; the newer one counts.
};
std::string EncodeKnown(const Known& known);
/// **Errors**: Corruption that names `key`.
Result<Known> DecodeKnown(std::string_view key, std::string_view value);

/// How far two stores have read each other's logs.
struct Peer {
  std::map<uint16_t, Flake> cursor;  ///< In the other one's log, by slot.
  std::map<uint16_t, Flake> acked;   ///< The other one's, in ours.
  std::string met;                   ///< The same in both after a whole Sync.
};
std::string EncodePeer(const Peer& peer);
/// **Errors**: Corruption that names `key`.
Result<Peer> DecodePeer(std::string_view key, std::string_view value);

leveldb::Status Damaged(std::string_view key, std::string_view what);

}  // namespace dyno

#endif  // DYNO_CODEC_H_

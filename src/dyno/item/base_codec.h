// The stored form of bases; and a collector that turns the keys and values of a
// range into an item's records. A base has two stored records:
//
//     NAME/T/putItem    the item as of T, plain JSON
//       or
//     NAME/T/delItem    {}, if there was no item at T
//
//     NAME/T/~base      an object with these members:
//       "n"             the number of changes
//       "h"             the hash
//       "seen"          {replica: timestamp, ...}
//       "done"          [late key, ...]
//       "deleted"       true, if the other record is delItem
//       "also"          if there are other bases with the same T, neither below
//                       nor above this one: an array of them, each with its
//                       "n", "h", "seen" and "done", and with its item as
//                       "item", or else with "deleted"
//       "folds"         in a shared store: [TIMESTAMP/OPERATION, ...]
//       "item"          in a shared store, if the base replaces another base
//                       with the same T: the item, or null if it does not
//                       exist. It then counts instead of the item's record
//
// In a shared store a base is written in three steps, because a range may show
// only a part of one write. First "~base" is put, with its "folds"; then the
// item, which makes the base valid; then the folded records are deleted. If a
// base replaces another base with the same T, a range may show its "~base"
// together with the other base's item. That is why such a "~base" has its item
// inside. A "~base" without an item is unfinished as long as all records that
// its "folds" name are there. Records that a valid base folds count as deleted.

#ifndef DYNO_ITEM_BASE_CODEC_H_
#define DYNO_ITEM_BASE_CODEC_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dyno/item/records.h"
#include "dyno/item/result.h"

namespace dyno {

struct StoredRecord {
  std::string key;
  std::string value;
};

/// Encodes one or more bases with the same T. Returns the item's record and
/// then the "~base" record. The item's record has the item of the base with the
/// greatest hash. `folds` is null outside of shared stores. With `is_whole`,
/// "~base" has that item inside, too.
std::vector<StoredRecord> EncodeBases(
    std::string_view encoded_name, std::vector<const BaseRecord*> bases,
    const std::vector<std::string>* folds = nullptr, bool is_whole = false);

/// "TIMESTAMP/OPERATION" of a record's key.
std::string EndOfKey(std::string_view key);

/// Collects an item's records in the order of their keys.
class RecordCollector {
 public:
  /// Adds a record whose key begins with the item's name and "/".
  /// **Errors**: Corruption that names the key. The record is skipped, and
  /// further records can be added.
  leveldb::Status Add(std::string_view key, std::string_view value);

  /// To be called once, after the last Add.
  /// **Errors**: Corruption that names the key of a base without an item, if
  /// the base is neither unfinished nor replaced by another base.
  leveldb::Status Finish();

  /// The records added; after Finish, without leftovers.
  const Records& records() const { return records_; }
  Records& records() { return records_; }
  /// Records that a base has replaced and that can be deleted.
  std::vector<StoredRecord>& leftovers() { return leftovers_; }
  /// The "~base" records of bases that are not valid yet.
  std::vector<StoredRecord>& unfinished() { return unfinished_; }
  /// The number of keys added, skipped ones included.
  uint64_t count() const { return count_; }
  void Clear();

 private:
  leveldb::Status AddBases(std::string_view key, const Flake& timestamp,
                           std::string_view value);
  leveldb::Status FinishOne(const BaseRecord& base, const std::string& key);
  void SortOutFolded();
  bool IsUnfinished(const BaseRecord& base) const;
  bool IsFolded(std::string_view end_of_key) const;
  bool IsFolded(const BaseRecord& base, std::string_view end_of_key) const;

  std::string name_;  // Encoded.
  Records records_;
  std::vector<BaseRecord> bodiless_;  // Bases whose item is missing.
  std::vector<std::string> bodiless_keys_;
  std::vector<StoredRecord> leftovers_;
  std::vector<StoredRecord> unfinished_;
  uint64_t count_ = 0;
};

}  // namespace dyno

#endif  // DYNO_ITEM_BASE_CODEC_H_

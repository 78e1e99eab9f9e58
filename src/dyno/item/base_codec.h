// The stored form of bases, and an item's records from the keys and values of a
// range.
//
//     NAME/T/putItem    the item as of T, plain JSON; NAME/T/delItem, {}, when
//                       it did not exist
//     NAME/T/~base      {"n": changes, "h": hash, "seen": {replica: timestamp},
//                       "done": [late keys]}, "deleted": true for delItem, and
//                       "also": [...]: other bases with the same T, neither
//                       below nor above the first, each with its "item";
//                       in a shared store "folds": [TIMESTAMP/OPERATION, ...],
//                       and "item", its item or null, which then counts instead
//                       of the item's record
//
// In a shared store a base takes three steps, because a range may show a part
// of one write: first "~base" with its "folds", then the item, which makes the
// base valid, then the folded records are deleted. A base that replaces another
// base with the same T carries its item inside "~base", because a range may
// show it together with the other base's item. A "~base" without its item is
// unfinished as long as all of its folds are there. Records that a valid base
// folds count as deleted.

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

/// Encodes one or more bases with the same T: first the item, then "~base". The
/// item's record shows the base with the greatest hash. `folds` is null outside
/// of shared stores. `is_whole` puts the item into "~base", too.
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
  /// **Errors**: Corruption that names the key of a base that cannot be whole.
  leveldb::Status Finish();

  /// The records added; after Finish, without leftovers.
  const Records& records() const { return records_; }
  Records& records() { return records_; }
  /// Records that a base has replaced and that can be deleted.
  std::vector<StoredRecord>& leftovers() { return leftovers_; }
  /// The "~base" records of bases that are not valid yet.
  std::vector<StoredRecord>& unfinished() { return unfinished_; }
  /// The number of keys, skipped ones too.
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
  std::vector<BaseRecord> bodiless_;  // Their item is missing.
  std::vector<std::string> bodiless_keys_;
  std::vector<StoredRecord> leftovers_;
  std::vector<StoredRecord> unfinished_;
  uint64_t count_ = 0;
};

}  // namespace dyno

#endif  // DYNO_ITEM_BASE_CODEC_H_

// How bases are stored, and a collector that turns the keys and values of a
// range into an item's records.
//
// A base is the item as of a timestamp T, as a flatten left it. It is stored in
// two records:
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
//       "also"          an array of the other bases with the same T, if there
//                       are any. No base with this T is below another
//                       (records.h). Each has its own "n", "h", "seen" and
//                       "done", and either its item as "item", or "deleted"
//       "folds"         in a shared store, the names of the records that this
//                       base replaces: [TIMESTAMP/OPERATION, ...]
//       "item"          in a shared store, if the base replaces another base
//                       with the same T: the item, or null if the item does not
//                       exist. If "item" is there, the item's record is ignored
//
// In a shared store a base is written in three steps, because a range may show
// only a part of one write:
//
//     1. Put "~base", with its "folds".
//     2. Put the item. This makes the base valid.
//     3. Delete the folded records.
//
// A "~base" without an item is unfinished as long as all records listed in its
// "folds" are there. The records listed in the "folds" of a valid base count as
// deleted. If a base replaces another base with the same T, a range may show
// the new "~base" together with the old base's item. For this reason the new
// "~base" then contains the new base's item.

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

/// Encodes one or more bases with the same T. Returns two records: the item's
/// record, and then "~base". The item's record has the item of the base with
/// the greatest hash. If `is_whole`, "~base" also contains this item. `folds`,
/// if not null, becomes the member "folds".
std::vector<StoredRecord> EncodeBases(
    std::string_view encoded_name, std::vector<const BaseRecord*> bases,
    const std::vector<std::string>* folds = nullptr, bool is_whole = false);

/// The part of a record's key after the item's name: "TIMESTAMP/OPERATION".
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

  /// The records added. After Finish, leftovers are no longer among them.
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
  std::vector<BaseRecord> bodiless_;        // Bases whose item is missing.
  std::vector<std::string> bodiless_keys_;  // The keys of their "~base".
  std::vector<StoredRecord> leftovers_;
  std::vector<StoredRecord> unfinished_;
  uint64_t count_ = 0;
};

}  // namespace dyno

#endif  // DYNO_ITEM_BASE_CODEC_H_

// dyno's own records in a store, without the change log.

#ifndef DYNO_SYNC_OWN_RECORDS_H_
#define DYNO_SYNC_OWN_RECORDS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dyno/backend.h"
#include "dyno/flake.h"
#include "dyno/lease/slot_codec.h"
#include "dyno/sync/peer_codec.h"

namespace dyno {

/// A record in two forms: decoded, and as it is stored.
template <class T>
struct Read {
  T value;
  std::string stored;
};

struct OwnRecords {
  std::optional<Read<StoreId>> id;
  std::optional<Read<Flake>> min_timestamp;
  std::map<uint64_t, Read<Known>> known;
  std::map<uint64_t, Read<Peer>> peers;
  std::map<uint16_t, Read<SlotRecord>> slots;
};

/// **Errors**: Corruption that names the key of a damaged record.
/// **Cost**: 1 range.
leveldb::Status ReadOwnRecords(Backend* backend, OwnRecords* own);

template <class Key, class T>
std::optional<Read<T>> Find(const std::map<Key, Read<T>>& records,
                            const Key& key) {
  const auto found = records.find(key);
  if (found == records.end()) return std::nullopt;
  return found->second;
}

/// Changes to dyno's own records. All changes are written in one write. If
/// others have changed one of these records since it was read, nothing is
/// written.
class OwnEdit {
 public:
  /// Puts `value`, unless the record had this value already when it was read.
  /// `before` is the record as it was read.
  template <class T>
  void Put(const std::string& key, const std::optional<Read<T>>& before,
           std::string value) {
    if (before && before->stored == value) return;
    conditions_.push_back(before ? Condition::Equals(key, before->stored)
                                 : Condition::Absent(key));
    batch_.Put(key, value);
  }
  template <class T>
  void Delete(const std::string& key, const Read<T>& before) {
    conditions_.push_back(Condition::Equals(key, before.stored));
    batch_.Delete(key);
  }
  /// For changes that need no condition of their own. Requires that the edit
  /// also has a Delete, or a Put that changes a value.
  leveldb::WriteBatch* batch() { return &batch_; }

  size_t size() const { return conditions_.size(); }
  /// Writes nothing if no Put changes a value and there is no Delete.
  WriteResult Write(Backend* backend);

 private:
  leveldb::WriteBatch batch_;
  std::vector<Condition> conditions_;
};

/// Puts `id` in place of `own.id`, the store's id as it was read.
void PutId(const OwnRecords& own, const StoreId& id, OwnEdit* edit);

}  // namespace dyno

#endif  // DYNO_SYNC_OWN_RECORDS_H_

// The keys of the entries of tables and logs, LevelDB's "internal keys".

#ifndef DYNAMODOWN_LEVELDB_UTIL_ENTRY_KEY_H_
#define DYNAMODOWN_LEVELDB_UTIL_ENTRY_KEY_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "leveldb/comparator.h"
#include "leveldb/slice.h"

namespace dynamodown {

/// An entry of a store: a value of a key, or a delete of the key.
struct EntryKey {
  std::string key;       ///< The user's key.
  uint64_t trailer = 0;  ///< The sequence number and the type.

  bool is_value() const { return (trailer & 0xff) == kTypeValue; }
  uint64_t sequence() const { return trailer >> 8; }
  static uint64_t TrailerOf(uint64_t sequence, bool is_value) {
    return sequence << 8 | (is_value ? kTypeValue : 0);
  }

 private:
  static constexpr uint64_t kTypeValue = 1;
};

/// Returns false if `internal` has no sequence number.
bool ParseEntryKey(std::string_view internal, EntryKey* entry);

/// Orders internal keys as LevelDB does: by the user's key, and then by falling
/// sequence number.
///
/// **Ownership**: `user` outlives the comparator.
class EntryComparator final : public leveldb::Comparator {
 public:
  explicit EntryComparator(const leveldb::Comparator* user) : user_(*user) {}

  int Compare(const leveldb::Slice& a, const leveldb::Slice& b) const override;
  int Compare(const EntryKey& a, const EntryKey& b) const;

  // LevelDB calls these only to write a table.
  const char* Name() const override { return "leveldb.InternalKeyComparator"; }
  void FindShortestSeparator(std::string*,
                             const leveldb::Slice&) const override {}
  void FindShortSuccessor(std::string*) const override {}

 private:
  const leveldb::Comparator& user_;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_LEVELDB_UTIL_ENTRY_KEY_H_

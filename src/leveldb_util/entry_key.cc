// The format (db/dbformat.h of LevelDB):
//
//     internal key = user's key, 8 bytes: sequence number << 8 | type
//     type         = 1 (a value), 0 (a delete)

#include "leveldb_util/entry_key.h"

#include <cstddef>

#include "leveldb_util/decoder.h"

namespace dynamodown {
namespace {

using leveldb::Slice;

constexpr size_t kTrailerBytes = 8;

struct Parts {
  Slice key;
  uint64_t trailer = 0;
};

/// A key that is too short for a trailer counts as a user's key with the
/// trailer 0.
Parts PartsOf(const Slice& internal) {
  Parts parts{internal};
  if (internal.size() < kTrailerBytes) return parts;
  const size_t size = internal.size() - kTrailerBytes;
  parts.key = Slice(internal.data(), size);
  Decoder({internal.data() + size, kTrailerBytes})
      .Fixed(kTrailerBytes, &parts.trailer);
  return parts;
}

int Order(const leveldb::Comparator& user, const Parts& a, const Parts& b) {
  const int order = user.Compare(a.key, b.key);
  if (order != 0) return order;
  return a.trailer > b.trailer ? -1 : a.trailer < b.trailer ? 1 : 0;
}

}  // namespace

bool ParseEntryKey(std::string_view internal, EntryKey* entry) {
  if (internal.size() < kTrailerBytes) return false;
  const Parts parts = PartsOf({internal.data(), internal.size()});
  entry->key.assign(parts.key.data(), parts.key.size());
  entry->trailer = parts.trailer;
  return true;
}

int EntryComparator::Compare(const Slice& a, const Slice& b) const {
  return Order(user_, PartsOf(a), PartsOf(b));
}

int EntryComparator::Compare(const EntryKey& a, const EntryKey& b) const {
  return Order(user_, {a.key, a.trailer}, {b.key, b.trailer});
}

}  // namespace dynamodown

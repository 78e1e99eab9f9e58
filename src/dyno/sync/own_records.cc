#include "dyno/sync/own_records.h"

#include <cassert>
#include <string_view>

#include "dyno/item/key.h"

namespace dyno {
namespace {

using leveldb::Slice;
using leveldb::Status;

template <class T>
Status Keep(const Result<T>& decoded, const Slice& value, Read<T>* read) {
  if (!decoded.ok()) return decoded.error();
  *read = {*decoded, value.ToString()};
  return Status::OK();
}

/// Whether `key` is `prefix` followed by a replica. If so, sets `*replica`.
bool IsReplicaKey(std::string_view key, std::string_view prefix,
                  uint64_t* replica) {
  return key.substr(0, prefix.size()) == prefix &&
         ParseReplica(key.substr(prefix.size()), replica);
}

Status AddOwn(std::string_view key, const Slice& slice, OwnRecords* own) {
  const std::string_view value(slice.data(), slice.size());
  uint64_t replica = 0;
  if (key == kIdKey) {
    return Keep(DecodeStoreId(value), slice, &own->id.emplace());
  }
  if (key == kMinimumKey) {
    return Keep(DecodeMinimum(value), slice, &own->min_timestamp.emplace());
  }
  if (IsReplicaKey(key, kKnownBegin, &replica)) {
    return Keep(DecodeKnown(key, value), slice, &own->known[replica]);
  }
  if (IsReplicaKey(key, kPeersBegin, &replica)) {
    return Keep(DecodePeer(key, value), slice, &own->peers[replica]);
  }
  if (const auto slot = ParseSlotKey(key)) {
    return Keep(DecodeSlot(key, value), slice, &own->slots[*slot]);
  }
  return Status::OK();  // A record that only later versions know.
}

}  // namespace

Status ReadOwnRecords(Backend* backend, OwnRecords* own) {
  *own = OwnRecords();
  RangeOptions options;
  options.expected = 16;
  Status damaged;
  const Status read =
      backend->Range(options, Slice(kMinimumKey.data(), kMinimumKey.size()),
                     Slice(kSlotsEnd.data(), kSlotsEnd.size()),
                     [&](const Slice& key, const Slice& value) {
                       damaged = AddOwn({key.data(), key.size()}, value, own);
                       return damaged.ok();
                     });
  return read.ok() ? damaged : read;
}

WriteResult OwnEdit::Write(Backend* backend) {
  if (conditions_.empty()) {
    assert(batch_.ApproximateSize() == leveldb::WriteBatch().ApproximateSize());
    return WriteResult::Written();
  }
  return backend->WriteIf(&batch_, conditions_, true);
}

void PutId(const OwnRecords& own, const StoreId& id, OwnEdit* edit) {
  edit->Put(std::string(kIdKey), own.id, EncodeStoreId(id));
}

}  // namespace dyno

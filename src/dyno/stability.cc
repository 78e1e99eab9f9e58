#include "dyno/stability.h"

#include <algorithm>
#include <string_view>

#include "dyno/key.h"
#include "dyno/parts.h"

namespace dyno {
namespace {

using leveldb::Slice;
using leveldb::Status;

constexpr std::chrono::minutes kDeadAfter(15);
/// Others who raise the floor at the same time.
constexpr int kRaisesMax = 64;

template <class T>
Status Keep(const Result<T>& decoded, const Slice& value, Read<T>* read) {
  if (!decoded.ok()) return decoded.error();
  *read = {*decoded, value.ToString()};
  return Status::OK();
}

/// What stands behind `prefix`, if it is a replica.
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
  if (key == kFloorKey) {
    return Keep(DecodeFloor(value), slice, &own->floor.emplace());
  }
  if (IsReplicaKey(key, kKnownBegin, &replica)) {
    return Keep(DecodeKnown(key, value), slice, &own->known[replica]);
  }
  if (IsReplicaKey(key, kPeersBegin, &replica)) {
    return Keep(DecodePeer(key, value), slice, &own->peers[replica]);
  }
  if (const auto slot = ParseWriterKey(key)) {
    return Keep(DecodeWriterPlace(key, value), slice, &own->writers[*slot]);
  }
  return Status::OK();  // A later version's.
}

Status CloseTheDead(Store::Parts* parts, OwnRecords* own) {
  for (const uint16_t slot : parts->watch.FindDead(*own)) {
    if (parts->writer.open_slot() == slot) continue;
    Read<WriterPlace>& place = own->writers[slot];
    const WriteResult closed = ClosePlace(parts->backend, slot, place);
    if (!closed.ok()) return closed.status;
    // It lives after all: then it counts as it was read.
    if (closed.is_written()) place.value.open = false;
  }
  return Status::OK();
}

}  // namespace

Status ReadOwnRecords(Backend* backend, OwnRecords* own) {
  *own = OwnRecords();
  RangeOptions options;
  options.expected = 16;
  Status damaged;
  const Status read =
      backend->Range(options, Slice(kFloorKey.data(), kFloorKey.size()),
                     Slice(kWritersEnd.data(), kWritersEnd.size()),
                     [&](const Slice& key, const Slice& value) {
                       damaged = AddOwn({key.data(), key.size()}, value, own);
                       return damaged.ok();
                     });
  return read.ok() ? damaged : read;
}

Status RaiseFloor(Backend* backend, const Flake& now, Flake* before,
                  Flake* floor) {
  for (int attempt = 0; attempt < kRaisesMax; ++attempt) {
    OwnRecords own;
    const Status read = ReadOwnRecords(backend, &own);
    if (!read.ok()) return read;
    *before = own.floor ? own.floor->value : Flake();
    const bool is_high = own.floor && own.floor->value >= now;
    *floor = is_high ? own.floor->value : now;
    if (is_high) return Status::OK();
    leveldb::WriteBatch batch;
    const std::string key(kFloorKey);
    batch.Put(key, EncodeFloor(now));
    const WriteResult written =
        backend->WriteIf(&batch,
                         {own.floor ? Condition::Equals(key, own.floor->stored)
                                    : Condition::Absent(key)},
                         true);
    if (!written.ok() || written.is_written()) return written.status;
  }
  return Status::IOError("conflict: others kept raising the floor");
}

std::vector<uint16_t> WriterWatch::FindDead(const OwnRecords& own) {
  const auto now = scheduler_->Now();
  std::vector<uint16_t> dead;
  std::map<uint16_t, Seen> seen;
  std::lock_guard<std::mutex> lock(mutex_);
  for (const auto& [slot, place] : own.writers) {
    if (!place.value.open) continue;
    Seen now_seen{place.stored, now};
    const auto before = seen_.find(slot);
    if (before != seen_.end() && before->second.stored == place.stored) {
      now_seen.since = before->second.since;
      if (now - now_seen.since >= kDeadAfter) dead.push_back(slot);
    }
    seen[slot] = now_seen;
  }
  seen_ = std::move(seen);
  return dead;
}

WriteResult ClosePlace(Backend* backend, uint16_t slot,
                       const Read<WriterPlace>& place) {
  WriterPlace closed = place.value;
  closed.open = false;
  const std::string key = WriterKey(slot);
  leveldb::WriteBatch batch;
  batch.Put(key, EncodeWriterPlace(closed));
  return backend->WriteIf(&batch, {Condition::Equals(key, place.stored)}, true);
}

Flake Vouched::PromiseOf(uint16_t slot) const {
  const auto found = open.find(slot);
  return found == open.end() ? floor : std::min(floor, found->second);
}

Status Vouch(Store::Parts* parts, Backend* backend, Writer::Audience audience,
             Vouched* vouched) {
  const auto promised = parts->writer.Promise(audience);
  if (!promised.ok()) return promised.error();
  if (backend->shared()) {
    const Status raised = RaiseFloor(backend, EndOf(parts->writer.Wall()),
                                     &vouched->before, &vouched->floor);
    if (!raised.ok()) return raised;
  } else {
    vouched->before = (*promised)->before;
    vouched->floor = (*promised)->now;
  }
  Status status = ReadOwnRecords(backend, &vouched->own);
  if (status.ok() && !vouched->own.id) {
    status = Damaged(kIdKey, "is missing");
  }
  if (status.ok() && backend->shared()) {
    status = CloseTheDead(parts, &vouched->own);
  }
  if (!status.ok()) return status;

  const StoreId& id = vouched->own.id->value;
  parts->writer.SetId(id);
  vouched->replica = id.replica;
  Flake least = vouched->floor;
  vouched->open.clear();
  if (backend->shared()) {
    for (const auto& [slot, place] : vouched->own.writers) {
      if (!place.value.open) continue;
      vouched->open[slot] = place.value.promise;
      least = std::min(least, place.value.promise);
    }
  }
  vouched->known.clear();
  for (const auto& [replica, known] : vouched->own.known) {
    vouched->known[replica] = known.value;
  }
  // A restored store may lack some of what it did itself.
  Known& self = vouched->known[id.replica];
  if (id.unmet.empty()) self.known = std::max(self.known, least);
  self.forgotten = false;
  return Status::OK();
}

Watermark WatermarkOf(const std::map<uint64_t, Known>& known) {
  Watermark watermark;
  for (const auto& [replica, each] : known) {
    if (each.forgotten) continue;
    if (watermark.held_by.empty() || each.known < watermark.timestamp) {
      watermark = {each.known, {replica}};
    } else if (each.known == watermark.timestamp) {
      watermark.held_by.push_back(replica);
    }
  }
  return watermark;
}

Stable StableOf(const Vouched& vouched) {
  const Watermark watermark = WatermarkOf(vouched.known);
  Stable stable;
  stable.watermark = watermark.timestamp;
  for (const auto& [replica, known] : vouched.known) {
    stable.known[replica] = known.known;
  }
  for (const uint64_t replica : watermark.held_by) {
    if (!stable.held_by.empty()) stable.held_by += ", ";
    stable.held_by += replica == vouched.replica
                          ? "this store's own writers"
                          : "the store " + ReplicaText(replica);
  }
  if (watermark.timestamp != Flake()) {
    stable.held_by += ", known up to " + watermark.timestamp.ToString();
  }
  return stable;
}

}  // namespace dyno

#include "dyno/sync/stability.h"

#include <algorithm>
#include <string>

#include "dyno/backend/race.h"
#include "dyno/item/key.h"
#include "dyno/item/timestamps.h"

namespace dyno {
namespace {

using leveldb::Status;

/// A call gives up after it has lost this many races against others that raise
/// the minimum at the same time.
constexpr int kLostRacesMax = 64;

Status CloseDeadSlots(StoreParts* parts, OwnRecords* own) {
  for (const uint16_t slot : parts->watch.FindDead(*own)) {
    if (parts->writer.open_slot() == slot) continue;
    Read<SlotRecord>& record = own->slots[slot];
    const WriteResult closed = CloseSlot(parts->backend, slot, record);
    if (!closed.ok()) return closed.status;
    // If the slot's writer is alive after all, nothing is written, and the slot
    // still counts as open.
    if (closed.is_written()) record.value.open = false;
  }
  return Status::OK();
}

/// The least of the minimum timestamp and the promises of open slots.
Flake PromiseOfAll(Stability* stability) {
  Flake least = stability->min_timestamp;
  for (const auto& [slot, record] : stability->own.slots) {
    if (!record.value.open) continue;
    stability->open[slot] = record.value.promise;
    least = std::min(least, record.value.promise);
  }
  return least;
}

}  // namespace

Status RaiseMinimum(Backend* backend, const Flake& now, Flake* before,
                    Flake* minimum) {
  return WinRace(kLostRacesMax, "others kept raising the minimum timestamp",
                 [&]() -> Result<Race> {
                   OwnRecords own;
                   const Status read = ReadOwnRecords(backend, &own);
                   if (!read.ok()) return read;
                   *before =
                       own.min_timestamp ? own.min_timestamp->value : Flake();
                   const bool is_high =
                       own.min_timestamp && own.min_timestamp->value >= now;
                   *minimum = is_high ? own.min_timestamp->value : now;
                   if (is_high) return Race::kWon;
                   OwnEdit edit;
                   edit.Put(std::string(kMinimumKey), own.min_timestamp,
                            EncodeMinimum(now));
                   return RaceOf(edit.Write(backend));
                 });
}

WriteResult CloseSlot(Backend* backend, uint16_t slot,
                      const Read<SlotRecord>& record) {
  SlotRecord closed = record.value;
  closed.open = false;
  OwnEdit edit;
  edit.Put(SlotKey(slot), std::optional(record), EncodeSlot(closed));
  return edit.Write(backend);
}

Flake Stability::PromiseOf(uint16_t slot) const {
  const auto found = open.find(slot);
  return found == open.end() ? min_timestamp
                             : std::min(min_timestamp, found->second);
}

Status ComputeStability(StoreParts* parts, Backend* backend,
                        Writer::Audience audience, Stability* stability) {
  const auto promised = parts->writer.Promise(audience);
  if (!promised.ok()) return promised.error();
  if (backend->shared()) {
    const Status raised =
        RaiseMinimum(backend, EndOf(parts->writer.Wall()), &stability->before,
                     &stability->min_timestamp);
    if (!raised.ok()) return raised;
  } else {
    stability->before = (*promised)->before;
    stability->min_timestamp = (*promised)->now;
  }
  Status status = ReadOwnRecords(backend, &stability->own);
  if (status.ok() && !stability->own.id) {
    status = Damaged(kIdKey, "is missing");
  }
  if (status.ok() && backend->shared()) {
    status = CloseDeadSlots(parts, &stability->own);
  }
  if (!status.ok()) return status;

  const StoreId& id = stability->own.id->value;
  parts->writer.SetId(id);
  stability->replica = id.replica;
  stability->open.clear();
  const Flake least =
      backend->shared() ? PromiseOfAll(stability) : stability->min_timestamp;
  stability->known.clear();
  for (const auto& [replica, known] : stability->own.known) {
    stability->known[replica] = known.value;
  }
  Known& self = stability->known[id.replica];
  // A restored store may lack some of its own operations, so its own K stays.
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

Stable StableOf(const Stability& stability) {
  const Watermark watermark = WatermarkOf(stability.known);
  Stable stable;
  stable.watermark = watermark.timestamp;
  for (const auto& [replica, known] : stability.known) {
    stable.known[replica] = known.known;
  }
  for (const uint64_t replica : watermark.held_by) {
    if (!stable.held_by.empty()) stable.held_by += ", ";
    stable.held_by += replica == stability.replica
                          ? "this store's own writers"
                          : "the store " + ReplicaText(replica);
  }
  if (watermark.timestamp != Flake()) {
    stable.held_by += ", known up to " + watermark.timestamp.ToString();
  }
  return stable;
}

}  // namespace dyno

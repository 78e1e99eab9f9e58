// The administration of replicated stores.

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "dyno/backend/race.h"
#include "dyno/item/key.h"
#include "dyno/item/timestamps.h"
#include "dyno/sync.h"
#include "dyno/sync/knowledge.h"
#include "dyno/sync/own_records.h"
#include "dyno/sync/stability.h"
#include "dyno/sync/store_parts.h"

namespace dyno {
namespace {

using leveldb::Slice;
using leveldb::Status;

constexpr int kLostRacesMax = 64;

Status NoId() {
  return Invalid(
      "nothing was written to this store yet, so it has no replica id");
}

/// Adds changes of dyno's own records to `*edit`, or returns an error. If no
/// change is added, nothing is written.
using Plan = std::function<Status(const OwnRecords& own, OwnEdit* edit)>;

/// Reads, plans and writes again until no other writer comes in between.
Status EditOwn(StoreParts* parts, const Plan& plan) {
  return WinRace(kLostRacesMax, "others kept writing", [&]() -> Result<Race> {
    OwnRecords own;
    Status status = ReadOwnRecords(parts->backend, &own);
    OwnEdit edit;
    if (status.ok()) status = plan(own, &edit);
    if (!status.ok()) return status;
    return RaceOf(edit.Write(parts->backend));
  });
}

/// Fails if a slot of a shared store is open. The program that holds the slot
/// relies on the id as it was when the program took the slot.
Status CheckNoOneWrites(const StoreParts& parts, const OwnRecords& own) {
  if (!parts.backend->shared()) return Status::OK();
  std::string slots;
  for (const auto& [slot, record] : own.slots) {
    if (record.value.open) {
      slots += (slots.empty() ? "" : ", ") + SlotText(slot);
    }
  }
  if (slots.empty()) return Status::OK();
  return Status::IOError(
      "conflict: programs that write to this store have slots open (" + slots +
      "): end these programs and try again; if one of them has ended without "
      "closing its slot, close that slot");
}

/// The timestamp up to which a store holds every operation ever issued with its
/// replica id. This is true even if the store is a copy, and the original store
/// has issued more operations since.
Flake HeldOfItself(const StoreParts& parts, const OwnRecords& own) {
  // A restored store may lack some of its own operations.
  if (!own.id->value.unmet.empty()) return Flake();
  if (parts.backend->shared()) {
    return own.min_timestamp ? own.min_timestamp->value : Flake();
  }
  Flake held;
  for (const auto& [slot, record] : own.slots) {
    // Nothing was issued above a closed slot's reserve.
    held = std::max(
        held, record.value.open ? record.value.promise : record.value.reserved);
  }
  return held;
}

/// Notes in the id that changes are announced. From then on each new writer
/// announces its changes. A writer that began earlier perhaps does not.
Status Announce(StoreParts* parts) {
  return EditOwn(parts, [](const OwnRecords& own, OwnEdit* edit) {
    if (!own.id) return NoId();
    StoreId id = own.id->value;
    if (id.announces_changes()) return Status::OK();
    id.announces = true;
    PutId(own, id, edit);
    return Status::OK();
  });
}

Status SetReplicated(StoreParts* parts) {
  return EditOwn(parts, [parts](const OwnRecords& own, OwnEdit* edit) {
    if (!own.id) return NoId();
    StoreId id = own.id->value;
    if (id.replicated) return Status::OK();
    const Status no_one = CheckNoOneWrites(*parts, own);
    if (!no_one.ok()) return no_one;
    id.replicated = true;
    id.announces = false;
    PutId(own, id, edit);
    return Status::OK();
  });
}

/// The timestamp as text; empty if it is 0.
std::string TextOf(const Flake& timestamp) {
  return timestamp == Flake() ? std::string() : timestamp.ToString();
}

void AddMembers(const StoreId& id, const OwnRecords& own, StoreStatus* status) {
  std::map<uint64_t, Known> known = {{id.replica, Known()}};
  for (const auto& [replica, each] : own.known) known[replica] = each.value;
  for (const auto& [replica, each] : known) {
    MemberStatus member;
    member.replica = ReplicaText(replica);
    member.known = TextOf(each.known);
    member.is_self = replica == id.replica;
    member.forgotten = each.forgotten;
    member.met = own.peers.count(replica) > 0;
    status->members.push_back(std::move(member));
  }
  const Watermark watermark = WatermarkOf(known);
  status->watermark = TextOf(watermark.timestamp);
  for (const uint64_t replica : watermark.held_by) {
    status->held_by.push_back(ReplicaText(replica));
  }
}

}  // namespace

Status Replicate(Store* store) {
  const Result<StoreParts*> opened = PartsOf(store);
  if (!opened.ok()) return opened.error();
  StoreParts* const parts = *opened;
  Writer& writer = parts->writer;
  Status status = writer.Load();
  if (status.ok()) status = writer.EnsureId();
  if (!status.ok() || writer.id()->replicated) return status;
  status = Announce(parts);
  if (status.ok()) status = writer.Close();  // Our own slot may be open.
  if (status.ok()) status = SetReplicated(parts);
  if (status.ok()) status = writer.Load();
  if (!status.ok()) return status;
  // Others may have imported the store's earlier operations. Without a promise
  // that covers these, the store would be taken for a restored backup at the
  // next meeting.
  Stability stability;
  return ComputeStability(parts, parts->backend, Writer::Audience::kOthers,
                          &stability);
}

Status NewReplica(Store* store) {
  const Result<StoreParts*> opened = PartsOf(store);
  if (!opened.ok()) return opened.error();
  StoreParts* const parts = *opened;
  Status status = parts->writer.Close();
  if (!status.ok()) return status;
  status = EditOwn(parts, [parts](const OwnRecords& own, OwnEdit* edit) {
    if (!own.id) return NoId();
    const Status no_one = CheckNoOneWrites(*parts, own);
    if (!no_one.ok()) return no_one;
    StoreId id = own.id->value;
    id.replica = parts->environment.random->Next() >> 16;
    id.unmet.clear();
    // The old replica becomes a member. Its K stays or rises, because this copy
    // has the operations of the old replica. The notes about meetings are
    // deleted, because the original met the other stores, and this copy did
    // not.
    for (const auto& [replica, peer] : own.peers) {
      edit->batch()->Delete(PeerKey(replica));
    }
    const uint64_t before = own.id->value.replica;
    Known known;
    if (const auto found = Find(own.known, before)) known = found->value;
    known.known = std::max(known.known, HeldOfItself(*parts, own));
    edit->batch()->Put(KnownKey(before), EncodeKnown(known));
    PutId(own, id, edit);
    return Status::OK();
  });
  return status.ok() ? parts->writer.Load() : status;
}

Status MarkRestored(Store* store) {
  const Result<StoreParts*> opened = PartsOf(store);
  if (!opened.ok()) return opened.error();
  StoreParts* const parts = *opened;
  const Status marked =
      EditOwn(parts, [](const OwnRecords& own, OwnEdit* edit) {
        if (!own.id) return NoId();
        const uint64_t replica = own.id->value.replica;
        const bool knows_others = std::any_of(
            own.known.begin(), own.known.end(), [&](const auto& each) {
              return each.first != replica && !each.second.value.forgotten;
            });
        if (!knows_others) {
          return Invalid(
              "this backup knows of no other store that may have its lost "
              "operations: give the backup a new replica id");
        }
        PutUnmet(own, {}, edit);
        return Status::OK();
      });
  return marked.ok() ? parts->writer.Load() : marked;
}

Status Forget(Store* store, const std::string& replica) {
  const Result<StoreParts*> opened = PartsOf(store);
  if (!opened.ok()) return opened.error();
  StoreParts* const parts = *opened;
  uint64_t forgotten = 0;
  if (!ParseReplica(replica, &forgotten)) {
    return Invalid("a replica is 12 lower-case hex digits, not " +
                   Printable(replica));
  }
  return EditOwn(parts, [&](const OwnRecords& own, OwnEdit* edit) {
    if (own.id && own.id->value.replica == forgotten) {
      return Invalid("a store cannot forget itself");
    }
    const auto found = Find(own.known, forgotten);
    if (!found) return Invalid("this store knows of no replica " + replica);
    Known known = found->value;
    if (known.forgotten) return Status::OK();
    known.forgotten = true;
    known.since = EndOf(parts->writer.Wall());
    edit->Put(KnownKey(forgotten), found, EncodeKnown(known));
    // If the replica comes back, whole stores must be compared.
    edit->batch()->Delete(PeerKey(forgotten));
    // A restored store need not meet a forgotten replica.
    if (own.id->value.unmet.count(forgotten) == 0) return Status::OK();
    StoreId id = own.id->value;
    id.unmet.erase(forgotten);
    PutId(own, id, edit);
    return Status::OK();
  });
}

Status CloseWriter(Store* store, uint16_t slot) {
  const Result<StoreParts*> opened = PartsOf(store);
  if (!opened.ok()) return opened.error();
  StoreParts* const parts = *opened;
  OwnRecords own;
  const Status read = ReadOwnRecords(parts->backend, &own);
  if (!read.ok()) return read;
  const auto found = own.slots.find(slot);
  if (!parts->backend->shared() || found == own.slots.end() ||
      !found->second.value.open || parts->writer.open_slot() == slot) {
    return Invalid("there is no open slot " + SlotText(slot) +
                   " of another writer");
  }
  const WriteResult closed = CloseSlot(parts->backend, slot, found->second);
  if (!closed.ok() || closed.is_written()) return closed.status;
  return Status::IOError("conflict: the writer with the slot " +
                         SlotText(slot) +
                         " is alive, and has just renewed its lease");
}

Status GetStatus(Store* store, StoreStatus* status) {
  *status = StoreStatus();
  const Result<StoreParts*> opened = PartsOf(store);
  if (!opened.ok()) return opened.error();
  StoreParts* const parts = *opened;
  OwnRecords own;
  const Status read = ReadOwnRecords(parts->backend, &own);
  if (!read.ok()) return read;
  status->shared = parts->backend->shared();
  if (!own.id) return Status::OK();
  const StoreId& id = own.id->value;
  status->replica = ReplicaText(id.replica);
  status->replicated = id.replicated;
  for (const uint64_t replica : id.unmet) {
    status->unmet.push_back(ReplicaText(replica));
  }
  for (const auto& [slot, record] : own.slots) {
    status->writers.push_back({slot, record.value.open,
                               TextOf(record.value.promise),
                               TextOf(record.value.reserved)});
  }
  if (!id.replicated) return Status::OK();
  AddMembers(id, own, status);
  RangeOptions options;
  options.keys_only = true;
  options.expected = SIZE_MAX;
  return parts->backend->Range(
      options, Slice(kChangesBegin.data(), kChangesBegin.size()),
      Slice(kChangesEnd.data(), kChangesEnd.size()),
      [status](const Slice&, const Slice&) {
        ++status->log_entries;
        return true;
      });
}

}  // namespace dyno

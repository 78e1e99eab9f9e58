// What a person does to a replicated store, beside synchronizing it.

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "dyno/key.h"
#include "dyno/knowledge.h"
#include "dyno/parts.h"
#include "dyno/stability.h"
#include "dyno/sync.h"

namespace dyno {
namespace {

using leveldb::Slice;
using leveldb::Status;

constexpr int kAttempts = 64;

Status Invalid(const std::string& what) {
  return Status::InvalidArgument(what);
}

/// What is to become of the store's own records: adds to the batch and its
/// conditions, or refuses.
using Edit =
    std::function<Status(const OwnRecords& own, leveldb::WriteBatch* batch,
                         std::vector<Condition>* conditions)>;

/// Reads, edits and writes until nobody came in between. An edit that adds no
/// condition has nothing to do.
Status EditOwn(Store::Parts* parts, const Edit& edit) {
  const Status here = parts->CheckProcess();
  if (!here.ok()) return here;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    OwnRecords own;
    Status status = ReadOwnRecords(parts->backend, &own);
    leveldb::WriteBatch batch;
    std::vector<Condition> conditions;
    if (status.ok()) status = edit(own, &batch, &conditions);
    if (!status.ok() || conditions.empty()) return status;
    const WriteResult written =
        parts->backend->WriteIf(&batch, conditions, true);
    if (!written.ok() || written.is_written()) return written.status;
  }
  return Status::IOError("conflict: others kept writing");
}

Status PutId(const OwnRecords& own, const StoreId& id,
             leveldb::WriteBatch* batch, std::vector<Condition>* conditions) {
  const std::string key(kIdKey);
  batch->Put(key, EncodeStoreId(id));
  conditions->push_back(Condition::Equals(key, own.id->stored));
  return Status::OK();
}

Status NoId() {
  return Invalid("nothing was written to this store yet, so it has no replica");
}

/// Places that are open are those of programs that go on by what they read when
/// they took them.
Status CheckNobodyWrites(const Store::Parts& parts, const OwnRecords& own) {
  if (!parts.backend->shared()) return Status::OK();
  std::string slots;
  for (const auto& [slot, place] : own.writers) {
    if (place.value.open) slots += (slots.empty() ? "" : ", ") + SlotText(slot);
  }
  if (slots.empty()) return Status::OK();
  return Status::IOError(
      "conflict: programs that write to this store have places open (" + slots +
      "): end them and try again; the place of one that has ended without "
      "closing it can be closed (see CloseWriter)");
}

/// Up to where a store holds all that was ever issued as its replica, also if
/// it is a copy of one that has gone on since.
Flake HeldOfItself(const Store::Parts& parts, const OwnRecords& own) {
  // A restored store may lack some of what it issued before.
  if (!own.id->value.unmet.empty()) return Flake();
  if (parts.backend->shared()) {
    return own.floor ? own.floor->value : Flake();
  }
  Flake held;
  for (const auto& [slot, place] : own.writers) {
    // A place that was closed gave nothing above what it reserves.
    held = std::max(
        held, place.value.open ? place.value.promise : place.value.reserved);
  }
  return held;
}

}  // namespace

Status Replicate(Store* store) {
  Store::Parts* const parts = store->parts();
  const Status here = parts->CheckProcess();
  if (!here.ok()) return here;
  Writer& writer = parts->writer;
  Status status = writer.Load();
  if (status.ok()) status = writer.EnsureId();
  if (!status.ok() || writer.id()->replicated) return status;
  // Who begins from here on announces what it writes; who began before may not.
  status = EditOwn(parts, [&](const OwnRecords& own, leveldb::WriteBatch* batch,
                              std::vector<Condition>* conditions) {
    if (!own.id) return NoId();
    StoreId id = own.id->value;
    if (id.announces_changes()) return Status::OK();
    id.announces = true;
    return PutId(own, id, batch, conditions);
  });
  if (!status.ok()) return status;
  status = writer.Close();  // Its own place, which may be one of those.
  if (!status.ok()) return status;
  status = EditOwn(parts, [&](const OwnRecords& own, leveldb::WriteBatch* batch,
                              std::vector<Condition>* conditions) {
    if (!own.id) return NoId();
    StoreId id = own.id->value;
    if (id.replicated) return Status::OK();
    const Status nobody = CheckNobodyWrites(*parts, own);
    if (!nobody.ok()) return nobody;
    id.replicated = true;
    id.announces = false;
    return PutId(own, id, batch, conditions);
  });
  if (status.ok()) status = writer.Load();
  if (!status.ok()) return status;
  // What it wrote before, others may have imported: it is vouched for from the
  // beginning, or it would be taken for a restored backup when they tell of it.
  Vouched vouched;
  return Vouch(parts, parts->backend, Writer::Audience::kOthers, &vouched);
}

Status NewReplica(Store* store) {
  Store::Parts* const parts = store->parts();
  Status status = parts->CheckProcess();
  if (status.ok()) status = parts->writer.Close();
  if (!status.ok()) return status;
  status = EditOwn(parts, [&](const OwnRecords& own, leveldb::WriteBatch* batch,
                              std::vector<Condition>* conditions) {
    if (!own.id) return NoId();
    const Status nobody = CheckNobodyWrites(*parts, own);
    if (!nobody.ok()) return nobody;
    StoreId id = own.id->value;
    id.replica = parts->wiring.random->Next() >> 16;
    id.unmet.clear();
    // K of the old one stays: what it held the copy holds. The meetings were
    // the other's.
    for (const auto& [replica, peer] : own.peers)
      batch->Delete(PeerKey(replica));
    const uint64_t before = own.id->value.replica;
    Known known;
    const auto found = own.known.find(before);
    if (found != own.known.end()) known = found->second.value;
    known.known = std::max(known.known, HeldOfItself(*parts, own));
    batch->Put(KnownKey(before), EncodeKnown(known));
    return PutId(own, id, batch, conditions);
  });
  return status.ok() ? parts->writer.Load() : status;
}

Status MarkRestored(Store* store) {
  Store::Parts* const parts = store->parts();
  const Status here = parts->CheckProcess();
  if (!here.ok()) return here;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    OwnRecords own;
    const Status read = ReadOwnRecords(parts->backend, &own);
    if (!read.ok()) return read;
    if (!own.id) return NoId();
    const uint64_t replica = own.id->value.replica;
    const bool knows_others =
        std::any_of(own.known.begin(), own.known.end(), [&](const auto& each) {
          return each.first != replica && !each.second.value.forgotten;
        });
    if (!knows_others) {
      return Invalid(
          "this backup knows of no other store, so that nothing tells what it "
          "has lost and who has it: give it a new replica (see NewReplica)");
    }
    const WriteResult written = WriteUnmet(parts->backend, own, {});
    if (!written.ok()) return written.status;
    if (written.is_written()) return parts->writer.Load();
  }
  return Status::IOError("conflict: others kept writing");
}

Status Forget(Store* store, const std::string& replica) {
  Store::Parts* const parts = store->parts();
  uint64_t forgotten = 0;
  if (!ParseReplica(replica, &forgotten)) {
    return Invalid("a replica is 12 lower-case hex digits, not " +
                   Printable(replica));
  }
  return EditOwn(parts, [&](const OwnRecords& own, leveldb::WriteBatch* batch,
                            std::vector<Condition>* conditions) {
    if (own.id && own.id->value.replica == forgotten) {
      return Invalid("a store cannot forget itself");
    }
    const auto found = own.known.find(forgotten);
    if (found == own.known.end()) {
      return Invalid("this store knows of no replica " + replica);
    }
    Known known = found->second.value;
    if (known.forgotten) return Status::OK();
    known.forgotten = true;
    known.since = EndOf(parts->writer.Wall());
    const std::string key = KnownKey(forgotten);
    batch->Put(key, EncodeKnown(known));
    conditions->push_back(Condition::Equals(key, found->second.stored));
    // Should it come back, its log is not read from where that was left.
    batch->Delete(PeerKey(forgotten));
    // A restored store need not wait for it.
    if (own.id->value.unmet.count(forgotten) == 0) return Status::OK();
    StoreId id = own.id->value;
    id.unmet.erase(forgotten);
    return PutId(own, id, batch, conditions);
  });
}

Status CloseWriter(Store* store, uint16_t slot) {
  Store::Parts* const parts = store->parts();
  const Status here = parts->CheckProcess();
  if (!here.ok()) return here;
  OwnRecords own;
  const Status read = ReadOwnRecords(parts->backend, &own);
  if (!read.ok()) return read;
  const auto found = own.writers.find(slot);
  if (!parts->backend->shared() || found == own.writers.end() ||
      !found->second.value.open || parts->writer.open_slot() == slot) {
    return Invalid("there is no open place " + SlotText(slot) +
                   " of another writer");
  }
  const WriteResult closed = ClosePlace(parts->backend, slot, found->second);
  if (!closed.ok() || closed.is_written()) return closed.status;
  return Status::IOError("conflict: the writer of the place " + SlotText(slot) +
                         " is alive: it has just renewed it");
}

Status GetStatus(Store* store, StoreStatus* status) {
  *status = StoreStatus();
  Store::Parts* const parts = store->parts();
  const Status here = parts->CheckProcess();
  if (!here.ok()) return here;
  OwnRecords own;
  Status read = ReadOwnRecords(parts->backend, &own);
  if (!read.ok()) return read;
  status->shared = parts->backend->shared();
  if (!own.id) return Status::OK();
  const StoreId& id = own.id->value;
  status->replica = ReplicaText(id.replica);
  status->replicated = id.replicated;
  const auto text = [](const Flake& timestamp) {
    return timestamp == Flake() ? std::string() : timestamp.ToString();
  };
  for (const uint64_t replica : id.unmet) {
    status->unmet.push_back(ReplicaText(replica));
  }
  for (const auto& [slot, place] : own.writers) {
    status->writers.push_back({slot, place.value.open,
                               text(place.value.promise),
                               text(place.value.reserved)});
  }
  if (!id.replicated) return Status::OK();
  std::map<uint64_t, Known> known = {{id.replica, Known()}};
  for (const auto& [replica, each] : own.known) known[replica] = each.value;
  for (const auto& [replica, each] : known) {
    MemberStatus member;
    member.replica = ReplicaText(replica);
    member.known = text(each.known);
    member.is_self = replica == id.replica;
    member.forgotten = each.forgotten;
    member.met = own.peers.count(replica) > 0;
    status->members.push_back(std::move(member));
  }
  const Watermark watermark = WatermarkOf(known);
  status->watermark = text(watermark.timestamp);
  for (const uint64_t replica : watermark.held_by) {
    status->held_by.push_back(ReplicaText(replica));
  }
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

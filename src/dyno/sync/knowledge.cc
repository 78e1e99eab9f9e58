#include "dyno/sync/knowledge.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "dyno/backend/race.h"
#include "dyno/item/key.h"
#include "dyno/item/timestamps.h"

namespace dyno {
namespace {

using leveldb::Slice;
using leveldb::Status;

/// A call gives up after it has lost this many races against others that note
/// an outcome at the same time.
constexpr int kLostRacesMax = 64;
constexpr size_t kTrimmedAtOnce = 1000;

/// Merges `learned` into `*known`: takes the newer decision on `forgotten`, and
/// the greater K.
void Merge(const Known& learned, Known* known) {
  known->known = std::max(known->known, learned.known);
  if (learned.since > known->since) {
    known->since = learned.since;
    known->forgotten = learned.forgotten;
  }
}

/// Returns `known`, the other store's K of `replica`. If records of `replica`
/// were not taken, lowers the K to below the least timestamp of these records.
/// If a base was not taken, returns 0.
Flake Limited(const Future& future, uint64_t replica, const Flake& known) {
  if (future.has_base) return Flake();
  const auto least = future.least.find(replica);
  if (least == future.least.end() || known < least->second) return known;
  const uint64_t clock = least->second.clock();
  return clock == 0 ? Flake() : EndOf(clock - 1);
}

/// Adds the replicas whose operations were imported from a store that is not
/// replicated. These replicas count as forgotten: no more operations are
/// expected from them.
void AddForeign(const SyncOutcome& outcome, std::map<uint64_t, Known>* known) {
  for (const auto& [replica, last] : *outcome.foreign) {
    const bool is_new = known->count(replica) == 0;
    Known& each = (*known)[replica];
    if (!is_new && !each.forgotten) continue;
    each.known = std::max(each.known, Limited(*outcome.future, replica, last));
    each.forgotten = true;
    if (is_new) each.since = outcome.now;
  }
}

std::map<uint64_t, Known> KnownAfter(const SyncOutcome& outcome,
                                     const OwnRecords& own) {
  std::map<uint64_t, Known> known;
  for (const auto& [replica, each] : own.known) known[replica] = each.value;
  for (const auto& [replica, each] : outcome.own->known) {
    Merge(each, &known[replica]);
  }
  if (outcome.theirs == nullptr) {
    AddForeign(outcome, &known);
    return known;
  }
  for (const auto& [replica, each] : outcome.theirs->known) {
    Known limited = each;
    limited.known = Limited(*outcome.future, replica, each.known);
    Merge(limited, &known[replica]);
  }
  // The two stores that have just met are no longer forgotten.
  for (const uint64_t here : {outcome.other, outcome.own->replica}) {
    Known& each = known[here];
    if (!each.forgotten) continue;
    each.forgotten = false;
    each.since = outcome.now;
  }
  return known;
}

Peer PeerAfter(const SyncOutcome& outcome, const OwnRecords& own) {
  Peer peer;
  if (const auto before = Find(own.peers, outcome.other)) peer = before->value;
  const auto raise = [](std::map<uint16_t, Flake>* slots, uint16_t slot,
                        const Flake& timestamp) {
    Flake& each = (*slots)[slot];
    each = std::max(each, timestamp);
  };
  // After whole stores were compared, the old cursors are dropped. They may
  // belong to a log that the other store had before it was restored.
  if (outcome.is_whole) peer.cursor.clear();
  if (outcome.future->count == 0) {
    for (const auto& [slot, record] : outcome.theirs->own.slots) {
      raise(&peer.cursor, slot, outcome.theirs->PromiseOf(slot));
    }
    for (const auto& [slot, timestamp] : outcome.theirs->read_to) {
      raise(&peer.cursor, slot, timestamp);
    }
  }
  if (outcome.others_peer != nullptr) peer.acked = outcome.others_peer->cursor;
  peer.met = outcome.met;
  return peer;
}

/// Adds the note about the other store to `*edit`.
void NotePeer(const SyncOutcome& outcome, const OwnRecords& own, Peer* peer,
              OwnEdit* edit) {
  *peer = PeerAfter(outcome, own);
  edit->Put(PeerKey(outcome.other), Find(own.peers, outcome.other),
            EncodePeer(*peer));
  if (!outcome.is_whole || !own.id ||
      own.id->value.unmet.count(outcome.other) == 0) {
    return;
  }
  StoreId id = own.id->value;
  id.unmet.erase(outcome.other);
  PutId(own, id, edit);
}

/// The timestamp up to which all members that ever met this store have read the
/// log entries of `slot`; nothing if `other` has read no further than last
/// time.
std::optional<Flake> TrimBound(const OwnRecords& own, uint16_t slot,
                               uint64_t other, const Peer& others_peer) {
  const auto read_by_other = others_peer.cursor.find(slot);
  if (read_by_other == others_peer.cursor.end()) return std::nullopt;
  Flake bound = read_by_other->second;
  bool has_news = true;
  for (const auto& [replica, peer] : own.peers) {
    const auto found = peer.value.acked.find(slot);
    const Flake acked =
        found == peer.value.acked.end() ? Flake() : found->second;
    if (replica == other) {
      has_news = acked < read_by_other->second;
      continue;
    }
    const auto known = own.known.find(replica);
    const bool is_forgotten =
        known != own.known.end() && known->second.value.forgotten;
    if (!is_forgotten) bound = std::min(bound, acked);
  }
  if (!has_news || bound == Flake()) return std::nullopt;
  return bound;
}

Status TrimSlot(Backend* backend, uint16_t slot, const Flake& bound) {
  std::vector<std::string> keys;
  RangeOptions options;
  options.keys_only = true;
  const Status read = backend->Range(
      options, ChangePrefix(slot), ChangePrefix(slot) + bound.ToString() + '\0',
      [&keys](const Slice& key, const Slice&) {
        keys.push_back(key.ToString());
        return keys.size() < 100 * kTrimmedAtOnce;
      });
  if (!read.ok()) return read;
  for (size_t i = 0; i < keys.size(); i += kTrimmedAtOnce) {
    leveldb::WriteBatch batch;
    for (size_t j = i; j < std::min(i + kTrimmedAtOnce, keys.size()); ++j) {
      batch.Delete(keys[j]);
    }
    const Status written = backend->WriteUnordered(&batch).status;
    if (!written.ok()) return written;
  }
  return Status::OK();
}

}  // namespace

Status RecordOutcome(Backend* backend, const SyncOutcome& outcome, Peer* peer) {
  OwnRecords own = outcome.own->own;
  bool is_first = true;
  return WinRace(
      kLostRacesMax, "others kept synchronizing the store",
      [&]() -> Result<Race> {
        if (!is_first) {
          const Status read = ReadOwnRecords(backend, &own);
          if (!read.ok()) return read;
        }
        is_first = false;
        OwnEdit edit;
        const std::map<uint64_t, Known> known = KnownAfter(outcome, own);
        for (const auto& [replica, each] : known) {
          edit.Put(KnownKey(replica), Find(own.known, replica),
                   EncodeKnown(each));
        }
        // Log entries are not kept for a forgotten store. If the store comes
        // back, whole stores are compared.
        for (const auto& [replica, each] : own.peers) {
          const auto found = known.find(replica);
          if (found != known.end() && found->second.forgotten) {
            edit.Delete(PeerKey(replica), each);
          }
        }
        if (outcome.theirs != nullptr) NotePeer(outcome, own, peer, &edit);
        if (edit.size() > backend->max_batch()) {
          return Status::NotSupported("a store knows of " +
                                      std::to_string(edit.size()) +
                                      " replicas; the limit is " +
                                      std::to_string(backend->max_batch()));
        }
        return RaceOf(edit.Write(backend));
      });
}

Status TrimLog(Backend* backend, const OwnRecords& own, uint64_t other,
               const Peer& others_peer) {
  for (const auto& [slot, record] : own.slots) {
    const auto bound = TrimBound(own, slot, other, others_peer);
    if (!bound) continue;
    const Status trimmed = TrimSlot(backend, slot, *bound);
    if (!trimmed.ok()) return trimmed;
  }
  return Status::OK();
}

void PutUnmet(const OwnRecords& own, const std::map<uint64_t, Known>& also,
              OwnEdit* edit) {
  StoreId id = own.id->value;
  const auto add = [&id](uint64_t replica, const Known& known) {
    if (!known.forgotten && replica != id.replica) id.unmet.insert(replica);
  };
  for (const auto& [replica, known] : own.known) add(replica, known.value);
  for (const auto& [replica, known] : also) add(replica, known);
  PutId(own, id, edit);
}

Status CheckNotRestored(StoreParts* parts, Backend* backend,
                        Stability* stability, const Stability& theirs) {
  const auto known = theirs.known.find(stability->replica);
  if (known == theirs.known.end() || known->second.known <= stability->before) {
    return Status::OK();
  }
  // None of the timestamps that the store has lost may be issued again.
  const Flake lost = known->second.known;
  parts->writer.Pass(lost);
  if (backend->shared()) {
    Flake before;
    Flake minimum;
    const Status raised = RaiseMinimum(backend, lost, &before, &minimum);
    if (!raised.ok()) return raised;
  }
  const auto read = [&] { return ReadOwnRecords(backend, &stability->own); };
  Status status =
      WinRace(kLostRacesMax, "others kept writing", [&]() -> Result<Race> {
        const Status own = read();
        if (!own.ok()) return own;
        OwnEdit edit;
        PutUnmet(stability->own, theirs.known, &edit);
        return RaceOf(edit.Write(backend));
      });
  if (status.ok()) status = read();
  if (!status.ok()) return status;
  parts->writer.SetId(stability->own.id->value);
  const auto own = Find(stability->own.known, stability->replica);
  stability->known[stability->replica].known = own ? own->value.known : Flake();
  return Status::OK();
}

}  // namespace dyno

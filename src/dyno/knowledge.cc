#include "dyno/knowledge.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "dyno/key.h"
#include "dyno/parts.h"

namespace dyno {
namespace {

using leveldb::Slice;
using leveldb::Status;

/// Others who note what they learned at the same time.
constexpr int kAttempts = 64;
constexpr size_t kTrimmedAtOnce = 1000;

/// A write on condition that what it replaces is as it was read.
class Notes {
 public:
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
  size_t size() const { return conditions_.size(); }
  WriteResult Write(Backend* backend) {
    if (conditions_.empty()) return WriteResult::Written();
    return backend->WriteIf(&batch_, conditions_, true);
  }

 private:
  leveldb::WriteBatch batch_;
  std::vector<Condition> conditions_;
};

template <class Key, class T>
std::optional<Read<T>> Find(const std::map<Key, Read<T>>& records,
                            const Key& key) {
  const auto found = records.find(key);
  if (found == records.end()) return std::nullopt;
  return found->second;
}

/// The newer decision on whether it is forgotten; the greater K.
void Merge(const Known& learned, Known* known) {
  known->known = std::max(known->known, learned.known);
  if (learned.since > known->since) {
    known->since = learned.since;
    known->forgotten = learned.forgotten;
  }
}

/// What the other store's K says of `replica`, less what was not taken.
Flake Limited(const Ahead& held, uint64_t replica, const Flake& known) {
  if (held.has_base) return Flake();
  const auto least = held.least.find(replica);
  if (least == held.least.end() || known < least->second) return known;
  const uint64_t clock = least->second.clock();
  return clock == 0 ? Flake() : EndOf(clock - 1);
}

std::map<uint64_t, Known> KnownAfter(const Lesson& lesson,
                                     const OwnRecords& own) {
  std::map<uint64_t, Known> known;
  for (const auto& [replica, each] : own.known) known[replica] = each.value;
  const auto merge = [&](const std::map<uint64_t, Known>& learned,
                         const Ahead* held) {
    for (const auto& [replica, each] : learned) {
      Known limited = each;
      if (held != nullptr) {
        limited.known = Limited(*held, replica, each.known);
      }
      Merge(limited, &known[replica]);
    }
  };
  merge(lesson.vouched->known, nullptr);
  if (lesson.theirs != nullptr) {
    merge(lesson.theirs->known, lesson.held);
    // Who is here is not forgotten.
    for (const uint64_t here : {lesson.other, lesson.vouched->replica}) {
      Known& each = known[here];
      if (!each.forgotten) continue;
      each.forgotten = false;
      each.since = lesson.now;
    }
    return known;
  }
  // Of a store that is not replicated no more is expected.
  for (const auto& [replica, last] : *lesson.foreign) {
    const bool is_new = known.count(replica) == 0;
    Known& each = known[replica];
    if (!is_new && !each.forgotten) continue;
    each.known = std::max(each.known, Limited(*lesson.held, replica, last));
    each.forgotten = true;
    if (is_new) each.since = lesson.now;
  }
  return known;
}

Peer PeerAfter(const Lesson& lesson, const OwnRecords& own) {
  Peer peer;
  if (const auto before = Find(own.peers, lesson.other)) peer = before->value;
  const auto raise = [](std::map<uint16_t, Flake>* slots, uint16_t slot,
                        const Flake& timestamp) {
    Flake& each = (*slots)[slot];
    each = std::max(each, timestamp);
  };
  // A restored log, and one that is read from the beginning, has its own.
  const bool is_anew = lesson.is_whole;
  if (is_anew) peer.cursor.clear();
  if (lesson.held->count == 0) {
    for (const auto& [slot, place] : lesson.theirs->own.writers) {
      raise(&peer.cursor, slot, lesson.theirs->PromiseOf(slot));
    }
    for (const auto& [slot, timestamp] : lesson.theirs->read_to) {
      raise(&peer.cursor, slot, timestamp);
    }
  }
  if (lesson.others_peer != nullptr) peer.acked = lesson.others_peer->cursor;
  peer.met = lesson.met;
  return peer;
}

}  // namespace

Status Learn(Backend* backend, const Lesson& lesson, Peer* peer) {
  OwnRecords own = lesson.vouched->own;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (attempt > 0) {
      const Status read = ReadOwnRecords(backend, &own);
      if (!read.ok()) return read;
    }
    Notes notes;
    const std::map<uint64_t, Known> known = KnownAfter(lesson, own);
    for (const auto& [replica, each] : known) {
      notes.Put(KnownKey(replica), Find(own.known, replica), EncodeKnown(each));
    }
    // The log is not kept for who is forgotten: should it come back, it is not
    // read from where that was left.
    for (const auto& [replica, each] : own.peers) {
      const auto found = known.find(replica);
      if (found != known.end() && found->second.forgotten) {
        notes.Delete(PeerKey(replica), each);
      }
    }
    if (lesson.theirs != nullptr) {
      *peer = PeerAfter(lesson, own);
      notes.Put(PeerKey(lesson.other), Find(own.peers, lesson.other),
                EncodePeer(*peer));
      if (lesson.is_whole && own.id &&
          own.id->value.unmet.count(lesson.other) > 0) {
        StoreId id = own.id->value;
        id.unmet.erase(lesson.other);
        notes.Put(std::string(kIdKey), own.id, EncodeStoreId(id));
      }
    }
    if (notes.size() > backend->max_batch()) {
      return Status::NotSupported(
          "a store knows of " + std::to_string(notes.size()) +
          " replicas; the limit is " + std::to_string(backend->max_batch()));
    }
    const WriteResult written = notes.Write(backend);
    if (!written.ok() || written.is_written()) return written.status;
  }
  return Status::IOError("conflict: others kept being synchronized");
}

Status TrimLog(Backend* backend, const OwnRecords& own, uint64_t other,
               const Peer& others_peer) {
  for (const auto& [slot, place] : own.writers) {
    const auto read_by_other = others_peer.cursor.find(slot);
    if (read_by_other == others_peer.cursor.end()) continue;
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
    if (!has_news || bound == Flake()) continue;
    std::vector<std::string> keys;
    RangeOptions options;
    options.keys_only = true;
    const Status read =
        backend->Range(options, ChangePrefix(slot),
                       ChangePrefix(slot) + bound.ToString() + '\0',
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
  }
  return Status::OK();
}

WriteResult WriteUnmet(Backend* backend, const OwnRecords& own,
                       const std::map<uint64_t, Known>& also) {
  StoreId id = own.id->value;
  const auto add = [&id](uint64_t replica, const Known& known) {
    if (!known.forgotten && replica != id.replica) id.unmet.insert(replica);
  };
  for (const auto& [replica, known] : own.known) add(replica, known.value);
  for (const auto& [replica, known] : also) add(replica, known);
  Notes notes;
  notes.Put(std::string(kIdKey), own.id, EncodeStoreId(id));
  return notes.Write(backend);
}

Status CheckNotRestored(Store::Parts* parts, Backend* backend, Vouched* vouched,
                        const Vouched& theirs) {
  const auto known = theirs.known.find(vouched->replica);
  if (known == theirs.known.end() || known->second.known <= vouched->before) {
    return Status::OK();
  }
  // None of its lost timestamps may be given again.
  const Flake lost = known->second.known;
  parts->writer.Pass(lost);
  Flake before;
  Flake floor;
  Status status = backend->shared() ? RaiseFloor(backend, lost, &before, &floor)
                                    : Status::OK();
  for (int attempt = 0; status.ok() && attempt < kAttempts; ++attempt) {
    status = ReadOwnRecords(backend, &vouched->own);
    if (!status.ok()) return status;
    const WriteResult written = WriteUnmet(backend, vouched->own, theirs.known);
    status = written.status;
    if (!written.is_written()) continue;
    status = ReadOwnRecords(backend, &vouched->own);
    if (!status.ok()) return status;
    parts->writer.SetId(vouched->own.id->value);
    const auto own = vouched->own.known.find(vouched->replica);
    vouched->known[vouched->replica].known =
        own == vouched->own.known.end() ? Flake() : own->second.value.known;
    return Status::OK();
  }
  return status.ok() ? Status::IOError("conflict: others kept writing")
                     : status;
}

}  // namespace dyno

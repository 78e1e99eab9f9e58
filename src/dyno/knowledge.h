// What a store notes when it was synchronized: K, how far it has read the other
// one's log, how far that one has read its own; and what follows from that.

#ifndef DYNO_KNOWLEDGE_H_
#define DYNO_KNOWLEDGE_H_

#include <cstdint>
#include <map>
#include <string>

#include "dyno/backend.h"
#include "dyno/codec.h"
#include "dyno/merge_plan.h"
#include "dyno/stability.h"
#include "dyno/store.h"

namespace dyno {

/// What a store has learned of another one.
struct Lesson {
  uint64_t other = 0;
  const Vouched* vouched = nullptr;  ///< Its own, of the beginning.
  /// The other one's; null when that is not replicated.
  const Vouched* theirs = nullptr;
  /// What the other one has noted of this one; null: nothing.
  const Peer* others_peer = nullptr;
  /// Of a store that is not replicated: the last timestamps that were seen.
  const std::map<uint64_t, Flake>* foreign = nullptr;
  const Ahead* held = nullptr;  ///< Of the other one's, not taken.
  std::string met;
  bool is_whole = false;  ///< All of both stores was compared and exchanged.
  Flake now;
};

/// Writes it, durably and in one write, as the greatest of what is there and
/// what was learned: others may be at it as well. `*peer` is what is noted of
/// the other one.
leveldb::Status Learn(Backend* backend, const Lesson& lesson, Peer* peer);

/// Deletes entries of the log that all members have read that ever met this
/// store; `others_peer` is what the other one has noted, durably, of this one.
leveldb::Status TrimLog(Backend* backend, const OwnRecords& own, uint64_t other,
                        const Peer& others_peer);

/// When the other store knows more of this one than this one has ever promised,
/// it is a backup that was restored: it is marked so, and vouches only for what
/// it did before.
leveldb::Status CheckNotRestored(Store::Parts* parts, Backend* backend,
                                 Vouched* vouched, const Vouched& theirs);

/// Marks it, as CheckNotRestored does; `also` are members beside its own.
WriteResult WriteUnmet(Backend* backend, const OwnRecords& own,
                       const std::map<uint64_t, Known>& also);

}  // namespace dyno

#endif  // DYNO_KNOWLEDGE_H_

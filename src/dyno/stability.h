// What a store vouches for: up to where nothing older will come.
//
// P of a store: every operation of its own at or below P is visible, and none
// will be issued there any more. In an embedded store the one writer promises
// it. In a shared one, first the floor is raised to now, so that no writer that
// begins from then on issues at or below it, and then the writers are listed:
// P is the least of the floor and of what those with an open place promise.
//
// K of a store: for each replica that it has heard of, up to where it holds all
// of that one's operations; of its own, P. W, the watermark, is the least K of
// the members, which are the replicas that are not forgotten.

#ifndef DYNO_STABILITY_H_
#define DYNO_STABILITY_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/scheduler.h"
#include "dyno/backend.h"
#include "dyno/codec.h"
#include "dyno/flake.h"
#include "dyno/flatten_plan.h"
#include "dyno/store.h"
#include "dyno/writer.h"

namespace dyno {

/// A record as it was decoded, and as it is stored.
template <class T>
struct Read {
  T value;
  std::string stored;
};

/// dyno's own records, but for the log.
struct OwnRecords {
  std::optional<Read<StoreId>> id;
  std::optional<Read<Flake>> floor;
  std::map<uint64_t, Read<Known>> known;
  std::map<uint64_t, Read<Peer>> peers;
  std::map<uint16_t, Read<WriterPlace>> writers;
};

/// One range.
/// **Errors**: Corruption that names a key.
leveldb::Status ReadOwnRecords(Backend* backend, OwnRecords* own);

/// Notices places of writers that are not renewed.
///
/// **Thread-safety**: all calls from any thread.
class WriterWatch {
 public:
  explicit WriterWatch(dynamodown::Scheduler* scheduler)
      : scheduler_(scheduler) {}

  /// The slots of open places that were seen unchanged for 15 minutes: three
  /// times as long as a writer goes without renewing its own.
  std::vector<uint16_t> FindDead(const OwnRecords& own);

 private:
  struct Seen {
    std::string stored;
    dynamodown::Scheduler::TimePoint since;
  };
  dynamodown::Scheduler* const scheduler_;
  std::mutex mutex_;
  std::map<uint16_t, Seen> seen_;
};

/// What a store vouches for, and what that was concluded from.
struct Vouched {
  OwnRecords own;  ///< Read after the floor was raised.
  uint64_t replica = 0;
  Flake before;  ///< No promise of the store's was above this until now.
  /// Nothing comes from a slot at or below this any more.
  Flake PromiseOf(uint16_t slot) const;
  std::map<uint16_t, Flake> open;   ///< The promises of open places.
  Flake floor;                      ///< Of all others; in an embedded store P.
  std::map<uint64_t, Known> known;  ///< K, its own too.
  /// Later promises of slots whose entries since are known not to matter.
  std::map<uint16_t, Flake> read_to;
};

/// Raises the floor, closes places of writers that are dead, reads. `backend`
/// is that of `parts`, or one in front of it; `audience` is who will count on
/// it.
/// **Cost**: 1 range, and 1 WriteIf for others; shared: 2 ranges, 1 WriteIf
/// when the floor rises and 1 for its own open place.
leveldb::Status Vouch(Store::Parts* parts, Backend* backend,
                      Writer::Audience audience, Vouched* vouched);

/// The least K of the members and whose it is.
struct Watermark {
  Flake timestamp;
  std::vector<uint64_t> held_by;
};
Watermark WatermarkOf(const std::map<uint64_t, Known>& known);

/// For a flatten.
Stable StableOf(const Vouched& vouched);

/// Raises the floor of a shared store to `now` at least. `*before` is what it
/// was.
leveldb::Status RaiseFloor(Backend* backend, const Flake& now, Flake* before,
                           Flake* floor);

/// Closes the place in `slot`, as it is stored in `own`.
WriteResult ClosePlace(Backend* backend, uint16_t slot,
                       const Read<WriterPlace>& place);

}  // namespace dyno

#endif  // DYNO_STABILITY_H_

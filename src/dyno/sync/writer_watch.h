// Notices writers that no longer renew the lease on their slot.

#ifndef DYNO_SYNC_WRITER_WATCH_H_
#define DYNO_SYNC_WRITER_WATCH_H_

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/scheduler.h"
#include "dyno/sync/own_records.h"

namespace dyno {

/// **Thread-safety**: all calls from any thread.
class WriterWatch {
 public:
  explicit WriterWatch(dynamodown::Scheduler* scheduler)
      : scheduler_(scheduler) {}

  /// The open slots whose records this object has seen unchanged for 15
  /// minutes. This is three times as long as a writer may write without
  /// renewing its lease.
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

}  // namespace dyno

#endif  // DYNO_SYNC_WRITER_WATCH_H_

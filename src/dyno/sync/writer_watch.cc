#include "dyno/sync/writer_watch.h"

#include <chrono>
#include <utility>

namespace dyno {
namespace {

constexpr std::chrono::minutes kDeadAfter(15);

}  // namespace

std::vector<uint16_t> WriterWatch::FindDead(const OwnRecords& own) {
  const auto now = scheduler_->Now();
  std::vector<uint16_t> dead;
  std::map<uint16_t, Seen> seen;
  std::lock_guard<std::mutex> lock(mutex_);
  for (const auto& [slot, record] : own.slots) {
    if (!record.value.open) continue;
    Seen now_seen{record.stored, now};
    const auto before = seen_.find(slot);
    if (before != seen_.end() && before->second.stored == record.stored) {
      now_seen.since = before->second.since;
      if (now - now_seen.since >= kDeadAfter) dead.push_back(slot);
    }
    seen[slot] = now_seen;
  }
  seen_ = std::move(seen);
  return dead;
}

}  // namespace dyno

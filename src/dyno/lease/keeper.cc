#include "dyno/lease/keeper.h"

#include <chrono>
#include <thread>

namespace dyno {
namespace {

constexpr std::chrono::seconds kRenewAfter(5);

}  // namespace

void Keeper::Start(std::unique_lock<std::mutex>* lock) {
  if (runs_ || is_ending_) return;
  runs_ = true;
  lock->unlock();
  // If the scheduler has no thread of its own, it runs the task on this thread.
  scheduler_->Run([this, caller = std::this_thread::get_id()] {
    const bool has_own_thread = std::this_thread::get_id() != caller;
    std::unique_lock<std::mutex> own_lock(*mutex_);
    if (has_own_thread) Loop(&own_lock);
    runs_ = false;
    scheduler_->Notify();
  });
  lock->lock();
}

void Keeper::End(std::unique_lock<std::mutex>* lock) {
  is_ending_ = true;
  scheduler_->Notify();
  // In a forked child the keeper's thread does not exist, and Wait returns at
  // once.
  scheduler_->Wait(*lock, [this] { return !runs_; });
}

void Keeper::Loop(std::unique_lock<std::mutex>* lock) {
  const auto ends = [this] { return is_ending_ || !lease_->is_open(); };
  auto next = lease_->renewed() + kRenewAfter;
  while (!scheduler_->WaitUntil(*lock, ends, next)) {
    // A failure may be ignored here. The next round or a user's next call tries
    // again. If the user's call fails, it returns an error of its own.
    const std::optional<leveldb::Status> kept = lease_->Keep(lock);
    if (!kept) return;
    next = (kept->ok() ? lease_->renewed() : scheduler_->Now()) + kRenewAfter;
  }
}

}  // namespace dyno

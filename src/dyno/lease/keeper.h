// The thread that keeps a writer's lease while the writer is in use.

#ifndef DYNO_LEASE_KEEPER_H_
#define DYNO_LEASE_KEEPER_H_

#include <mutex>
#include <optional>

#include "base/scheduler.h"
#include "leveldb/status.h"

namespace dyno {

/// **Thread-safety**: all calls with the mutex held, from any thread.
class Keeper {
 public:
  /// The lease that is kept. All calls with the mutex held.
  class Lease {
   public:
    virtual ~Lease() = default;
    virtual bool is_open() const = 0;
    virtual dynamodown::Scheduler::TimePoint renewed() const = 0;
    /// If the lease is idle, closes it; otherwise renews it. Releases `lock`
    /// meanwhile. Returns nullopt once there is no lease left to keep.
    virtual std::optional<leveldb::Status> Keep(
        std::unique_lock<std::mutex>* lock) = 0;
  };

  Keeper(dynamodown::Scheduler* scheduler, std::mutex* mutex, Lease* lease)
      : scheduler_(scheduler), mutex_(mutex), lease_(lease) {}
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;

  /// Starts a thread that keeps the lease as long as the lease is open. Does
  /// nothing if such a thread runs already. Releases `lock` meanwhile. If no
  /// thread can be started, only the writer's own calls renew the lease; once
  /// there are no more calls, other processes close the slot.
  void Start(std::unique_lock<std::mutex>* lock);
  /// Ends the thread, and waits until it has ended. Does not close the lease.
  /// From now on Start does nothing.
  void End(std::unique_lock<std::mutex>* lock);
  bool is_ending() const { return is_ending_; }

 private:
  void Loop(std::unique_lock<std::mutex>* lock);

  dynamodown::Scheduler* const scheduler_;
  std::mutex* const mutex_;
  Lease* const lease_;
  bool runs_ = false;
  bool is_ending_ = false;
};

}  // namespace dyno

#endif  // DYNO_LEASE_KEEPER_H_

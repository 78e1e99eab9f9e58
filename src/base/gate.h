// A Gate counts the calls that are under way in an object, so that the object's
// destructor can wait until the calls have ended.

#ifndef DYNAMODOWN_BASE_GATE_H_
#define DYNAMODOWN_BASE_GATE_H_

#include <cstddef>
#include <mutex>

#include "base/scheduler.h"

namespace dynamodown {

/// **Thread-safety**: all calls from any thread. Nothing may enter after
/// WaitUntilEmpty is called.
class Gate {
 public:
  explicit Gate(Scheduler* scheduler) : scheduler_(scheduler) {}

  void Enter() {
    std::lock_guard<std::mutex> lock(mutex_);
    ++inside_;
  }
  void Leave() {
    std::lock_guard<std::mutex> lock(mutex_);
    --inside_;
    // Notify under the lock: as soon as the waiter sees 0, it may destroy the
    // gate.
    if (inside_ == 0 && closing_) scheduler_->Notify();
  }
  void WaitUntilEmpty() {
    std::unique_lock<std::mutex> lock(mutex_);
    closing_ = true;
    scheduler_->Wait(lock, [this] { return inside_ == 0; });
  }

 private:
  Scheduler* const scheduler_;
  std::mutex mutex_;
  size_t inside_ = 0;
  bool closing_ = false;
};

/// Enters the gate when constructed, and leaves it when destroyed.
class Inside {
 public:
  explicit Inside(Gate* gate) : gate_(gate) { gate_->Enter(); }
  ~Inside() { gate_->Leave(); }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  Gate* const gate_;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_BASE_GATE_H_

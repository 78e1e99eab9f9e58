// A second thread, so that reading and writing overlap.

#ifndef DYNAMODOWN_CLI_IO_WORKER_H_
#define DYNAMODOWN_CLI_IO_WORKER_H_

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace cli {

/// Does pieces of work in order, one at a time. One piece may wait while
/// another piece is being done; no more than these two pieces are in memory.
///
/// **Thread-safety**: one thread makes all calls; `work` runs on another.
template <class Item>
class Worker {
 public:
  /// `work` returns false to refuse further pieces.
  explicit Worker(std::function<bool(Item)> work)
      : work_(std::move(work)), thread_([this] { Run(); }) {}
  ~Worker() { Join(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Waits for room. Returns false if `work` refuses further pieces.
  bool Give(Item item) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return !waiting_ || refuses_; });
    if (refuses_) return false;
    waiting_ = std::move(item);
    changed_.notify_all();
    return true;
  }

  /// Waits until all is done, and throws what `work` threw.
  void Finish() {
    Join();
    if (exception_) std::rethrow_exception(std::exchange(exception_, nullptr));
  }

 private:
  void Join() {
    if (!thread_.joinable()) return;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  void Run() {
    while (std::optional<Item> item = Take()) {
      bool goes_on = false;
      try {
        goes_on = work_(*std::move(item));
      } catch (...) {
        exception_ = std::current_exception();
      }
      if (goes_on) continue;
      std::lock_guard<std::mutex> lock(mutex_);
      refuses_ = true;
      changed_.notify_all();
      return;
    }
  }

  std::optional<Item> Take() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return waiting_ || ended_; });
    std::optional<Item> item = std::exchange(waiting_, std::nullopt);
    changed_.notify_all();
    return item;
  }

  const std::function<bool(Item)> work_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Item> waiting_;
  bool ended_ = false, refuses_ = false;
  std::exception_ptr exception_;  // read after the join
  std::thread thread_;            // last, because it uses all other members
};

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_WORKER_H_

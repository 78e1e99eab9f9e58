// A second thread, so that reading and writing overlap.

#ifndef DYNAMODOWN_CLI_IO_WORKER_H_
#define DYNAMODOWN_CLI_IO_WORKER_H_

#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace cli {

/// Works on chunks, in order, one at a time, while the next chunk is filled. A
/// chunk is taken when it is full, and also when it has waited for some time:
/// the next piece may be long in coming, because it waits for a rate cap or for
/// the other end of a pipe. No more than two chunks are in memory. A Chunk has
/// IsFull() and IsEmpty(), and is empty when it is made.
///
/// **Thread-safety**: one thread makes all calls; `work` runs on another.
template <class Chunk>
class Worker {
 public:
  /// Takes a chunk at the latest `wait` after its first piece. `work` returns
  /// false to refuse further chunks.
  Worker(std::chrono::milliseconds wait, std::function<bool(Chunk)> work)
      : wait_(wait), work_(std::move(work)), thread_([this] { Run(); }) {}
  ~Worker() { Join(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Waits for room, and calls `fill(&chunk)`, which puts one piece into the
  /// chunk. Returns false, without this call, if `work` refuses further chunks.
  template <class Fill>
  bool Add(Fill fill) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return !chunk_.IsFull() || refuses_; });
    if (refuses_) return false;
    const bool was_empty = chunk_.IsEmpty();
    fill(&chunk_);
    if (was_empty || chunk_.IsFull()) changed_.notify_all();
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
    for (Chunk chunk = Take(); !chunk.IsEmpty(); chunk = Take()) {
      bool goes_on = false;
      try {
        goes_on = work_(std::move(chunk));
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

  /// Returns an empty chunk at the end.
  Chunk Take() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return ended_ || !chunk_.IsEmpty(); });
    changed_.wait_for(lock, wait_,
                      [this] { return ended_ || chunk_.IsFull(); });
    Chunk chunk = std::exchange(chunk_, Chunk());
    changed_.notify_all();
    return chunk;
  }

  const std::chrono::milliseconds wait_;
  const std::function<bool(Chunk)> work_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Chunk chunk_;  // the chunk that is being filled
  bool ended_ = false, refuses_ = false;
  std::exception_ptr exception_;  // read after the join
  std::thread thread_;            // last, because it uses all other members
};

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_WORKER_H_

#include "base/scheduler.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "base/gate.h"

namespace dynamodown {
namespace {

using std::chrono::milliseconds;

/// Lets tasks and threads wait for each other in the tests.
class Flag {
 public:
  explicit Flag(Scheduler* scheduler) : scheduler_(scheduler) {}
  void Raise() {
    std::lock_guard<std::mutex> lock(mutex_);
    up_ = true;
    // Notify under the lock: as soon as the lock is free, the awaiting thread
    // may destroy the flag.
    scheduler_->Notify();
  }
  void Await() {
    std::unique_lock<std::mutex> lock(mutex_);
    scheduler_->Wait(lock, [this] { return up_; });
  }

 private:
  Scheduler* const scheduler_;
  std::mutex mutex_;
  bool up_ = false;
};

/// Returns the exit status of a forked child that runs `body`, or -1 if a
/// signal ended the child. After 10 s, the signal of alarm() ends a child whose
/// `body` hangs.
template <class Body>
int InForkedChild(const Body& body) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(10);
    body();
    _exit(0);
  }
  int status = 0;
  if (waitpid(child, &status, 0) != child) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(ThreadScheduler, WaitUntilReturnsWhenReadyOrAtItsTime) {
  const auto scheduler = NewThreadScheduler(1);
  std::mutex mutex;
  std::unique_lock<std::mutex> lock(mutex);
  const auto before = scheduler->Now();
  EXPECT_FALSE(scheduler->WaitUntil(
      lock, [] { return false; }, before + milliseconds(20)));
  EXPECT_GE(scheduler->Now() - before, milliseconds(20));
  EXPECT_TRUE(scheduler->WaitUntil(
      lock, [] { return true; }, before));
  bool is_done = false;
  scheduler->Run([&] {
    std::lock_guard<std::mutex> locked(mutex);
    is_done = true;
    scheduler->Notify();
  });
  EXPECT_TRUE(scheduler->WaitUntil(
      lock, [&] { return is_done; }, before + std::chrono::hours(1)));
}

TEST(ThreadScheduler, RunsEveryTaskOnOtherThreads) {
  std::mutex mutex;
  std::set<std::thread::id> threads;
  int runs = 0;
  {
    const auto scheduler = NewThreadScheduler(3);
    for (int i = 0; i < 100; ++i) {
      scheduler->Run([&] {
        std::lock_guard<std::mutex> lock(mutex);
        threads.insert(std::this_thread::get_id());
        ++runs;
      });
    }
  }
  EXPECT_EQ(runs, 100);
  EXPECT_EQ(threads.count(std::this_thread::get_id()), 0u);
  EXPECT_LE(threads.size(), 3u);
}

TEST(ThreadScheduler, ItsDestructorFinishesTheQueue) {
  std::atomic<int> runs = 0;
  {
    const auto scheduler = NewThreadScheduler(1);
    scheduler->Run([&] { std::this_thread::sleep_for(milliseconds(20)); });
    for (int i = 0; i < 50; ++i) scheduler->Run([&] { ++runs; });
  }
  EXPECT_EQ(runs, 50);
}

TEST(ThreadScheduler, TasksMayQueueTasksWhileItCloses) {
  std::atomic<int> runs = 0;
  {
    const auto scheduler = NewThreadScheduler(2);
    scheduler->Run([&, s = scheduler.get()] {
      std::this_thread::sleep_for(milliseconds(20));
      for (int i = 0; i < 10; ++i) s->Run([&] { ++runs; });
    });
  }
  EXPECT_EQ(runs, 10);
}

TEST(ThreadScheduler, RunsTasksInParallelUpToItsLimit) {
  const auto scheduler = NewThreadScheduler(4);
  Flag all_here(scheduler.get());
  std::atomic<int> here = 0;
  std::vector<std::unique_ptr<Flag>> done;
  for (int i = 0; i < 4; ++i) {
    done.push_back(std::make_unique<Flag>(scheduler.get()));
    scheduler->Run([&, flag = done.back().get()] {
      if (++here == 4) all_here.Raise();
      all_here.Await();
      flag->Raise();
    });
  }
  for (const auto& flag : done) flag->Await();
  EXPECT_EQ(here, 4);
}

TEST(ThreadScheduler, HasAtLeastOneThread) {
  for (const int threads_max : {-1, 0, 1}) {
    const auto scheduler = NewThreadScheduler(threads_max);
    Flag done(scheduler.get());
    scheduler->Run([&] { done.Raise(); });
    done.Await();
  }
}

TEST(ThreadScheduler, ReleasesWhatATaskHoldsWhenTheTaskEnds) {
  const auto scheduler = NewThreadScheduler(1);
  Flag released(scheduler.get());
  scheduler->Run([holder = std::shared_ptr<Flag>(
                      &released, [](Flag* flag) { flag->Raise(); })] {});
  released.Await();
}

TEST(ThreadScheduler, WaitReturnsAtOnceWhenReady) {
  const auto scheduler = NewThreadScheduler(1);
  std::mutex mutex;
  std::unique_lock<std::mutex> lock(mutex);
  EXPECT_TRUE(scheduler->Wait(lock, [&] {
    EXPECT_TRUE(lock.owns_lock());
    return true;
  }));
  EXPECT_TRUE(lock.owns_lock());
}

// Many threads take turns in a ring, so any lost wake-up would hang the test.
TEST(ThreadScheduler, NoWakeUpIsLost) {
  constexpr int kThreads = 8;
  constexpr int kRounds = 500;
  const auto scheduler = NewThreadScheduler(1);
  std::mutex mutex;
  int turn = 0;
  std::vector<std::thread> threads;
  for (int self = 0; self < kThreads; ++self) {
    threads.emplace_back([&, self] {
      for (int round = 0; round < kRounds; ++round) {
        std::unique_lock<std::mutex> lock(mutex);
        scheduler->Wait(lock, [&] { return turn % kThreads == self; });
        ++turn;
        // Notify with the mutex held and without.
        if (round % 2 == 0) lock.unlock();
        scheduler->Notify();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(turn, kThreads * kRounds);
}

TEST(ThreadScheduler, WaitersWithDifferentMutexesAllSeeANotify) {
  const auto scheduler = NewThreadScheduler(1);
  struct Box {
    std::mutex mutex;
    int full = 0;
  };
  constexpr int kBoxes = 6;
  constexpr int kItems = 1'000;
  std::vector<Box> boxes(kBoxes);
  std::vector<std::thread> threads;
  for (Box& box : boxes) {
    threads.emplace_back([&] {
      for (int taken = 0; taken < kItems;) {
        std::unique_lock<std::mutex> lock(box.mutex);
        scheduler->Wait(lock, [&] { return box.full > 0; });
        taken += box.full;
        box.full = 0;
      }
    });
    threads.emplace_back([&] {
      for (int i = 0; i < kItems; ++i) {
        {
          std::lock_guard<std::mutex> lock(box.mutex);
          ++box.full;
        }
        scheduler->Notify();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(ThreadScheduler, SleepsAtLeastAsLongAsAsked) {
  const auto scheduler = NewThreadScheduler(1);
  const auto start = scheduler->Now();
  scheduler->Sleep(milliseconds(10));
  EXPECT_GE(scheduler->Now() - start, milliseconds(10));
}

// The child has copies of the condition variables, but not the threads that
// wait on them.
TEST(ThreadScheduler, AForkedChildsDestructorDoesNotHang) {
  auto scheduler = NewThreadScheduler(3);
  // Start the scheduler's threads, which become idle, and another thread that
  // waits.
  Flag never(scheduler.get());
  for (int i = 0; i < 3; ++i) {
    Flag done(scheduler.get());
    scheduler->Run([&] { done.Raise(); });
    done.Await();
  }
  std::thread waiter([&] { never.Await(); });
  std::this_thread::sleep_for(milliseconds(50));

  EXPECT_EQ(InForkedChild([&] { scheduler.reset(); }), 0);

  // The parent's scheduler still works.
  Flag done(scheduler.get());
  scheduler->Run([&] { done.Raise(); });
  done.Await();
  never.Raise();
  waiter.join();
}

TEST(ThreadScheduler, AForkedChildRunsTasksAtOnceAndWaitsForNothing) {
  const auto scheduler = NewThreadScheduler(2);
  EXPECT_EQ(InForkedChild([&] {
              bool ran = false;
              scheduler->Run([&] { ran = true; });
              if (!ran) _exit(1);
              std::mutex mutex;
              std::unique_lock<std::mutex> lock(mutex);
              if (scheduler->Wait(lock, [] { return false; })) _exit(2);
              if (!scheduler->Wait(lock, [] { return true; })) _exit(3);
              if (!lock.owns_lock()) _exit(4);
              scheduler->Notify();
              int calls = 0;
              ParallelFor(scheduler.get(), 5, 3, [&](size_t) { ++calls; });
              if (calls != 5) _exit(5);
            }),
            0);
}

TEST(ThreadScheduler, AForkedChildsDestructorDoesNotHangInTheMidstOfWork) {
  auto scheduler = NewThreadScheduler(2);
  std::atomic<bool> stop = false;
  for (int i = 0; i < 2; ++i) {
    scheduler->Run([&] {
      while (!stop) scheduler->Notify();
    });
  }
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(InForkedChild([&] { scheduler.reset(); }), 0);
  }
  stop = true;
}

TEST(ParallelFor, CallsEachIndexOnce) {
  const auto scheduler = NewThreadScheduler(4);
  for (const size_t n : {0, 1, 2, 3, 7, 100, 1'000}) {
    for (const int parallel_max : {-1, 0, 1, 2, 4, 16}) {
      std::vector<std::atomic<int>> calls(n);
      ParallelFor(scheduler.get(), n, parallel_max,
                  [&](size_t i) { ++calls[i]; });
      for (const auto& count : calls) EXPECT_EQ(count, 1);
    }
  }
}

TEST(ParallelFor, RunsNoMoreCallsInParallelThanItsLimit) {
  const auto scheduler = NewThreadScheduler(8);
  std::atomic<int> now = 0;
  std::atomic<int> most = 0;
  ParallelFor(scheduler.get(), 100, 3, [&](size_t) {
    const int inside = ++now;
    int seen = most;
    while (inside > seen && !most.compare_exchange_weak(seen, inside)) {
    }
    std::this_thread::sleep_for(milliseconds(1));
    --now;
  });
  EXPECT_LE(most, 3);
  EXPECT_GE(most, 2);
}

TEST(ParallelFor, MakesProgressWhileTheOnlyThreadIsBusy) {
  const auto scheduler = NewThreadScheduler(1);
  Flag release(scheduler.get());
  scheduler->Run([&] { release.Await(); });
  std::atomic<int> calls = 0;
  ParallelFor(scheduler.get(), 50, 8, [&](size_t) { ++calls; });
  EXPECT_EQ(calls, 50);
  release.Raise();
}

TEST(ParallelFor, MakesProgressWithinATaskOnTheOnlyThread) {
  const auto scheduler = NewThreadScheduler(1);
  Flag done(scheduler.get());
  std::atomic<int> calls = 0;
  scheduler->Run([&] {
    ParallelFor(scheduler.get(), 10, 4, [&](size_t) {
      ParallelFor(scheduler.get(), 10, 4, [&](size_t) { ++calls; });
    });
    done.Raise();
  });
  done.Await();
  EXPECT_EQ(calls, 100);
}

TEST(ParallelFor, WorksFromManyThreadsAtOnce) {
  const auto scheduler = NewThreadScheduler(2);
  std::atomic<int> calls = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int round = 0; round < 50; ++round) {
        ParallelFor(scheduler.get(), 20, 4, [&](size_t) { ++calls; });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(calls, 4 * 50 * 20);
}

TEST(Gate, WaitUntilEmptyReturnsAtOnceWhenNobodyIsInside) {
  const auto scheduler = NewThreadScheduler(1);
  Gate gate(scheduler.get());
  { Inside inside(&gate); }
  gate.WaitUntilEmpty();
}

TEST(Gate, WaitUntilEmptyWaitsForTheLast) {
  const auto scheduler = NewThreadScheduler(1);
  for (int round = 0; round < 100; ++round) {
    auto gate = std::make_unique<Gate>(scheduler.get());
    std::atomic<int> left = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      gate->Enter();
      threads.emplace_back([&, gate = gate.get()] {
        ++left;
        gate->Leave();
      });
    }
    gate->WaitUntilEmpty();
    EXPECT_EQ(left, 4);
    gate.reset();  // No thread may still use the gate.
    for (std::thread& thread : threads) thread.join();
  }
}

TEST(Gate, OneThreadMayBeInsideTwice) {
  const auto scheduler = NewThreadScheduler(1);
  Gate gate(scheduler.get());
  {
    Inside outer(&gate);
    Inside inner(&gate);
  }
  gate.WaitUntilEmpty();
}

}  // namespace
}  // namespace dynamodown

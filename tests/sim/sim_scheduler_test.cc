#include "sim/sim_scheduler.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace dynamodown {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Three clients that each write their letter three times, with a Yield in
/// between.
std::pair<std::string, uint64_t> Interleave(uint64_t seed) {
  SimScheduler scheduler(seed);
  std::string order;
  for (const char letter : {'a', 'b', 'c'}) {
    scheduler.Spawn(std::string(1, letter), [&scheduler, &order, letter] {
      for (int i = 0; i < 3; ++i) {
        order += letter;
        scheduler.Yield();
      }
    });
  }
  scheduler.RunAll();
  return {order, scheduler.trace_hash()};
}

TEST(SimScheduler, SameSeedGivesSameRun) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_EQ(Interleave(seed), Interleave(seed)) << "seed " << seed;
  }
}

TEST(SimScheduler, SeedsGiveDifferentInterleavings) {
  std::set<std::string> orders;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    orders.insert(Interleave(seed).first);
  }
  EXPECT_GT(orders.size(), 25u);
}

TEST(SimScheduler, SpawnedThreadsBeginOnlyWhenTheBatonIsPassed) {
  SimScheduler scheduler(1);
  bool begun = false;
  scheduler.Spawn("client", [&] { begun = true; });
  EXPECT_FALSE(begun);
  scheduler.RunAll();
  EXPECT_TRUE(begun);
}

TEST(SimScheduler, SleepersWakeInTheOrderOfTime) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    SimScheduler scheduler(seed);
    const auto start = scheduler.Now();
    std::string order;
    for (const int n : {3, 1, 2}) {
      scheduler.Spawn("sleeper", [&, n] {
        scheduler.Sleep(seconds(n));
        order += std::to_string(n);
        EXPECT_EQ(scheduler.Now() - start, seconds(n));
      });
    }
    scheduler.RunAll();
    EXPECT_EQ(order, "123");
    EXPECT_EQ(scheduler.Now() - start, seconds(3));
  }
}

TEST(SimScheduler, AWaitWithAnEndReturnsThenOrWhenItIsReady) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    SimScheduler scheduler(seed);
    const auto start = scheduler.Now();
    std::mutex mutex;
    bool is_set = false;
    scheduler.Spawn("in vain", [&] {
      std::unique_lock<std::mutex> lock(mutex);
      EXPECT_FALSE(scheduler.WaitUntil(
          lock, [] { return false; }, start + seconds(2)));
      EXPECT_EQ(scheduler.Now() - start, seconds(2));
    });
    scheduler.Spawn("in time", [&] {
      std::unique_lock<std::mutex> lock(mutex);
      EXPECT_TRUE(scheduler.WaitUntil(
          lock, [&] { return is_set; }, start + seconds(9)));
      EXPECT_EQ(scheduler.Now() - start, seconds(1));
    });
    scheduler.Spawn("setter", [&] {
      scheduler.Sleep(seconds(1));
      std::lock_guard<std::mutex> lock(mutex);
      is_set = true;
      scheduler.Notify();
    });
    scheduler.RunAll();
  }
}

TEST(SimScheduler, TimeStandsStillWhileSomeoneCanGoOn) {
  SimScheduler scheduler(7);
  bool slept = false;
  scheduler.Spawn("sleeper", [&] {
    scheduler.Sleep(milliseconds(1));
    slept = true;
  });
  scheduler.Spawn("busy", [&] {
    for (int i = 0; i < 100; ++i) {
      scheduler.Yield();
      EXPECT_FALSE(slept);
    }
  });
  scheduler.RunAll();
  EXPECT_TRUE(slept);
}

TEST(SimScheduler, WaitReturnsWithItsLockOnceThePredicateHolds) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    SimScheduler scheduler(seed);
    std::mutex mutex;
    int queued = 0;
    int taken = 0;
    scheduler.Spawn("consumer", [&] {
      std::unique_lock<std::mutex> lock(mutex);
      while (taken < 5) {
        scheduler.Wait(lock, [&] { return queued > 0; });
        ASSERT_TRUE(lock.owns_lock());
        ASSERT_GT(queued, 0);
        --queued;
        ++taken;
      }
    });
    scheduler.Spawn("producer", [&] {
      for (int i = 0; i < 5; ++i) {
        {
          std::lock_guard<std::mutex> lock(mutex);
          ++queued;
        }
        scheduler.Notify();
        scheduler.Yield();
      }
    });
    scheduler.RunAll();
    EXPECT_EQ(taken, 5);
  }
}

TEST(SimScheduler, APredicateMayAskTheTime) {
  SimScheduler scheduler(3);
  const auto start = scheduler.Now();
  std::mutex mutex;
  bool late = false;
  scheduler.Spawn("waiter", [&] {
    std::unique_lock<std::mutex> lock(mutex);
    scheduler.Wait(lock, [&] { return scheduler.Now() > start; });
    late = true;
  });
  scheduler.Spawn("waker", [&] {
    scheduler.Sleep(seconds(1));
    scheduler.Notify();
  });
  scheduler.RunAll();
  EXPECT_TRUE(late);
}

TEST(SimScheduler, MainMayWaitToo) {
  SimScheduler scheduler(5);
  std::mutex mutex;
  bool done = false;
  scheduler.Run([&] {
    scheduler.Sleep(seconds(2));
    std::lock_guard<std::mutex> lock(mutex);
    done = true;
    scheduler.Notify();
  });
  std::unique_lock<std::mutex> lock(mutex);
  scheduler.Wait(lock, [&] { return done; });
  EXPECT_TRUE(done);
}

TEST(SimScheduler, TheDestructorLetsTasksFinish) {
  int finished = 0;
  {
    SimScheduler scheduler(5);
    for (int i = 0; i < 3; ++i) {
      scheduler.Run([&] {
        scheduler.Sleep(seconds(1));
        scheduler.Run([&] { ++finished; });
      });
    }
  }
  EXPECT_EQ(finished, 3);
}

TEST(SimScheduler, ParallelForCallsEachOnceAndAtMostSoManyAtATime) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    SimScheduler scheduler(seed);
    std::vector<int> calls(50);
    int running = 0;
    int running_max = 0;
    scheduler.Spawn("client", [&] {
      ParallelFor(&scheduler, calls.size(), 4, [&](size_t i) {
        running_max = std::max(running_max, ++running);
        scheduler.Yield();
        ++calls[i];
        --running;
      });
      EXPECT_EQ(calls, std::vector<int>(50, 1));
    });
    scheduler.RunAll();
    EXPECT_LE(running_max, 4);
    EXPECT_GT(running_max, 1);
  }
}

TEST(SimSchedulerDeathTest, DeadlockIsReportedWithSeedAndThreads) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_DEATH(
      {
        SimScheduler scheduler(42);
        std::mutex mutex;
        scheduler.Spawn("stuck", [&] {
          std::unique_lock<std::mutex> lock(mutex);
          scheduler.Wait(lock, [] { return false; });
        });
        scheduler.RunAll();
      },
      "deadlock; seed 42(.|\n)*stuck at wait, not ready");
}

TEST(SimSchedulerDeathTest, AForgottenNotifyIsADeadlock) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_DEATH(
      {
        SimScheduler scheduler(1);
        std::mutex mutex;
        bool done = false;
        scheduler.Spawn("waiter", [&] {
          std::unique_lock<std::mutex> lock(mutex);
          scheduler.Wait(lock, [&] { return done; });
        });
        scheduler.Spawn("forgetful", [&] {
          scheduler.Sleep(seconds(1));
          std::lock_guard<std::mutex> lock(mutex);
          done = true;
        });
        scheduler.RunAll();
      },
      "waiter at wait, ready, but nobody called Notify");
}

/// Answers 200 and counts the concurrent requests.
class CountingTransport final : public Transport {
 public:
  Result<void, NoAnswer> Send(const HttpRequest&, milliseconds,
                              HttpResponse* response) override {
    ++sent;
    response->status = 200;
    return {};
  }
  int sent = 0;
};

TEST(SimTransport, PassesTheBatonBeforeAndAfterARequest) {
  SimScheduler scheduler(9);
  CountingTransport inner;
  SimTransport transport(&inner, &scheduler);
  scheduler.Spawn("client", [&] {
    HttpRequest request{"POST", "http://x/", {}, ""};
    request.headers.push_back({"X-Amz-Target", "DynamoDB_20120810.GetItem"});
    HttpResponse response;
    EXPECT_TRUE(transport.Send(request, seconds(1), &response).ok());
    EXPECT_EQ(response.status, 200);
  });
  scheduler.RunAll();
  EXPECT_EQ(inner.sent, 1);
  std::vector<std::string> lines;
  for (const std::string& line : scheduler.trace()) {
    if (line.find("client: ") != std::string::npos) lines.push_back(line);
  }
  EXPECT_EQ(lines, (std::vector<std::string>{
                       "0 client: begins",
                       "0 client: send GetItem",
                       "0 client: goes on after send GetItem",
                       "0 client: answer 200 to GetItem",
                       "0 client: goes on after answer 200 to GetItem",
                       "0 client: ends",
                   }));
}

TEST(SimTransport, LatencyPassesInVirtualTime) {
  SimScheduler scheduler(9);
  SimClock clock(&scheduler, 1'000);
  CountingTransport inner;
  SimTransport transport(&inner, &scheduler, [] { return seconds(2); });
  HttpResponse response;
  ASSERT_TRUE(
      transport.Send({"POST", "http://x/", {}, ""}, seconds(1), &response)
          .ok());
  EXPECT_EQ(clock.UnixSeconds(), 1'004);
}

}  // namespace
}  // namespace dynamodown

#include "aws/refreshing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "aws/client_test_environment.h"
#include "sim/sim_scheduler.h"

namespace dynamodown {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

using Pointer = std::shared_ptr<const SigningCredentials>;

/// Background tasks wait until the test lets them run.
class QueueScheduler final : public Scheduler {
 public:
  void Run(std::function<void()> task) override {
    tasks.push_back(std::move(task));
  }
  bool Wait(std::unique_lock<std::mutex>&,
            const std::function<bool()>& ready) override {
    return ready();
  }
  bool WaitUntil(std::unique_lock<std::mutex>&,
                 const std::function<bool()>& ready, TimePoint) override {
    return ready();
  }
  void Notify() override { ++notifications; }
  void Sleep(Duration duration) override { time.Sleep(duration); }
  TimePoint Now() override { return time.Now(); }

  void RunOne() {
    const std::function<void()> task = std::move(tasks.front());
    tasks.pop_front();
    task();
  }

  TestScheduler time;
  std::deque<std::function<void()>> tasks;
  int notifications = 0;
};

class ScriptedFetcher final : public CredentialsFetcher {
 public:
  using Script = std::function<Result<FetchedCredentials>()>;
  explicit ScriptedFetcher(Script script) : script_(std::move(script)) {}
  Result<FetchedCredentials> Fetch() override { return script_(); }
  std::string Describe() const override { return "a script"; }

 private:
  const Script script_;
};

class RefreshingTest : public testing::Test {
 protected:
  RefreshingTest() : clock_(&scheduler_.time), source_(NewSource()) {}

  std::unique_ptr<CredentialsSource> NewSource() {
    return NewRefreshingCredentials(
        std::make_unique<ScriptedFetcher>([this] { return Fetch(); }),
        &scheduler_, &clock_);
  }

  Result<FetchedCredentials> Fetch() {
    ++fetches_;
    if (during_fetch_) during_fetch_();
    if (failing_) return Error{ErrorKind::kCredentials, "a script: no"};
    FetchedCredentials fetched;
    fetched.keys = {"AKID" + std::to_string(keys_), "secret", "token"};
    if (expires_) fetched.expires = clock_.UnixSeconds() + lifetime_;
    return fetched;
  }
  Pointer Get() {
    const Result<Pointer> credentials = source_->Get();
    EXPECT_TRUE(credentials.ok()) << credentials.error().message;
    return credentials.ok() ? *credentials : nullptr;
  }
  Error GetError() {
    const Result<Pointer> credentials = source_->Get();
    EXPECT_FALSE(credentials.ok());
    return credentials.ok() ? Error() : credentials.error();
  }
  void Advance(int64_t n) { scheduler_.time.Advance(seconds(n)); }

  QueueScheduler scheduler_;
  TestClock clock_;
  int fetches_ = 0;
  int keys_ = 1;
  bool expires_ = true;
  int64_t lifetime_ = 3600;
  bool failing_ = false;
  std::function<void()> during_fetch_;
  std::unique_ptr<CredentialsSource> source_;
};

TEST_F(RefreshingTest, FetchesOnceAndKeepsTheCredentials) {
  EXPECT_EQ(source_->Describe(), "a script");
  EXPECT_EQ(fetches_, 0);
  const Pointer first = Get();
  EXPECT_EQ(first->access_key_id, "AKID1");
  Advance(3299);
  EXPECT_EQ(Get(), first);
  EXPECT_EQ(fetches_, 1);
  EXPECT_TRUE(scheduler_.tasks.empty());
}

TEST_F(RefreshingTest, KeepsCredentialsThatNeverExpire) {
  expires_ = false;
  const Pointer first = Get();
  Advance(1'000'000'000);
  EXPECT_EQ(Get(), first);
  EXPECT_EQ(fetches_, 1);
  EXPECT_TRUE(scheduler_.tasks.empty());
}

TEST_F(RefreshingTest, ShortlyBeforeExpiryFetchesOnceInTheBackground) {
  const Pointer first = Get();
  keys_ = 2;
  Advance(3300);
  EXPECT_EQ(Get(), first);
  EXPECT_EQ(Get(), first);
  EXPECT_EQ(fetches_, 1);
  ASSERT_EQ(scheduler_.tasks.size(), 1u);
  // Calls go on during the fetch.
  during_fetch_ = [&] { EXPECT_EQ(Get(), first); };
  scheduler_.RunOne();
  EXPECT_EQ(fetches_, 2);
  EXPECT_EQ(scheduler_.notifications, 2);
  EXPECT_EQ(Get()->access_key_id, "AKID2");
  EXPECT_TRUE(scheduler_.tasks.empty());
}

TEST_F(RefreshingTest, ShortLivedCredentialsAreRenewedAfterHalfTheirLifetime) {
  lifetime_ = 100;
  Get();
  Advance(49);
  Get();
  EXPECT_TRUE(scheduler_.tasks.empty());
  Advance(1);
  Get();
  EXPECT_EQ(scheduler_.tasks.size(), 1u);
}

TEST_F(RefreshingTest, VeryShortLivedCredentialsAreUsedForHalfTheirLifetime) {
  lifetime_ = 4;
  const Pointer first = Get();
  keys_ = 2;
  Advance(1);
  EXPECT_EQ(Get(), first);
  EXPECT_EQ(fetches_, 1);
  Advance(1);
  EXPECT_EQ(Get()->access_key_id, "AKID2");
}

TEST_F(RefreshingTest, ABackgroundFailureIsNotReportedAndIsRetriedAfter30s) {
  const Pointer first = Get();
  failing_ = true;
  Advance(3300);
  EXPECT_EQ(Get(), first);
  scheduler_.RunOne();
  EXPECT_EQ(fetches_, 2);
  Advance(29);
  EXPECT_EQ(Get(), first);
  EXPECT_TRUE(scheduler_.tasks.empty());
  Advance(1);
  failing_ = false;
  keys_ = 2;
  EXPECT_EQ(Get(), first);
  ASSERT_EQ(scheduler_.tasks.size(), 1u);
  scheduler_.RunOne();
  EXPECT_EQ(Get()->access_key_id, "AKID2");
}

TEST_F(RefreshingTest, InTheLastSecondsTheCallerFetchesThoughATaskIsQueued) {
  const Pointer first = Get();
  keys_ = 2;
  Advance(3300);
  Get();
  Advance(289);
  EXPECT_EQ(Get(), first);
  Advance(1);
  EXPECT_EQ(Get()->access_key_id, "AKID2");
  EXPECT_EQ(fetches_, 2);
  // A task that runs too late has nothing to do.
  ASSERT_EQ(scheduler_.tasks.size(), 1u);
  scheduler_.RunOne();
  EXPECT_EQ(fetches_, 2);
}

// While the source is down, the service judges expired credentials.

TEST_F(RefreshingTest, AfterAFailureReturnsTheLastOnesEvenIfTheyHaveExpired) {
  for (const int64_t later : {3599, 3600, 1'000'000}) {
    Get();
    const int fetches = fetches_;
    failing_ = true;
    Advance(later);
    const Pointer kept = Get();
    EXPECT_EQ(fetches_, fetches + 1);
    // Only the background thread asks the source, every 30 s.
    for (int i = 0; i < 3; ++i) {
      for (int j = 0; j < 29; ++j) {
        EXPECT_EQ(Get(), kept);
        Advance(1);
      }
      EXPECT_TRUE(scheduler_.tasks.empty());
      Advance(1);
      EXPECT_EQ(Get(), kept);
      EXPECT_EQ(Get(), kept);
      ASSERT_EQ(scheduler_.tasks.size(), 1U);
      scheduler_.RunOne();
      EXPECT_EQ(fetches_, fetches + 2 + i);
    }
    // Once the service refuses them, the caller hears why there are no others.
    source_->Expire(kept);
    EXPECT_EQ(GetError().message, "a script: no");
    failing_ = false;
    ++keys_;
    EXPECT_NE(Get(), kept);
  }
}

TEST_F(RefreshingTest, CredentialsThatArriveExpiredAreForTheServiceToJudge) {
  for (const int64_t age : {0, 1, 3600, 1'000'000'000}) {
    lifetime_ = -age;
    expires_ = true;
    ++keys_;
    source_ = NewSource();
    fetches_ = 0;
    const Pointer first = Get();
    EXPECT_EQ(first->access_key_id, "AKID" + std::to_string(keys_));
    for (int i = 0; i < 29; ++i) {
      EXPECT_EQ(Get(), first);
      source_->Expire(first);  // Every call fails, and none asks again.
      EXPECT_EQ(Get(), first);
      Advance(1);
    }
    EXPECT_EQ(fetches_, 1);
    EXPECT_TRUE(scheduler_.tasks.empty());
    Advance(1);
    EXPECT_EQ(Get(), first);
    ASSERT_EQ(scheduler_.tasks.size(), 1U);
    scheduler_.RunOne();
    EXPECT_EQ(fetches_, 2);
    // The source recovers.
    Advance(30);
    lifetime_ = 3600;
    ++keys_;
    EXPECT_EQ(Get(), first);
    scheduler_.RunOne();
    EXPECT_EQ(Get()->access_key_id, "AKID" + std::to_string(keys_));
    EXPECT_EQ(fetches_, 3);
  }
}

TEST_F(RefreshingTest, IfTheSourceRepeatsRefusedKeysItIsAskedEvery30s) {
  const Pointer first = Get();
  for (int i = 0; i < 100; ++i) {
    source_->Expire(first);
    EXPECT_EQ(Get(), first);
    Advance(1);
  }
  EXPECT_EQ(fetches_, 1 + 4);
  source_->Expire(first);
  keys_ = 2;
  Advance(30);
  source_->Expire(first);
  EXPECT_EQ(Get()->access_key_id, "AKID2");
}

TEST_F(RefreshingTest, ErrorsAreNotKept) {
  failing_ = true;
  const Error error = GetError();
  EXPECT_EQ(error.kind, ErrorKind::kCredentials);
  EXPECT_EQ(error.message, "a script: no");
  failing_ = false;
  Get();
  EXPECT_EQ(fetches_, 2);
}

TEST_F(RefreshingTest, AfterExpireGetFetchesOtherCredentials) {
  const Pointer first = Get();
  source_->Expire(first);
  keys_ = 2;
  const Pointer second = Get();
  EXPECT_EQ(second->access_key_id, "AKID2");
  // Another call also used the first credentials, and reports them late.
  source_->Expire(first);
  source_->Expire(nullptr);
  EXPECT_EQ(Get(), second);
  EXPECT_EQ(fetches_, 2);
}

TEST_F(RefreshingTest, RefusedCredentialsAreNotReturnedIfAFetchFails) {
  const Pointer first = Get();
  source_->Expire(first);
  failing_ = true;
  GetError();
  GetError();
  failing_ = false;
  EXPECT_EQ(Get(), first);
  EXPECT_EQ(fetches_, 4);
}

TEST_F(RefreshingTest, TheSameKeysHaveTheSamePointer) {
  const Pointer first = Get();
  source_->Expire(first);
  EXPECT_EQ(Get(), first);
  EXPECT_EQ(fetches_, 2);
  Advance(3299);
  EXPECT_EQ(Get(), first);
  EXPECT_EQ(fetches_, 2);
}

TEST_F(RefreshingTest, InAForkedChildNobodyWaitsForTheParentsThread) {
  // The child inherits a fetch, but not the thread that does it.
  during_fetch_ = [&] {
    during_fetch_ = nullptr;
    const Error error = GetError();
    EXPECT_EQ(error.kind, ErrorKind::kForked);
  };
  Get();
  EXPECT_EQ(fetches_, 1);
}

TEST(Refreshing, ASchedulerWithoutThreadsRunsTheTaskAtOnce) {
  TestScheduler scheduler;
  TestClock clock(&scheduler);
  int fetches = 0;
  const auto source = NewRefreshingCredentials(
      std::make_unique<ScriptedFetcher>([&]() -> Result<FetchedCredentials> {
        ++fetches;
        return FetchedCredentials{{"AKID", std::to_string(fetches), ""},
                                  clock.UnixSeconds() + 3600};
      }),
      &scheduler, &clock);
  const Pointer first = *source->Get();
  scheduler.Advance(seconds(3400));
  EXPECT_EQ(*source->Get(), first);
  EXPECT_EQ(fetches, 2);
  EXPECT_NE(*source->Get(), first);
  EXPECT_EQ(fetches, 2);
}

TEST(Refreshing, ManyThreadsShareOneFetch) {
  constexpr int kThreads = 8;
  TestScheduler time;
  TestClock clock(&time);
  const auto scheduler = NewThreadScheduler(1);
  std::atomic<int> fetching = 0;
  std::atomic<int> fetches = 0;
  std::atomic<int> begun = 0;
  const auto source = NewRefreshingCredentials(
      std::make_unique<ScriptedFetcher>([&]() -> Result<FetchedCredentials> {
        EXPECT_EQ(++fetching, 1);
        while (begun < kThreads) std::this_thread::yield();
        ++fetches;
        --fetching;
        return FetchedCredentials{{"AKID", "secret", ""}, std::nullopt};
      }),
      scheduler.get(), &clock);
  std::vector<Pointer> got(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      ++begun;
      const Result<Pointer> credentials = source->Get();
      ASSERT_TRUE(credentials.ok());
      got[static_cast<size_t>(i)] = *credentials;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(fetches, 1);
  for (const Pointer& pointer : got) EXPECT_EQ(pointer, got[0]);
}

/// Simulates clients, a slow fetcher that fails now and then, refusals and
/// time. A seed decides the order of events.
class Simulation {
 public:
  explicit Simulation(uint64_t seed)
      : scheduler_(std::make_unique<SimScheduler>(seed)),
        clock_(scheduler_.get(), 1'000'000) {
    source_ = NewRefreshingCredentials(
        std::make_unique<ScriptedFetcher>([this] { return Fetch(); }),
        scheduler_.get(), &clock_);
  }

  void Run() {
    for (int i = 0; i < 4; ++i) {
      scheduler_->Spawn("client-" + std::to_string(i), [this] { Client(); });
    }
    scheduler_->RunAll();
  }

  int fetches() const { return fetches_; }
  int errors() const { return errors_; }
  int waits() const { return waits_; }

 private:
  int64_t Choose(uint64_t n) {
    return static_cast<int64_t>(scheduler_->Choose(n));
  }

  Result<FetchedCredentials> Fetch() {
    EXPECT_FALSE(fetching_) << "two fetches at once";
    fetching_ = true;
    ++fetches_;
    scheduler_->Sleep(seconds(Choose(20)));
    scheduler_->Yield();
    fetching_ = false;
    if (Choose(4) == 0) return Error{ErrorKind::kCredentials, "no"};
    FetchedCredentials fetched;
    fetched.keys.access_key_id = std::to_string(Choose(3));
    fetched.expires = clock_.UnixSeconds() + 20 + Choose(1000);
    // No other thread runs before the source has kept `fetched`.
    valid_until_ = *fetched.expires - 10;
    refused_ = false;
    return fetched;
  }

  bool HasValid() { return !refused_ && clock_.UnixSeconds() < valid_until_; }

  void Client() {
    for (int i = 0; i < 30; ++i) {
      scheduler_->Sleep(seconds(Choose(100)));
      const bool had_valid = HasValid();
      const int64_t before = clock_.UnixSeconds();
      const Result<Pointer> credentials = source_->Get();
      const int64_t waited = clock_.UnixSeconds() - before;
      if (had_valid) {
        EXPECT_TRUE(credentials.ok());
        EXPECT_EQ(waited, 0) << "waits though there are valid credentials";
      }
      if (waited > 0) ++waits_;
      if (!credentials.ok()) {
        EXPECT_EQ(credentials.error().message, "no");
        ++errors_;
        continue;
      }
      given_ = *credentials;
      if (Choose(10) == 0) {
        source_->Expire(given_);
        refused_ = true;
      }
    }
  }

  std::unique_ptr<SimScheduler> scheduler_;
  SimClock clock_;
  std::unique_ptr<CredentialsSource> source_;
  Pointer given_;
  bool fetching_ = false;
  int64_t valid_until_ = 0;
  bool refused_ = false;
  int fetches_ = 0;
  int errors_ = 0;
  int waits_ = 0;
};

TEST(Refreshing, TheDestructorWaitsForABackgroundFetch) {
  SimScheduler scheduler(1);
  SimClock clock(&scheduler, 1'000'000);
  int begun = 0;
  int ended = 0;
  auto source = NewRefreshingCredentials(
      std::make_unique<ScriptedFetcher>([&]() -> Result<FetchedCredentials> {
        ++begun;
        scheduler.Sleep(seconds(5));
        ++ended;
        return FetchedCredentials{{"AKID", "secret", ""},
                                  clock.UnixSeconds() + 3600};
      }),
      &scheduler, &clock);
  ASSERT_TRUE(source->Get().ok());
  scheduler.Sleep(seconds(3400));
  ASSERT_TRUE(source->Get().ok());
  EXPECT_EQ(ended, 1);
  source.reset();
  EXPECT_EQ(begun, 2);
  EXPECT_EQ(ended, 2);
}

// A lost wake-up is a deadlock, which the scheduler reports.
TEST(Refreshing, InAnyOrderFetchesDoNotOverlapAndGetWaitsOnlyIfItMust) {
  int fetches = 0;
  int errors = 0;
  int waits = 0;
  for (uint64_t seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE(seed);
    Simulation simulation(seed);
    simulation.Run();
    fetches += simulation.fetches();
    errors += simulation.errors();
    waits += simulation.waits();
    if (testing::Test::HasFailure()) return;
  }
  // Every outcome occurred.
  EXPECT_GT(fetches, 5'000);
  EXPECT_GT(errors, 500);
  EXPECT_GT(waits, 500);
}

}  // namespace
}  // namespace dynamodown

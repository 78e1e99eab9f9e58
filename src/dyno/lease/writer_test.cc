// Timestamps are unique and rise, with any clock, beside any other writers, and
// after any crash.

#include "dyno/lease/writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "dyno/dyno_test_environment.h"
#include "dyno/item/key.h"
#include "dyno/item/timestamps.h"

namespace dyno {
namespace {

using leveldb::Status;

/// A clock that steps back or forth each time it is read.
class SteppingClock final : public dynamodown::Clock {
 public:
  int64_t UnixSeconds() override { return UnixMilliseconds() / 1000; }
  int64_t UnixMilliseconds() override {
    const uint64_t step = random_.UpTo(20);
    return kSeedMilliseconds + static_cast<int64_t>(++asked_ / 1000) -
           (step == 0 ? 5000 : static_cast<int64_t>(step));
  }

 private:
  dynamodown::Random random_{7};
  std::atomic<uint64_t> asked_{0};
};

class WriterTest : public testing::Test {
 protected:
  std::unique_ptr<Writer> NewWriter() {
    Options options = DynoTestEnvironment::SeedOptions();
    if (environment_.backend.is_shared) options.slot = 0;
    auto writer = std::make_unique<Writer>(options, &environment_.backend,
                                           environment_.injected());
    const Status status = writer->Load();
    EXPECT_TRUE(status.ok()) << status.ToString();
    return writer;
  }
  Flake Next(Writer* writer) {
    const Result<std::vector<Flake>> issued = writer->Issue(1);
    EXPECT_TRUE(issued.ok()) << issued.error().ToString();
    if (!issued.ok()) return Flake();
    writer->Done(*issued);
    return issued->front();
  }
  SlotRecord SlotOf(uint16_t slot) {
    const std::string key = SlotKey(slot);
    const auto records = environment_.backend.records();
    const auto found = records.find(key);
    if (found == records.end()) return SlotRecord();
    const Result<SlotRecord> record = DecodeSlot(key, found->second);
    EXPECT_TRUE(record.ok());
    return record.ok() ? *record : SlotRecord();
  }

  DynoTestEnvironment environment_;
};

TEST_F(WriterTest, AMillionTimestampsFromEightThreadsAreUniqueAndRise) {
  constexpr size_t kThreads = 8;
  constexpr size_t kRounds = 5;
  constexpr size_t kEach = 25 * 1000;
  SteppingClock clock;
  Environment environment = environment_.injected();
  environment.clock = &clock;
  std::vector<Flake> all;
  Flake last;
  for (size_t round = 0; round < kRounds; ++round) {
    Writer writer(DynoTestEnvironment::SeedOptions(), &environment_.backend,
                  environment);
    ASSERT_TRUE(writer.Load().ok());
    std::vector<std::vector<Flake>> given(kThreads);
    std::vector<std::thread> threads;
    for (std::vector<Flake>& own : given) {
      threads.emplace_back([&writer, &own] {
        for (size_t i = 0; i < kEach; ++i) {
          const Result<std::vector<Flake>> issued = writer.Issue(1);
          if (!issued.ok()) return;
          own.push_back(issued->front());
          writer.Done(*issued);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    Flake greatest;
    for (const std::vector<Flake>& own : given) {
      ASSERT_EQ(own.size(), kEach);
      ASSERT_TRUE(std::adjacent_find(own.begin(), own.end(),
                                     [](const Flake& a, const Flake& b) {
                                       return a >= b;
                                     }) == own.end());
      ASSERT_GT(own.front(), last) << "after a restart";
      greatest = std::max(greatest, own.back());
      all.insert(all.end(), own.begin(), own.end());
    }
    last = greatest;
    // Every second writer ends without Close, as in a crash.
    ASSERT_TRUE(round % 2 == 1 || writer.Close().ok());
  }
  ASSERT_EQ(all.size(), 1000u * 1000);
  std::sort(all.begin(), all.end());
  EXPECT_TRUE(std::adjacent_find(all.begin(), all.end()) == all.end());
}

TEST_F(WriterTest, EachTimestampIsReservedBeforeItIsIssued) {
  const auto writer = NewWriter();
  for (int i = 0; i < 2000; ++i) {
    environment_.clock.now += i % 7 == 0 ? 500 : -40;
    const Flake given = Next(writer.get());
    ASSERT_LE(given, SlotOf(0x188c).reserved);
  }
}

TEST_F(WriterTest, TheReserveIsWrittenOnceAMinute) {
  const auto writer = NewWriter();
  Next(writer.get());
  const int before = environment_.backend.writes;
  for (int i = 0; i < 600; ++i) {
    environment_.clock.now += 1000;
    Next(writer.get());
  }
  EXPECT_EQ(environment_.backend.writes - before, 600 / 61);
}

TEST_F(WriterTest, AfterACrashTheClockBeginsAboveTheReserve) {
  NewWriter()->Issue(1).ok();
  const Flake reserved = SlotOf(0x188c).reserved;
  environment_.clock.now -= 5000;
  const Flake next = Next(NewWriter().get());
  EXPECT_GT(next, reserved);
  EXPECT_EQ(next.clock(), reserved.clock() + 1);
}

TEST_F(WriterTest, AfterCloseTheNextTimestampComesRightAfterTheLast) {
  const auto writer = NewWriter();
  const Flake last = Next(writer.get());
  ASSERT_TRUE(writer->Close().ok());
  EXPECT_FALSE(SlotOf(0x188c).open);
  EXPECT_EQ(Next(NewWriter().get()).clock(), last.clock() + 1);
  // The first writer may also continue after its Close.
  EXPECT_GT(Next(writer.get()), last);
}

TEST_F(WriterTest, AWriterThatWroteNothingClosesNothing) {
  EXPECT_TRUE(NewWriter()->Close().ok());
  EXPECT_EQ(environment_.backend.writes, 0);
}

TEST_F(WriterTest, ReadingATimestampWithinTheDriftLimitAdvancesTheClock) {
  const auto writer = NewWriter();
  const Flake first = Next(writer.get());
  Flake foreign = first;
  foreign.replica = 1;
  foreign.milliseconds += 30 * 1000;
  writer->Show(foreign);
  const Flake second = Next(writer.get());
  EXPECT_EQ(second.clock(), foreign.clock() + 1);
  foreign.milliseconds += 60 * 1000;
  writer->Show(foreign);
  EXPECT_EQ(Next(writer.get()).clock(), second.clock() + 1);
}

TEST_F(WriterTest, IfTheReserveCannotBeWrittenNothingIsIssued) {
  const auto writer = NewWriter();
  environment_.backend.before_write = [](int) {
    return Status::IOError("broken");
  };
  EXPECT_FALSE(writer->Issue(1).ok());
  environment_.backend.before_write = nullptr;
  const Flake first = Next(writer.get());
  environment_.clock.now += 120 * 1000;
  // The renewal takes effect, but the writer gets an error.
  environment_.backend.after_write = [](int) {
    return Status::IOError("timeout:");
  };
  EXPECT_FALSE(writer->Issue(1).ok());
  environment_.backend.after_write = nullptr;
  const Flake second = Next(writer.get());
  EXPECT_GT(second, first);
  EXPECT_LE(second, SlotOf(0x188c).reserved);
}

TEST_F(WriterTest, ASlotOrMinimumAtTheEndOfTimeIsDamaged) {
  const Flake end = EndOf(~uint64_t{0});
  SlotRecord slot;
  slot.reserved = end;
  environment_.backend.Put(SlotKey(0x188c), EncodeSlot(slot));
  EXPECT_TRUE(NewWriter()->Issue(1).error().IsCorruption());
  environment_.backend.Put(SlotKey(0x188c), "{");
  const auto writer = NewWriter();
  const Result<std::vector<Flake>> issued = writer->Issue(1);
  EXPECT_TRUE(issued.error().IsCorruption());
  EXPECT_NE(issued.error().ToString().find("%dyno/w/188c"), std::string::npos);

  environment_.backend.is_shared = true;
  environment_.backend.Put("%dyno/floor", "\"" + end.ToString() + "\"");
  EXPECT_TRUE(NewWriter()->Issue(1).error().IsCorruption());
}

TEST_F(WriterTest, OnlyAPromiseToOthersIsStored) {
  const auto writer = NewWriter();
  Next(writer.get());
  const Flake before = SlotOf(0x188c).promise;
  for (const auto audience :
       {Writer::Audience::kThisStore, Writer::Audience::kOthers}) {
    environment_.clock.now += 1000;
    const auto promised = writer->Promise(audience);
    ASSERT_TRUE(promised.ok() && promised->has_value());
    EXPECT_EQ((*promised)->before, before);
    EXPECT_EQ(SlotOf(0x188c).promise, audience == Writer::Audience::kOthers
                                          ? (*promised)->now
                                          : before);
  }
}

// --------------------------------------------------------- shared stores

TEST_F(WriterTest, WritersOfASharedStoreHaveSlotsOfTheirOwn) {
  environment_.backend.is_shared = true;
  const auto a = NewWriter();
  const auto b = NewWriter();
  const Flake first = Next(a.get());
  const Flake second = Next(b.get());
  EXPECT_EQ(first.slot, 1);
  EXPECT_EQ(second.slot, 2);
  EXPECT_EQ(first.replica, second.replica);
  EXPECT_TRUE(SlotOf(1).open);
  EXPECT_EQ(SlotOf(1).promise, Flake());
}

TEST_F(WriterTest, AClosedSlotIsTakenAgainAboveItsReserve) {
  environment_.backend.is_shared = true;
  const auto a = NewWriter();
  const auto b = NewWriter();
  Next(a.get());
  Next(b.get());
  Flake last;
  for (int i = 0; i < 100; ++i) last = Next(a.get());
  ASSERT_TRUE(a->Close().ok());
  const auto c = NewWriter();
  const Flake next = Next(c.get());
  EXPECT_EQ(next.slot, 1);
  EXPECT_GT(next, last);
  EXPECT_EQ(Next(a.get()).slot, 3);
}

TEST_F(WriterTest, AdoptTakesTheTimestampsSlotIfTheSlotIsFree) {
  environment_.backend.is_shared = true;
  std::vector<std::unique_ptr<Writer>> writers;
  std::vector<Flake> given;
  for (int i = 0; i < 8; ++i) {
    writers.push_back(NewWriter());
    given.push_back(Next(writers.back().get()));
  }
  for (const auto& writer : writers) ASSERT_TRUE(writer->Close().ok());
  for (const Flake& timestamp : given) {
    const auto writer = NewWriter();
    EXPECT_TRUE(writer->Adopt(timestamp).ok()) << timestamp.ToString();
    writer->Done({timestamp});
    EXPECT_GT(Next(writer.get()), timestamp);
    ASSERT_TRUE(writer->Close().ok());
  }
  // A slot that another writer holds is not taken.
  const auto owner = NewWriter();
  ASSERT_TRUE(owner->Adopt(given[3]).ok());
  EXPECT_TRUE(NewWriter()->Adopt(given[3]).IsInvalidArgument());
}

TEST_F(WriterTest, AnOpenSlotIsNeverTaken) {
  environment_.backend.is_shared = true;
  NewWriter()->Issue(1).ok();  // Ends without Close.
  EXPECT_EQ(Next(NewWriter().get()).slot, 2);
}

TEST_F(WriterTest, IfAnotherWriterTakesTheSlotFirstANewSlotIsTaken) {
  environment_.backend.is_shared = true;
  const auto a = NewWriter();
  Next(a.get());
  ASSERT_TRUE(a->Close().ok());
  // Another writer takes slot 1 right before this writer's write.
  bool was_first = false;
  environment_.backend.before_write = [&](int) {
    if (was_first) return Status::OK();
    was_first = true;
    SlotRecord slot = SlotOf(1);
    slot.open = true;
    environment_.backend.Put(SlotKey(1), EncodeSlot(slot));
    return Status::OK();
  };
  EXPECT_EQ(Next(NewWriter().get()).slot, 2);
}

TEST_F(WriterTest, AllTimestampsAreAboveAMinimumRaisedAfterTheSlotWasTaken) {
  environment_.backend.is_shared = true;
  const Flake minimum = EndOf(ClockAt(kSeedMilliseconds + 90 * 1000));
  // The minimum is raised after the writer has put its slot's record and before
  // it reads the minimum.
  environment_.backend.after_write = [&](int) {
    if (SlotOf(1).open) {
      environment_.backend.Put("%dyno/floor", "\"" + minimum.ToString() + "\"");
    }
    return Status::OK();
  };
  const Flake first = Next(NewWriter().get());
  EXPECT_GT(first, minimum);
  EXPECT_LE(first, SlotOf(1).reserved);
}

TEST_F(WriterTest, AWriterWhoseSlotWasClosedByOthersTakesAnotherSlot) {
  environment_.backend.is_shared = true;
  const auto writer = NewWriter();
  const Flake first = Next(writer.get());
  SlotRecord slot = SlotOf(1);
  slot.open = false;
  environment_.backend.Put(SlotKey(1), EncodeSlot(slot));
  const auto other = NewWriter();
  EXPECT_EQ(Next(other.get()).slot, 1);
  // The first writer notices at the latest when its reserve is used up.
  environment_.clock.now += 120 * 1000;
  const Flake second = Next(writer.get());
  EXPECT_EQ(second.slot, 2);
  EXPECT_GT(second, first);
}

TEST_F(WriterTest, TwoWritersThatCreateAStoreAgreeOnItsReplica) {
  environment_.backend.is_shared = true;
  Options options;
  Writer a(options, &environment_.backend, environment_.injected());
  Writer b(options, &environment_.backend, environment_.injected());
  ASSERT_TRUE(a.Load().ok());
  ASSERT_TRUE(b.Load().ok());
  const Result<std::vector<Flake>> first = a.Issue(1);
  const Result<std::vector<Flake>> second = b.Issue(1);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first->front().replica, second->front().replica);
  EXPECT_NE(first->front().replica, 0u);
}

// A sync abandons its timestamps when the outcome of its writes is unknown. At
// that moment the keeper may be waiting for an answer of the same service.
TEST_F(WriterTest, TimestampsAbandonedDuringARenewalDoNotHoldUpClose) {
  environment_.backend.is_shared = true;
  const auto writer = NewWriter();
  const Result<std::vector<Flake>> issued = writer->Issue(1);
  ASSERT_TRUE(issued.ok());
  ASSERT_EQ(issued->front().slot, 1);
  std::promise<void> renewing;
  std::promise<void> answer;
  std::atomic<bool> is_first = true;
  environment_.backend.before_write = [&](int) {
    if (!is_first.exchange(false)) return Status::OK();
    renewing.set_value();
    answer.get_future().wait();
    return Status::OK();
  };
  std::thread renewal([&] {
    const auto promised = writer->Promise(Writer::Audience::kOthers);
    // The slot is no longer this writer's, so there is no promise for it.
    EXPECT_TRUE(promised.ok() && !promised->has_value());
  });
  renewing.get_future().wait();
  writer->Abandon(*issued);
  answer.set_value();
  renewal.join();
  auto closed = std::async(std::launch::async, [&] { return writer->Close(); });
  const bool ends =
      closed.wait_for(std::chrono::seconds(10)) == std::future_status::ready;
  EXPECT_TRUE(ends) << "Close waits for the abandoned timestamps";
  if (!ends) writer->Done(*issued);
  EXPECT_TRUE(closed.get().ok());
  EXPECT_TRUE(SlotOf(1).open) << "writes may still arrive";
  EXPECT_EQ(Next(writer.get()).slot, 2);
  // The slot is lost already, and the writer's new slot is not.
  writer->Abandon(*issued);
  EXPECT_EQ(Next(writer.get()).slot, 2);
}

/// Real threads, and a time that passes only by Advance.
class HandScheduler final : public dynamodown::Scheduler {
 public:
  void Run(std::function<void()> task) override { threads_->Run(task); }
  bool Wait(std::unique_lock<std::mutex>& lock,
            const std::function<bool()>& ready) override {
    return threads_->Wait(lock, ready);
  }
  bool WaitUntil(std::unique_lock<std::mutex>& lock,
                 const std::function<bool()>& ready, TimePoint) override {
    return threads_->Wait(lock, ready);
  }
  void Notify() override { threads_->Notify(); }
  void Sleep(Duration duration) override { Advance(duration); }
  TimePoint Now() override { return now_; }
  void Advance(Duration duration) { now_ = now_.load() + duration; }

 private:
  std::unique_ptr<dynamodown::Scheduler> threads_ =
      dynamodown::NewThreadScheduler(1);
  std::atomic<TimePoint> now_{TimePoint()};
};

TEST_F(WriterTest, CloseDoesNotWaitForTheDeadlineOfEachWriteInDoubt) {
  environment_.backend.is_shared = true;
  HandScheduler scheduler;
  Environment environment = environment_.injected();
  environment.scheduler = &scheduler;
  Options options = DynoTestEnvironment::SeedOptions();
  options.slot = 0;
  Writer writer(options, &environment_.backend, environment);
  ASSERT_TRUE(writer.Load().ok());
  const Result<std::vector<Flake>> issued = writer.Issue(100);
  ASSERT_TRUE(issued.ok());
  for (const Flake& each : *issued) {
    leveldb::WriteBatch batch;
    batch.Put(each.ToString(), "1");
    writer.Doubt({{each}, batch, {}});
  }
  constexpr std::chrono::seconds kDeadline(3);
  bool is_down = true;
  environment_.backend.before_write = [&](int) {
    if (!is_down) return Status::OK();
    scheduler.Advance(kDeadline);
    return Status::IOError("timeout: no answer");
  };
  const auto begin = scheduler.Now();
  EXPECT_TRUE(writer.Close().IsIOError());
  EXPECT_LE(scheduler.Now() - begin, std::chrono::seconds(5) + kDeadline);
  // Once the service answers again, one round writes all of them.
  is_down = false;
  EXPECT_TRUE(writer.Close().ok());
  for (const Flake& each : *issued) {
    EXPECT_EQ(environment_.backend.records().count(each.ToString()), 1u);
  }
}

}  // namespace
}  // namespace dyno

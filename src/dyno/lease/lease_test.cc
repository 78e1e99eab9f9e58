// In a replicated shared store, a writer keeps its slot while the writer is in
// use, and promises no more than it can keep.

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "dyno/dyno_test_environment.h"
#include "dyno/item/key.h"
#include "dyno/item/timestamps.h"
#include "dyno/lease/slot_codec.h"
#include "dyno/sync.h"
#include "dyno/sync/stability.h"
#include "sim/sim_scheduler.h"

namespace dyno {
namespace {

using dynamodown::SimScheduler;
using leveldb::Status;
using std::chrono::minutes;
using std::chrono::seconds;

class VirtualClock final : public dynamodown::Clock {
 public:
  explicit VirtualClock(SimScheduler* scheduler) : scheduler_(scheduler) {}
  int64_t UnixSeconds() override { return UnixMilliseconds() / 1000; }
  int64_t UnixMilliseconds() override {
    return kSeedMilliseconds +
           std::chrono::duration_cast<std::chrono::milliseconds>(
               scheduler_->Now().time_since_epoch())
               .count();
  }

 private:
  SimScheduler* const scheduler_;
};

class LeaseTest : public testing::Test {
 protected:
  LeaseTest() { backend_.is_shared = true; }

  std::unique_ptr<Store> Open() {
    Options options;
    options.replicated = true;
    Store* opened = nullptr;
    const Status status = OpenWithEnvironment(
        options, &backend_, {&clock_, &random_, &scheduler_}, nullptr, &opened);
    EXPECT_TRUE(status.ok()) << status.ToString();
    return std::unique_ptr<Store>(opened);
  }
  static StoreParts* PartsOf(Store* store) { return *dyno::PartsOf(store); }
  static Writer& WriterOf(Store* store) { return PartsOf(store)->writer; }
  /// Writes to the item "kim". The log entry is written, and the record is
  /// lost. Returns the timestamp of the lost record.
  Flake LoseAWrite(Store* store) {
    EXPECT_TRUE(store->PutItem({}, "kim", "{}").ok());
    int writes = 0;
    backend_.before_write = [&writes](int) {
      return ++writes == 2 ? Status::IOError("timeout: no answer")
                           : Status::OK();
    };
    std::string timestamp;
    const Status unknown = store->PutAttrs({}, "kim", R"({"a":1})", &timestamp);
    backend_.before_write = nullptr;
    EXPECT_TRUE(unknown.IsIOError()) << unknown.ToString();
    EXPECT_EQ(backend_.items().size(), 1u);
    Flake lost;
    EXPECT_TRUE(Flake::Parse(timestamp, &lost));
    return lost;
  }
  Flake Issue(Store* store) {
    const auto issued = WriterOf(store).Issue(1);
    EXPECT_TRUE(issued.ok());
    return issued.ok() ? issued->front() : Flake();
  }
  SlotRecord SlotOf(uint16_t slot) {
    const std::string key = SlotKey(slot);
    const auto records = backend_.records();
    const auto found = records.find(key);
    if (found == records.end()) return SlotRecord();
    const Result<SlotRecord> record = DecodeSlot(key, found->second);
    EXPECT_TRUE(record.ok());
    return record.ok() ? *record : SlotRecord();
  }
  size_t slots() {
    size_t count = 0;
    for (const auto& [key, value] : backend_.records()) {
      count += ParseSlotKey(key).has_value();
    }
    return count;
  }
  Stability StabilityOf(Store* store) {
    Stability stability;
    const Status status = ComputeStability(
        PartsOf(store), &backend_, Writer::Audience::kOthers, &stability);
    EXPECT_TRUE(status.ok()) << status.ToString();
    return stability;
  }
  Flake PromiseOf(Store* store) {
    const Stability stability = StabilityOf(store);
    return stability.known.at(stability.replica).known;
  }

  SimScheduler scheduler_{1};
  VirtualClock clock_{&scheduler_};
  dynamodown::Random random_{1};
  MemoryBackend backend_;
};

TEST_F(LeaseTest, ASlotInUseIsRenewedAndAnIdleSlotIsClosed) {
  const auto store = Open();
  DYNO_OK(store->PutItem({}, "kim", "{}"));
  EXPECT_TRUE(SlotOf(1).open);
  EXPECT_EQ(SlotOf(1).promise, Flake());
  Flake last;
  for (int i = 0; i < 5; ++i) {
    scheduler_.Sleep(seconds(6));
    EXPECT_TRUE(SlotOf(1).open);
    EXPECT_GT(SlotOf(1).promise, last);
    last = SlotOf(1).promise;
    DYNO_OK(store->PutItem({}, "kim", "{}"));
  }
  scheduler_.Sleep(seconds(16));
  EXPECT_FALSE(SlotOf(1).open);
  // The slot is taken again when it is needed.
  DYNO_OK(store->PutItem({}, "kim", "{}"));
  EXPECT_TRUE(SlotOf(1).open);
  EXPECT_EQ(slots(), 1u);
}

TEST_F(LeaseTest, AStoreThatIsNotReplicatedCostsNothingWhileItIsOpen) {
  Store* opened = nullptr;
  DYNO_OK(OpenWithEnvironment(Options(), &backend_,
                              {&clock_, &random_, &scheduler_}, nullptr,
                              &opened));
  const std::unique_ptr<Store> store(opened);
  DYNO_OK(store->PutItem({}, "kim", "{}"));
  const int writes = backend_.writes;
  scheduler_.Sleep(minutes(4));
  EXPECT_EQ(backend_.writes, writes);
}

TEST_F(LeaseTest, TheSlotIsTakenBeforeTheMinimumIsRead) {
  const auto first = Open();
  DYNO_OK(first->PutItem({}, "kim", "{}"));
  const auto second = Open();
  // If a process raises the minimum right before `second` reads it, and then
  // lists the slots, that process must see slot 2.
  bool is_listed_when_the_minimum_is_read = false;
  Flake minimum;
  backend_.before_range = [&] {
    if (!SlotOf(2).open || is_listed_when_the_minimum_is_read) return;
    is_listed_when_the_minimum_is_read = true;
    EXPECT_EQ(SlotOf(2).promise, Flake());
    minimum = EndOf(ClockAtWall(clock_.UnixMilliseconds() + 1000));
    backend_.Put(std::string(kMinimumKey), EncodeMinimum(minimum));
  };
  std::string timestamp;
  DYNO_OK(second->PutItem({}, "kim", "{}", &timestamp));
  backend_.before_range = nullptr;
  EXPECT_TRUE(is_listed_when_the_minimum_is_read);
  Flake given;
  ASSERT_TRUE(Flake::Parse(timestamp, &given));
  EXPECT_GT(given, minimum);
}

TEST_F(LeaseTest, ATimestampInFlightHoldsThePromiseBack) {
  const auto store = Open();
  DYNO_OK(store->PutItem({}, "kim", "{}"));
  const Flake pending = Issue(store.get());
  DYNO_OK(store->PutItem({}, "kim", "{}"));
  scheduler_.Sleep(minutes(1));
  EXPECT_TRUE(SlotOf(1).open);
  EXPECT_LT(SlotOf(1).promise, pending);
  EXPECT_LT(PromiseOf(store.get()), pending);
  WriterOf(store.get()).Done({pending});
  EXPECT_GT(PromiseOf(store.get()), pending);
}

TEST_F(LeaseTest, CloseWaitsForTimestampsInFlight) {
  const auto store = Open();
  const Flake pending = Issue(store.get());
  bool is_done = false;
  scheduler_.Spawn("writer", [&] {
    scheduler_.Sleep(seconds(3));
    is_done = true;
    WriterOf(store.get()).Done({pending});
  });
  DYNO_OK(store->Close());
  EXPECT_TRUE(is_done);
  EXPECT_FALSE(SlotOf(1).open);
  scheduler_.RunAll();
}

TEST_F(LeaseTest, FailuresToReadTheMinimumTakeOnlyOneSlotAndCloseGivesItBack) {
  const auto store = Open();
  DYNO_OK(store->PutItem({}, "kim", "{}"));
  DYNO_OK(store->Close());
  const auto other = Open();
  for (int i = 0; i < 3; ++i) {
    int ranges = 0;
    backend_.fails_at = std::string(kIdKey);
    backend_.before_range = [&] { ++ranges; };
    EXPECT_FALSE(other->PutItem({}, "kim", "{}").ok());
    backend_.fails_at.clear();
    backend_.before_range = nullptr;
  }
  EXPECT_EQ(slots(), 1u);
  DYNO_OK(other->Close());
  EXPECT_FALSE(SlotOf(1).open);
}

TEST_F(LeaseTest, ADeadWritersSlotIsClosedAfterAQuarterOfAnHour) {
  // A dead process has no keeper any more; its slot stays open.
  const auto alive = Open();
  DYNO_OK(alive->PutItem({}, "kim", "{}"));
  DYNO_OK(alive->Close());
  SlotRecord dead;
  dead.open = true;
  dead.reserved = EndOf(ClockAtWall(clock_.UnixMilliseconds() + 60000));
  backend_.Put(SlotKey(7), EncodeSlot(dead));
  EXPECT_EQ(PromiseOf(alive.get()), Flake());
  scheduler_.Sleep(minutes(14));
  EXPECT_EQ(PromiseOf(alive.get()), Flake());
  scheduler_.Sleep(minutes(1));
  EXPECT_GT(PromiseOf(alive.get()), Flake());
  EXPECT_FALSE(SlotOf(7).open);
  EXPECT_EQ(SlotOf(7).reserved, dead.reserved);
}

TEST_F(LeaseTest, ASlotThatIsRenewedIsNotTakenForDead) {
  const auto writer = Open();
  const auto other = Open();
  DYNO_OK(writer->PutItem({}, "kim", "{}"));
  const Flake pending = Issue(writer.get());
  for (int i = 0; i < 20; ++i) {
    scheduler_.Sleep(minutes(1));
    PromiseOf(other.get());
    ASSERT_TRUE(SlotOf(1).open) << i;
  }
  WriterOf(writer.get()).Done({pending});
}

TEST_F(LeaseTest, NothingIsWrittenFromASlotThatOthersHaveClosed) {
  const auto writer = Open();
  const auto other = Open();
  DYNO_OK(writer->PutItem({}, "kim", "{}"));
  DYNO_OK(CloseWriter(other.get(), 1));
  const Flake pending = Issue(writer.get());
  scheduler_.Sleep(seconds(6));  // The writer notices.
  EXPECT_FALSE(WriterOf(writer.get()).CheckInFlight(pending).ok());
  DYNO_OK(writer->PutItem({}, "kim", "{}"));
  EXPECT_TRUE(WriterOf(writer.get()).open_slot().has_value());
}

TEST_F(LeaseTest, IfTheSlotIsLostDuringTheAnnouncementNoRecordIsWritten) {
  const auto writer = Open();
  const auto other = Open();
  DYNO_OK(writer->PutItem({}, "kim", "{}"));
  bool is_lost = false;
  backend_.before_write = [&](int) {
    if (is_lost) return Status::OK();
    is_lost = true;
    EXPECT_TRUE(CloseWriter(other.get(), 1).ok());
    scheduler_.Sleep(seconds(6));  // The keeper finds out.
    return Status::OK();
  };
  const Status refused = writer->PutAttrs({}, "kim", R"({"a":1})");
  backend_.before_write = nullptr;
  EXPECT_TRUE(is_lost);
  EXPECT_TRUE(refused.IsIOError()) << refused.ToString();
  EXPECT_EQ(backend_.items().size(), 1u);
}

TEST_F(LeaseTest, TakingAClosedSlotResetsThePromiseOfTheSlot) {
  const auto first = Open();
  DYNO_OK(first->PutItem({}, "kim", "{}"));
  scheduler_.Sleep(seconds(6));
  DYNO_OK(first->Close());
  EXPECT_FALSE(SlotOf(1).open);
  EXPECT_GT(SlotOf(1).promise, Flake());
  const auto second = Open();
  DYNO_OK(second->PutItem({}, "kim", "{}"));
  EXPECT_EQ(WriterOf(second.get()).open_slot(), 1);
  EXPECT_EQ(SlotOf(1).promise, Flake());
}

TEST_F(LeaseTest, AWriteOfUnknownOutcomeIsResolvedBeforeThePromisePassesIt) {
  const auto store = Open();
  const Flake lost = LoseAWrite(store.get());
  scheduler_.Sleep(seconds(1));
  EXPECT_GT(PromiseOf(store.get()), lost);
  EXPECT_EQ(backend_.items().size(), 2u);
  // A repeat of the write with its timestamp counts once, or is refused as too
  // late.
  WriteOptions again;
  again.timestamp = lost.ToString();
  const Status repeated = store->PutAttrs(again, "kim", R"({"a":1})");
  EXPECT_TRUE(repeated.ok() || repeated.IsInvalidArgument())
      << repeated.ToString();
  EXPECT_EQ(backend_.items().size(), 2u);
}

TEST_F(LeaseTest, TheKeeperResolvesAWriteOfUnknownOutcome) {
  const auto store = Open();
  const Flake lost = LoseAWrite(store.get());
  scheduler_.Sleep(seconds(6));
  EXPECT_EQ(backend_.items().size(), 2u);
  EXPECT_GT(SlotOf(1).promise, lost);
  // Nothing is in flight any more, so the slot is idle.
  scheduler_.Sleep(seconds(16));
  EXPECT_FALSE(SlotOf(1).open);
}

TEST_F(LeaseTest, ALeaseThatIsStaleByEitherClockIsRenewedBeforeItIsUsed) {
  // The store is not replicated, so no keeper renews the lease.
  HandClock clock;
  Writer writer(Options(), &backend_, {&clock, &random_, &scheduler_});
  const auto issue = [&writer] {
    const auto issued = writer.Issue(1);
    EXPECT_TRUE(issued.ok());
    return issued.ok() ? issued->front() : Flake();
  };
  const Flake first = issue();
  DYNO_OK(writer.CheckInFlight(first));
  // The time of day stands still.
  scheduler_.Sleep(minutes(6));
  EXPECT_TRUE(writer.CheckInFlight(first).IsIOError());
  const int writes = backend_.writes;
  const Flake second = issue();
  EXPECT_EQ(backend_.writes, writes + 1);
  DYNO_OK(writer.CheckInFlight(second));
  // The machine sleeps: only the time of day goes on.
  clock.now += 6 * 60 * 1000;
  EXPECT_TRUE(writer.CheckInFlight(second).IsIOError());
  DYNO_OK(writer.CheckInFlight(issue()));
}

TEST_F(LeaseTest, CloseLeavesTheSlotOpenWhileAWriteIsInDoubt) {
  const auto store = Open();
  DYNO_OK(store->PutItem({}, "kim", "{}"));
  int writes = 0;
  backend_.before_write = [&](int) {
    // The record is lost, and its repeat is lost as well.
    ++writes;
    return writes == 2 || writes == 3 ? Status::IOError("timeout: no answer")
                                      : Status::OK();
  };
  EXPECT_FALSE(store->PutAttrs({}, "kim", R"({"a":1})").ok());
  const Status closed = store->Close();
  backend_.before_write = nullptr;
  EXPECT_TRUE(closed.IsIOError()) << closed.ToString();
  EXPECT_TRUE(SlotOf(1).open);
}

TEST_F(LeaseTest, ARefusalOfTheRepeatDoesNotEndTheDoubtOfAWrite) {
  const auto store = Open();
  DYNO_OK(store->PutItem({}, "kim", "{}"));
  int writes = 0;
  backend_.before_write = [&](int) {
    ++writes;
    if (writes == 2) return Status::IOError("timeout: no answer");
    return writes == 3 ? Status::NotSupported("refused") : Status::OK();
  };
  std::string timestamp;
  EXPECT_FALSE(store->PutAttrs({}, "kim", R"({"a":1})", &timestamp).ok());
  Flake doubted;
  ASSERT_TRUE(Flake::Parse(timestamp, &doubted));
  EXPECT_LT(PromiseOf(store.get()), doubted);
  backend_.before_write = nullptr;
  EXPECT_EQ(backend_.items().size(), 1u);
  scheduler_.Sleep(seconds(1));
  EXPECT_GT(PromiseOf(store.get()), doubted);
  EXPECT_EQ(backend_.items().size(), 2u);
}

TEST_F(LeaseTest, NoTwoChangesInAStoreHaveTheSameTimestamp) {
  const auto store = Open();
  DYNO_OK(store->PutItem({}, "kim", "{}"));
  std::string timestamp;
  DYNO_OK(store->NewTimestamp(&timestamp));
  WriteOptions options;
  options.timestamp = timestamp;
  DYNO_OK(store->PutAttrs(options, "kim", R"({"a":1})"));
  DYNO_OK(store->PutAttrs(options, "kim", R"({"a":1})"));
  const Status other = store->PutAttrs(options, "yuri", R"({"a":1})");
  EXPECT_TRUE(other.IsInvalidArgument()) << other.ToString();
  EXPECT_EQ(backend_.items().size(), 2u);
}

TEST_F(LeaseTest, ATimestampBelowThePromiseIsRefused) {
  const auto store = Open();
  DYNO_OK(store->PutItem({}, "kim", "{}"));
  std::string timestamp;
  DYNO_OK(store->NewTimestamp(&timestamp));
  scheduler_.Sleep(seconds(6));
  WriteOptions options;
  options.timestamp = timestamp;
  const Status late = store->PutAttrs(options, "kim", R"({"a":1})");
  EXPECT_TRUE(late.IsInvalidArgument()) << late.ToString();
  EXPECT_EQ(backend_.items().size(), 1u);
}

TEST_F(LeaseTest, ATimestampBelowTheMinimumIsRefused) {
  const auto first = Open();
  DYNO_OK(first->PutItem({}, "kim", "{}"));
  std::string timestamp;
  DYNO_OK(first->NewTimestamp(&timestamp));
  DYNO_OK(first->Close());
  Flake given;
  ASSERT_TRUE(Flake::Parse(timestamp, &given));
  scheduler_.Sleep(seconds(1));
  const auto second = Open();
  EXPECT_GT(PromiseOf(second.get()), given);
  WriteOptions options;
  options.timestamp = timestamp;
  const Status late = second->PutAttrs(options, "kim", R"({"a":1})");
  EXPECT_TRUE(late.IsInvalidArgument()) << late.ToString();
  EXPECT_EQ(backend_.items().size(), 1u);
}

}  // namespace
}  // namespace dyno

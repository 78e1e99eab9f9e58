// A writer keeps its place in a replicated shared store while it is used, and
// promises no more than it can keep.

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "dyno/dyno_test_world.h"
#include "dyno/key.h"
#include "dyno/parts.h"
#include "dyno/sync.h"
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

class PlaceTest : public testing::Test {
 protected:
  PlaceTest() { backend_.is_shared = true; }

  std::unique_ptr<Store> Open() {
    Options options;
    options.replicated = true;
    Store* opened = nullptr;
    const Status status = OpenWired(
        options, &backend_, {&clock_, &random_, &scheduler_}, nullptr, &opened);
    EXPECT_TRUE(status.ok()) << status.ToString();
    return std::unique_ptr<Store>(opened);
  }
  Flake Issue(Store* store) {
    const auto issued = store->parts()->writer.Issue(1);
    EXPECT_TRUE(issued.ok());
    return issued.ok() ? issued->front() : Flake();
  }
  WriterPlace PlaceOf(uint16_t slot) {
    const std::string key = WriterKey(slot);
    const auto records = backend_.records();
    const auto found = records.find(key);
    if (found == records.end()) return WriterPlace();
    const Result<WriterPlace> place = DecodeWriterPlace(key, found->second);
    EXPECT_TRUE(place.ok());
    return place.ok() ? *place : WriterPlace();
  }
  size_t places() {
    size_t count = 0;
    for (const auto& [key, value] : backend_.records()) {
      count += ParseWriterKey(key).has_value();
    }
    return count;
  }
  Vouched VouchFor(Store* store) {
    Vouched vouched;
    const Status status =
        Vouch(store->parts(), &backend_, Writer::Audience::kOthers, &vouched);
    EXPECT_TRUE(status.ok()) << status.ToString();
    return vouched;
  }
  Flake PromiseOf(Store* store) {
    const Vouched vouched = VouchFor(store);
    return vouched.known.at(vouched.replica).known;
  }

  SimScheduler scheduler_{1};
  VirtualClock clock_{&scheduler_};
  dynamodown::Random random_{1};
  MemoryBackend backend_;
};

TEST_F(PlaceTest, InUseItIsRenewedAndIdleItIsClosed) {
  const auto store = Open();
  DYNO_OK(store->PutItem({}, "kim", "{}"));
  EXPECT_TRUE(PlaceOf(1).open);
  EXPECT_EQ(PlaceOf(1).promise, Flake());
  Flake last;
  for (int i = 0; i < 5; ++i) {
    scheduler_.Sleep(seconds(6));
    EXPECT_TRUE(PlaceOf(1).open);
    EXPECT_GT(PlaceOf(1).promise, last);
    last = PlaceOf(1).promise;
    DYNO_OK(store->PutItem({}, "kim", "{}"));
  }
  scheduler_.Sleep(seconds(16));
  EXPECT_FALSE(PlaceOf(1).open);
  // And is taken again when it is needed.
  DYNO_OK(store->PutItem({}, "kim", "{}"));
  EXPECT_TRUE(PlaceOf(1).open);
  EXPECT_EQ(places(), 1u);
}

TEST_F(PlaceTest, AStoreThatIsNotReplicatedCostsNothingWhileItIsOpen) {
  Store* opened = nullptr;
  DYNO_OK(OpenWired(Options(), &backend_, {&clock_, &random_, &scheduler_},
                    nullptr, &opened));
  const std::unique_ptr<Store> store(opened);
  DYNO_OK(store->PutItem({}, "kim", "{}"));
  const int writes = backend_.writes;
  scheduler_.Sleep(minutes(4));
  EXPECT_EQ(backend_.writes, writes);
}

TEST_F(PlaceTest, ItIsTakenBeforeTheFloorIsRead) {
  const auto first = Open();
  DYNO_OK(first->PutItem({}, "kim", "{}"));
  const auto second = Open();
  // Whoever raises the floor now and then lists the writers must see it.
  bool is_listed_when_the_floor_is_read = false;
  Flake floor;
  backend_.before_range = [&] {
    if (!PlaceOf(2).open || is_listed_when_the_floor_is_read) return;
    is_listed_when_the_floor_is_read = true;
    EXPECT_EQ(PlaceOf(2).promise, Flake());
    floor = EndOf(ClockAtWall(clock_.UnixMilliseconds() + 1000));
    backend_.Put(std::string(kFloorKey), EncodeFloor(floor));
  };
  std::string timestamp;
  DYNO_OK(second->PutItem({}, "kim", "{}", &timestamp));
  backend_.before_range = nullptr;
  EXPECT_TRUE(is_listed_when_the_floor_is_read);
  Flake given;
  ASSERT_TRUE(Flake::Parse(timestamp, &given));
  EXPECT_GT(given, floor);
}

TEST_F(PlaceTest, WhatIsInFlightHoldsThePromiseBack) {
  const auto store = Open();
  DYNO_OK(store->PutItem({}, "kim", "{}"));
  const Flake pending = Issue(store.get());
  DYNO_OK(store->PutItem({}, "kim", "{}"));
  scheduler_.Sleep(minutes(1));
  EXPECT_TRUE(PlaceOf(1).open);
  EXPECT_LT(PlaceOf(1).promise, pending);
  EXPECT_LT(PromiseOf(store.get()), pending);
  store->parts()->writer.Done({pending});
  EXPECT_GT(PromiseOf(store.get()), pending);
}

TEST_F(PlaceTest, CloseWaitsForWhatIsInFlight) {
  const auto store = Open();
  const Flake pending = Issue(store.get());
  bool is_done = false;
  scheduler_.Spawn("writer", [&] {
    scheduler_.Sleep(seconds(3));
    is_done = true;
    store->parts()->writer.Done({pending});
  });
  DYNO_OK(store->Close());
  EXPECT_TRUE(is_done);
  EXPECT_FALSE(PlaceOf(1).open);
  scheduler_.RunAll();
}

TEST_F(PlaceTest, AFloorThatCannotBeReadTakesOnePlaceAndGivesItBack) {
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
  EXPECT_EQ(places(), 1u);
  DYNO_OK(other->Close());
  EXPECT_FALSE(PlaceOf(1).open);
}

TEST_F(PlaceTest, ADeadWritersPlaceIsClosedAfterAQuarterOfAnHour) {
  // Its thread ended with its process; what is stored stays.
  const auto alive = Open();
  DYNO_OK(alive->PutItem({}, "kim", "{}"));
  DYNO_OK(alive->Close());
  WriterPlace dead;
  dead.open = true;
  dead.reserved = EndOf(ClockAtWall(clock_.UnixMilliseconds() + 60000));
  backend_.Put(WriterKey(7), EncodeWriterPlace(dead));
  EXPECT_EQ(PromiseOf(alive.get()), Flake());
  scheduler_.Sleep(minutes(14));
  EXPECT_EQ(PromiseOf(alive.get()), Flake());
  scheduler_.Sleep(minutes(1));
  EXPECT_GT(PromiseOf(alive.get()), Flake());
  EXPECT_FALSE(PlaceOf(7).open);
  EXPECT_EQ(PlaceOf(7).reserved, dead.reserved);
}

TEST_F(PlaceTest, OneThatIsRenewedIsNotTakenForDead) {
  const auto writer = Open();
  const auto other = Open();
  DYNO_OK(writer->PutItem({}, "kim", "{}"));
  const Flake pending = Issue(writer.get());
  for (int i = 0; i < 20; ++i) {
    scheduler_.Sleep(minutes(1));
    PromiseOf(other.get());
    ASSERT_TRUE(PlaceOf(1).open) << i;
  }
  writer->parts()->writer.Done({pending});
}

TEST_F(PlaceTest, NothingIsWrittenFromAPlaceThatOthersHaveClosed) {
  const auto writer = Open();
  const auto other = Open();
  DYNO_OK(writer->PutItem({}, "kim", "{}"));
  DYNO_OK(CloseWriter(other.get(), 1));
  const Flake pending = Issue(writer.get());
  scheduler_.Sleep(seconds(6));  // It finds out.
  EXPECT_FALSE(writer->parts()->writer.CheckInFlight(pending).ok());
  DYNO_OK(writer->PutItem({}, "kim", "{}"));
  EXPECT_TRUE(writer->parts()->writer.open_slot().has_value());
}

TEST_F(PlaceTest, AWriteOfUnknownOutcomeIsMadeKnownBeforeAPromisePassesIt) {
  const auto store = Open();
  DYNO_OK(store->PutItem({}, "kim", "{}"));
  int writes = 0;
  backend_.before_write = [&](int) {
    // The entry is written, the record is lost.
    return ++writes == 2 ? Status::IOError("timeout: no answer") : Status::OK();
  };
  std::string timestamp;
  const Status unknown = store->PutAttrs({}, "kim", R"({"a":1})", &timestamp);
  backend_.before_write = nullptr;
  EXPECT_TRUE(unknown.IsIOError()) << unknown.ToString();
  EXPECT_EQ(backend_.items().size(), 1u);
  Flake lost;
  ASSERT_TRUE(Flake::Parse(timestamp, &lost));
  scheduler_.Sleep(seconds(1));
  EXPECT_GT(PromiseOf(store.get()), lost);
  EXPECT_EQ(backend_.items().size(), 2u);
  // Its own repeat counts it once, and is told that it is too late for more.
  WriteOptions again;
  again.timestamp = timestamp;
  const Status repeated = store->PutAttrs(again, "kim", R"({"a":1})");
  EXPECT_TRUE(repeated.ok() || repeated.IsInvalidArgument())
      << repeated.ToString();
  EXPECT_EQ(backend_.items().size(), 2u);
}

TEST_F(PlaceTest, ATimestampIsThatOfOneChangeInAllOfTheStore) {
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

TEST_F(PlaceTest, ATimestampThatWasPromisedAwayIsRefused) {
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

}  // namespace
}  // namespace dyno

// Stores that exchange what they have end equal, and lose nothing on the way.

#include "dyno/sync.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dyno/dyno_test_world.h"
#include "dyno/item/key.h"

namespace dyno {
namespace {

using leveldb::Status;
using testing::Test;

/// One store: its records outlive the process that has it open.
class Place {
 public:
  Place(HandClock* clock, dynamodown::Random* random,
        dynamodown::Scheduler* scheduler, bool shared)
      : clock_(clock), random_(random), scheduler_(scheduler) {
    backend.is_shared = shared;
  }
  Store* Open(bool replicated = true) {
    store_.reset();
    store_ = OpenAnother(replicated);
    return store_.get();
  }
  /// As another process does, in a shared store.
  std::unique_ptr<Store> OpenAnother(bool replicated = true) {
    Options options;
    options.replicated = replicated;
    Store* opened = nullptr;
    const Status status = OpenWithEnvironment(
        options, &backend, {clock_, random_, scheduler_}, nullptr, &opened);
    EXPECT_TRUE(status.ok()) << status.ToString();
    return std::unique_ptr<Store>(opened);
  }
  Store* store() { return store_.get(); }
  /// Ends the process, and begins one on these records.
  void Restore(const std::map<std::string, std::string>& records) {
    const Status closed = store_->Close();
    EXPECT_TRUE(closed.ok()) << closed.ToString();
    for (const auto& [key, value] : backend.records()) backend.Delete(key);
    for (const auto& [key, value] : records) backend.Put(key, value);
    Open();
  }

  MemoryBackend backend;

 private:
  HandClock* const clock_;
  dynamodown::Random* const random_;
  dynamodown::Scheduler* const scheduler_;
  std::unique_ptr<Store> store_;
};

class SyncTest : public Test {
 protected:
  std::unique_ptr<Place> NewPlace(bool shared = false, bool replicated = true) {
    auto place =
        std::make_unique<Place>(&clock_, &random_, scheduler_.get(), shared);
    place->Open(replicated);
    return place;
  }
  SyncResult Meet(Place& a, Place& b, const SyncOptions& options = {}) {
    clock_.now += 10;
    SyncResult result;
    const Status status = Sync(a.store(), b.store(), options, &result);
    EXPECT_TRUE(status.ok()) << status.ToString();
    return result;
  }
  void Inc(Place& place, const std::string& name) {
    clock_.now += 1;
    DYNO_OK(place.store()->IncAttrs({}, name, R"({"n":1})"));
  }
  static Item ItemOf(Place& place, const std::string& name) {
    Item item;
    const Status status = place.store()->GetItem(name, &item);
    EXPECT_TRUE(status.ok()) << status.ToString();
    return item;
  }
  static void ExpectEqual(Place& a, Place& b, const std::string& name) {
    const Item x = ItemOf(a, name);
    const Item y = ItemOf(b, name);
    EXPECT_EQ(x.json, y.json);
    EXPECT_EQ(x.hash, y.hash);
    EXPECT_EQ(x.changes, y.changes);
    EXPECT_EQ(x.late.size(), y.late.size());
  }
  static StoreStatus StatusOf(Place& place) {
    StoreStatus status;
    const Status got = GetStatus(place.store(), &status);
    EXPECT_TRUE(got.ok()) << got.ToString();
    return status;
  }

  HandClock clock_;
  dynamodown::Random random_{1};
  std::unique_ptr<dynamodown::Scheduler> scheduler_ =
      dynamodown::NewThreadScheduler(4);
};

TEST_F(SyncTest, EachGetsWhatTheOtherHas) {
  for (const bool shared : {false, true}) {
    const auto a = NewPlace();
    const auto b = NewPlace(shared);
    for (int i = 0; i < 3; ++i) Inc(*a, "kim");
    for (int i = 0; i < 4; ++i) Inc(*b, "kim");
    Inc(*a, "only in a");
    Inc(*b, "only in b");
    const SyncResult result = Meet(*a, *b);
    EXPECT_TRUE(result.first_meeting);
    EXPECT_EQ(result.items, 3u);
    EXPECT_EQ(result.a.operations, 5u);
    EXPECT_EQ(result.b.operations, 4u);
    EXPECT_EQ(ItemOf(*a, "kim").json, R"({"n":7})");
    for (const char* name : {"kim", "only in a", "only in b"}) {
      ExpectEqual(*a, *b, name);
    }
  }
}

TEST_F(SyncTest, ASecondTimeOnlyWhatChangedIsLookedAt) {
  for (const bool shared : {false, true}) {
    const auto a = NewPlace();
    const auto b = NewPlace(shared);
    for (int i = 0; i < 200; ++i) Inc(*a, "item" + std::to_string(i));
    Meet(*a, *b);
    const SyncResult nothing = Meet(*a, *b);
    EXPECT_FALSE(nothing.first_meeting);
    EXPECT_EQ(nothing.items, 0u);
    for (int i = 0; i < 5; ++i) Inc(*a, "item" + std::to_string(i));
    for (int i = 5; i < 10; ++i) Inc(*b, "item" + std::to_string(i));
    const SyncResult some = Meet(*a, *b);
    EXPECT_FALSE(some.first_meeting);
    EXPECT_EQ(some.items, 10u);
    EXPECT_LE(some.a.ranges, 15u);
    EXPECT_LE(some.b.ranges, 15u);
    for (int i = 0; i < 200; ++i)
      ExpectEqual(*a, *b, "item" + std::to_string(i));
  }
}

TEST_F(SyncTest, WhatComesByAThirdStoreIsToldOn) {
  const auto a = NewPlace();
  const auto b = NewPlace(true);
  const auto c = NewPlace();
  Meet(*a, *b);
  Meet(*b, *c);
  Inc(*a, "kim");
  Meet(*a, *b);
  EXPECT_EQ(Meet(*b, *c).items, 1u);
  ExpectEqual(*a, *c, "kim");
}

TEST_F(SyncTest, FlattenedUpToTheWatermarkNothingIsLate) {
  const auto a = NewPlace();
  const auto b = NewPlace(true);
  Meet(*a, *b);
  for (int round = 0; round < 5; ++round) {
    Inc(*a, "kim");
    Inc(*b, "kim");
    Inc(*a, "yuri");
    Meet(*a, *b);
    Meet(*a, *b);
    FlattenResult flattened;
    DYNO_OK((round % 2 == 0 ? a : b)->store()->FlattenAll("", &flattened));
    EXPECT_GT(flattened.folded, 0u) << round;
    Inc(*b, "kim");
    Meet(*a, *b);
    ExpectEqual(*a, *b, "kim");
    ExpectEqual(*a, *b, "yuri");
    EXPECT_TRUE(ItemOf(*a, "kim").late.empty());
  }
  EXPECT_EQ(ItemOf(*a, "kim").json, R"({"n":15})");
}

TEST_F(SyncTest, NoReaderSeesHalfOfASecondFlattenInAReplicatedSharedStore) {
  const auto a = NewPlace(true);
  const auto b = NewPlace();
  Inc(*a, "kim");
  for (int i = 0; i < 2; ++i) Meet(*a, *b);
  clock_.now += 3600 * 1000;  // The base need not name what it folds.
  DYNO_OK(a->store()->Flatten("kim", FlattenOptions()));
  Inc(*a, "kim");
  for (int i = 0; i < 2; ++i) Meet(*a, *b);
  int looks = 0;
  const auto look = [&](int) {
    ++looks;
    EXPECT_EQ(JsonOf(a->store(), "kim"), R"({"n":2})") << looks;
    return Status::OK();
  };
  a->backend.after_write = look;
  FlattenResult result;
  DYNO_OK(a->store()->Flatten("kim", FlattenOptions(), &result));
  a->backend.after_write = nullptr;
  EXPECT_EQ(result.folded, 1u);
  EXPECT_GE(looks, 6);
}

TEST_F(SyncTest, AFlattenThatComesBeforeTheFirstWriteKnowsOfReplication) {
  for (int before = 1; before < 8; ++before) {
    const auto a = NewPlace(true);
    const std::unique_ptr<Store> other = a->OpenAnother();
    a->backend.ranges = 0;
    bool has_written = false;
    a->backend.before_range = [&] {
      if (has_written || a->backend.ranges < before) return;
      has_written = true;
      DYNO_OK(other->IncAttrs({}, "kim", R"({"n":1})"));
    };
    static_cast<void>(a->store()->Flatten("kim", FlattenOptions()));
    a->backend.before_range = nullptr;
    for (const auto& [key, value] : a->backend.items()) {
      EXPECT_EQ(value.find(R"("seen":{})"), std::string::npos) << before;
    }
  }
}

TEST_F(SyncTest, AFlattenBeyondTheWatermarkNamesWhoHoldsItBack) {
  const auto a = NewPlace();
  const auto b = NewPlace();
  Inc(*a, "kim");
  Meet(*a, *b);
  Inc(*a, "kim");
  FlattenOptions options;
  options.timestamp = ItemOf(*a, "kim").timestamp;
  const Status refused = a->store()->Flatten("kim", options);
  EXPECT_TRUE(refused.IsInvalidArgument()) << refused.ToString();
  EXPECT_NE(refused.ToString().find(b->store()->replica()), std::string::npos)
      << refused.ToString();
  EXPECT_EQ(ItemOf(*a, "kim").changes, 2u);
  // Without a timestamp what is stable is folded.
  FlattenResult result;
  DYNO_OK(a->store()->Flatten("kim", FlattenOptions(), &result));
  EXPECT_EQ(result.folded, 1u);
  EXPECT_EQ(ItemOf(*a, "kim").json, R"({"n":2})");
}

TEST_F(SyncTest, AForgottenStoreHoldsNothingBackAndMayBeLate) {
  const auto a = NewPlace();
  const auto b = NewPlace();
  Inc(*a, "kim");
  Meet(*a, *b);
  Inc(*b, "kim");  // Nobody sees it.
  Inc(*a, "kim");
  DYNO_OK(Forget(a->store(), b->store()->replica()));
  FlattenResult result;
  clock_.now += 1000;
  DYNO_OK(a->store()->Flatten("kim", FlattenOptions(), &result));
  EXPECT_EQ(result.folded, 2u);
  Meet(*a, *b);
  ExpectEqual(*a, *b, "kim");
  EXPECT_EQ(ItemOf(*a, "kim").late.size(), 1u);
  // It is a member again.
  for (const MemberStatus& member : StatusOf(*a).members) {
    EXPECT_FALSE(member.forgotten);
  }
}

TEST_F(SyncTest, WhoWasForgottenElsewhereReadsNoTrimmedLogWhenItComesBack) {
  const auto a = NewPlace();
  const auto b = NewPlace();
  const auto c = NewPlace();
  for (int i = 0; i < 2; ++i) {
    Meet(*a, *b);
    Meet(*a, *c);
    Meet(*b, *c);
  }
  DYNO_OK(Forget(c->store(), b->store()->replica()));
  Inc(*a, "kim");
  // The first one tells a of it, the next one trims its log.
  for (int i = 0; i < 3; ++i) Meet(*a, *c);
  EXPECT_TRUE(Meet(*a, *b).first_meeting);
  ExpectEqual(*a, *b, "kim");
  EXPECT_EQ(ItemOf(*b, "kim").json, R"({"n":1})");
}

TEST_F(SyncTest, WhatThePlacesWriterBeforeWroteMeanwhileIsNotTakenAsRead) {
  const auto a = NewPlace(true);
  const auto b = NewPlace();
  Inc(*a, "early");
  Meet(*a, *b);
  const std::unique_ptr<Store> second = a->OpenAnother();
  Inc(*b, "anna");
  SyncOptions meanwhile;
  meanwhile.progress = [&](const SyncProgress&) {
    Inc(*a, "kim");
    a->Open();  // The place is given back, and the second one takes it.
    return true;
  };
  clock_.now += 10;
  DYNO_OK(Sync(second.get(), b->store(), meanwhile));
  Meet(*a, *b);
  ExpectEqual(*a, *b, "kim");
  EXPECT_EQ(ItemOf(*b, "kim").json, R"({"n":1})");
}

TEST_F(SyncTest, AStoreThatOthersVouchForMeanwhileSendsAllThatItVouchesFor) {
  const auto a = NewPlace();
  const auto b = NewPlace(true);
  const auto c = NewPlace();
  Inc(*a, "early");
  Meet(*a, *b);
  Meet(*a, *c);
  const std::unique_ptr<Store> second = b->OpenAnother();
  std::string written;
  bool is_first = true;
  // When a has said what it vouches for, and b not yet.
  b->backend.before_write = [&](int) {
    if (!is_first) return Status::OK();
    is_first = false;
    clock_.now += 10;
    EXPECT_TRUE(Sync(a->store(), second.get()).ok());
    clock_.now += 1;
    EXPECT_TRUE(a->store()->IncAttrs({}, "kim", R"({"n":1})", &written).ok());
    Meet(*a, *c);
    return Status::OK();
  };
  Meet(*a, *b);
  ASSERT_FALSE(written.empty());
  for (const MemberStatus& member : StatusOf(*b).members) {
    if (member.replica == a->store()->replica() && member.known >= written) {
      EXPECT_EQ(ItemOf(*b, "kim").json, R"({"n":1})");
    }
  }
}

TEST_F(SyncTest, ABaseComesBackThatASharedStoreHasFoldedWithLessKnown) {
  for (int failing = 1; failing <= 10; ++failing) {
    const auto a = NewPlace(true);
    const auto b = NewPlace();
    const auto c = NewPlace();
    Meet(*a, *b);
    Inc(*a, "kim");
    FlattenOptions first;
    first.timestamp = ItemOf(*a, "kim").timestamp;
    Inc(*a, "kim");
    for (int i = 0; i < 2; ++i) Meet(*a, *b);
    Meet(*b, *c);
    // Of c the base in b knows, and neither of those in a.
    DYNO_OK(b->store()->Flatten("kim", first));
    DYNO_OK(a->store()->Flatten("kim", first));
    // The second one may be cut off anywhere.
    int writes = 0;
    a->backend.before_write = [&](int) {
      return ++writes >= failing ? Status::IOError("timeout: no answer")
                                 : Status::OK();
    };
    static_cast<void>(a->store()->Flatten("kim", FlattenOptions()));
    a->backend.before_write = nullptr;
    Inc(*b, "kim");
    Meet(*a, *b);
    Meet(*a, *b);
    ExpectEqual(*a, *b, "kim");
    EXPECT_EQ(ItemOf(*a, "kim").json, R"({"n":3})");
    if (HasFailure()) FAIL() << "write " << failing;
  }
}

TEST_F(SyncTest, NoReaderSeesABaseWithTheItemOfAnother) {
  const auto names = {"kim0", "kim1", "kim2", "kim3", "kim4", "kim5"};
  for (int failing = 1; failing <= 20; ++failing) {
    const auto a = NewPlace(true);
    const auto b = NewPlace();
    const auto c = NewPlace();
    Meet(*a, *b);
    for (const char* name : names) {
      DYNO_OK(c->store()->PutAttrs({}, name, R"({"x":1})"));
    }
    clock_.now += 1;
    for (const char* name : names) Inc(*a, name);
    for (int i = 0; i < 2; ++i) Meet(*a, *b);
    Meet(*b, *c);
    // To the same end; b has folded what is from c, and a does not know of c.
    DYNO_OK(a->store()->FlattenAll(""));
    DYNO_OK(b->store()->FlattenAll(""));
    int writes = 0;
    a->backend.after_write = [&](int) {
      for (const char* name : names) {
        const std::string json = JsonOf(a->store(), name);
        EXPECT_TRUE(json == R"({"n":1})" || json == R"({"x":1,"n":1})") << json;
        if (json == R"({"n":1})") continue;
        EXPECT_EQ(ItemOf(*a, name).changes, 2u);
      }
      return ++writes >= failing ? Status::IOError("timeout: no answer")
                                 : Status::OK();
    };
    SyncOptions options;
    options.full = true;
    static_cast<void>(Sync(a->store(), b->store(), options));
    a->backend.after_write = nullptr;
    a->Open();
    options.full = true;
    for (int i = 0; i < 2; ++i) {
      EXPECT_TRUE(Meet(*a, *b, options).conflicts.empty());
    }
    for (const char* name : names) ExpectEqual(*a, *b, name);
    if (HasFailure()) FAIL() << "write " << failing;
  }
}

TEST_F(SyncTest, CopiesWithOneReplicaAreRefusedUntilOneHasANewOne) {
  const auto a = NewPlace();
  const auto b = NewPlace();
  Inc(*a, "kim");
  DYNO_OK(a->store()->Close());
  for (const auto& [key, value] : a->backend.records()) {
    b->backend.Put(key, value);
  }
  DYNO_OK(b->store()->Close());
  b->Open();
  const Status refused = Sync(a->store(), b->store());
  EXPECT_TRUE(refused.IsInvalidArgument()) << refused.ToString();
  DYNO_OK(NewReplica(b->store()));
  Inc(*b, "kim");
  Inc(*a, "kim");
  Meet(*a, *b);
  ExpectEqual(*a, *b, "kim");
  EXPECT_EQ(ItemOf(*a, "kim").json, R"({"n":3})");
}

TEST_F(SyncTest, AStoreThatIsNotReplicatedIsImported) {
  const auto a = NewPlace(false, false);
  const auto b = NewPlace();
  for (int i = 0; i < 3; ++i) Inc(*a, "kim");
  const auto before = a->backend.records();
  const SyncResult result = Meet(*a, *b);
  EXPECT_EQ(result.b.operations, 3u);
  EXPECT_EQ(a->backend.records(), before);
  ExpectEqual(*a, *b, "kim");
  // And can be flattened there.
  FlattenResult flattened;
  clock_.now += 1000;
  DYNO_OK(b->store()->Flatten("kim", FlattenOptions(), &flattened));
  EXPECT_EQ(flattened.folded, 3u);
}

TEST_F(SyncTest, AReplicatedStoreIsMadeOfOneThatWasNot) {
  for (const bool shared : {false, true}) {
    const auto a = NewPlace(shared, false);
    const auto b = NewPlace();
    Inc(*a, "kim");
    DYNO_OK(Replicate(a->store()));
    Inc(*a, "yuri");
    Meet(*a, *b);
    Inc(*a, "kim");
    EXPECT_EQ(Meet(*a, *b).items, 1u);
    ExpectEqual(*a, *b, "kim");
    ExpectEqual(*a, *b, "yuri");
  }
}

TEST_F(SyncTest, AnImportedStoreThatIsThenReplicatedIsNoRestoredOne) {
  for (const bool shared : {false, true}) {
    const auto a = NewPlace(shared, false);
    const auto b = NewPlace();
    const auto c = NewPlace();
    Meet(*b, *c);
    Inc(*a, "kim");
    Meet(*a, *b);  // An import.
    clock_.now += 10;
    DYNO_OK(Replicate(a->store()));
    Inc(*a, "kim");
    Meet(*a, *b);
    EXPECT_TRUE(StatusOf(*a).unmet.empty());
    ExpectEqual(*a, *b, "kim");
  }
}

TEST_F(SyncTest, WhatIsFarAheadOfTheClockStaysWhereItIs) {
  const auto a = NewPlace();
  const auto b = NewPlace();
  Meet(*a, *b);
  clock_.now += 3600 * 1000;
  Inc(*a, "ahead");
  clock_.now -= 3600 * 1000;
  Inc(*b, "kim");
  const SyncResult result = Meet(*a, *b);
  EXPECT_EQ(result.b.deferred, 1u);
  EXPECT_FALSE(ItemOf(*b, "ahead").exists);
  ExpectEqual(*a, *b, "kim");
  clock_.now += 3600 * 1000;
  Meet(*a, *b);
  ExpectEqual(*a, *b, "ahead");
  EXPECT_TRUE(ItemOf(*b, "ahead").exists);
}

TEST_F(SyncTest, ARestoredBackupGetsBackWhatItLostAndVouchesOnlyForBefore) {
  const auto a = NewPlace();
  const auto b = NewPlace();
  Inc(*b, "kim");
  Meet(*a, *b);
  const auto backup = b->backend.records();
  Inc(*b, "kim");
  Inc(*b, "yuri");
  Meet(*a, *b);
  b->Restore(backup);
  const SyncResult result = Meet(*a, *b);
  EXPECT_TRUE(result.first_meeting);
  ExpectEqual(*a, *b, "kim");
  ExpectEqual(*a, *b, "yuri");
  EXPECT_TRUE(StatusOf(*b).unmet.empty());
}

TEST_F(SyncTest, WhatIsWrittenMeanwhileIsSentWhenItIsDurable) {
  const auto a = NewPlace();
  const auto b = NewPlace();
  Inc(*a, "kim");
  Meet(*a, *b);
  Inc(*a, "kim");
  int ranges = 0;
  a->backend.before_range = [&] {
    if (++ranges == 2) Inc(*a, "kim");  // After the promise.
  };
  Meet(*a, *b);
  a->backend.before_range = nullptr;
  EXPECT_EQ(ItemOf(*a, "kim").changes, 3u);
  EXPECT_EQ(ItemOf(*b, "kim").changes, 2u);
  Meet(*a, *b);
  ExpectEqual(*a, *b, "kim");
}

TEST_F(SyncTest, ACopyCanFlattenWhatTheOriginalDid) {
  const auto a = NewPlace();
  const auto b = NewPlace();
  Inc(*a, "kim");
  DYNO_OK(a->store()->Close());
  for (const auto& [key, value] : a->backend.records()) {
    b->backend.Put(key, value);
  }
  b->Open();
  DYNO_OK(NewReplica(b->store()));
  clock_.now += 10;
  FlattenResult result;
  DYNO_OK(b->store()->Flatten("kim", FlattenOptions(), &result));
  EXPECT_EQ(result.folded, 1u);
}

TEST_F(SyncTest, ARestoredStoreIsNoticedAlsoWhenItWasWrittenToFirst) {
  const auto a = NewPlace();
  const auto b = NewPlace();
  const auto c = NewPlace();
  Meet(*a, *b);
  Meet(*a, *c);
  DYNO_OK(a->store()->Close());
  const auto backup = a->backend.records();
  a->Open();
  Inc(*a, "kim");
  Meet(*a, *b);
  a->Restore(backup);
  for (int i = 0; i < 3; ++i) {  // The place is renewed in between.
    clock_.now += 70 * 1000;
    Inc(*a, "yuri");
  }
  DYNO_OK(a->store()->FlattenAll(""));
  Meet(*a, *b);
  EXPECT_EQ(StatusOf(*a).unmet,
            std::vector<std::string>{c->store()->replica()});
  Meet(*a, *c);
  EXPECT_TRUE(StatusOf(*a).unmet.empty());
  for (const char* name : {"kim", "yuri"}) {
    ExpectEqual(*a, *b, name);
    ExpectEqual(*a, *c, name);
  }
}

TEST_F(SyncTest, ABackupThatKnowsNobodyIsGivenANewReplica) {
  const auto a = NewPlace();
  Inc(*a, "kim");
  const Status refused = MarkRestored(a->store());
  EXPECT_TRUE(refused.IsInvalidArgument()) << refused.ToString();
}

TEST_F(SyncTest, ACopyOfARestoredStoreVouchesForNoMoreThanThatOne) {
  const auto a = NewPlace();
  const auto b = NewPlace();
  const auto c = NewPlace();
  Meet(*a, *b);
  Meet(*a, *c);
  const auto backup = a->backend.records();
  Inc(*a, "kim");
  Meet(*a, *b);  // b has it, and nobody else.
  a->Restore(backup);
  DYNO_OK(MarkRestored(a->store()));
  Inc(*a, "yuri");
  const std::string replica = a->store()->replica();
  DYNO_OK(NewReplica(a->store()));
  for (const MemberStatus& member : StatusOf(*a).members) {
    if (member.replica != replica) continue;
    Flake known;
    ASSERT_TRUE(member.known.empty() || Flake::Parse(member.known, &known));
    EXPECT_LE(known.milliseconds, static_cast<uint64_t>(clock_.now) - 11);
  }
}

TEST_F(SyncTest, TheLogIsTrimmedOfWhatAllHaveRead) {
  const auto a = NewPlace();
  const auto b = NewPlace(true);
  for (int i = 0; i < 20; ++i) Inc(*a, "item" + std::to_string(i));
  for (int i = 0; i < 3; ++i) Meet(*a, *b);
  EXPECT_EQ(StatusOf(*a).log_entries, 0u);
  EXPECT_EQ(StatusOf(*b).log_entries, 0u);
}

TEST_F(SyncTest, TheSyncThatBothReadAllInTrimsAllOfIt) {
  for (const bool shared : {false, true}) {
    const auto a = NewPlace();
    const auto b = NewPlace(shared);
    for (int i = 0; i < 20; ++i) Inc(*a, "item" + std::to_string(i));
    for (int i = 20; i < 40; ++i) Inc(*b, "item" + std::to_string(i));
    for (int round = 0; round < 2; ++round) {
      Meet(*a, *b);
      EXPECT_EQ(StatusOf(*a).log_entries, 0u);
      EXPECT_EQ(StatusOf(*b).log_entries, 0u);
      // What was there before the first meeting is not paid for at the next.
      Inc(*a, "kim");
      Inc(*b, "yuri");
    }
  }
}

TEST_F(SyncTest, WhatAThirdStoreHasNotReadStaysInTheLog) {
  const auto a = NewPlace();
  const auto b = NewPlace(true);
  const auto c = NewPlace();
  Meet(*b, *c);
  Inc(*a, "kim");
  Meet(*a, *b);
  EXPECT_EQ(StatusOf(*a).log_entries, 0u);
  EXPECT_EQ(StatusOf(*b).log_entries, 1u);
  EXPECT_EQ(Meet(*b, *c).items, 1u);
  ExpectEqual(*a, *c, "kim");
}

TEST_F(SyncTest, CutOffAtAnyWriteTheNextOneEndsEqual) {
  for (const bool shared : {false, true}) {
    for (int failing = 1;; ++failing) {
      const auto a = NewPlace();
      const auto b = NewPlace(shared);
      Inc(*a, "kim");
      Inc(*b, "yuri");
      Meet(*a, *b);
      Meet(*a, *b);
      DYNO_OK(a->store()->FlattenAll(""));
      for (int i = 0; i < 3; ++i) Inc(*a, "item" + std::to_string(i));
      Inc(*b, "kim");
      clock_.now += 10;
      int writes = 0;
      const auto fail = [&](int) {
        return ++writes == failing ? Status::IOError("timeout: no answer")
                                   : Status::OK();
      };
      (failing % 2 == 0 ? a : b)->backend.after_write = fail;
      (failing % 2 == 0 ? a : b)->backend.before_write = nullptr;
      const Status cut = Sync(a->store(), b->store());
      a->backend.after_write = nullptr;
      b->backend.after_write = nullptr;
      if (writes < failing - 1) break;
      static_cast<void>(cut);
      for (int i = 0; i < 2; ++i) Meet(*a, *b);
      for (const char* name : {"kim", "yuri", "item0", "item1", "item2"}) {
        ExpectEqual(*a, *b, name);
        EXPECT_TRUE(ItemOf(*a, name).late.empty());
      }
      if (HasFailure()) FAIL() << "write " << failing;
    }
  }
}

}  // namespace
}  // namespace dyno

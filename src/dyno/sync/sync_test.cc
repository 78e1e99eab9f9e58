// Stores that exchange their operations end up equal, and lose nothing on the
// way.

#include "dyno/sync.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dyno/dyno_test_environment.h"
#include "dyno/item/key.h"
#include "dyno/sync/sync_test_fixture.h"

namespace dyno {
namespace {

using leveldb::Status;

TEST_F(SyncTest, EachStoreGetsTheOperationsOfTheOther) {
  for (const bool shared : {false, true}) {
    const auto a = NewTestStore();
    const auto b = NewTestStore(shared);
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

TEST_F(SyncTest, ASecondSyncReadsOnlyChangedItems) {
  for (const bool shared : {false, true}) {
    const auto a = NewTestStore();
    const auto b = NewTestStore(shared);
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

TEST_F(SyncTest, OperationsOfAThirdStoreArePassedOn) {
  const auto a = NewTestStore();
  const auto b = NewTestStore(true);
  const auto c = NewTestStore();
  Meet(*a, *b);
  Meet(*b, *c);
  Inc(*a, "kim");
  Meet(*a, *b);
  EXPECT_EQ(Meet(*b, *c).items, 1u);
  ExpectEqual(*a, *c, "kim");
}

TEST_F(SyncTest, AfterFlattensUpToTheWatermarkNothingIsLate) {
  const auto a = NewTestStore();
  const auto b = NewTestStore(true);
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
  const auto a = NewTestStore(true);
  const auto b = NewTestStore();
  Inc(*a, "kim");
  for (int i = 0; i < 2; ++i) Meet(*a, *b);
  // The base does not name the operations that it folds, because they are too
  // old.
  clock_.now += 3600 * 1000;
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

TEST_F(SyncTest, AFlattenBeforeTheFirstWriteKnowsThatTheStoreIsReplicated) {
  for (int before = 1; before < 8; ++before) {
    const auto a = NewTestStore(true);
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

TEST_F(SyncTest, AFlattenBeyondTheWatermarkNamesTheStoreThatHoldsItBack) {
  const auto a = NewTestStore();
  const auto b = NewTestStore();
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
  // Without a timestamp all stable operations are folded.
  FlattenResult result;
  DYNO_OK(a->store()->Flatten("kim", FlattenOptions(), &result));
  EXPECT_EQ(result.folded, 1u);
  EXPECT_EQ(ItemOf(*a, "kim").json, R"({"n":2})");
}

TEST_F(SyncTest, EntriesOfTheSlotsFormerWriterDoNotCountAsRead) {
  const auto a = NewTestStore(true);
  const auto b = NewTestStore();
  Inc(*a, "early");
  Meet(*a, *b);
  const std::unique_ptr<Store> second = a->OpenAnother();
  Inc(*b, "anna");
  SyncOptions meanwhile;
  meanwhile.progress = [&](const SyncProgress&) {
    Inc(*a, "kim");
    a->Open();  // The slot is given back, and the store `second` takes it.
    return true;
  };
  clock_.now += 10;
  DYNO_OK(Sync(second.get(), b->store(), meanwhile));
  Meet(*a, *b);
  ExpectEqual(*a, *b, "kim");
  EXPECT_EQ(ItemOf(*b, "kim").json, R"({"n":1})");
}

TEST_F(SyncTest, DeferredOperationsAreSentLaterEvenIfTheLogWasTrimmed) {
  constexpr int64_t kHour = 3600 * 1000;
  const auto a = NewTestStore();
  const auto b = NewTestStore();
  const auto c = NewTestStore();
  clock_.now += kHour;
  Inc(*a, "kim");
  // In this sync the only member that `a` has met reads the log of `a`, so the
  // log is trimmed.
  Meet(*a, *c);
  clock_.now -= kHour;
  EXPECT_EQ(Meet(*a, *b).b.deferred, 1u);
  clock_.now += 2 * kHour;
  Meet(*a, *b);
  ExpectEqual(*a, *b, "kim");
}

TEST_F(SyncTest, AllPromisedOperationsAreSentEvenIfOthersSyncMeanwhile) {
  const auto a = NewTestStore();
  const auto b = NewTestStore(true);
  const auto c = NewTestStore();
  Inc(*a, "early");
  Meet(*a, *b);
  Meet(*a, *c);
  const std::unique_ptr<Store> second = b->OpenAnother();
  std::string written;
  bool is_first = true;
  // Runs after `a` has made its promise, and before `b` makes its own promise.
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

TEST_F(SyncTest, ABaseThatHasSeenMoreDoesNotCountAsFolded) {
  for (int failing = 1; failing <= 10; ++failing) {
    const auto a = NewTestStore(true);
    const auto b = NewTestStore();
    const auto c = NewTestStore();
    Meet(*a, *b);
    Inc(*a, "kim");
    FlattenOptions first;
    first.timestamp = ItemOf(*a, "kim").timestamp;
    Inc(*a, "kim");
    for (int i = 0; i < 2; ++i) Meet(*a, *b);
    Meet(*b, *c);
    // The base of `b` knows of `c`. Neither of the two bases of `a` does.
    DYNO_OK(b->store()->Flatten("kim", first));
    DYNO_OK(a->store()->Flatten("kim", first));
    // The second flatten of `a` is cut off at the write with the number
    // `failing`.
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

TEST_F(SyncTest, NoReaderSeesABaseWithTheItemOfAnotherBase) {
  const auto names = {"kim0", "kim1", "kim2", "kim3", "kim4", "kim5"};
  for (int failing = 1; failing <= 20; ++failing) {
    const auto a = NewTestStore(true);
    const auto b = NewTestStore();
    const auto c = NewTestStore();
    Meet(*a, *b);
    for (const char* name : names) {
      DYNO_OK(c->store()->PutAttrs({}, name, R"({"x":1})"));
    }
    clock_.now += 1;
    for (const char* name : names) Inc(*a, name);
    for (int i = 0; i < 2; ++i) Meet(*a, *b);
    Meet(*b, *c);
    // Both bases have the same timestamp. `b` has folded operations of `c`, and
    // `a` does not know of `c`.
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

TEST_F(SyncTest, OperationsFarAheadOfTheClockStayInTheirStore) {
  const auto a = NewTestStore();
  const auto b = NewTestStore();
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

TEST_F(SyncTest, AnOperationWrittenDuringASyncIsSentOnceItIsDurable) {
  const auto a = NewTestStore();
  const auto b = NewTestStore();
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

TEST_F(SyncTest, LogEntriesThatAllStoresHaveReadAreTrimmed) {
  const auto a = NewTestStore();
  const auto b = NewTestStore(true);
  for (int i = 0; i < 20; ++i) Inc(*a, "item" + std::to_string(i));
  for (int i = 0; i < 3; ++i) Meet(*a, *b);
  EXPECT_EQ(StatusOf(*a).log_entries, 0u);
  EXPECT_EQ(StatusOf(*b).log_entries, 0u);
}

TEST_F(SyncTest, ASyncInWhichBothReadTheWholeLogTrimsAllOfIt) {
  for (const bool shared : {false, true}) {
    const auto a = NewTestStore();
    const auto b = NewTestStore(shared);
    for (int i = 0; i < 20; ++i) Inc(*a, "item" + std::to_string(i));
    for (int i = 20; i < 40; ++i) Inc(*b, "item" + std::to_string(i));
    for (int round = 0; round < 2; ++round) {
      Meet(*a, *b);
      EXPECT_EQ(StatusOf(*a).log_entries, 0u);
      EXPECT_EQ(StatusOf(*b).log_entries, 0u);
      // Records from before the first meeting cost nothing at the next meeting.
      Inc(*a, "kim");
      Inc(*b, "yuri");
    }
  }
}

TEST_F(SyncTest, LogEntriesThatAThirdStoreHasNotReadStay) {
  const auto a = NewTestStore();
  const auto b = NewTestStore(true);
  const auto c = NewTestStore();
  Meet(*b, *c);
  Inc(*a, "kim");
  Meet(*a, *b);
  EXPECT_EQ(StatusOf(*a).log_entries, 0u);
  EXPECT_EQ(StatusOf(*b).log_entries, 1u);
  EXPECT_EQ(Meet(*b, *c).items, 1u);
  ExpectEqual(*a, *c, "kim");
}

TEST_F(SyncTest, ASyncCutOffAtAnyWriteIsCompletedByTheNextSyncs) {
  for (const bool shared : {false, true}) {
    for (int failing = 1;; ++failing) {
      const auto a = NewTestStore();
      const auto b = NewTestStore(shared);
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

// Stores that are forgotten, copied, imported or restored, and the stability
// that other stores then assume.

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

using MembersTest = SyncTest;

TEST_F(MembersTest, ReplicateHasItsStatedCost) {
  const struct {
    bool shared;
    bool has_items;
    int ranges;
    int writes;
  } cases[] = {
      {false, false, 6, 5},
      {false, true, 6, 4},
      {true, false, 6, 4},
      {true, true, 6, 3},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.shared);
    SCOPED_TRACE(c.has_items);
    const auto store = NewTestStore(c.shared, false);
    if (c.has_items) Inc(*store, "kim");
    store->Open(false);
    const int ranges = store->backend.ranges;
    const int writes = store->backend.writes;
    DYNO_OK(Replicate(store->store()));
    EXPECT_EQ(store->backend.ranges - ranges, c.ranges);
    EXPECT_EQ(store->backend.writes - writes, c.writes);
  }
}

TEST_F(MembersTest, AForgottenStoreHoldsNothingBackAndItsOperationsMayBeLate) {
  const auto a = NewTestStore();
  const auto b = NewTestStore();
  Inc(*a, "kim");
  Meet(*a, *b);
  Inc(*b, "kim");  // No other store sees it.
  Inc(*a, "kim");
  DYNO_OK(Forget(a->store(), b->store()->replica()));
  FlattenResult result;
  clock_.now += 1000;
  DYNO_OK(a->store()->Flatten("kim", FlattenOptions(), &result));
  EXPECT_EQ(result.folded, 2u);
  Meet(*a, *b);
  ExpectEqual(*a, *b, "kim");
  EXPECT_EQ(ItemOf(*a, "kim").late.size(), 1u);
  // `b` is a member again.
  for (const MemberStatus& member : StatusOf(*a).members) {
    EXPECT_FALSE(member.forgotten);
  }
}

TEST_F(MembersTest, AForgottenStoreThatComesBackIsComparedWhole) {
  const auto a = NewTestStore();
  const auto b = NewTestStore();
  const auto c = NewTestStore();
  for (int i = 0; i < 2; ++i) {
    Meet(*a, *b);
    Meet(*a, *c);
    Meet(*b, *c);
  }
  DYNO_OK(Forget(c->store(), b->store()->replica()));
  Inc(*a, "kim");
  // The first sync tells `a` that `b` is forgotten. The next sync trims the log
  // of `a`.
  for (int i = 0; i < 3; ++i) Meet(*a, *c);
  EXPECT_TRUE(Meet(*a, *b).first_meeting);
  ExpectEqual(*a, *b, "kim");
  EXPECT_EQ(ItemOf(*b, "kim").json, R"({"n":1})");
}

TEST_F(MembersTest, CopiesWithTheSameReplicaAreRefusedUntilOneHasANewReplica) {
  const auto a = NewTestStore();
  const auto b = NewTestStore();
  Inc(*a, "kim");
  DYNO_OK(a->store()->Close());
  b->Restore(a->backend.records());
  const Status refused = Sync(a->store(), b->store());
  EXPECT_TRUE(refused.IsInvalidArgument()) << refused.ToString();
  DYNO_OK(NewReplica(b->store()));
  Inc(*b, "kim");
  Inc(*a, "kim");
  Meet(*a, *b);
  ExpectEqual(*a, *b, "kim");
  EXPECT_EQ(ItemOf(*a, "kim").json, R"({"n":3})");
}

TEST_F(MembersTest, AStoreThatIsNotReplicatedIsImported) {
  const auto a = NewTestStore(false, false);
  const auto b = NewTestStore();
  for (int i = 0; i < 3; ++i) Inc(*a, "kim");
  const auto before = a->backend.records();
  const SyncResult result = Meet(*a, *b);
  EXPECT_EQ(result.b.operations, 3u);
  EXPECT_EQ(a->backend.records(), before);
  ExpectEqual(*a, *b, "kim");
  // The imported operations can be flattened in `b`.
  FlattenResult flattened;
  clock_.now += 1000;
  DYNO_OK(b->store()->Flatten("kim", FlattenOptions(), &flattened));
  EXPECT_EQ(flattened.folded, 3u);
}

TEST_F(MembersTest, AStoreThatIsNotReplicatedCanBeMadeReplicated) {
  for (const bool shared : {false, true}) {
    const auto a = NewTestStore(shared, false);
    const auto b = NewTestStore();
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

TEST_F(MembersTest, AnImportedStoreThatIsThenReplicatedIsNotTakenForRestored) {
  for (const bool shared : {false, true}) {
    const auto a = NewTestStore(shared, false);
    const auto b = NewTestStore();
    const auto c = NewTestStore();
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

TEST_F(MembersTest, ARestoredBackupGetsItsLostOperationsBack) {
  const auto a = NewTestStore();
  const auto b = NewTestStore();
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

TEST_F(MembersTest, AStoreBecomesReplicatedOnlyWhenNoOtherWriterHasASlot) {
  const auto a = NewTestStore(true, false);
  Inc(*a, "kim");
  std::unique_ptr<Store> other = a->OpenAnother(false);
  DYNO_OK(other->PutItem({}, "yuri", "{}"));
  const Status refused = Replicate(a->store());
  EXPECT_TRUE(refused.IsIOError()) << refused.ToString();
  EXPECT_FALSE(StatusOf(*a).replicated);
  DYNO_OK(other->Close());
  DYNO_OK(Replicate(a->store()));
  EXPECT_TRUE(StatusOf(*a).replicated);
}

TEST_F(MembersTest, AFlattenNoticesThatAnotherProcessMadeTheStoreReplicated) {
  const auto a = NewTestStore(true, false);
  const auto b = NewTestStore();
  Inc(*a, "kim");
  const std::unique_ptr<Store> other = a->OpenAnother(false);
  DYNO_OK(Replicate(a->store()));
  Meet(*a, *b);
  Inc(*a, "kim");  // `b` may still write an older operation.
  FlattenOptions options;
  options.timestamp = ItemOf(*a, "kim").timestamp;
  const Status refused = other->Flatten("kim", options);
  EXPECT_TRUE(refused.IsInvalidArgument()) << refused.ToString();
}

TEST_F(MembersTest, ARestoredStorePromisesNothingUntilItHasMetAll) {
  const auto a = NewTestStore();
  const auto b = NewTestStore();
  const auto c = NewTestStore();
  Meet(*a, *b);
  Meet(*a, *c);
  const auto backup = a->backend.records();
  Inc(*a, "kim");
  const std::string lost = ItemOf(*a, "kim").timestamp;
  Meet(*a, *b);  // Only `b` gets the operation.
  a->Restore(backup);
  DYNO_OK(MarkRestored(a->store()));
  Inc(*a, "yuri");
  const auto known_to_c = [&] {
    for (const MemberStatus& member : StatusOf(*c).members) {
      if (member.replica == a->store()->replica()) return member.known;
    }
    return std::string();
  };
  Meet(*a, *c);
  EXPECT_LT(known_to_c(), lost);
  Meet(*a, *b);
  Meet(*a, *c);
  EXPECT_GT(known_to_c(), lost);
  ExpectEqual(*b, *c, "kim");
}

TEST_F(MembersTest, ARestoredStoreIssuesNothingThatOthersCountAsKnown) {
  constexpr int64_t kAhead = 50 * 1000;
  for (const bool shared : {false, true}) {
    const auto a = NewTestStore(shared);
    const auto b = NewTestStore();
    Inc(*a, "kim");
    Meet(*a, *b);
    DYNO_OK(a->store()->Close());
    const auto backup = a->backend.records();
    clock_.now += kAhead;
    Inc(*a, "kim");
    clock_.now += kAhead;
    Meet(*a, *b);
    std::string known;
    for (const MemberStatus& member : StatusOf(*b).members) {
      if (!member.is_self) known = member.known;
    }
    clock_.now -= 2 * kAhead;  // The restored machine's clock is behind.
    a->Restore(backup);
    Meet(*a, *b);
    Inc(*a, "yuri");
    EXPECT_GT(ItemOf(*a, "yuri").timestamp, known);
    const std::unique_ptr<Store> other =
        shared ? a->OpenAnother() : std::unique_ptr<Store>();
    if (!shared) continue;
    std::string timestamp;
    DYNO_OK(other->NewTimestamp(&timestamp));
    EXPECT_GT(timestamp, known);
  }
}

TEST_F(MembersTest, ACopyCanFlattenTheOriginalsOperations) {
  const auto a = NewTestStore();
  const auto b = NewTestStore();
  Inc(*a, "kim");
  DYNO_OK(a->store()->Close());
  b->Restore(a->backend.records());
  DYNO_OK(NewReplica(b->store()));
  clock_.now += 10;
  FlattenResult result;
  DYNO_OK(b->store()->Flatten("kim", FlattenOptions(), &result));
  EXPECT_EQ(result.folded, 1u);
}

TEST_F(MembersTest, ARestoredStoreIsNoticedEvenIfItWasWrittenToFirst) {
  const auto a = NewTestStore();
  const auto b = NewTestStore();
  const auto c = NewTestStore();
  Meet(*a, *b);
  Meet(*a, *c);
  DYNO_OK(a->store()->Close());
  const auto backup = a->backend.records();
  a->Open();
  Inc(*a, "kim");
  Meet(*a, *b);
  a->Restore(backup);
  for (int i = 0; i < 3; ++i) {  // The lease is renewed in between.
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

TEST_F(MembersTest, MarkRestoredRefusesABackupThatKnowsNoOtherStore) {
  const auto a = NewTestStore();
  Inc(*a, "kim");
  const Status refused = MarkRestored(a->store());
  EXPECT_TRUE(refused.IsInvalidArgument()) << refused.ToString();
}

TEST_F(MembersTest, ACopyOfARestoredStoreClaimsNoMoreThanTheOriginal) {
  const auto a = NewTestStore();
  const auto b = NewTestStore();
  const auto c = NewTestStore();
  Meet(*a, *b);
  Meet(*a, *c);
  const auto backup = a->backend.records();
  Inc(*a, "kim");
  Meet(*a, *b);  // Only `b` gets the operation.
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

}  // namespace
}  // namespace dyno

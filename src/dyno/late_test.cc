// Records that arrive after their item was flattened are kept, reported, and
// applied only when asked for.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "dyno/dyno_test_environment.h"
#include "dyno/store_test_fixture.h"

namespace dyno {
namespace {

using leveldb::Status;

class LateTest : public StoreTest {
 protected:
  /// Makes an item that was flattened before an older operation arrived.
  void MakeLate() {
    DYNO_OK(store_->NewTimestamp(&late_timestamp_));
    DYNO_OK(store_->PutItem({}, "kim", R"({"films":1})"));
    DYNO_OK(store_->Flatten("kim", FlattenOptions()));
    late_ = late_timestamp_ + "/incAttrs";
    environment_.backend.Put("kim/" + late_, R"({"films":5})");
  }
  std::string late_timestamp_;
  std::string late_;
};

TEST_F(LateTest, ALateOperationIsKeptReportedAndNotApplied) {
  MakeLate();
  const Item item = Get("kim");
  EXPECT_EQ(item.json, R"({"films":1})");
  EXPECT_EQ(item.changes, 1u);
  ASSERT_EQ(item.late.size(), 1u);
  EXPECT_EQ(item.late[0].key, late_);
  EXPECT_EQ(item.late[0].timestamp, late_timestamp_);
  EXPECT_EQ(item.late[0].operation, "incAttrs");
  EXPECT_EQ(item.late[0].change, R"({"films":5})");
  EXPECT_EQ(HistoryOf("kim")[0].kind, HistoryEntry::Kind::kLate);

  DYNO_OK(store_->IncAttrs({}, "kim", R"({"films":1})"));
  DYNO_OK(store_->Flatten("kim", FlattenOptions()));
  EXPECT_EQ(Get("kim").late.size(), 1u);
  EXPECT_EQ(Json("kim"), R"({"films":2})");
}

TEST_F(LateTest, ASettledOperationIsKeptAndNotReportedEvenAfterAFlatten) {
  MakeLate();
  DYNO_OK(store_->Settle({}, "kim", {late_}));
  for (int i = 0; i < 3; ++i) {
    const Item item = Get("kim");
    EXPECT_TRUE(item.late.empty());
    EXPECT_EQ(item.json, R"({"films":1})");
    EXPECT_EQ(HistoryOf("kim")[0].kind, HistoryEntry::Kind::kSettled);
    EXPECT_EQ(environment_.backend.items().count("kim/" + late_), 1u);
    DYNO_OK(store_->PutAttrs({}, "kim", "{}"));
    DYNO_OK(store_->Flatten("kim", FlattenOptions()));
  }
}

TEST_F(LateTest, AReappliedOperationCountsOnceAndIsSettledAtomically) {
  MakeLate();
  const int writes = environment_.backend.writes;
  std::string timestamp;
  DYNO_OK(store_->Reapply({}, "kim", late_, &timestamp));
  EXPECT_EQ(environment_.backend.writes, writes + 1);
  const Item item = Get("kim");
  EXPECT_EQ(item.json, R"({"films":6})");
  EXPECT_TRUE(item.late.empty());
  EXPECT_EQ(item.timestamp, timestamp);
  ExpectInvalid(store_->Reapply({}, "kim", late_), "not late");
  // If the late operation arrives again from another store, it counts as
  // settled.
  environment_.backend.Put("kim/" + late_, R"({"films":5})");
  EXPECT_TRUE(Get("kim").late.empty());
  DYNO_OK(store_->Flatten("kim", FlattenOptions()));
  EXPECT_TRUE(Get("kim").late.empty());
  EXPECT_EQ(Json("kim"), R"({"films":6})");
}

TEST_F(LateTest, OneOfTwoConcurrentReappliesSucceeds) {
  environment_.backend.is_shared = true;
  store_ = environment_.Open(Options());
  MakeLate();
  const auto other = environment_.Open(Options());
  DYNO_OK(other->PutItem({}, "else", "{}"));  // Now `other` has a slot.
  bool is_first = true;
  environment_.backend.before_write = [&](int) {
    if (!is_first) return Status::OK();
    is_first = false;
    return other->Reapply({}, "kim", late_);
  };
  std::string timestamp;
  ExpectInvalid(store_->Reapply({}, "kim", late_, &timestamp), "not late");
  EXPECT_FALSE(is_first);
  EXPECT_EQ(timestamp, "");
  EXPECT_EQ(Json("kim"), R"({"films":6})");
  EXPECT_EQ(Get("kim").changes, 3u);  // The putItem, a settle and the copy.
}

TEST_F(LateTest, AnOperationReappliedDuringAFlattenIsAboveTheBase) {
  environment_.backend.is_shared = true;
  store_ = environment_.Open(Options());
  MakeLate();
  const auto other = environment_.Open(Options());
  bool is_first = true;
  environment_.backend.before_write = [&](int) {
    if (!is_first) return Status::OK();
    is_first = false;
    environment_.clock.now += 1000;
    const Status added = other->IncAttrs({}, "kim", R"({"films":1})");
    return added.ok() ? other->Flatten("kim", FlattenOptions()) : added;
  };
  DYNO_OK(store_->Reapply({}, "kim", late_));
  EXPECT_FALSE(is_first);
  EXPECT_TRUE(Get("kim").late.empty());
  EXPECT_EQ(Json("kim"), R"({"films":7})");
}

TEST_F(LateTest, AReapplyOfUnknownOutcomeCanBeRepeated) {
  for (const bool takes_effect : {false, true}) {
    MakeLate();
    const auto fail = [](int) { return Status::IOError("timeout: no answer"); };
    (takes_effect ? environment_.backend.after_write
                  : environment_.backend.before_write) = fail;
    const Status status = store_->Reapply({}, "kim", late_);
    environment_.backend.before_write = environment_.backend.after_write =
        nullptr;
    EXPECT_TRUE(status.IsIOError()) << status.ToString();
    EXPECT_NE(status.ToString().find(
                  "whether the operation was reapplied is unknown"),
              std::string::npos)
        << status.ToString();
    EXPECT_EQ(status.ToString().find("its timestamp"), std::string::npos);
    if (takes_effect) {
      ExpectInvalid(store_->Reapply({}, "kim", late_), "not late");
    } else {
      DYNO_OK(store_->Reapply({}, "kim", late_));
    }
    EXPECT_EQ(Json("kim"), R"({"films":6})");
  }
}

TEST_F(LateTest, ReapplyRefusesAGivenTimestamp) {
  MakeLate();
  const int writes = environment_.backend.writes;
  WriteOptions options;
  options.timestamp = TimestampAt(9);
  ExpectInvalid(store_->Reapply(options, "kim", late_), "one timestamp");
  EXPECT_EQ(environment_.backend.writes, writes);
}

TEST_F(LateTest, OnlyLateOperationsCanBeSettled) {
  MakeLate();
  ExpectInvalid(store_->Settle({}, "kim", {"nothing"}), "not late");
  ExpectInvalid(store_->Settle({}, "kim", {}), "nothing to settle");
  ExpectInvalid(store_->Settle({}, "nobody", {late_}), "not late");
  EXPECT_EQ(Get("kim").late.size(), 1u);
}

TEST_F(LateTest, InASharedStoreAnOperationIsLateOnlyIfASecondReadAgrees) {
  environment_.backend.is_shared = true;
  DYNO_OK(store_->PutItem({}, "kim", R"({"films":1})"));
  DYNO_OK(store_->IncAttrs({}, "kim", R"({"films":1})"));
  DYNO_OK(store_->Flatten("kim", FlattenOptions()));
  // The first range sees a folded operation, as if its first page was read
  // before the flatten.
  const std::string leftover = "kim/" + TimestampAt(0) + "/putItem";
  environment_.backend.Put(leftover, R"({"films":1})");
  int ranges = 0;
  environment_.backend.before_range = [&] {
    if (++ranges == 2) environment_.backend.Delete(leftover);
  };
  EXPECT_TRUE(Get("kim").late.empty());
  EXPECT_EQ(ranges, 2);
}

TEST_F(LateTest, AQueryOfASharedStoreReadsItemsWithLateRecordsTwice) {
  MakeLate();
  environment_.backend.is_shared = true;
  DYNO_OK(store_->PutItem({}, "lee", "{}"));
  const int before = environment_.backend.ranges;
  EXPECT_EQ(QueryNames(QueryOptions()),
            (std::vector<std::string>{"kim", "lee"}));
  // Two ranges around dyno's own records, and one range of kim.
  EXPECT_EQ(environment_.backend.ranges, before + 3);
}

}  // namespace
}  // namespace dyno

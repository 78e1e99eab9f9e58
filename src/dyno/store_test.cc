// What a store promises, call by call, and what it does with bad input.

#include "dyno/store.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "dyno/dyno_test_world.h"
#include "dyno/item/key.h"

namespace dyno {
namespace {

using leveldb::Status;

/// That of the seed's example with this counter.
std::string TimestampAt(int counter) {
  Flake flake;
  flake.milliseconds = kSeedMilliseconds;
  flake.counter = static_cast<uint16_t>(counter);
  flake.slot = 0x188c;
  flake.replica = 0x786ae2e1f629;
  return flake.ToString();
}

class StoreTest : public testing::Test {
 protected:
  // What they look at ends with the test's body; the store ends later.
  void TearDown() override {
    world_.backend.before_write = nullptr;
    world_.backend.after_write = nullptr;
    world_.backend.before_range = nullptr;
  }
  StoreTest() : store_(world_.Open()) {}

  Item Get(const std::string& name) {
    Item item;
    const Status status = store_->GetItem(name, &item);
    EXPECT_TRUE(status.ok()) << status.ToString();
    return item;
  }
  std::string Json(const std::string& name) {
    return JsonOf(store_.get(), name);
  }
  std::vector<HistoryEntry> HistoryOf(const std::string& name) {
    std::vector<HistoryEntry> entries;
    const Status status =
        store_->History(name, [&entries](const HistoryEntry& entry) {
          entries.push_back(entry);
          return true;
        });
    EXPECT_TRUE(status.ok()) << status.ToString();
    return entries;
  }
  std::vector<std::string> QueryNames(const QueryOptions& options) {
    std::vector<std::string> names;
    query_status_ = store_->Query(options, [&names](const Item& item) {
      names.push_back(item.name);
      return true;
    });
    return names;
  }
  void PutRaw(const std::string& name, int counter,
              const std::string& operation, const std::string& value) {
    world_.backend.Put(name + "/" + TimestampAt(counter) + "/" + operation,
                       value);
  }
  void ExpectInvalid(const Status& status, const std::string& words) {
    EXPECT_TRUE(status.IsInvalidArgument()) << status.ToString();
    EXPECT_NE(status.ToString().find(words), std::string::npos)
        << status.ToString();
  }

  DynoWorld world_;
  std::unique_ptr<Store> store_;
  Status query_status_;
};

// ------------------------------------------------------------ what calls do

TEST_F(StoreTest, AnItemThatNeverWasDoesNotExist) {
  const Item item = Get("nobody");
  EXPECT_EQ(item.name, "nobody");
  EXPECT_FALSE(item.exists);
  EXPECT_EQ(item.json, "");
  EXPECT_EQ(item.timestamp, "");
  EXPECT_EQ(item.hash, "");
  EXPECT_EQ(item.changes, 0u);
}

TEST_F(StoreTest, ReadingWritesNothing) {
  Get("nobody");
  EXPECT_TRUE(QueryNames(QueryOptions()).empty());
  EXPECT_EQ(world_.backend.writes, 0);
  EXPECT_EQ(store_->replica(), "");
}

TEST_F(StoreTest, EveryOperationAddsOneRecordAndReturnsItsTimestamp) {
  std::string timestamp;
  DYNO_OK(store_->PutItem({}, "kim", R"({"films":1})", &timestamp));
  EXPECT_EQ(timestamp, TimestampAt(0));
  DYNO_OK(store_->IncAttrs({}, "kim", R"({"films":2})", &timestamp));
  EXPECT_EQ(timestamp, TimestampAt(1));
  DYNO_OK(store_->AppendAttrs({}, "kim", R"({"log":"x"})"));
  DYNO_OK(store_->AddToSet({}, "kim", R"({"roles":["clown","father"]})"));
  DYNO_OK(store_->DelFromSet({}, "kim", R"({"roles":["father"]})"));
  DYNO_OK(store_->PutAttrs({}, "kim", R"({"dob":1941})"));
  DYNO_OK(store_->DelAttrs({}, "kim", {"log"}));
  EXPECT_EQ(Json("kim"), R"({"films":3,"roles":{"clown":true},"dob":1941})");
  DYNO_OK(store_->DelItem({}, "kim", &timestamp));
  EXPECT_EQ(timestamp, TimestampAt(7));
  const Item item = Get("kim");
  EXPECT_FALSE(item.exists);
  EXPECT_EQ(item.timestamp, TimestampAt(7));
  EXPECT_EQ(item.changes, 8u);
  EXPECT_EQ(world_.backend.items().size(), 8u);
}

TEST_F(StoreTest, AReadIsOneRangeBoundedAtBothEnds) {
  DYNO_OK(store_->PutItem({}, "kim", "{}"));
  const int before = world_.backend.ranges;
  Get("kim");
  EXPECT_EQ(world_.backend.ranges, before + 1);
}

TEST_F(StoreTest, AWriteIsOneWriteOnceTheWriterHasItsPlace) {
  DYNO_OK(store_->PutItem({}, "kim", "{}"));
  const int writes = world_.backend.writes;
  const int ranges = world_.backend.ranges;
  for (int i = 0; i < 10; ++i) DYNO_OK(store_->PutAttrs({}, "kim", "{}"));
  EXPECT_EQ(world_.backend.writes, writes + 10);
  EXPECT_EQ(world_.backend.ranges, ranges);
}

TEST_F(StoreTest, AWritersFirstWriteTakesItsPlace) {
  // An id, a place, the operation; a look at the places.
  DYNO_OK(store_->PutItem({}, "kim", "{}"));
  EXPECT_EQ(world_.backend.writes, 3);
  EXPECT_EQ(world_.backend.ranges, 2);  // One is Open's.
  DYNO_OK(store_->Close());
  EXPECT_EQ(world_.backend.writes, 4);
  world_.backend.is_shared = true;
  store_ = world_.Open(Options());
  world_.backend.writes = world_.backend.ranges = 0;
  DYNO_OK(store_->PutItem({}, "kim", "{}"));
  EXPECT_EQ(world_.backend.writes, 2);
  EXPECT_EQ(world_.backend.ranges, 2);  // The places and the floor.
}

TEST_F(StoreTest, WhatWasReadIsWrittenAfter) {
  Flake ahead;
  ASSERT_TRUE(Flake::Parse(TimestampAt(0), &ahead));
  ahead.replica = 1;
  const auto put = [&](const std::string& name) {
    ahead.milliseconds += 1000;
    world_.backend.Put(name + "/" + ahead.ToString() + "/putItem", "{}");
    return ahead.ToString();
  };
  std::string next;
  const std::string a = put("a");
  Get("a");
  DYNO_OK(store_->NewTimestamp(&next));
  EXPECT_GT(next, a);
  const std::string b = put("b");
  QueryNames(QueryOptions());
  DYNO_OK(store_->NewTimestamp(&next));
  EXPECT_GT(next, b);
}

TEST_F(StoreTest, TheHashIsThatOfItsDefinition) {
  DYNO_OK(store_->PutItem({}, "chilts", R"({"nick":"chilts"})"));
  DYNO_OK(store_->PutAttrs({}, "chilts", R"({"logins":10})"));
  const auto lengthened = [](const std::string& text) {
    return std::string(7, '\0') + static_cast<char>(text.size()) + text;
  };
  std::string hash;
  for (const auto& [key, value] : world_.backend.items()) {
    const std::string bytes = hash + lengthened(key) + lengthened(value);
    hash.clear();
    dynamodown::AppendHex(dynamodown::AsBytes(dynamodown::Sha256(bytes)),
                          &hash);
  }
  EXPECT_EQ(Get("chilts").hash, hash);
  // Written down, so that it can never change unseen.
  EXPECT_EQ(hash,
            "b4d98750d2338cf93a55f775032c6578e0d5d59929c42d63dc439a56a0efff40");
}

TEST_F(StoreTest, AsOfIsTheItemThatWas) {
  DYNO_OK(store_->PutItem({}, "kim", R"({"a":1})"));
  DYNO_OK(store_->IncAttrs({}, "kim", R"({"a":1})"));
  world_.clock.now += 1;
  DYNO_OK(store_->DelItem({}, "kim"));
  Item item;
  DYNO_OK(store_->GetItemAsOf("kim", TimestampAt(0), &item));
  EXPECT_EQ(item.json, R"({"a":1})");
  EXPECT_EQ(item.changes, 1u);
  DYNO_OK(store_->GetItemAsOf("kim", "013d58c7276e", &item));
  EXPECT_EQ(item.json, R"({"a":2})");
  EXPECT_EQ(item.timestamp, TimestampAt(1));
  DYNO_OK(store_->GetItemAsOf("kim", "013d58c7276d", &item));
  EXPECT_FALSE(item.exists);
  EXPECT_EQ(item.changes, 0u);
  DYNO_OK(store_->GetItemAsOf("kim", "ffffffffffff", &item));
  EXPECT_FALSE(item.exists);
  EXPECT_EQ(item.changes, 3u);
}

TEST_F(StoreTest, AsOfBelowTheBaseNamesIt) {
  DYNO_OK(store_->PutItem({}, "kim", R"({"a":1})"));
  DYNO_OK(store_->IncAttrs({}, "kim", R"({"a":1})"));
  DYNO_OK(store_->Flatten("kim", FlattenOptions()));
  Item item;
  ExpectInvalid(store_->GetItemAsOf("kim", TimestampAt(0), &item),
                TimestampAt(1));
  DYNO_OK(store_->GetItemAsOf("kim", TimestampAt(1), &item));
  EXPECT_EQ(item.json, R"({"a":2})");
}

TEST_F(StoreTest, HistoryHasTheStateAfterEachOperation) {
  DYNO_OK(store_->PutItem({}, "kim", R"({"a":1})"));
  DYNO_OK(store_->Flatten("kim", FlattenOptions()));
  DYNO_OK(store_->IncAttrs({}, "kim", R"({"a":1})"));
  DYNO_OK(store_->DelItem({}, "kim"));
  const std::vector<HistoryEntry> entries = HistoryOf("kim");
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].kind, HistoryEntry::Kind::kBase);
  EXPECT_EQ(entries[0].json, R"({"a":1})");
  EXPECT_EQ(entries[1].kind, HistoryEntry::Kind::kOperation);
  EXPECT_EQ(entries[1].operation, "incAttrs");
  EXPECT_EQ(entries[1].change, R"({"a":1})");
  EXPECT_EQ(entries[1].json, R"({"a":2})");
  EXPECT_EQ(entries[1].changes, 2u);
  EXPECT_FALSE(entries[2].exists);
  EXPECT_EQ(entries[2].hash, Get("kim").hash);
}

TEST_F(StoreTest, HistoryEndsWhenTheVisitorDoes) {
  for (int i = 0; i < 5; ++i) DYNO_OK(store_->PutAttrs({}, "kim", "{}"));
  int visited = 0;
  DYNO_OK(store_->History(
      "kim", [&visited](const HistoryEntry&) { return ++visited < 2; }));
  EXPECT_EQ(visited, 2);
}

TEST_F(StoreTest, QueryVisitsItemsBetweenNamesInOrder) {
  for (const std::string name : {"a", "b", "b!", "c", "/", "%", "!"}) {
    DYNO_OK(store_->PutItem({}, name, "{}"));
  }
  using Names = std::vector<std::string>;
  // Of encoded names with their "/": "!" and "%" come before "/".
  EXPECT_EQ(QueryNames(QueryOptions()),
            (Names{"!", "%", "/", "a", "b!", "b", "c"}));
  QueryOptions options;
  options.from = "b";
  EXPECT_EQ(QueryNames(options), (Names{"b", "c"}));
  options.to = "b";
  EXPECT_EQ(QueryNames(options), (Names{"b"}));
  options.from.clear();
  EXPECT_EQ(QueryNames(options), (Names{"!", "%", "/", "a", "b!", "b"}));
  options.from = "c";
  EXPECT_EQ(QueryNames(options), Names{});
  EXPECT_TRUE(query_status_.ok());
}

TEST_F(StoreTest, QueryLeavesOutWhatIsDeletedUnlessAsked) {
  DYNO_OK(store_->PutItem({}, "a", "{}"));
  DYNO_OK(store_->PutItem({}, "b", "{}"));
  DYNO_OK(store_->DelItem({}, "a"));
  QueryOptions options;
  EXPECT_EQ(QueryNames(options), std::vector<std::string>{"b"});
  options.deleted = true;
  EXPECT_EQ(QueryNames(options), (std::vector<std::string>{"a", "b"}));
  uint64_t count = 0;
  DYNO_OK(store_->Count(QueryOptions(), &count));
  EXPECT_EQ(count, 1u);
  std::vector<std::string> names;
  DYNO_OK(store_->Names(QueryOptions(), [&names](const std::string& name) {
    names.push_back(name);
    return true;
  }));
  EXPECT_EQ(names, (std::vector<std::string>{"a", "b"}));
}

TEST_F(StoreTest, QueryFindsAttributesByTheirValue) {
  DYNO_OK(store_->PutItem({}, "a", R"({"admin":true})"));
  DYNO_OK(store_->PutItem({}, "b", R"({"admin":false,"n":1})"));
  DYNO_OK(store_->PutItem({}, "c", R"({"n":1.0})"));
  DYNO_OK(store_->PutItem({}, "d", R"({"n":"1"})"));
  DYNO_OK(store_->PutItem({}, "e", R"({"n":-1})"));
  DYNO_OK(store_->PutItem({}, "f", R"({"n":9007199254740992.0})"));
  QueryOptions options;
  options.attribute = "admin";
  options.value = "true";
  EXPECT_EQ(QueryNames(options), std::vector<std::string>{"a"});
  options.attribute = "n";
  options.value = "1";
  EXPECT_EQ(QueryNames(options), (std::vector<std::string>{"b", "c"}));
  options.value = "18446744073709551615";
  EXPECT_TRUE(QueryNames(options).empty());
  options.value = "9007199254740993";
  EXPECT_TRUE(QueryNames(options).empty());
  options.value = "one";
  QueryNames(options);
  ExpectInvalid(query_status_, "value");
}

TEST_F(StoreTest, ValuesAreEqualInAnyOrderOfTheirMembers) {
  DYNO_OK(store_->PutItem({}, "a", R"({"x":{"a":1,"b":[{"c":2,"d":3}]}})"));
  DYNO_OK(store_->PutItem({}, "b", R"({"x":{"b":[{"d":3,"c":2}],"a":1.0}})"));
  DYNO_OK(store_->PutItem({}, "c", R"({"x":{"a":1,"b":[{"c":2}]}})"));
  DYNO_OK(store_->PutItem({}, "d", R"({"x":{"a":1,"e":[{"c":2,"d":3}]}})"));
  DYNO_OK(store_->PutItem({}, "e", R"({"x":[2,1]})"));
  QueryOptions options;
  options.attribute = "x";
  options.value = R"({"b":[{"c":2,"d":3}],"a":1})";
  EXPECT_EQ(QueryNames(options), (std::vector<std::string>{"a", "b"}));
  options.value = "[1,2]";
  EXPECT_TRUE(QueryNames(options).empty());
  options.value = "[2,1]";
  EXPECT_EQ(QueryNames(options), std::vector<std::string>{"e"});
}

TEST_F(StoreTest, AVisitorMayWriteAndEndTheQuery) {
  for (const std::string name : {"a", "b", "c"}) {
    DYNO_OK(store_->PutItem({}, name, "{}"));
  }
  int visited = 0;
  DYNO_OK(store_->Query(QueryOptions(), [&](const Item& item) {
    EXPECT_TRUE(store_->IncAttrs({}, item.name, R"({"seen":1})").ok());
    return ++visited < 2;
  }));
  EXPECT_EQ(visited, 2);
  EXPECT_EQ(Json("b"), R"({"seen":1})");
  EXPECT_EQ(Json("c"), "{}");
}

TEST_F(StoreTest, NamesOfAnyBytesAreKept) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all.push_back(static_cast<char>(byte));
  for (const std::string& name :
       {all, std::string("a/b"), std::string("%dyno/id"), std::string(1, '\0'),
        std::string("a") + '\0'}) {
    DYNO_OK(store_->PutItem({}, name, R"({"x":1})"));
    EXPECT_EQ(Get(name).name, name);
    EXPECT_EQ(Json(name), R"({"x":1})");
  }
  EXPECT_EQ(QueryNames(QueryOptions()).size(), 5u);
}

// ----------------------------------------------------------- late and settled

class LateTest : public StoreTest {
 protected:
  /// An item that was flattened before an older operation came.
  void MakeLate() {
    DYNO_OK(store_->NewTimestamp(&late_timestamp_));
    DYNO_OK(store_->PutItem({}, "kim", R"({"films":1})"));
    DYNO_OK(store_->Flatten("kim", FlattenOptions()));
    late_ = late_timestamp_ + "/incAttrs";
    world_.backend.Put("kim/" + late_, R"({"films":5})");
  }
  std::string late_timestamp_;
  std::string late_;
};

TEST_F(LateTest, WhatIsLateIsKeptReportedAndNotApplied) {
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

TEST_F(LateTest, SettledIsKeptAndNotReportedAlsoWhenFlattened) {
  MakeLate();
  DYNO_OK(store_->Settle({}, "kim", {late_}));
  for (int i = 0; i < 3; ++i) {
    const Item item = Get("kim");
    EXPECT_TRUE(item.late.empty());
    EXPECT_EQ(item.json, R"({"films":1})");
    EXPECT_EQ(HistoryOf("kim")[0].kind, HistoryEntry::Kind::kSettled);
    EXPECT_EQ(world_.backend.items().count("kim/" + late_), 1u);
    DYNO_OK(store_->PutAttrs({}, "kim", "{}"));
    DYNO_OK(store_->Flatten("kim", FlattenOptions()));
  }
}

TEST_F(LateTest, ReappliedCountsOnceAndIsSettledAtomically) {
  MakeLate();
  const int writes = world_.backend.writes;
  std::string timestamp;
  DYNO_OK(store_->Reapply({}, "kim", late_, &timestamp));
  EXPECT_EQ(world_.backend.writes, writes + 1);
  const Item item = Get("kim");
  EXPECT_EQ(item.json, R"({"films":6})");
  EXPECT_TRUE(item.late.empty());
  EXPECT_EQ(item.timestamp, timestamp);
  ExpectInvalid(store_->Reapply({}, "kim", late_), "not late");
  // When it comes once more, from elsewhere, it is settled.
  world_.backend.Put("kim/" + late_, R"({"films":5})");
  EXPECT_TRUE(Get("kim").late.empty());
  DYNO_OK(store_->Flatten("kim", FlattenOptions()));
  EXPECT_TRUE(Get("kim").late.empty());
  EXPECT_EQ(Json("kim"), R"({"films":6})");
}

TEST_F(LateTest, OfTwoThatReapplyAtOnceOneDoes) {
  world_.backend.is_shared = true;
  store_ = world_.Open(Options());
  MakeLate();
  const auto other = world_.Open(Options());
  DYNO_OK(other->PutItem({}, "else", "{}"));  // It has its place.
  bool is_first = true;
  world_.backend.before_write = [&](int) {
    if (!is_first) return Status::OK();
    is_first = false;
    return other->Reapply({}, "kim", late_);
  };
  std::string timestamp;
  ExpectInvalid(store_->Reapply({}, "kim", late_, &timestamp), "not late");
  EXPECT_FALSE(is_first);
  EXPECT_EQ(timestamp, "");
  EXPECT_EQ(Json("kim"), R"({"films":6})");
  EXPECT_EQ(Get("kim").changes, 3u);  // And a settle.
}

TEST_F(LateTest, WhatIsReappliedDuringAFlattenIsAboveItsBase) {
  world_.backend.is_shared = true;
  store_ = world_.Open(Options());
  MakeLate();
  const auto other = world_.Open(Options());
  bool is_first = true;
  world_.backend.before_write = [&](int) {
    if (!is_first) return Status::OK();
    is_first = false;
    world_.clock.now += 1000;
    const Status added = other->IncAttrs({}, "kim", R"({"films":1})");
    return added.ok() ? other->Flatten("kim", FlattenOptions()) : added;
  };
  DYNO_OK(store_->Reapply({}, "kim", late_));
  EXPECT_FALSE(is_first);
  EXPECT_TRUE(Get("kim").late.empty());
  EXPECT_EQ(Json("kim"), R"({"films":7})");
}

TEST_F(LateTest, AReapplyOfUnknownOutcomeIsRepeated) {
  for (const bool takes_effect : {false, true}) {
    MakeLate();
    const auto fail = [](int) { return Status::IOError("timeout: no answer"); };
    (takes_effect ? world_.backend.after_write : world_.backend.before_write) =
        fail;
    const Status status = store_->Reapply({}, "kim", late_);
    world_.backend.before_write = world_.backend.after_write = nullptr;
    EXPECT_TRUE(status.IsIOError()) << status.ToString();
    EXPECT_NE(status.ToString().find("whether it was reapplied is unknown"),
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

TEST_F(LateTest, TwoRecordsAreNotGivenOneTimestamp) {
  MakeLate();
  const int writes = world_.backend.writes;
  WriteOptions options;
  options.timestamp = TimestampAt(9);
  ExpectInvalid(store_->Reapply(options, "kim", late_), "one timestamp");
  EXPECT_EQ(world_.backend.writes, writes);
}

TEST_F(LateTest, OnlyWhatIsLateIsSettled) {
  MakeLate();
  ExpectInvalid(store_->Settle({}, "kim", {"nothing"}), "not late");
  ExpectInvalid(store_->Settle({}, "kim", {}), "nothing to settle");
  ExpectInvalid(store_->Settle({}, "nobody", {late_}), "not late");
  EXPECT_EQ(Get("kim").late.size(), 1u);
}

TEST_F(LateTest, InASharedStoreIsLateOnlyWhatIsSoWhenReadAgain) {
  world_.backend.is_shared = true;
  DYNO_OK(store_->PutItem({}, "kim", R"({"films":1})"));
  DYNO_OK(store_->IncAttrs({}, "kim", R"({"films":1})"));
  DYNO_OK(store_->Flatten("kim", FlattenOptions()));
  // As a range shows it whose first page was read before the flatten.
  const std::string leftover = "kim/" + TimestampAt(0) + "/putItem";
  world_.backend.Put(leftover, R"({"films":1})");
  int ranges = 0;
  world_.backend.before_range = [&] {
    if (++ranges == 2) world_.backend.Delete(leftover);
  };
  EXPECT_TRUE(Get("kim").late.empty());
  EXPECT_EQ(ranges, 2);
}

TEST_F(LateTest, AQueryOfASharedStoreReadsWhatIsLateOnceMore) {
  MakeLate();
  world_.backend.is_shared = true;
  DYNO_OK(store_->PutItem({}, "lee", "{}"));
  const int before = world_.backend.ranges;
  EXPECT_EQ(QueryNames(QueryOptions()),
            (std::vector<std::string>{"kim", "lee"}));
  // Two around dyno's own, and one of kim.
  EXPECT_EQ(world_.backend.ranges, before + 3);
}

// ------------------------------------------------------------------ bad input

TEST_F(StoreTest, NamesThatCannotBeAreRefusedBeforeAnythingIsWritten) {
  ExpectInvalid(store_->PutItem({}, "", "{}"), "empty");
  ExpectInvalid(store_->PutItem({}, std::string(901, 'a'), "{}"), "900");
  Item item;
  ExpectInvalid(store_->GetItem("", &item), "empty");
  ExpectInvalid(store_->Flatten(std::string(901, 'a'), FlattenOptions()),
                "900");
  EXPECT_EQ(world_.backend.writes, 0);
}

TEST_F(StoreTest, ChangesThatCannotBeAreRefusedBeforeAnythingIsWritten) {
  ExpectInvalid(store_->PutItem({}, "a", "{"), "no JSON");
  ExpectInvalid(store_->PutItem({}, "a", "[]"), "an object");
  ExpectInvalid(store_->PutAttrs({}, "a", ""), "no JSON");
  ExpectInvalid(store_->IncAttrs({}, "a", R"({"n":"1"})"), "numbers");
  ExpectInvalid(store_->AppendAttrs({}, "a", R"({"n":1})"), "strings");
  ExpectInvalid(store_->AddToSet({}, "a", R"({"n":"x"})"), "arrays");
  ExpectInvalid(store_->DelFromSet({}, "a", R"({"n":[null]})"), "arrays");
  ExpectInvalid(store_->DelAttrs({}, "a", {"\xff"}), "UTF-8");
  ExpectInvalid(store_->PutItem({}, "a", "{\"x\":\"\xff\"}"), "no JSON");
  EXPECT_EQ(world_.backend.writes, 0);
}

TEST_F(StoreTest, TimestampsAreTakenOnlyWhenTheyAreThisWriters) {
  DYNO_OK(store_->PutItem({}, "kim", "{}"));
  const auto with = [this](const std::string& timestamp) {
    WriteOptions options;
    options.timestamp = timestamp;
    return store_->PutAttrs(options, "kim", R"({"x":1})");
  };
  ExpectInvalid(with("now"), "no timestamp");
  ExpectInvalid(with("013d58c7276e"), "no timestamp");
  ExpectInvalid(with("013d58c7276e-0009-188d-786ae2e1f629"), "188c");
  ExpectInvalid(with("013d58c7276e-0009-188c-786ae2e1f628"), "786ae2e1f629");
  // A minute is still a time, more is none; the clock stays in either case.
  Flake ahead;
  ASSERT_TRUE(Flake::Parse(TimestampAt(0), &ahead));
  ahead.milliseconds += 60 * 1000;
  ahead.counter = 1;
  ExpectInvalid(with(ahead.ToString()), "ahead");
  std::string next;
  DYNO_OK(store_->NewTimestamp(&next));
  EXPECT_EQ(next, TimestampAt(1));
  EXPECT_EQ(world_.backend.items().size(), 1u);
  ahead.counter = 0;
  DYNO_OK(with(ahead.ToString()));
  DYNO_OK(store_->NewTimestamp(&next));
  EXPECT_GT(next, ahead.ToString());
}

TEST_F(StoreTest, TheSameWriteWithItsTimestampCountsOnce) {
  std::string timestamp;
  DYNO_OK(store_->IncAttrs({}, "kim", R"({"n":1})", &timestamp));
  WriteOptions options;
  options.timestamp = timestamp;
  DYNO_OK(store_->IncAttrs(options, "kim", R"({"n":1})"));
  EXPECT_EQ(Json("kim"), R"({"n":1})");
  ExpectInvalid(store_->IncAttrs(options, "kim", R"({"n":2})"), "another");
  ExpectInvalid(store_->DelItem(options, "kim"), "another");
  DYNO_OK(store_->Flatten("kim", FlattenOptions()));
  ExpectInvalid(store_->IncAttrs(options, "kim", R"({"n":1})"), "base");
  EXPECT_EQ(Json("kim"), R"({"n":1})");
}

TEST_F(StoreTest, ARepeatOfWhatIsThereWritesOnlyWhatMakesItDurable) {
  WriteOptions options;
  DYNO_OK(store_->IncAttrs({}, "kim", R"({"n":1})", &options.timestamp));
  const int writes = world_.backend.writes;
  DYNO_OK(store_->IncAttrs(options, "kim", R"({"n":1})"));
  EXPECT_EQ(world_.backend.writes, writes);
  options.sync = true;
  DYNO_OK(store_->IncAttrs(options, "kim", R"({"n":1})"));
  EXPECT_EQ(world_.backend.writes, writes + 1);
  world_.backend.is_shared = true;  // Durable as it is.
  DYNO_OK(store_->IncAttrs(options, "kim", R"({"n":1})"));
  EXPECT_EQ(world_.backend.writes, writes + 1);
  EXPECT_EQ(Json("kim"), R"({"n":1})");
}

TEST_F(StoreTest, ARepeatThatMeetsAFlattenIsNotLate) {
  // What the item has when the write whose answer was lost arrives.
  for (const std::string before : {"an operation", "a putItem", "a base"}) {
    world_.backend.is_shared = true;
    store_ = world_.Open(Options());
    const auto other = world_.Open(Options());
    const std::string name = before.substr(before.rfind(' ') + 1);
    if (before == "an operation") {
      DYNO_OK(store_->IncAttrs({}, name, R"({"n":1})"));
    } else {
      DYNO_OK(store_->PutItem({}, name, R"({"n":1})"));
    }
    if (before == "a base") {
      DYNO_OK(store_->Flatten(name, FlattenOptions()));
    }
    WriteOptions options;
    DYNO_OK(store_->NewTimestamp(&options.timestamp));
    DYNO_OK(other->PutItem({}, "else", "{}"));  // It has its place.
    bool is_first = true;
    world_.backend.before_write = [&](int) {
      if (!is_first) return Status::OK();
      is_first = false;
      world_.backend.Put(name + "/" + options.timestamp + "/incAttrs",
                         R"({"n":1})");
      world_.clock.now += 1;
      const Status added = other->IncAttrs({}, name, R"({"n":1})");
      return added.ok() ? other->Flatten(name, FlattenOptions()) : added;
    };
    ExpectInvalid(store_->IncAttrs(options, name, R"({"n":1})"), "base");
    world_.backend.before_write = nullptr;
    EXPECT_FALSE(is_first);
    EXPECT_TRUE(Get(name).late.empty()) << before;
    EXPECT_EQ(Json(name), R"({"n":3})") << before;
  }
}

TEST_F(StoreTest, AGivenTimestampGivesUpWhenOthersKeepFlattening) {
  world_.backend.is_shared = true;
  store_ = world_.Open(Options());
  DYNO_OK(store_->PutItem({}, "kim", R"({"n":1})"));
  DYNO_OK(store_->Flatten("kim", FlattenOptions()));
  WriteOptions options;
  DYNO_OK(store_->NewTimestamp(&options.timestamp));
  // The base goes each time, and comes back before it is read.
  std::string base;
  std::string value;
  for (const auto& [key, stored] : world_.backend.items()) {
    if (key.find("/~base") == std::string::npos) continue;
    base = key;
    value = stored;
  }
  int conflicts = 0;
  world_.backend.before_write = [&](int) {
    ++conflicts;
    world_.backend.Delete(base);
    return Status::OK();
  };
  world_.backend.before_range = [&] { world_.backend.Put(base, value); };
  const Status status = store_->IncAttrs(options, "kim", R"({"n":1})");
  world_.backend.before_write = nullptr;
  EXPECT_NE(status.ToString().find("conflict:"), std::string::npos)
      << status.ToString();
  EXPECT_EQ(conflicts, 16);
  EXPECT_EQ(Json("kim"), R"({"n":1})");
}

TEST_F(StoreTest, ATimestampOfAnotherIsRefusedBeforeAnythingIsWritten) {
  const auto with = [this](const std::string& timestamp) {
    WriteOptions options;
    options.timestamp = timestamp;
    return store_->PutItem(options, "kim", "{}");
  };
  for (const bool is_shared : {false, true}) {
    world_.backend.is_shared = is_shared;
    Options options;
    store_ = world_.Open(options);
    ExpectInvalid(with("013d58c7276e-0000-0001-786ae2e1f629"), "another");
    options.replica = "786ae2e1f629";
    store_ = world_.Open(options);
    ExpectInvalid(with("013d58c7276e-0000-0001-786ae2e1f628"), "another");
    ExpectInvalid(with("013d58c7276e-0000-0002-786ae2e1f629"), "another");
    EXPECT_EQ(world_.backend.writes, 0);
    EXPECT_TRUE(world_.backend.records().empty());
  }
  // That of a writer that is there.
  std::string timestamp;
  DYNO_OK(world_.Open(Options())->NewTimestamp(&timestamp));
  const auto owner = world_.Open(Options());
  DYNO_OK(owner->NewTimestamp(&timestamp));
  store_ = world_.Open(Options());
  const auto records = world_.backend.records();
  ExpectInvalid(with(timestamp), "another");
  EXPECT_EQ(world_.backend.records(), records);
  DYNO_OK(owner->Close());
  DYNO_OK(with(timestamp));
}

TEST_F(StoreTest, ATimestampBelowTheBaseTakesNoPlace) {
  DYNO_OK(store_->PutItem({}, "kim", "{}"));
  DYNO_OK(store_->Flatten("kim", FlattenOptions()));
  store_.reset();
  store_ = world_.Open();
  const int writes = world_.backend.writes;
  WriteOptions options;
  options.timestamp = TimestampAt(0);
  ExpectInvalid(store_->PutItem(options, "kim", "{}"), "base");
  EXPECT_EQ(world_.backend.writes, writes);
}

TEST_F(StoreTest, AWriteOfUnknownOutcomeSaysSoAndCanBeRepeated) {
  DYNO_OK(store_->PutItem({}, "kim", "{}"));
  for (const bool takes_effect : {false, true}) {
    const auto fail = [](int) { return Status::IOError("timeout: no answer"); };
    (takes_effect ? world_.backend.after_write : world_.backend.before_write) =
        fail;
    WriteOptions options;
    const Status status =
        store_->IncAttrs({}, "kim", R"({"n":1})", &options.timestamp);
    world_.backend.before_write = world_.backend.after_write = nullptr;
    EXPECT_TRUE(status.IsIOError());
    EXPECT_EQ(status.ToString().find("IO error: timeout: no answer"), 0u)
        << status.ToString();
    EXPECT_NE(status.ToString().find("unknown"), std::string::npos);
    EXPECT_NE(status.ToString().find(options.timestamp), std::string::npos);
    DYNO_OK(store_->IncAttrs(options, "kim", R"({"n":1})"));
  }
  EXPECT_EQ(Json("kim"), R"({"n":2})");
}

TEST_F(StoreTest, AnObjectOverTheItemLimitIsTheBackendsError) {
  const std::string object = "{\"x\":\"" + std::string(409600, 'x') + "\"}";
  ExpectInvalid(store_->PutItem({}, "kim", object), "limit");
  EXPECT_TRUE(world_.backend.items().empty());
  EXPECT_EQ(Json("kim"), "none");
}

TEST_F(StoreTest, AnUnknownOperationIsKeptReportedAndSkipped) {
  PutRaw("kim", 0, "putItem", R"({"a":1})");
  PutRaw("kim", 1, "mulAttrs", R"({"a":7})");
  PutRaw("kim", 2, "incAttrs", R"({"a":1})");
  const Item item = Get("kim");
  EXPECT_EQ(item.json, R"({"a":2})");
  EXPECT_EQ(item.changes, 3u);
  EXPECT_EQ(item.unknown,
            std::vector<std::string>{"kim/" + TimestampAt(1) + "/mulAttrs"});
  EXPECT_EQ(HistoryOf("kim")[1].kind, HistoryEntry::Kind::kUnknown);

  // What cannot be applied cannot be folded either.
  const auto before = world_.backend.items();
  const Status status = store_->Flatten("kim", FlattenOptions());
  EXPECT_TRUE(status.IsNotSupportedError()) << status.ToString();
  EXPECT_NE(status.ToString().find("mulAttrs"), std::string::npos);
  EXPECT_EQ(world_.backend.items(), before);
  FlattenOptions options;
  options.timestamp = TimestampAt(0);
  DYNO_OK(store_->Flatten("kim", options));
  EXPECT_EQ(Get("kim").hash, item.hash);
}

TEST_F(StoreTest, DamageNamesItsKeyAndStaysWithItsItem) {
  DYNO_OK(store_->PutItem({}, "fine", "{}"));
  DYNO_OK(store_->PutItem({}, "zoo", "{}"));
  const std::string t = TimestampAt(9);
  const struct {
    std::string name;
    std::string key;
    std::string value;
  } damages[] = {
      {"json", "json/" + t + "/putItem", "{"},
      {"shape", "shape/" + t + "/incAttrs", R"({"a":"x"})"},
      {"unknown", "unknown/" + t + "/mulAttrs", "{"},
      {"key", "key/what is this", "{}"},
      {"alone", "alone/" + t + "/~base", R"({"n":1,"h":"","seen":{}})"},
      {"base", "base/" + t + "/~base",
       R"({"n":1,"h":")" + std::string(64, '0') + R"(","seen":{},"done":[]})"},
  };
  for (const auto& damage : damages) {
    world_.backend.Put(damage.key, damage.value);
    Item item;
    const Status status = store_->GetItem(damage.name, &item);
    EXPECT_TRUE(status.IsCorruption()) << status.ToString();
    EXPECT_NE(status.ToString().find(damage.key), std::string::npos)
        << status.ToString();
    EXPECT_EQ(QueryNames(QueryOptions()),
              (std::vector<std::string>{"fine", "zoo"}));
    EXPECT_TRUE(query_status_.IsCorruption());
    EXPECT_NE(query_status_.ToString().find(damage.key), std::string::npos);
    // It can be written to, and is not flattened away.
    DYNO_OK(store_->PutAttrs({}, damage.name, "{}"));
    const auto before = world_.backend.items();
    FlattenResult result;
    EXPECT_TRUE(store_->Flatten(damage.name, FlattenOptions()).IsCorruption());
    EXPECT_EQ(world_.backend.items(), before);
    for (const auto& [key, value] : before) {
      if (key.rfind(damage.name + "/", 0) == 0) world_.backend.Delete(key);
    }
  }
}

TEST_F(StoreTest, AnItemWithARecordThatCannotBeReadIsLeftOut) {
  // Some before dyno's own records, some after them.
  const std::vector<std::string> all = {"#1", "#2", "a", "b", "c"};
  for (const std::string& name : all) {
    for (const char* change : {R"({"x":1})", R"({"y":1})", R"({"z":1})"}) {
      DYNO_OK(store_->PutAttrs({}, name, change));
    }
  }
  for (const auto& [key, value] : world_.backend.items()) {
    const std::string damaged = key.substr(0, key.find('/'));
    world_.backend.unreadable = {key};
    std::vector<std::string> others;
    for (const std::string& name : all) {
      if (name != damaged) others.push_back(name);
    }
    EXPECT_EQ(QueryNames(QueryOptions()), others) << key;
    EXPECT_TRUE(query_status_.IsCorruption());
    EXPECT_NE(query_status_.ToString().find(key), std::string::npos)
        << query_status_.ToString();
    uint64_t count = 0;
    EXPECT_TRUE(store_->Count(QueryOptions(), &count).IsCorruption());
    EXPECT_EQ(count, others.size());
    // A name is known of any record.
    std::vector<std::string> names;
    const Status named =
        store_->Names(QueryOptions(), [&names](const std::string& name) {
          names.push_back(name);
          return true;
        });
    EXPECT_TRUE(named.IsCorruption());
    EXPECT_EQ(names, all);
  }
  world_.backend.unreadable = {world_.backend.items().begin()->first};
  FlattenResult result;
  EXPECT_TRUE(store_->FlattenAll("", &result).IsCorruption());
  EXPECT_EQ(result.folded, 12u);
  world_.backend.unreadable.clear();
  EXPECT_EQ(Get("#1").records, 3u);
  EXPECT_EQ(Get("#1").json, R"({"x":1,"y":1,"z":1})");
}

TEST_F(StoreTest, AFailureInOnePartOfAQueryShowsNoHalfAnItem) {
  for (const char* name : {"#1", "a", "b"}) {
    DYNO_OK(store_->PutAttrs({}, name, R"({"x":1})"));
    DYNO_OK(store_->PutAttrs({}, name, R"({"y":1})"));
  }
  const auto items = world_.backend.items();
  world_.backend.fails_at = std::next(items.begin())->first;
  EXPECT_EQ(QueryNames(QueryOptions()).front(), "a");
  EXPECT_TRUE(query_status_.IsIOError()) << query_status_.ToString();
}

TEST_F(StoreTest, AnItemOfABaseThatIsNoObjectIsDamaged) {
  DYNO_OK(store_->PutItem({}, "kim", "{}"));
  DYNO_OK(store_->Flatten("kim", FlattenOptions()));
  for (const char* value : {"[]", "{", "null", ""}) {
    PutRaw("kim", 0, "putItem", value);
    Item item;
    const Status status = store_->GetItem("kim", &item);
    EXPECT_TRUE(status.IsCorruption()) << value << status.ToString();
    EXPECT_NE(status.ToString().find(TimestampAt(0) + "/putItem"),
              std::string::npos)
        << status.ToString();
  }
}

TEST_F(StoreTest, AKeyOfNoItemIsReportedAndHidesNothing) {
  DYNO_OK(store_->PutItem({}, "a", "{}"));
  DYNO_OK(store_->PutItem({}, "z", "{}"));
  for (const std::string key : {"m", "%zz/x", "m%"}) {
    world_.backend.Put(key, "");
    EXPECT_EQ(QueryNames(QueryOptions()), (std::vector<std::string>{"a", "z"}));
    EXPECT_TRUE(query_status_.IsCorruption());
    EXPECT_NE(query_status_.ToString().find(key), std::string::npos);
    world_.backend.Delete(key);
  }
  QueryNames(QueryOptions());
  EXPECT_TRUE(query_status_.ok());
}

TEST_F(StoreTest, AForkedProcessIsToldToOpenItsOwn) {
  DYNO_OK(store_->PutItem({}, "kim", "{}"));
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    Item item;
    std::string timestamp;
    const auto is_told = [](const Status& status) {
      return status.IsIOError() &&
             status.ToString().find("IO error: forked:") == 0;
    };
    const bool all =
        is_told(store_->PutItem({}, "kim", "{}")) &&
        is_told(store_->GetItem("kim", &item)) &&
        is_told(store_->Flatten("kim", FlattenOptions())) &&
        is_told(store_->FlattenAll("")) &&
        is_told(store_->NewTimestamp(&timestamp)) &&
        is_told(store_->Settle({}, "kim", {"x"})) &&
        is_told(
            store_->Query(QueryOptions(), [](const Item&) { return true; })) &&
        is_told(store_->Names(QueryOptions(),
                              [](const std::string&) { return true; })) &&
        is_told(store_->Close());
    const int writes = world_.backend.writes;
    store_.reset();
    _exit(all && world_.backend.writes == writes ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  DYNO_OK(store_->PutItem({}, "kim", "{}"));
}

// --------------------------------------------------------------------- opening

TEST_F(StoreTest, OptionsThatCannotBeAreRefused) {
  std::unique_ptr<Store> store;
  for (const char* replica : {"x", "786ae2e1f62", "786AE2E1F629"}) {
    Options options;
    options.replica = replica;
    ExpectInvalid(world_.TryOpen(options, &store), "replica");
  }
  Options options;
  options.slot = 0xffff;
  ExpectInvalid(world_.TryOpen(options, &store), "ffff");
  options.slot = 5;
  world_.backend.is_shared = true;
  ExpectInvalid(world_.TryOpen(options, &store), "shared");
  EXPECT_EQ(store, nullptr);
}

TEST_F(StoreTest, AStoreOfAnotherFormatIsNotSupported) {
  std::unique_ptr<Store> store;
  world_.backend.Put(
      "%dyno/id",
      R"({"replica":"786ae2e1f629","replicated":false,"format":2})");
  EXPECT_TRUE(
      world_.TryOpen(DynoWorld::SeedOptions(), &store).IsNotSupportedError());
  for (const char* damaged :
       {"", "{}", R"({"replica":"x","replicated":false,"format":1})",
        R"({"replica":"786ae2e1f629","format":1})"}) {
    world_.backend.Put("%dyno/id", damaged);
    EXPECT_TRUE(world_.TryOpen(DynoWorld::SeedOptions(), &store).IsCorruption())
        << damaged;
  }
}

TEST_F(StoreTest, TheStoresOwnRecordsAreTheDocumentedOnes) {
  DYNO_OK(store_->PutItem({}, "kim", "{}"));
  const auto records = world_.backend.records();
  EXPECT_EQ(records.at("%dyno/id"),
            R"({"replica":"786ae2e1f629","replicated":false,"format":1})");
  EXPECT_EQ(records.at("%dyno/w/188c"),
            R"({"open":true,"promise":"000000000000-0000-0000-000000000000",)"
            R"("reserved":"013d58c811ce-0000-ffff-ffffffffffff"})");
  EXPECT_EQ(records.size(), 3u);
  EXPECT_EQ(store_->replica(), "786ae2e1f629");
}

TEST_F(StoreTest, AReplicatedStoreAnnouncesWhatItWrites) {
  Options options = DynoWorld::SeedOptions();
  options.replicated = true;
  store_ = world_.Open(options);
  DYNO_OK(store_->PutItem({}, "a/b", "{}"));
  const std::string entry = "%dyno/c/188c/" + TimestampAt(0);
  EXPECT_EQ(world_.backend.records().at(entry), "a%2Fb");
  // It stays what it was made.
  store_.reset();
  store_ = world_.Open();
  DYNO_OK(store_->DelItem({}, "a/b"));
  EXPECT_EQ(world_.backend.records().count("%dyno/c/188c/" + TimestampAt(1)),
            1u);
}

TEST_F(StoreTest, InASharedReplicatedStoreTheEntryIsThereBeforeTheRecord) {
  world_.backend.is_shared = true;
  Options options;
  options.replicated = true;
  store_ = world_.Open(options);
  DYNO_OK(store_->PutItem({}, "kim", "{}"));
  const auto entries = [this] {
    size_t count = 0;
    for (const auto& [key, value] : world_.backend.records()) {
      count += key.rfind("%dyno/c/", 0) == 0;
    }
    return count;
  };
  int writes = 0;
  std::vector<std::pair<size_t, size_t>> seen;
  world_.backend.after_write = [&](int) {
    ++writes;
    seen.emplace_back(entries(), world_.backend.items().size());
    return Status::OK();
  };
  DYNO_OK(store_->PutItem({}, "kim", "{}"));
  EXPECT_EQ(seen, (std::vector<std::pair<size_t, size_t>>{{2, 1}, {2, 2}}));
  // An entry without its record does no harm.
  world_.backend.after_write = [&](int) {
    return Status::IOError("timeout: no answer");
  };
  EXPECT_FALSE(store_->PutItem({}, "kim", "{}").ok());
  world_.backend.after_write = nullptr;
  EXPECT_EQ(entries(), 3u);
  EXPECT_EQ(Get("kim").changes, 2u);
  // What was not written is not said to be unknown.
  world_.backend.before_write = [&](int) {
    return Status::IOError("timeout: no answer");
  };
  const Status status = store_->PutItem({}, "kim", "{}");
  world_.backend.before_write = nullptr;
  EXPECT_EQ(status.ToString().find("unknown"), std::string::npos)
      << status.ToString();
  EXPECT_NE(status.ToString().find("the operation was not written"),
            std::string::npos)
      << status.ToString();
}

}  // namespace
}  // namespace dyno

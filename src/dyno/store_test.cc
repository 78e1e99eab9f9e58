// Tests each call of a store.

#include "dyno/store.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "dyno/dyno_test_environment.h"
#include "dyno/store_test_fixture.h"

namespace dyno {
namespace {

using leveldb::Status;

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
  EXPECT_EQ(environment_.backend.writes, 0);
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
  EXPECT_EQ(environment_.backend.items().size(), 8u);
}

TEST_F(StoreTest, AReadIsOneRangeBoundedAtBothEnds) {
  DYNO_OK(store_->PutItem({}, "kim", "{}"));
  const int before = environment_.backend.ranges;
  Get("kim");
  EXPECT_EQ(environment_.backend.ranges, before + 1);
}

TEST_F(StoreTest, AWriteIsOneWriteOnceTheWriterHasItsSlot) {
  DYNO_OK(store_->PutItem({}, "kim", "{}"));
  const int writes = environment_.backend.writes;
  const int ranges = environment_.backend.ranges;
  for (int i = 0; i < 10; ++i) DYNO_OK(store_->PutAttrs({}, "kim", "{}"));
  EXPECT_EQ(environment_.backend.writes, writes + 10);
  EXPECT_EQ(environment_.backend.ranges, ranges);
}

TEST_F(StoreTest, AWritersFirstWriteTakesItsSlot) {
  // Writes an id, a slot and the operation; reads the slots.
  DYNO_OK(store_->PutItem({}, "kim", "{}"));
  EXPECT_EQ(environment_.backend.writes, 3);
  EXPECT_EQ(environment_.backend.ranges, 2);  // Open made one of them.
  DYNO_OK(store_->Close());
  EXPECT_EQ(environment_.backend.writes, 4);
  environment_.backend.is_shared = true;
  store_ = environment_.Open(Options());
  environment_.backend.writes = environment_.backend.ranges = 0;
  DYNO_OK(store_->PutItem({}, "kim", "{}"));
  EXPECT_EQ(environment_.backend.writes, 2);
  EXPECT_EQ(environment_.backend.ranges, 2);  // The slots and the minimum.
}

TEST_F(StoreTest, NewTimestampsAreAboveAllTimestampsRead) {
  Flake ahead;
  ASSERT_TRUE(Flake::Parse(TimestampAt(0), &ahead));
  ahead.replica = 1;
  const auto put = [&](const std::string& name) {
    ahead.milliseconds += 1000;
    environment_.backend.Put(name + "/" + ahead.ToString() + "/putItem", "{}");
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

TEST_F(StoreTest, TheHashIsComputedAsDefined) {
  DYNO_OK(store_->PutItem({}, "chilts", R"({"nick":"chilts"})"));
  DYNO_OK(store_->PutAttrs({}, "chilts", R"({"logins":10})"));
  const auto lengthened = [](const std::string& text) {
    return std::string(7, '\0') + static_cast<char>(text.size()) + text;
  };
  std::string hash;
  for (const auto& [key, value] : environment_.backend.items()) {
    const std::string bytes = hash + lengthened(key) + lengthened(value);
    hash.clear();
    dynamodown::AppendHex(dynamodown::AsBytes(dynamodown::Sha256(bytes)),
                          &hash);
  }
  EXPECT_EQ(Get("chilts").hash, hash);
  // A literal, so that the hash cannot change unnoticed.
  EXPECT_EQ(hash,
            "b4d98750d2338cf93a55f775032c6578e0d5d59929c42d63dc439a56a0efff40");
}

TEST_F(StoreTest, GetItemAsOfReadsAnEarlierState) {
  DYNO_OK(store_->PutItem({}, "kim", R"({"a":1})"));
  DYNO_OK(store_->IncAttrs({}, "kim", R"({"a":1})"));
  environment_.clock.now += 1;
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

TEST_F(StoreTest, GetItemAsOfATimestampBelowTheBaseFailsAndNamesTheBase) {
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

TEST_F(StoreTest, HistoryEndsWhenTheVisitorReturnsFalse) {
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
  // Items are in the order of their keys. There "/" follows the encoded name,
  // and "!" and "%" sort before "/". So "b!" comes before "b".
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

TEST_F(StoreTest, QueryLeavesOutDeletedItemsUnlessAsked) {
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

}  // namespace
}  // namespace dyno

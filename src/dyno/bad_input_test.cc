// A store refuses bad input, and reports each damaged record by its key. dyno's
// own records are as documented.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "dyno/dyno_test_environment.h"
#include "dyno/item/key.h"
#include "dyno/store_test_fixture.h"

namespace dyno {
namespace {

using leveldb::Status;

TEST_F(StoreTest, InvalidNamesAreRefusedBeforeAnythingIsWritten) {
  ExpectInvalid(store_->PutItem({}, "", "{}"), "empty");
  ExpectInvalid(store_->PutItem({}, std::string(901, 'a'), "{}"), "900");
  Item item;
  ExpectInvalid(store_->GetItem("", &item), "empty");
  ExpectInvalid(store_->Flatten(std::string(901, 'a'), FlattenOptions()),
                "900");
  EXPECT_EQ(environment_.backend.writes, 0);
}

TEST_F(StoreTest, InvalidChangesAreRefusedBeforeAnythingIsWritten) {
  ExpectInvalid(store_->PutItem({}, "a", "{"), "no JSON");
  ExpectInvalid(store_->PutItem({}, "a", "[]"), "an object");
  ExpectInvalid(store_->PutAttrs({}, "a", ""), "no JSON");
  ExpectInvalid(store_->IncAttrs({}, "a", R"({"n":"1"})"), "numbers");
  ExpectInvalid(store_->AppendAttrs({}, "a", R"({"n":1})"), "strings");
  ExpectInvalid(store_->AddToSet({}, "a", R"({"n":"x"})"), "arrays");
  ExpectInvalid(store_->DelFromSet({}, "a", R"({"n":[null]})"), "arrays");
  ExpectInvalid(store_->DelAttrs({}, "a", {"\xff"}), "UTF-8");
  ExpectInvalid(store_->PutItem({}, "a", "{\"x\":\"\xff\"}"), "no JSON");
  EXPECT_EQ(environment_.backend.writes, 0);
}

TEST_F(StoreTest, OnlyThisWritersTimestampsAreAccepted) {
  DYNO_OK(store_->PutItem({}, "kim", "{}"));
  const auto with = [this](const std::string& timestamp) {
    WriteOptions options;
    options.timestamp = timestamp;
    return store_->PutAttrs(options, "kim", R"({"x":1})");
  };
  ExpectInvalid(with("now"), "not a timestamp");
  ExpectInvalid(with("013d58c7276e"), "not a timestamp");
  ExpectInvalid(with("013d58c7276e-0009-188d-786ae2e1f629"), "188c");
  ExpectInvalid(with("013d58c7276e-0009-188c-786ae2e1f628"), "786ae2e1f629");
  // A timestamp a minute ahead of the clock is accepted, and a later timestamp
  // is refused. A refused timestamp does not advance the clock; an accepted
  // timestamp does.
  Flake ahead;
  ASSERT_TRUE(Flake::Parse(TimestampAt(0), &ahead));
  ahead.milliseconds += 60 * 1000;
  ahead.counter = 1;
  ExpectInvalid(with(ahead.ToString()), "ahead");
  std::string next;
  DYNO_OK(store_->NewTimestamp(&next));
  EXPECT_EQ(next, TimestampAt(1));
  EXPECT_EQ(environment_.backend.items().size(), 1u);
  ahead.counter = 0;
  DYNO_OK(with(ahead.ToString()));
  DYNO_OK(store_->NewTimestamp(&next));
  EXPECT_GT(next, ahead.ToString());
}

TEST_F(StoreTest, ARepeatWithTheSameTimestampCountsOnce) {
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

TEST_F(StoreTest, ARepeatOfAStoredOperationWritesOnlyToMakeItDurable) {
  WriteOptions options;
  DYNO_OK(store_->IncAttrs({}, "kim", R"({"n":1})", &options.timestamp));
  const int writes = environment_.backend.writes;
  DYNO_OK(store_->IncAttrs(options, "kim", R"({"n":1})"));
  EXPECT_EQ(environment_.backend.writes, writes);
  options.sync = true;
  DYNO_OK(store_->IncAttrs(options, "kim", R"({"n":1})"));
  EXPECT_EQ(environment_.backend.writes, writes + 1);
  // In a shared store every write is durable.
  environment_.backend.is_shared = true;
  DYNO_OK(store_->IncAttrs(options, "kim", R"({"n":1})"));
  EXPECT_EQ(environment_.backend.writes, writes + 1);
  EXPECT_EQ(Json("kim"), R"({"n":1})");
}

TEST_F(StoreTest, ARepeatDuringAFlattenIsNotLate) {
  // The first attempt to write the operation arrives late, and its answer is
  // lost. `before` says what the item consists of when this attempt arrives.
  for (const std::string before : {"an operation", "a putItem", "a base"}) {
    environment_.backend.is_shared = true;
    store_ = environment_.Open(Options());
    const auto other = environment_.Open(Options());
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
    DYNO_OK(other->PutItem({}, "else", "{}"));  // Now `other` has a slot.
    bool is_first = true;
    environment_.backend.before_write = [&](int) {
      if (!is_first) return Status::OK();
      is_first = false;
      environment_.backend.Put(name + "/" + options.timestamp + "/incAttrs",
                               R"({"n":1})");
      environment_.clock.now += 1;
      const Status added = other->IncAttrs({}, name, R"({"n":1})");
      return added.ok() ? other->Flatten(name, FlattenOptions()) : added;
    };
    ExpectInvalid(store_->IncAttrs(options, name, R"({"n":1})"), "base");
    environment_.backend.before_write = nullptr;
    EXPECT_FALSE(is_first);
    EXPECT_TRUE(Get(name).late.empty()) << before;
    EXPECT_EQ(Json(name), R"({"n":3})") << before;
  }
}

TEST_F(StoreTest, AWriteWithATimestampGivesUpIfOthersKeepFlattening) {
  environment_.backend.is_shared = true;
  store_ = environment_.Open(Options());
  DYNO_OK(store_->PutItem({}, "kim", R"({"n":1})"));
  DYNO_OK(store_->Flatten("kim", FlattenOptions()));
  WriteOptions options;
  DYNO_OK(store_->NewTimestamp(&options.timestamp));
  // The base vanishes before each write, and is back before each read.
  std::string base;
  std::string value;
  for (const auto& [key, stored] : environment_.backend.items()) {
    if (key.find("/~base") == std::string::npos) continue;
    base = key;
    value = stored;
  }
  int conflicts = 0;
  environment_.backend.before_write = [&](int) {
    ++conflicts;
    environment_.backend.Delete(base);
    return Status::OK();
  };
  environment_.backend.before_range = [&] {
    environment_.backend.Put(base, value);
  };
  const Status status = store_->IncAttrs(options, "kim", R"({"n":1})");
  environment_.backend.before_write = nullptr;
  EXPECT_NE(status.ToString().find("conflict:"), std::string::npos)
      << status.ToString();
  EXPECT_EQ(conflicts, 16);
  EXPECT_EQ(Json("kim"), R"({"n":1})");
}

TEST_F(StoreTest, AnotherWritersTimestampIsRefusedBeforeAnythingIsWritten) {
  const auto with = [this](const std::string& timestamp) {
    WriteOptions options;
    options.timestamp = timestamp;
    return store_->PutItem(options, "kim", "{}");
  };
  for (const bool is_shared : {false, true}) {
    environment_.backend.is_shared = is_shared;
    Options options;
    store_ = environment_.Open(options);
    ExpectInvalid(with("013d58c7276e-0000-0001-786ae2e1f629"), "another");
    options.replica = "786ae2e1f629";
    store_ = environment_.Open(options);
    ExpectInvalid(with("013d58c7276e-0000-0001-786ae2e1f628"), "another");
    ExpectInvalid(with("013d58c7276e-0000-0002-786ae2e1f629"), "another");
    EXPECT_EQ(environment_.backend.writes, 0);
    EXPECT_TRUE(environment_.backend.records().empty());
  }
  // A timestamp with the slot of another writer that is alive.
  std::string timestamp;
  DYNO_OK(environment_.Open(Options())->NewTimestamp(&timestamp));
  const auto owner = environment_.Open(Options());
  DYNO_OK(owner->NewTimestamp(&timestamp));
  store_ = environment_.Open(Options());
  const auto records = environment_.backend.records();
  ExpectInvalid(with(timestamp), "another");
  EXPECT_EQ(environment_.backend.records(), records);
  DYNO_OK(owner->Close());
  DYNO_OK(with(timestamp));
}

TEST_F(StoreTest, ATimestampBelowTheBaseTakesNoSlot) {
  DYNO_OK(store_->PutItem({}, "kim", "{}"));
  DYNO_OK(store_->Flatten("kim", FlattenOptions()));
  store_.reset();
  store_ = environment_.Open();
  const int writes = environment_.backend.writes;
  WriteOptions options;
  options.timestamp = TimestampAt(0);
  ExpectInvalid(store_->PutItem(options, "kim", "{}"), "base");
  EXPECT_EQ(environment_.backend.writes, writes);
}

TEST_F(StoreTest, AWriteOfUnknownOutcomeSaysSoAndCanBeRepeated) {
  DYNO_OK(store_->PutItem({}, "kim", "{}"));
  for (const bool takes_effect : {false, true}) {
    const auto fail = [](int) { return Status::IOError("timeout: no answer"); };
    (takes_effect ? environment_.backend.after_write
                  : environment_.backend.before_write) = fail;
    WriteOptions options;
    const Status status =
        store_->IncAttrs({}, "kim", R"({"n":1})", &options.timestamp);
    environment_.backend.before_write = environment_.backend.after_write =
        nullptr;
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
  EXPECT_TRUE(environment_.backend.items().empty());
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

  // An operation that cannot be applied cannot be folded either.
  const auto before = environment_.backend.items();
  const Status status = store_->Flatten("kim", FlattenOptions());
  EXPECT_TRUE(status.IsNotSupportedError()) << status.ToString();
  EXPECT_NE(status.ToString().find("mulAttrs"), std::string::npos);
  EXPECT_EQ(environment_.backend.items(), before);
  FlattenOptions options;
  options.timestamp = TimestampAt(0);
  DYNO_OK(store_->Flatten("kim", options));
  EXPECT_EQ(Get("kim").hash, item.hash);
}

TEST_F(StoreTest, DamageIsReportedByKeyAndAffectsOnlyItsItem) {
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
    environment_.backend.Put(damage.key, damage.value);
    Item item;
    const Status status = store_->GetItem(damage.name, &item);
    EXPECT_TRUE(status.IsCorruption()) << status.ToString();
    EXPECT_NE(status.ToString().find(damage.key), std::string::npos)
        << status.ToString();
    EXPECT_EQ(QueryNames(QueryOptions()),
              (std::vector<std::string>{"fine", "zoo"}));
    EXPECT_TRUE(query_status_.IsCorruption());
    EXPECT_NE(query_status_.ToString().find(damage.key), std::string::npos);
    // The item can be written to, and a flatten leaves it alone.
    DYNO_OK(store_->PutAttrs({}, damage.name, "{}"));
    const auto before = environment_.backend.items();
    FlattenResult result;
    EXPECT_TRUE(store_->Flatten(damage.name, FlattenOptions()).IsCorruption());
    EXPECT_EQ(environment_.backend.items(), before);
    for (const auto& [key, value] : before) {
      if (key.rfind(damage.name + "/", 0) == 0)
        environment_.backend.Delete(key);
    }
  }
}

TEST_F(StoreTest, QueryLeavesOutItemsWithAnUnreadableRecord) {
  // Some names sort before dyno's own records, and some sort after them.
  const std::vector<std::string> all = {"#1", "#2", "a", "b", "c"};
  for (const std::string& name : all) {
    for (const char* change : {R"({"x":1})", R"({"y":1})", R"({"z":1})"}) {
      DYNO_OK(store_->PutAttrs({}, name, change));
    }
  }
  for (const auto& [key, value] : environment_.backend.items()) {
    const std::string damaged = key.substr(0, key.find('/'));
    environment_.backend.unreadable = {key};
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
    // The call Names also lists items whose records cannot be read.
    std::vector<std::string> names;
    const Status named =
        store_->Names(QueryOptions(), [&names](const std::string& name) {
          names.push_back(name);
          return true;
        });
    EXPECT_TRUE(named.IsCorruption());
    EXPECT_EQ(names, all);
  }
  environment_.backend.unreadable = {
      environment_.backend.items().begin()->first};
  FlattenResult result;
  EXPECT_TRUE(store_->FlattenAll("", &result).IsCorruption());
  EXPECT_EQ(result.folded, 12u);
  environment_.backend.unreadable.clear();
  EXPECT_EQ(Get("#1").records, 3u);
  EXPECT_EQ(Get("#1").json, R"({"x":1,"y":1,"z":1})");
}

TEST_F(StoreTest, AFailureInOnePartOfAQueryShowsNoIncompleteItem) {
  for (const char* name : {"#1", "a", "b"}) {
    DYNO_OK(store_->PutAttrs({}, name, R"({"x":1})"));
    DYNO_OK(store_->PutAttrs({}, name, R"({"y":1})"));
  }
  const auto items = environment_.backend.items();
  environment_.backend.fails_at = std::next(items.begin())->first;
  EXPECT_EQ(QueryNames(QueryOptions()).front(), "a");
  EXPECT_TRUE(query_status_.IsIOError()) << query_status_.ToString();
}

TEST_F(StoreTest, ABaseWhoseItemIsNoObjectIsDamaged) {
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
    environment_.backend.Put(key, "");
    EXPECT_EQ(QueryNames(QueryOptions()), (std::vector<std::string>{"a", "z"}));
    EXPECT_TRUE(query_status_.IsCorruption());
    EXPECT_NE(query_status_.ToString().find(key), std::string::npos);
    environment_.backend.Delete(key);
  }
  QueryNames(QueryOptions());
  EXPECT_TRUE(query_status_.ok());
}

TEST_F(StoreTest, AForkedProcessIsToldToOpenItsOwnStore) {
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
    const int writes = environment_.backend.writes;
    store_.reset();
    _exit(all && environment_.backend.writes == writes ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  DYNO_OK(store_->PutItem({}, "kim", "{}"));
}

// --------------------------------------------------------------------- opening

TEST_F(StoreTest, InvalidOptionsAreRefused) {
  std::unique_ptr<Store> store;
  for (const char* replica : {"x", "786ae2e1f62", "786AE2E1F629"}) {
    Options options;
    options.replica = replica;
    ExpectInvalid(environment_.TryOpen(options, &store), "replica");
  }
  Options options;
  options.slot = 0xffff;
  ExpectInvalid(environment_.TryOpen(options, &store), "ffff");
  options.slot = 5;
  environment_.backend.is_shared = true;
  ExpectInvalid(environment_.TryOpen(options, &store), "shared");
  EXPECT_EQ(store, nullptr);
}

TEST_F(StoreTest, AStoreOfAnotherFormatIsNotSupported) {
  std::unique_ptr<Store> store;
  environment_.backend.Put(
      "%dyno/id",
      R"({"replica":"786ae2e1f629","replicated":false,"format":2})");
  EXPECT_TRUE(environment_.TryOpen(DynoTestEnvironment::SeedOptions(), &store)
                  .IsNotSupportedError());
  for (const char* damaged :
       {"", "{}", R"({"replica":"x","replicated":false,"format":1})",
        R"({"replica":"786ae2e1f629","format":1})"}) {
    environment_.backend.Put("%dyno/id", damaged);
    EXPECT_TRUE(environment_.TryOpen(DynoTestEnvironment::SeedOptions(), &store)
                    .IsCorruption())
        << damaged;
  }
}

TEST_F(StoreTest, TheStoresOwnRecordsAreTheDocumentedOnes) {
  DYNO_OK(store_->PutItem({}, "kim", "{}"));
  const auto records = environment_.backend.records();
  EXPECT_EQ(records.at("%dyno/id"),
            R"({"replica":"786ae2e1f629","replicated":false,"format":1})");
  EXPECT_EQ(records.at("%dyno/w/188c"),
            R"({"open":true,"promise":"000000000000-0000-0000-000000000000",)"
            R"("reserved":"013d58c811ce-0000-ffff-ffffffffffff"})");
  EXPECT_EQ(records.size(), 3u);
  EXPECT_EQ(store_->replica(), "786ae2e1f629");
}

TEST_F(StoreTest, AReplicatedStoreAnnouncesItsChanges) {
  Options options = DynoTestEnvironment::SeedOptions();
  options.replicated = true;
  store_ = environment_.Open(options);
  DYNO_OK(store_->PutItem({}, "a/b", "{}"));
  const std::string entry = "%dyno/c/188c/" + TimestampAt(0);
  EXPECT_EQ(environment_.backend.records().at(entry), "a%2Fb");
  // The store was created as replicated, and stays replicated.
  store_.reset();
  store_ = environment_.Open();
  DYNO_OK(store_->DelItem({}, "a/b"));
  EXPECT_EQ(
      environment_.backend.records().count("%dyno/c/188c/" + TimestampAt(1)),
      1u);
}

TEST_F(StoreTest, InASharedReplicatedStoreTheEntryIsWrittenBeforeTheRecord) {
  environment_.backend.is_shared = true;
  Options options;
  options.replicated = true;
  store_ = environment_.Open(options);
  DYNO_OK(store_->PutItem({}, "kim", "{}"));
  const auto entries = [this] {
    size_t count = 0;
    for (const auto& [key, value] : environment_.backend.records()) {
      count += key.rfind("%dyno/c/", 0) == 0;
    }
    return count;
  };
  int writes = 0;
  std::vector<std::pair<size_t, size_t>> seen;
  environment_.backend.after_write = [&](int) {
    ++writes;
    seen.emplace_back(entries(), environment_.backend.items().size());
    return Status::OK();
  };
  DYNO_OK(store_->PutItem({}, "kim", "{}"));
  EXPECT_EQ(seen, (std::vector<std::pair<size_t, size_t>>{{2, 1}, {2, 2}}));
  // An entry without its record does no harm.
  environment_.backend.after_write = [&](int) {
    return Status::IOError("timeout: no answer");
  };
  EXPECT_FALSE(store_->PutItem({}, "kim", "{}").ok());
  environment_.backend.after_write = nullptr;
  EXPECT_EQ(entries(), 3u);
  EXPECT_EQ(Get("kim").changes, 2u);
  // A write that certainly failed is not reported as unknown.
  environment_.backend.before_write = [&](int) {
    return Status::IOError("timeout: no answer");
  };
  const Status status = store_->PutItem({}, "kim", "{}");
  environment_.backend.before_write = nullptr;
  EXPECT_EQ(status.ToString().find("unknown"), std::string::npos)
      << status.ToString();
  EXPECT_NE(status.ToString().find("the operation was not written"),
            std::string::npos)
      << status.ToString();
}

}  // namespace
}  // namespace dyno

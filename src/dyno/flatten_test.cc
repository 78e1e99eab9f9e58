// A flatten changes nothing that a reader sees, even if writes fail or others
// write in between.

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "dyno/dyno_test_environment.h"
#include "dyno/flatten_test_fixture.h"
#include "dyno/item/json.h"
#include "dyno/store.h"

namespace dyno {
namespace {

using leveldb::Status;

TEST(Flatten, ChangesNothingThatAReaderSees) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    std::mt19937_64 random(seed);
    DynoTestEnvironment flattened;
    DynoTestEnvironment plain;
    flattened.backend.batch_max = 16 + random() % 10;
    const auto store = flattened.Open();
    const auto twin = plain.Open();
    std::vector<std::string> timestamps;
    for (int i = 0; i < 60; ++i) {
      std::mt19937_64 same = random;
      ASSERT_TRUE(WriteAny(&random, store.get(), "x").ok());
      ASSERT_TRUE(WriteAny(&same, twin.get(), "x").ok());
      timestamps.push_back(SeenOf(twin.get(), "x").timestamp);
      const int64_t step = static_cast<int64_t>(random() % 3);
      flattened.clock.now += step;
      plain.clock.now += step;
      if (random() % 10 == 0) {
        FlattenOptions options;
        if (random() % 2 == 0) {
          options.timestamp = timestamps[random() % timestamps.size()];
        }
        // Refused if the item is already flattened beyond the timestamp.
        const Status status = store->Flatten("x", options);
        ASSERT_TRUE(status.ok() || status.IsInvalidArgument());
      }
      ASSERT_TRUE(SeenOf(store.get(), "x") == SeenOf(twin.get(), "x"))
          << seed << " " << i;
    }
    // The item's state as of each timestamp is the same in both stores, unless
    // the item was flattened beyond that timestamp.
    for (const std::string& timestamp : timestamps) {
      Item now;
      Item then;
      const Status status = store->GetItemAsOf("x", timestamp, &now);
      if (status.IsInvalidArgument()) continue;
      ASSERT_TRUE(status.ok()) << status.ToString();
      ASSERT_TRUE(twin->GetItemAsOf("x", timestamp, &then).ok());
      ASSERT_EQ(now.json, then.json);
      ASSERT_EQ(now.hash, then.hash);
    }
  }
}

class FlattenTest : public testing::Test {
 protected:
  FlattenTest() { environment_.backend.batch_max = 16; }
  // The hooks use local variables of the test's body. These no longer exist
  // when the store is closed.
  void TearDown() override {
    environment_.backend.before_write = nullptr;
    environment_.backend.after_write = nullptr;
  }

  void Write(int operations) {
    std::mt19937_64 random(5);
    for (int i = 0; i < operations; ++i) {
      DYNO_OK(WriteAny(&random, store_.get(), "x"));
    }
  }

  DynoTestEnvironment environment_;
  std::unique_ptr<Store> store_ = environment_.Open();
};

TEST_F(FlattenTest, EachStepFoldsTheOldestOperationsThatFitInOneBatch) {
  Write(50);
  const Seen before = SeenOf(store_.get(), "x");
  FlattenResult result;
  DYNO_OK(store_->Flatten("x", FlattenOptions(), &result));
  EXPECT_EQ(result.folded, 50u);
  // A write has 16 keys: 11 operations, and 5 keys for the bases and the mark.
  EXPECT_EQ(result.steps, 5u);
  EXPECT_EQ(result.timestamp, before.timestamp);
  EXPECT_EQ(environment_.backend.items().size(), 2u);
  EXPECT_TRUE(SeenOf(store_.get(), "x") == before);
}

TEST_F(FlattenTest, AFailureOfAnyWriteLeavesTheItemUnchanged) {
  for (const bool takes_effect : {false, true}) {
    for (int failing = 1; failing <= 5; ++failing) {
      DynoTestEnvironment environment;
      environment.backend.batch_max = 16;
      const auto store = environment.Open();
      std::mt19937_64 random(9);
      for (int i = 0; i < 50; ++i) {
        ASSERT_TRUE(WriteAny(&random, store.get(), "x").ok());
      }
      const Seen before = SeenOf(store.get(), "x");
      int writes = 0;
      (takes_effect ? environment.backend.after_write
                    : environment.backend.before_write) = [&](int) {
        return ++writes == failing ? Status::IOError("broken") : Status::OK();
      };
      FlattenResult result;
      EXPECT_TRUE(store->Flatten("x", FlattenOptions(), &result).IsIOError());
      EXPECT_EQ(result.steps, static_cast<uint64_t>(failing - 1));
      ASSERT_TRUE(SeenOf(store.get(), "x") == before) << failing;
      EXPECT_EQ(environment.backend.items().size() < 50,
                takes_effect || failing > 1);
      DYNO_OK(store->Flatten("x", FlattenOptions(), &result));
      ASSERT_TRUE(SeenOf(store.get(), "x") == before) << failing;
      EXPECT_EQ(environment.backend.items().size(), 2u);
    }
  }
}

TEST_F(FlattenTest, AnOperationWrittenDuringAFlattenIsNotFolded) {
  Write(5);
  bool has_come = false;
  environment_.backend.before_write = [&](int) {
    if (has_come) return Status::OK();
    has_come = true;
    return store_->IncAttrs({}, "x", R"({"z":1})");
  };
  FlattenResult result;
  DYNO_OK(store_->Flatten("x", FlattenOptions(), &result));
  EXPECT_EQ(result.folded, 5u);
  environment_.backend.before_write = nullptr;
  Item item;
  DYNO_OK(store_->GetItem("x", &item));
  EXPECT_EQ(item.changes, 6u);
  EXPECT_TRUE(item.late.empty());
  EXPECT_EQ(item.records, 3u);
}

TEST_F(FlattenTest, AConcurrentFlattenIsNoticedAndNothingCountsTwice) {
  Write(5);
  const Seen before = SeenOf(store_.get(), "x");
  for (const bool to_the_end : {false, true}) {
    FlattenOptions others;
    if (!to_the_end)
      others.timestamp =
          environment_.backend.items().begin()->first.substr(2, 35);
    bool has_come = false;
    environment_.backend.before_write = [&](int) {
      if (has_come) return Status::OK();
      has_come = true;
      const Status status = store_->Flatten("x", others);
      EXPECT_TRUE(status.ok()) << status.ToString();
      return status;
    };
    FlattenOptions options;
    if (!to_the_end) {
      // All operations but the last.
      options.timestamp =
          std::next(environment_.backend.items().rbegin())->first.substr(2, 35);
    }
    DYNO_OK(store_->Flatten("x", options));
    environment_.backend.before_write = nullptr;
    ASSERT_TRUE(SeenOf(store_.get(), "x") == before);
  }
  EXPECT_EQ(environment_.backend.items().size(), 2u);
}

TEST_F(FlattenTest, LosingEveryRaceIsAConflict) {
  Write(40);
  // The oldest operation vanishes before each write, as if it were folded.
  int attempts = 0;
  environment_.backend.before_write = [&](int) {
    ++attempts;
    environment_.backend.Delete(environment_.backend.items().begin()->first);
    return Status::OK();
  };
  const Status status = store_->Flatten("x", FlattenOptions());
  EXPECT_EQ(status.ToString().find("IO error: conflict:"), 0u)
      << status.ToString();
  EXPECT_EQ(attempts, 16);
  EXPECT_EQ(environment_.backend.items().size(), 24u);
}

TEST_F(FlattenTest, ASecondFlattenOfOneOperationDoesNothing) {
  DYNO_OK(store_->PutItem({}, "x", R"({"a":1})"));
  const Seen before = SeenOf(store_.get(), "x");
  FlattenResult result;
  DYNO_OK(store_->Flatten("x", FlattenOptions(), &result));
  EXPECT_EQ(result.folded, 1u);
  const auto records = environment_.backend.records();
  DYNO_OK(store_->Flatten("x", FlattenOptions(), &result));
  EXPECT_EQ(result.folded, 0u);
  EXPECT_EQ(result.steps, 0u);
  EXPECT_EQ(result.timestamp, before.timestamp);
  EXPECT_EQ(environment_.backend.records(), records);
  EXPECT_TRUE(SeenOf(store_.get(), "x") == before);
}

TEST_F(FlattenTest, ADeletedItemKeepsItsCountAndHash) {
  DYNO_OK(store_->PutItem({}, "x", R"({"a":1})"));
  DYNO_OK(store_->DelItem({}, "x"));
  const Seen before = SeenOf(store_.get(), "x");
  DYNO_OK(store_->Flatten("x", FlattenOptions()));
  EXPECT_TRUE(SeenOf(store_.get(), "x") == before);
  EXPECT_FALSE(before.exists);
  DYNO_OK(store_->IncAttrs({}, "x", R"({"a":1})"));
  EXPECT_EQ(JsonOf(store_.get(), "x"), R"({"a":1})");
  DYNO_OK(store_->Flatten("x", FlattenOptions()));
  EXPECT_EQ(JsonOf(store_.get(), "x"), R"({"a":1})");
}

TEST_F(FlattenTest, OperationsFarAheadOfTheClockAreFoldedOnlyOnRequest) {
  Write(2);
  environment_.clock.now += 3600 * 1000;
  Write(1);
  environment_.clock.now -= 3600 * 1000;
  const Seen before = SeenOf(store_.get(), "x");
  FlattenResult result;
  DYNO_OK(store_->Flatten("x", FlattenOptions(), &result));
  EXPECT_EQ(result.folded, 2u);
  DYNO_OK(store_->FlattenAll("", &result));
  EXPECT_EQ(result.folded, 0u);
  FlattenOptions options;
  options.timestamp = before.timestamp;
  DYNO_OK(store_->Flatten("x", options, &result));
  EXPECT_EQ(result.folded, 1u);
  EXPECT_TRUE(SeenOf(store_.get(), "x") == before);
}

TEST_F(FlattenTest, FoldsUpToATimestampOrAHashAndNoFurther) {
  std::vector<std::string> timestamps(4);
  std::vector<std::string> hashes;
  for (std::string& timestamp : timestamps) {
    DYNO_OK(store_->IncAttrs({}, "x", R"({"a":1})", &timestamp));
    hashes.push_back(SeenOf(store_.get(), "x").hash);
  }
  FlattenOptions options;
  FlattenResult result;
  options.timestamp = timestamps[0];
  DYNO_OK(store_->Flatten("x", options, &result));
  EXPECT_EQ(result.folded, 1u);
  options.timestamp.clear();
  options.hash = hashes[2];
  DYNO_OK(store_->Flatten("x", options, &result));
  EXPECT_EQ(result.folded, 2u);
  EXPECT_EQ(result.timestamp, timestamps[2]);
  EXPECT_EQ(SeenOf(store_.get(), "x").json, R"({"a":4})");
  EXPECT_EQ(SeenOf(store_.get(), "x").hash, hashes[3]);
  // The base has this hash already, so there is nothing to do.
  DYNO_OK(store_->Flatten("x", options, &result));
  EXPECT_EQ(result.folded, 0u);
}

TEST_F(FlattenTest, AnInvalidRequestIsRefusedAndNothingChanges) {
  DYNO_OK(store_->PutItem({}, "x", R"({"a":1})"));
  DYNO_OK(store_->PutItem({}, "x", R"({"a":2})"));
  const auto refused = [this](const std::string& name,
                              const FlattenOptions& options,
                              const std::string& words) {
    const auto records = environment_.backend.records();
    const Status status = store_->Flatten(name, options);
    EXPECT_TRUE(status.IsInvalidArgument()) << status.ToString();
    EXPECT_NE(status.ToString().find(words), std::string::npos)
        << status.ToString();
    EXPECT_EQ(environment_.backend.records(), records);
  };
  FlattenOptions options;
  refused("nobody", options, "no operation");
  options.timestamp = "yesterday";
  refused("x", options, "not a timestamp");
  options.timestamp = "013d58c7276d";
  refused("x", options, "no operation at or before");
  options.hash = std::string(64, 'f');
  refused("x", options, "not both");
  options.timestamp.clear();
  refused("x", options, "unknown hash");
  DYNO_OK(store_->Flatten("x", FlattenOptions()));
  options.hash.clear();
  options.timestamp = "013d58c7276d";
  refused("x", options,
          "flattened at 2013-03-11T09:27:59.598Z, timestamp "
          "013d58c7276e-0001");
}

TEST_F(FlattenTest, IfTheItemIsOverTheLimitNothingChanges) {
  environment_.backend.value_bytes_max = 1000;
  for (int i = 0; i < 5; ++i) {
    DYNO_OK(store_->PutAttrs(
        {}, "x",
        "{\"a" + std::to_string(i) + "\":\"" + std::string(300, 'x') + "\"}"));
  }
  const auto records = environment_.backend.records();
  EXPECT_TRUE(store_->Flatten("x", FlattenOptions()).IsInvalidArgument());
  EXPECT_EQ(environment_.backend.records(), records);
}

TEST_F(FlattenTest, AnotherBaseWithTheSameTimestampIsKept) {
  std::string timestamp;
  DYNO_OK(store_->PutItem({}, "x", R"({"a":1})", &timestamp));
  // Two bases with the same T and different content, as a merge with another
  // store leaves them.
  const auto fields = [](char hash) {
    return R"("n":1,"h":")" + std::string(64, hash) +
           R"(","seen":{},"done":[])";
  };
  environment_.backend.Put("x/" + timestamp + "/~base",
                           "{" + fields('b') + R"(,"also":[{)" + fields('a') +
                               R"(,"item":{"a":7}}]})");
  Item item;
  DYNO_OK(store_->GetItem("x", &item));
  EXPECT_EQ(item.json, R"({"a":1})");
  ASSERT_EQ(item.late.size(), 1u);
  EXPECT_EQ(item.late[0].operation, "~base");
  EXPECT_EQ(item.late[0].change, R"({"a":7})");

  DYNO_OK(store_->IncAttrs({}, "x", R"({"a":1})"));
  DYNO_OK(store_->Flatten("x", FlattenOptions()));
  const std::string key = item.late[0].key;
  DYNO_OK(store_->GetItem("x", &item));
  EXPECT_EQ(item.json, R"({"a":2})");
  ASSERT_EQ(item.late.size(), 1u);
  EXPECT_EQ(item.late[0].key, key);
  EXPECT_EQ(environment_.backend.items().size(), 4u);
  EXPECT_TRUE(store_->Reapply({}, "x", key).IsInvalidArgument());
  DYNO_OK(store_->Settle({}, "x", {key}));
  DYNO_OK(store_->Flatten("x", FlattenOptions()));
  DYNO_OK(store_->GetItem("x", &item));
  EXPECT_TRUE(item.late.empty());
  EXPECT_EQ(item.json, R"({"a":2})");
}

TEST_F(FlattenTest, FlattenAllSkipsItemsThatCannotBeFlattened) {
  for (const std::string name : {"a", "b", "c", "d"}) {
    DYNO_OK(store_->PutItem({}, name, R"({"n":1})"));
    DYNO_OK(store_->IncAttrs({}, name, R"({"n":1})"));
  }
  DYNO_OK(store_->Flatten("d", FlattenOptions()));
  environment_.backend.Put("b/013d58c7276e-0fff-188c-786ae2e1f629/putAttrs",
                           "{");
  const int writes = environment_.backend.writes;
  FlattenResult result;
  const Status status = store_->FlattenAll("", &result);
  EXPECT_TRUE(status.IsCorruption()) << status.ToString();
  EXPECT_EQ(result.folded, 4u);
  EXPECT_EQ(result.steps, 2u);
  EXPECT_EQ(environment_.backend.writes, writes + 2);
  EXPECT_EQ(JsonOf(store_.get(), "a"), R"({"n":2})");
  EXPECT_EQ(JsonOf(store_.get(), "c"), R"({"n":2})");
  const int ranges = environment_.backend.ranges;
  EXPECT_TRUE(store_->FlattenAll("", &result).IsCorruption());
  EXPECT_EQ(result.folded, 0u);
  // Items with nothing to fold are not read. Two ranges read the keys of all
  // items, and one range reads the item "b".
  EXPECT_EQ(environment_.backend.ranges, ranges + 3);
}

TEST_F(FlattenTest, FlattenAllFoldsUpToATimestamp) {
  DYNO_OK(store_->PutItem({}, "a", R"({"n":1})"));
  environment_.clock.now += 1;
  DYNO_OK(store_->IncAttrs({}, "a", R"({"n":1})"));
  DYNO_OK(store_->PutItem({}, "b", R"({"n":1})"));
  FlattenResult result;
  DYNO_OK(store_->FlattenAll("013d58c7276e", &result));
  EXPECT_EQ(result.folded, 1u);
  EXPECT_EQ(SeenOf(store_.get(), "a").changes, 2u);
  DYNO_OK(store_->FlattenAll("013d58c7276f", &result));
  EXPECT_EQ(result.folded, 2u);
  // An item that was flattened beyond the timestamp is left alone.
  DYNO_OK(store_->FlattenAll("013d58c7276e", &result));
  EXPECT_EQ(result.folded, 0u);
}

}  // namespace
}  // namespace dyno

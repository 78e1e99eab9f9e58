// Flatten changes nothing that can be seen, whatever fails and whoever comes in
// between.

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "dyno/dyno_test_world.h"
#include "dyno/item/json.h"
#include "dyno/store.h"
#include "sim/sim_scheduler.h"

namespace dyno {
namespace {

using leveldb::Status;

/// Writes a random operation on a few attributes.
Status WriteAny(std::mt19937_64* random, Store* store,
                const std::string& name) {
  const std::string attribute =
      "\"" + std::string(1, char('a' + (*random)() % 4)) + "\"";
  const std::string number = std::to_string((*random)() % 10);
  const auto with = [&attribute](const std::string& value) {
    return "{" + attribute + ":" + value + "}";
  };
  switch ((*random)() % 12) {
    case 0:
      return store->PutItem({}, name, with(number));
    case 1:
      return store->DelItem({}, name);
    case 2:
    case 3:
      return store->PutAttrs({}, name, with("\"" + number + "\""));
    case 4:
      return store->DelAttrs({}, name, {attribute.substr(1, 1)});
    case 5:
    case 6:
      return store->AppendAttrs({}, name, with("\"" + number + "\""));
    case 7:
      return store->AddToSet({}, name, with("[\"" + number + "\"]"));
    case 8:
      return store->DelFromSet({}, name, with("[\"" + number + "\"]"));
    default:
      return store->IncAttrs({}, name, with(number));
  }
}

struct Seen {
  bool exists;
  std::string json;
  std::string timestamp;
  uint64_t changes;
  std::string hash;
  bool operator==(const Seen& other) const {
    return exists == other.exists && json == other.json &&
           timestamp == other.timestamp && changes == other.changes &&
           hash == other.hash;
  }
};

Seen SeenOf(Store* store, const std::string& name) {
  Item item;
  const Status status = store->GetItem(name, &item);
  EXPECT_TRUE(status.ok()) << status.ToString();
  EXPECT_TRUE(item.late.empty());
  return {item.exists, item.json, item.timestamp, item.changes, item.hash};
}

TEST(Flatten, NothingThatCanBeSeenChanges) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    std::mt19937_64 random(seed);
    DynoWorld flattened;
    DynoWorld plain;
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
        // Refused when it was flattened further already.
        const Status status = store->Flatten("x", options);
        ASSERT_TRUE(status.ok() || status.IsInvalidArgument());
      }
      ASSERT_TRUE(SeenOf(store.get(), "x") == SeenOf(twin.get(), "x"))
          << seed << " " << i;
    }
    // Also the past that is left.
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
  FlattenTest() { world_.backend.batch_max = 16; }
  // What they look at ends with the test's body; the store ends later.
  void TearDown() override {
    world_.backend.before_write = nullptr;
    world_.backend.after_write = nullptr;
  }

  void Write(int operations) {
    std::mt19937_64 random(5);
    for (int i = 0; i < operations; ++i) {
      DYNO_OK(WriteAny(&random, store_.get(), "x"));
    }
  }

  DynoWorld world_;
  std::unique_ptr<Store> store_ = world_.Open();
};

TEST_F(FlattenTest, GoesInStepsOfTheBackendsBatchesOldestFirst) {
  Write(50);
  const Seen before = SeenOf(store_.get(), "x");
  FlattenResult result;
  DYNO_OK(store_->Flatten("x", FlattenOptions(), &result));
  EXPECT_EQ(result.folded, 50u);
  EXPECT_EQ(result.steps, 5u);  // 12 at a time, and 4 keys of bases.
  EXPECT_EQ(result.timestamp, before.timestamp);
  EXPECT_EQ(world_.backend.items().size(), 2u);
  EXPECT_TRUE(SeenOf(store_.get(), "x") == before);
}

TEST_F(FlattenTest, AFailureOfAnyWriteLeavesTheItemEqual) {
  for (const bool takes_effect : {false, true}) {
    for (int failing = 1; failing <= 5; ++failing) {
      DynoWorld world;
      world.backend.batch_max = 16;
      const auto store = world.Open();
      std::mt19937_64 random(9);
      for (int i = 0; i < 50; ++i) {
        ASSERT_TRUE(WriteAny(&random, store.get(), "x").ok());
      }
      const Seen before = SeenOf(store.get(), "x");
      int writes = 0;
      (takes_effect ? world.backend.after_write
                    : world.backend.before_write) = [&](int) {
        return ++writes == failing ? Status::IOError("broken") : Status::OK();
      };
      FlattenResult result;
      EXPECT_TRUE(store->Flatten("x", FlattenOptions(), &result).IsIOError());
      EXPECT_EQ(result.steps, static_cast<uint64_t>(failing - 1));
      ASSERT_TRUE(SeenOf(store.get(), "x") == before) << failing;
      EXPECT_EQ(world.backend.items().size() < 50, takes_effect || failing > 1);
      DYNO_OK(store->Flatten("x", FlattenOptions(), &result));
      ASSERT_TRUE(SeenOf(store.get(), "x") == before) << failing;
      EXPECT_EQ(world.backend.items().size(), 2u);
    }
  }
}

TEST_F(FlattenTest, AnOperationThatComesInBetweenIsNotFolded) {
  Write(5);
  bool has_come = false;
  world_.backend.before_write = [&](int) {
    if (has_come) return Status::OK();
    has_come = true;
    return store_->IncAttrs({}, "x", R"({"z":1})");
  };
  FlattenResult result;
  DYNO_OK(store_->Flatten("x", FlattenOptions(), &result));
  EXPECT_EQ(result.folded, 5u);
  world_.backend.before_write = nullptr;
  Item item;
  DYNO_OK(store_->GetItem("x", &item));
  EXPECT_EQ(item.changes, 6u);
  EXPECT_TRUE(item.late.empty());
  EXPECT_EQ(item.records, 3u);
}

TEST_F(FlattenTest, AnotherFlattenInBetweenIsFoundAndNothingCountsTwice) {
  Write(5);
  const Seen before = SeenOf(store_.get(), "x");
  for (const bool to_the_end : {false, true}) {
    FlattenOptions others;
    if (!to_the_end)
      others.timestamp = world_.backend.items().begin()->first.substr(2, 35);
    bool has_come = false;
    world_.backend.before_write = [&](int) {
      if (has_come) return Status::OK();
      has_come = true;
      const Status status = store_->Flatten("x", others);
      EXPECT_TRUE(status.ok()) << status.ToString();
      return status;
    };
    FlattenOptions options;
    if (!to_the_end) {
      // All but the last.
      options.timestamp =
          std::next(world_.backend.items().rbegin())->first.substr(2, 35);
    }
    DYNO_OK(store_->Flatten("x", options));
    world_.backend.before_write = nullptr;
    ASSERT_TRUE(SeenOf(store_.get(), "x") == before);
  }
  EXPECT_EQ(world_.backend.items().size(), 2u);
}

TEST_F(FlattenTest, WhenOthersKeepWinningItIsAConflict) {
  Write(40);
  // The oldest operation vanishes before each write, as if it were folded.
  int attempts = 0;
  world_.backend.before_write = [&](int) {
    ++attempts;
    world_.backend.Delete(world_.backend.items().begin()->first);
    return Status::OK();
  };
  const Status status = store_->Flatten("x", FlattenOptions());
  EXPECT_EQ(status.ToString().find("IO error: conflict:"), 0u)
      << status.ToString();
  EXPECT_EQ(attempts, 16);
  EXPECT_EQ(world_.backend.items().size(), 24u);
}

TEST_F(FlattenTest, OneOperationAndTwiceInARow) {
  DYNO_OK(store_->PutItem({}, "x", R"({"a":1})"));
  const Seen before = SeenOf(store_.get(), "x");
  FlattenResult result;
  DYNO_OK(store_->Flatten("x", FlattenOptions(), &result));
  EXPECT_EQ(result.folded, 1u);
  const auto records = world_.backend.records();
  DYNO_OK(store_->Flatten("x", FlattenOptions(), &result));
  EXPECT_EQ(result.folded, 0u);
  EXPECT_EQ(result.steps, 0u);
  EXPECT_EQ(result.timestamp, before.timestamp);
  EXPECT_EQ(world_.backend.records(), records);
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

TEST_F(FlattenTest, WhatIsFarAheadOfTheClockIsFoldedOnlyWhenAskedFor) {
  Write(2);
  world_.clock.now += 3600 * 1000;
  Write(1);
  world_.clock.now -= 3600 * 1000;
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

TEST_F(FlattenTest, UpToATimestampOrAHashAndNoFurther) {
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
  // Its base has it: nothing to do.
  DYNO_OK(store_->Flatten("x", options, &result));
  EXPECT_EQ(result.folded, 0u);
}

TEST_F(FlattenTest, WhatCannotBeIsRefusedAndNothingChanges) {
  DYNO_OK(store_->PutItem({}, "x", R"({"a":1})"));
  DYNO_OK(store_->PutItem({}, "x", R"({"a":2})"));
  const auto refused = [this](const std::string& name,
                              const FlattenOptions& options,
                              const std::string& words) {
    const auto records = world_.backend.records();
    const Status status = store_->Flatten(name, options);
    EXPECT_TRUE(status.IsInvalidArgument()) << status.ToString();
    EXPECT_NE(status.ToString().find(words), std::string::npos)
        << status.ToString();
    EXPECT_EQ(world_.backend.records(), records);
  };
  FlattenOptions options;
  refused("nobody", options, "no operation");
  options.timestamp = "yesterday";
  refused("x", options, "no timestamp");
  options.timestamp = "013d58c7276d";
  refused("x", options, "no operation at or before");
  options.hash = std::string(64, 'f');
  refused("x", options, "not both");
  options.timestamp.clear();
  refused("x", options, "unknown hash");
  DYNO_OK(store_->Flatten("x", FlattenOptions()));
  options.hash.clear();
  options.timestamp = "013d58c7276d";
  refused("x", options, "flattened at 013d58c7276e-0001");
}

TEST_F(FlattenTest, OverTheItemLimitNothingChanges) {
  world_.backend.value_bytes_max = 1000;
  for (int i = 0; i < 5; ++i) {
    DYNO_OK(store_->PutAttrs(
        {}, "x",
        "{\"a" + std::to_string(i) + "\":\"" + std::string(300, 'x') + "\"}"));
  }
  const auto records = world_.backend.records();
  EXPECT_TRUE(store_->Flatten("x", FlattenOptions()).IsInvalidArgument());
  EXPECT_EQ(world_.backend.records(), records);
}

TEST_F(FlattenTest, ABaseThatAnotherStoreLeftAtTheSameTimeIsKept) {
  std::string timestamp;
  DYNO_OK(store_->PutItem({}, "x", R"({"a":1})", &timestamp));
  // The same T with other content, as a merge with another store leaves it.
  const auto fields = [](char hash) {
    return R"("n":1,"h":")" + std::string(64, hash) +
           R"(","seen":{},"done":[])";
  };
  world_.backend.Put("x/" + timestamp + "/~base",
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
  EXPECT_EQ(world_.backend.items().size(), 4u);
  EXPECT_TRUE(store_->Reapply({}, "x", key).IsInvalidArgument());
  DYNO_OK(store_->Settle({}, "x", {key}));
  DYNO_OK(store_->Flatten("x", FlattenOptions()));
  DYNO_OK(store_->GetItem("x", &item));
  EXPECT_TRUE(item.late.empty());
  EXPECT_EQ(item.json, R"({"a":2})");
}

TEST_F(FlattenTest, AllOfThemButThoseThatCannotBe) {
  for (const std::string name : {"a", "b", "c", "d"}) {
    DYNO_OK(store_->PutItem({}, name, R"({"n":1})"));
    DYNO_OK(store_->IncAttrs({}, name, R"({"n":1})"));
  }
  DYNO_OK(store_->Flatten("d", FlattenOptions()));
  world_.backend.Put("b/013d58c7276e-0fff-188c-786ae2e1f629/putAttrs", "{");
  const int writes = world_.backend.writes;
  FlattenResult result;
  const Status status = store_->FlattenAll("", &result);
  EXPECT_TRUE(status.IsCorruption()) << status.ToString();
  EXPECT_EQ(result.folded, 4u);
  EXPECT_EQ(result.steps, 2u);
  EXPECT_EQ(world_.backend.writes, writes + 2);
  EXPECT_EQ(JsonOf(store_.get(), "a"), R"({"n":2})");
  EXPECT_EQ(JsonOf(store_.get(), "c"), R"({"n":2})");
  const int ranges = world_.backend.ranges;
  EXPECT_TRUE(store_->FlattenAll("", &result).IsCorruption());
  EXPECT_EQ(result.folded, 0u);
  // What has nothing to fold is not even read: two for the names, one for b.
  EXPECT_EQ(world_.backend.ranges, ranges + 3);
}

TEST_F(FlattenTest, AllUpToATimestamp) {
  DYNO_OK(store_->PutItem({}, "a", R"({"n":1})"));
  world_.clock.now += 1;
  DYNO_OK(store_->IncAttrs({}, "a", R"({"n":1})"));
  DYNO_OK(store_->PutItem({}, "b", R"({"n":1})"));
  FlattenResult result;
  DYNO_OK(store_->FlattenAll("013d58c7276e", &result));
  EXPECT_EQ(result.folded, 1u);
  EXPECT_EQ(SeenOf(store_.get(), "a").changes, 2u);
  DYNO_OK(store_->FlattenAll("013d58c7276f", &result));
  EXPECT_EQ(result.folded, 2u);
  // Flattened later than asked for: left alone.
  DYNO_OK(store_->FlattenAll("013d58c7276e", &result));
  EXPECT_EQ(result.folded, 0u);
}

/// A shared store, and its records after each write.
class SharedFlattenTest : public testing::Test {
 protected:
  SharedFlattenTest() {
    world_.backend.is_shared = true;
    world_.backend.batch_max = 16;
    world_.scheduler = std::make_unique<dynamodown::SimScheduler>(1);
    store_ = world_.Open(Options());
  }
  void Write(int operations) {
    for (int i = 0; i < operations; ++i) {
      ++world_.clock.now;
      DYNO_OK(WriteAny(&random_, store_.get(), "x"));
    }
  }
  void Watch() {
    states_ = {world_.backend.items()};
    world_.backend.after_write = [this](int) {
      states_.push_back(world_.backend.items());
      return Status::OK();
    };
  }
  /// What a reader is shown of these records.
  static std::optional<Seen> Shown(
      const std::map<std::string, std::string>& records) {
    DynoWorld world;
    world.backend.is_shared = true;
    for (const auto& [key, value] : records) world.backend.Put(key, value);
    Item item;
    const Status status = world.Open(Options())->GetItem("x", &item);
    if (status.IsCorruption()) return std::nullopt;
    EXPECT_TRUE(status.ok()) << status.ToString();
    EXPECT_TRUE(item.late.empty());
    return Seen{item.exists, item.json, item.timestamp, item.changes,
                item.hash};
  }

  DynoWorld world_;
  std::mt19937_64 random_{5};
  std::unique_ptr<Store> store_;
  std::vector<std::map<std::string, std::string>> states_;
};

TEST_F(SharedFlattenTest, AfterEveryWriteTheItemIsTheSame) {
  for (int round = 0; round < 4; ++round) {
    // From the second on, of a base that names nothing any more.
    if (round > 1) world_.clock.now += 3600 * 1000;
    Write(25);
    const Seen before = SeenOf(store_.get(), "x");
    Watch();
    DYNO_OK(store_->Flatten("x", FlattenOptions()));
    world_.backend.after_write = nullptr;
    EXPECT_GT(states_.size(), 25u);
    for (const auto& state : states_) {
      const std::optional<Seen> seen = Shown(state);
      ASSERT_TRUE(seen && *seen == before) << round;
    }
    EXPECT_EQ(world_.backend.records().count("%dyno/f/x"), 0u);
    EXPECT_EQ(world_.backend.items().size(), 2u);
  }
}

TEST_F(SharedFlattenTest, AReaderBetweenWhosePagesItTakesEffectSeesTheSame) {
  for (int round = 0; round < 2; ++round) {
    Write(8);
    const Seen before = SeenOf(store_.get(), "x");
    Watch();
    DYNO_OK(store_->Flatten("x", FlattenOptions()));
    world_.backend.after_write = nullptr;
    size_t damaged = 0;
    size_t looked_at = 0;
    for (size_t first = 0; first < states_.size(); ++first) {
      for (size_t second = first; second < states_.size(); ++second) {
        for (const auto& [split, ignored] : states_[first]) {
          std::map<std::string, std::string> mixed(
              states_[first].begin(), states_[first].lower_bound(split));
          mixed.insert(states_[second].lower_bound(split),
                       states_[second].end());
          const std::optional<Seen> seen = Shown(mixed);
          ++looked_at;
          damaged += !seen;  // Such a reader reads once more.
          ASSERT_TRUE(!seen || *seen == before)
              << round << " " << first << " " << second << " " << split;
        }
      }
    }
    EXPECT_LT(damaged * 10, looked_at);
  }
}

TEST_F(SharedFlattenTest, CutOffAtAnyWriteTheItemIsTheSameAndTheNextGoesOn) {
  for (const bool takes_effect : {false, true}) {
    for (int failing = 1; failing < 40; ++failing) {
      Write(9);
      const Seen before = SeenOf(store_.get(), "x");
      int writes = 0;
      const auto fail = [&](int) {
        return ++writes == failing ? Status::IOError("timeout: no answer")
                                   : Status::OK();
      };
      (takes_effect ? world_.backend.after_write
                    : world_.backend.before_write) = fail;
      const Status cut = store_->Flatten("x", FlattenOptions());
      EXPECT_EQ(cut.ok(), writes < failing) << cut.ToString();
      world_.backend.before_write = nullptr;
      world_.backend.after_write = nullptr;
      ASSERT_TRUE(SeenOf(store_.get(), "x") == before) << failing;
      if (failing % 3 == 0) Write(2);
      const Seen now = SeenOf(store_.get(), "x");
      DYNO_OK(store_->Flatten("x", FlattenOptions()));
      ASSERT_TRUE(SeenOf(store_.get(), "x") == now) << failing;
      ASSERT_EQ(world_.backend.items().size(), 2u) << failing;
    }
  }
}

TEST_F(SharedFlattenTest, CutOffAtAnyWriteAFlattenOfAllGoesOn) {
  for (int failing = 1; failing < 20; ++failing) {
    Write(3);
    const Seen before = SeenOf(store_.get(), "x");
    int writes = 0;
    world_.backend.before_write = [&](int) {
      return ++writes >= failing ? Status::IOError("timeout: no answer")
                                 : Status::OK();
    };
    static_cast<void>(store_->Flatten("x", FlattenOptions()));
    world_.backend.before_write = nullptr;
    DYNO_OK(store_->FlattenAll(""));
    ASSERT_TRUE(SeenOf(store_.get(), "x") == before) << failing;
    FlattenResult left;
    DYNO_OK(store_->Flatten("x", FlattenOptions(), &left));
    EXPECT_EQ(left.folded, 0u) << failing;
  }
}

TEST_F(SharedFlattenTest, ARequestThatComesOnceMoreAfterItWasFoldedIsNotLate) {
  Write(5);
  const auto before = world_.backend.items();
  const Seen seen = SeenOf(store_.get(), "x");
  DYNO_OK(store_->Flatten("x", FlattenOptions()));
  // The client sent them twice, and the network kept the second ones.
  for (const auto& [key, value] : before) world_.backend.Put(key, value);
  EXPECT_TRUE(SeenOf(store_.get(), "x") == seen);
  Write(1);
  DYNO_OK(store_->Flatten("x", FlattenOptions()));
  EXPECT_EQ(world_.backend.items().size(), 2u);
  const auto& [last, value] = *before.rbegin();
  world_.backend.Put(last, value);
  EXPECT_TRUE(SeenOf(store_.get(), "x").changes == 6);
}

TEST_F(SharedFlattenTest,
       AFirstFlattenThatMeetsOneOfOlderOperationsBeginsAnew) {
  // One that is an item whole is what its own base would be.
  for (const int operations : {1, 5}) {
    const std::string name = "x" + std::to_string(operations);
    DYNO_OK(store_->PutItem({}, name, R"({"n":1})"));
    for (int i = 1; i < operations; ++i) {
      DYNO_OK(store_->IncAttrs({}, name, R"({"n":1})"));
    }
    const auto other = world_.Open(Options());
    bool has_come = false;
    world_.backend.before_write = [&](int) {
      if (has_come) return Status::OK();
      has_come = true;
      for (const char digit : {'1', '2', '3'}) {
        world_.backend.Put(
            name + "/003d58c7276e-000" + digit + "-188c-786ae2e1f629/incAttrs",
            R"({"m":1})");
      }
      FlattenOptions options;
      options.timestamp = "003d58c7276e";
      FlattenResult result;
      const Status status = other->Flatten(name, options, &result);
      EXPECT_EQ(result.folded, 3u);
      return status;
    };
    FlattenResult result;
    DYNO_OK(store_->Flatten(name, FlattenOptions(), &result));
    world_.backend.before_write = nullptr;
    EXPECT_EQ(result.folded, static_cast<uint64_t>(operations));
    Item item;
    DYNO_OK(store_->GetItem(name, &item));
    EXPECT_EQ(item.json, "{\"n\":" + std::to_string(operations) + "}");
    EXPECT_EQ(item.changes, 3u + static_cast<uint64_t>(operations));
    EXPECT_EQ(item.records, 2u);
    EXPECT_TRUE(item.late.empty());
    EXPECT_EQ(world_.backend.records().count("%dyno/f/" + name), 0u);
  }
}

TEST_F(SharedFlattenTest, AFlattenOfOneOperationThatIsAnItemWholeIsOne) {
  DYNO_OK(store_->PutItem({}, "x", R"({"n":1})"));
  FlattenResult result;
  DYNO_OK(store_->Flatten("x", FlattenOptions(), &result));
  EXPECT_EQ(result.folded, 1u);
  EXPECT_EQ(world_.backend.items().size(), 2u);
  EXPECT_EQ(world_.backend.records().count("%dyno/f/x"), 0u);
}

TEST(FlattenShared, WritersAndFlattenersAtOnceLoseNothing) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    DynoWorld world;
    world.backend.is_shared = true;
    world.backend.batch_max = 16;
    std::vector<std::thread> threads;
    constexpr int kWriters = 4;
    constexpr int kEach = 30;
    std::atomic<int> failures{0};
    for (int writer = 0; writer < kWriters; ++writer) {
      threads.emplace_back([&world, &failures, seed, writer] {
        std::unique_ptr<Store> store;
        if (!world.TryOpen(Options(), &store).ok()) {
          ++failures;
          return;
        }
        std::mt19937_64 random(seed * kWriters + static_cast<uint64_t>(writer));
        for (int i = 0; i < kEach; ++i) {
          world.clock.now += static_cast<int64_t>(random() % 3) - 1;
          if (!store->IncAttrs({}, "x", R"({"n":1})").ok()) ++failures;
          if (random() % 5 != 0) continue;
          const Status status = store->Flatten("x", FlattenOptions());
          if (!status.ok() &&
              status.ToString().find("conflict:") == std::string::npos) {
            ++failures;
          }
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    ASSERT_EQ(failures, 0);
    const auto store = world.Open(Options());
    Item item;
    DYNO_OK(store->GetItem("x", &item));
    // Applied, or late and reported, each once.
    const auto parsed = ParseJson(item.json);
    ASSERT_TRUE(parsed.ok());
    ASSERT_EQ((*parsed)["n"].get<size_t>() + item.late.size(),
              size_t{kWriters * kEach})
        << seed;
    while (true) {
      DYNO_OK(store->GetItem("x", &item));
      if (item.late.empty()) break;
      DYNO_OK(store->Reapply({}, "x", item.late.front().key));
    }
    EXPECT_EQ(item.json, "{\"n\":" + std::to_string(kWriters * kEach) + "}");
  }
}

}  // namespace
}  // namespace dyno

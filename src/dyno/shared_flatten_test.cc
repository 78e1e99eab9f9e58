// In a shared store a flatten is several writes; no reader sees a part of it.

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
#include "sim/sim_scheduler.h"

namespace dyno {
namespace {

using leveldb::Status;

/// A shared store, and its records after each write.
class SharedFlattenTest : public testing::Test {
 protected:
  SharedFlattenTest() {
    environment_.backend.is_shared = true;
    environment_.backend.batch_max = 16;
    environment_.scheduler = std::make_unique<dynamodown::SimScheduler>(1);
    store_ = environment_.Open(Options());
  }
  void Write(int operations) {
    for (int i = 0; i < operations; ++i) {
      ++environment_.clock.now;
      DYNO_OK(WriteAny(&random_, store_.get(), "x"));
    }
  }
  void Watch() {
    states_ = {environment_.backend.items()};
    environment_.backend.after_write = [this](int) {
      states_.push_back(environment_.backend.items());
      return Status::OK();
    };
  }
  /// The item as a reader sees it in `records`; nothing if it looks damaged.
  static std::optional<Seen> Shown(
      const std::map<std::string, std::string>& records) {
    DynoTestEnvironment environment;
    environment.backend.is_shared = true;
    for (const auto& [key, value] : records)
      environment.backend.Put(key, value);
    Item item;
    const Status status = environment.Open(Options())->GetItem("x", &item);
    if (status.IsCorruption()) return std::nullopt;
    EXPECT_TRUE(status.ok()) << status.ToString();
    EXPECT_TRUE(item.late.empty());
    return Seen{item.exists, item.json, item.timestamp, item.changes,
                item.hash};
  }

  DynoTestEnvironment environment_;
  std::mt19937_64 random_{5};
  std::unique_ptr<Store> store_;
  std::vector<std::map<std::string, std::string>> states_;
};

TEST_F(SharedFlattenTest, AfterEveryWriteTheItemIsTheSame) {
  for (int round = 0; round < 4; ++round) {
    // From the third flatten on, the records that the old base names are so old
    // that the new base no longer names them.
    if (round > 1) environment_.clock.now += 3600 * 1000;
    Write(25);
    const Seen before = SeenOf(store_.get(), "x");
    Watch();
    DYNO_OK(store_->Flatten("x", FlattenOptions()));
    environment_.backend.after_write = nullptr;
    EXPECT_GT(states_.size(), 25u);
    for (const auto& state : states_) {
      const std::optional<Seen> seen = Shown(state);
      ASSERT_TRUE(seen && *seen == before) << round;
    }
    EXPECT_EQ(environment_.backend.records().count("%dyno/f/x"), 0u);
    EXPECT_EQ(environment_.backend.items().size(), 2u);
  }
}

TEST_F(SharedFlattenTest, AFlattenBetweenTwoPagesOfAReaderChangesNothingSeen) {
  for (int round = 0; round < 2; ++round) {
    Write(8);
    const Seen before = SeenOf(store_.get(), "x");
    Watch();
    DYNO_OK(store_->Flatten("x", FlattenOptions()));
    environment_.backend.after_write = nullptr;
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
          damaged += !seen;  // A reader then reads once more.
          ASSERT_TRUE(!seen || *seen == before)
              << round << " " << first << " " << second << " " << split;
        }
      }
    }
    EXPECT_LT(damaged * 10, looked_at);
  }
}

TEST_F(SharedFlattenTest, AFlattenCutOffAtAnyWriteIsContinuedByTheNextOne) {
  for (const bool takes_effect : {false, true}) {
    for (int failing = 1; failing < 40; ++failing) {
      Write(9);
      const Seen before = SeenOf(store_.get(), "x");
      int writes = 0;
      const auto fail = [&](int) {
        return ++writes == failing ? Status::IOError("timeout: no answer")
                                   : Status::OK();
      };
      (takes_effect ? environment_.backend.after_write
                    : environment_.backend.before_write) = fail;
      const Status cut = store_->Flatten("x", FlattenOptions());
      EXPECT_EQ(cut.ok(), writes < failing) << cut.ToString();
      environment_.backend.before_write = nullptr;
      environment_.backend.after_write = nullptr;
      ASSERT_TRUE(SeenOf(store_.get(), "x") == before) << failing;
      if (failing % 3 == 0) Write(2);
      const Seen now = SeenOf(store_.get(), "x");
      DYNO_OK(store_->Flatten("x", FlattenOptions()));
      ASSERT_TRUE(SeenOf(store_.get(), "x") == now) << failing;
      ASSERT_EQ(environment_.backend.items().size(), 2u) << failing;
    }
  }
}

TEST_F(SharedFlattenTest, FlattenAllContinuesAFlattenCutOffAtAnyWrite) {
  for (int failing = 1; failing < 20; ++failing) {
    Write(3);
    const Seen before = SeenOf(store_.get(), "x");
    int writes = 0;
    environment_.backend.before_write = [&](int) {
      return ++writes >= failing ? Status::IOError("timeout: no answer")
                                 : Status::OK();
    };
    static_cast<void>(store_->Flatten("x", FlattenOptions()));
    environment_.backend.before_write = nullptr;
    DYNO_OK(store_->FlattenAll(""));
    ASSERT_TRUE(SeenOf(store_.get(), "x") == before) << failing;
    FlattenResult left;
    DYNO_OK(store_->Flatten("x", FlattenOptions(), &left));
    EXPECT_EQ(left.folded, 0u) << failing;
  }
}

TEST_F(SharedFlattenTest, ASecondCopyOfAFoldedOperationIsNotLate) {
  Write(5);
  const auto before = environment_.backend.items();
  const Seen seen = SeenOf(store_.get(), "x");
  DYNO_OK(store_->Flatten("x", FlattenOptions()));
  // The client sent each request twice, and the second ones arrive only now.
  for (const auto& [key, value] : before) environment_.backend.Put(key, value);
  EXPECT_TRUE(SeenOf(store_.get(), "x") == seen);
  Write(1);
  DYNO_OK(store_->Flatten("x", FlattenOptions()));
  EXPECT_EQ(environment_.backend.items().size(), 2u);
  const auto& [last, value] = *before.rbegin();
  environment_.backend.Put(last, value);
  EXPECT_TRUE(SeenOf(store_.get(), "x").changes == 6);
}

TEST_F(SharedFlattenTest,
       AFirstFlattenBeginsAnewIfOlderOperationsWereFoldedMeanwhile) {
  // A single putItem has the key of its base's item.
  for (const int operations : {1, 5}) {
    const std::string name = "x" + std::to_string(operations);
    DYNO_OK(store_->PutItem({}, name, R"({"n":1})"));
    for (int i = 1; i < operations; ++i) {
      DYNO_OK(store_->IncAttrs({}, name, R"({"n":1})"));
    }
    const auto other = environment_.Open(Options());
    bool has_come = false;
    environment_.backend.before_write = [&](int) {
      if (has_come) return Status::OK();
      has_come = true;
      for (const char digit : {'1', '2', '3'}) {
        environment_.backend.Put(
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
    environment_.backend.before_write = nullptr;
    EXPECT_EQ(result.folded, static_cast<uint64_t>(operations));
    Item item;
    DYNO_OK(store_->GetItem(name, &item));
    EXPECT_EQ(item.json, "{\"n\":" + std::to_string(operations) + "}");
    EXPECT_EQ(item.changes, 3u + static_cast<uint64_t>(operations));
    EXPECT_EQ(item.records, 2u);
    EXPECT_TRUE(item.late.empty());
    EXPECT_EQ(environment_.backend.records().count("%dyno/f/" + name), 0u);
  }
}

TEST_F(SharedFlattenTest, AnItemIsWrittenOnlyBesideItsOwnBase) {
  for (int i = 0; i < 3; ++i) {
    DYNO_OK(store_->IncAttrs({}, "x", R"({"n":1})"));
  }
  int begun = 0;
  bool has_item = false;
  environment_.backend.before_write = [&](int) {
    if (++begun == 3) return Status::NotSupported("the test ends here");
    if (begun != 2) return Status::OK();
    // Another process assumed that this flatten is dead, and wrote its own base
    // with the same timestamp.
    for (const auto& [key, value] : environment_.backend.items()) {
      if (key.find("/~base") == std::string::npos) continue;
      environment_.backend.Put(key, value + " ");
    }
    return Status::OK();
  };
  environment_.backend.after_write = [&](int) {
    has_item = has_item || begun == 2;
    return Status::OK();
  };
  EXPECT_FALSE(store_->Flatten("x", FlattenOptions()).ok());
  environment_.backend.before_write = nullptr;
  environment_.backend.after_write = nullptr;
  EXPECT_FALSE(has_item);
}

TEST_F(SharedFlattenTest, ARefusedItemLeavesNoMark) {
  for (int i = 0; i < 3; ++i) {
    DYNO_OK(store_->IncAttrs({}, "x", R"({"n":1})"));
  }
  const auto before = environment_.backend.items();
  int begun = 0;
  environment_.backend.before_write = [&](int) {
    return ++begun == 2 ? Status::NotSupported("refused") : Status::OK();
  };
  EXPECT_TRUE(store_->Flatten("x", FlattenOptions()).IsNotSupportedError());
  environment_.backend.before_write = nullptr;
  EXPECT_EQ(environment_.backend.records().count("%dyno/f/x"), 0u);
  EXPECT_EQ(environment_.backend.items(), before);
}

TEST_F(SharedFlattenTest, AFlattenFoldsASinglePutItem) {
  DYNO_OK(store_->PutItem({}, "x", R"({"n":1})"));
  FlattenResult result;
  DYNO_OK(store_->Flatten("x", FlattenOptions(), &result));
  EXPECT_EQ(result.folded, 1u);
  EXPECT_EQ(environment_.backend.items().size(), 2u);
  EXPECT_EQ(environment_.backend.records().count("%dyno/f/x"), 0u);
}

TEST(FlattenShared, WritersAndFlattenersAtOnceLoseNothing) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    DynoTestEnvironment environment;
    environment.backend.is_shared = true;
    environment.backend.batch_max = 16;
    std::vector<std::thread> threads;
    constexpr int kWriters = 4;
    constexpr int kEach = 30;
    std::atomic<int> failures{0};
    for (int writer = 0; writer < kWriters; ++writer) {
      threads.emplace_back([&environment, &failures, seed, writer] {
        std::unique_ptr<Store> store;
        if (!environment.TryOpen(Options(), &store).ok()) {
          ++failures;
          return;
        }
        std::mt19937_64 random(seed * kWriters + static_cast<uint64_t>(writer));
        for (int i = 0; i < kEach; ++i) {
          environment.clock.now += static_cast<int64_t>(random() % 3) - 1;
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
    const auto store = environment.Open(Options());
    Item item;
    DYNO_OK(store->GetItem("x", &item));
    // Each increment counts once: it is applied, or it is late and reported.
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

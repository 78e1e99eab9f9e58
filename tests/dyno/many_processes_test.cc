// Processes that write, repeat, flatten, settle and reapply the operations of
// one item at once, on DynamoDB Local; and a process that was forked.
//
// Each process opens the store for itself, and all begin together. The seed
// decides what each of them tries; the order in which they arrive decides the
// results. Every operation adds 1 to a token of its own. So in the end each
// token must be found once: in the item, late or settled. And each written
// record is a change, late or settled. Some operations arrive long after their
// timestamp was issued, like a request that was held up, so that enough of them
// are late.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "backends.h"
#include "dynamodown/dyno.h"
#include "support/random.h"
#include "support/servers.h"
#include "support/temp_dir.h"

namespace dynamodown_test {
namespace {

using leveldb::Status;
using nlohmann::json;

constexpr int kSeeds = 100;
constexpr int kProcesses = 2;
constexpr int kSteps = 12;
constexpr char kName[] = "shared/item";
constexpr char kEncodedName[] = "shared%2Fitem";
/// Every step whose number is a multiple of this holds its operation up until
/// the next step.
constexpr int kHeldUpStep = 4;

// The least counts of events over all seeds that make the test meaningful.
// Counts depend on the order of arrival; these are half of the least counts
// seen.
constexpr int kFlattensLeast = 330;
constexpr int kRepeatsLeast = 40;
constexpr int kSettledLeast = 20;
constexpr int kReappliedLeast = 15;

/// A store with the database below it.
struct OpenItems {
  std::unique_ptr<dynamodown::Database> db;
  std::unique_ptr<dyno::Store> store;
};

Status Open(const std::string& location, OpenItems* items) {
  dynamodown::Options options;
  options.create_if_missing = true;
  dynamodown::Database* db = nullptr;
  Status status = dynamodown::Open(options, location, &db);
  items->db.reset(db);
  dyno::Store* store = nullptr;
  if (status.ok()) status = dyno::Open(dyno::Options(), db, &store);
  items->store.reset(store);
  return status;
}

/// Runs `body` in a process of its own, and returns its result as exit status.
pid_t Start(const std::function<int()>& body) {
  const pid_t pid = fork();
  if (pid == 0) _exit(body());
  return pid;
}

int ExitStatusOf(pid_t pid) {
  int status = 0;
  if (waitpid(pid, &status, 0) != pid) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Processes wait at the gate until it is opened.
class Gate {
 public:
  Gate() { EXPECT_EQ(pipe(ends_), 0); }
  ~Gate() { Open(); }
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  /// To be called by the process that waits.
  void Pass() {
    close(ends_[1]);
    char ignored;
    // read returns 0 when all have closed the other end.
    while (read(ends_[0], &ignored, 1) > 0) {
    }
  }
  void Open() {
    if (ends_[1] == -1) return;
    close(ends_[1]);
    close(ends_[0]);
    ends_[1] = -1;
  }

 private:
  int ends_[2] = {-1, -1};
};

std::string TokenOf(int process, int step) {
  return "p" + std::to_string(process) + "." + std::to_string(step);
}

/// Counts of steps that took effect. The others were refused or had no effect,
/// which is allowed.
struct Effects {
  int flattens = 0;  ///< Flattens that folded something.
  int repeats = 0;   ///< Repeats that were not refused.
  int settled = 0;
  int reapplied = 0;

  Effects& operator+=(const Effects& other) {
    flattens += other.flattens;
    repeats += other.repeats;
    settled += other.settled;
    reapplied += other.reapplied;
    return *this;
  }
};

/// One of the processes.
class Worker {
 public:
  /// `items` outlive it.
  Worker(int process, uint64_t seed, const OpenItems& items)
      : process_(process),
        random_(seed * kProcesses + static_cast<uint64_t>(process)),
        db_(items.db.get()),
        store_(items.store.get()) {}

  const Effects& effects() const { return effects_; }

  Status Work() {
    for (int step = 0; step < kSteps; ++step) {
      Status status = Write(step);
      if (status.ok()) status = DoOneMore();
      if (!status.ok()) return status;
    }
    return store_->Close();
  }

 private:
  static std::string NumbersOf(const std::string& token) {
    return json{{token, 1}}.dump();
  }

  /// If others came first, a step may be refused or lose every race. That loses
  /// nothing and is no failure. `*effect` counts the steps that succeeded.
  static Status Judge(const Status& status, int* effect) {
    if (status.ok()) ++*effect;
    const bool is_lost_race =
        status.IsInvalidArgument() ||
        dynamodown::KindOf(status) == dynamodown::StatusKind::kConflict;
    return is_lost_race ? Status::OK() : status;
  }

  Status Write(int step) {
    const std::string token = TokenOf(process_, step);
    std::string timestamp;
    if (step % kHeldUpStep == 0) {
      const Status given = store_->NewTimestamp(&timestamp);
      held_up_ = {timestamp, token};
      return given;
    }
    const Status status =
        store_->IncAttrs({}, kName, NumbersOf(token), &timestamp);
    written_.emplace_back(timestamp, token);
    return status.ok() && step % kHeldUpStep == 1 ? Arrive() : status;
  }

  /// Writes a held-up operation directly to the database, because the store
  /// would refuse it by now.
  Status Arrive() {
    const auto& [timestamp, token] = held_up_;
    const std::string key =
        std::string(kEncodedName) + "/" + timestamp + "/incAttrs";
    written_.push_back(held_up_);
    return db_->Put(dynamodown::WriteOptions(), key, NumbersOf(token));
  }

  Status DoOneMore() {
    switch (random_.Below(8)) {
      case 0:
        return Status::OK();
      case 1:
        return Repeat();
      case 2:
      case 3:
        return DealWithLate();
      default:
        return Flatten();
    }
  }

  Status Repeat() {
    if (written_.empty()) return Status::OK();
    const auto& [timestamp, token] = AnyWritten();
    dyno::WriteOptions options;
    options.timestamp = timestamp;
    return Judge(store_->IncAttrs(options, kName, NumbersOf(token)),
                 &effects_.repeats);
  }

  Status DealWithLate() {
    dyno::Item item;
    const Status read = store_->GetItem(kName, &item);
    if (!read.ok() || item.late.empty()) return read;
    const std::string& key = item.late[random_.Below(item.late.size())].key;
    return random_.Below(2) == 0
               ? Judge(store_->Settle({}, kName, {key}), &effects_.settled)
               : Judge(store_->Reapply({}, kName, key), &effects_.reapplied);
  }

  Status Flatten() {
    dyno::FlattenOptions options;
    if (!written_.empty() && random_.Below(2) == 0) {
      options.timestamp = AnyWritten().first;
    }
    dyno::FlattenResult result;
    int ignored = 0;
    const Status status =
        Judge(store_->Flatten(kName, options, &result), &ignored);
    if (result.folded > 0) ++effects_.flattens;
    return status;
  }

  const std::pair<std::string, std::string>& AnyWritten() {
    return written_[random_.Below(written_.size())];
  }

  const int process_;
  Random random_;
  dynamodown::Database* const db_;
  dyno::Store* const store_;
  /// Timestamps and tokens.
  std::vector<std::pair<std::string, std::string>> written_;
  std::pair<std::string, std::string> held_up_;
  Effects effects_;
};

/// How often each token counts, in the item, late or settled.
using Tokens = std::map<std::string, int>;

void AddTokens(const std::string& numbers, Tokens* tokens) {
  const json object = json::parse(numbers);
  for (const auto& [token, count] : object.items()) {
    (*tokens)[token] += count.get<int>();
  }
}

/// Checks that each token and each record is there once.
void ExpectNothingLost(const std::string& location, const Effects& effects) {
  OpenItems items;
  const Status opened = Open(location, &items);
  ASSERT_TRUE(opened.ok()) << opened.ToString();
  dyno::Item item;
  const Status read = items.store->GetItem(kName, &item);
  ASSERT_TRUE(read.ok()) << read.ToString();
  EXPECT_TRUE(item.unknown.empty());

  Tokens found;
  if (item.exists) AddTokens(item.json, &found);
  size_t late = 0;
  size_t settled = 0;
  const Status visited =
      items.store->History(kName, [&](const dyno::HistoryEntry& entry) {
        const bool is_late = entry.kind == dyno::HistoryEntry::Kind::kLate;
        const bool is_settled =
            entry.kind == dyno::HistoryEntry::Kind::kSettled;
        late += is_late ? 1 : 0;
        settled += is_settled ? 1 : 0;
        if ((is_late || is_settled) && entry.operation != "settle") {
          EXPECT_EQ(entry.operation, "incAttrs");
          AddTokens(entry.change, &found);
        }
        return true;
      });
  ASSERT_TRUE(visited.ok()) << visited.ToString();
  EXPECT_EQ(late, item.late.size());

  Tokens expected;
  for (int process = 0; process < kProcesses; ++process) {
    for (int step = 0; step < kSteps; ++step) {
      expected[TokenOf(process, step)] = 1;
    }
  }
  EXPECT_EQ(found, expected);
  // A settle is one operation. A reapply adds one, too: the copy replaces the
  // late record.
  const int records = kProcesses * kSteps + effects.settled + effects.reapplied;
  EXPECT_EQ(item.changes + late + settled, static_cast<uint64_t>(records));
}

/// Runs one worker in a process of its own, which writes its Effects to `out`
/// if all went well.
pid_t StartWorker(int process, uint64_t seed, const std::string& location,
                  Gate* gate, int out) {
  return Start([=] {
    OpenItems items;
    Status status = Open(location, &items);
    gate->Pass();
    if (status.ok()) {
      Worker worker(process, seed, items);
      status = worker.Work();
      const Effects& effects = worker.effects();
      if (status.ok() &&
          write(out, &effects, sizeof effects) != ssize_t{sizeof effects}) {
        status = Status::IOError("cannot tell what was done");
      }
    }
    if (!status.ok()) fprintf(stderr, "%s\n", status.ToString().c_str());
    return status.ok() ? 0 : 1;
  });
}

/// Runs all processes on one item, and adds up their effects.
void RunSeed(uint64_t seed, Effects* total) {
  const std::string location = NewLocalLocation();
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  Gate gate;
  std::vector<pid_t> processes;
  for (int process = 0; process < kProcesses; ++process) {
    processes.push_back(StartWorker(process, seed, location, &gate, ends[1]));
  }
  close(ends[1]);
  gate.Open();
  for (const pid_t pid : processes) EXPECT_EQ(ExitStatusOf(pid), 0);
  Effects sum;
  Effects one;
  while (read(ends[0], &one, sizeof one) == ssize_t{sizeof one}) sum += one;
  close(ends[0]);
  ExpectNothingLost(location, sum);
  *total += sum;
}

TEST(ManyProcessesTest, WhatAllDoToOneItemAtOnceCountsOnce) {
  const uint64_t first =
      std::stoull(FlagOr(0, nullptr, "seed", "DYNAMODOWN_TEST_SEED", "1"));
  Effects total;
  for (uint64_t seed = first; seed < first + kSeeds; ++seed) {
    SCOPED_TRACE("DYNAMODOWN_TEST_SEED=" + std::to_string(seed));
    RunSeed(seed, &total);
    if (HasFailure()) return;
  }
  printf(
      "of %d operations: %d flattens folded, %d repeated, %d settled, %d "
      "reapplied\n",
      kSeeds * kProcesses * kSteps, total.flattens, total.repeats,
      total.settled, total.reapplied);
  EXPECT_GE(total.flattens, kFlattensLeast);
  EXPECT_GE(total.repeats, kRepeatsLeast);
  EXPECT_GE(total.settled, kSettledLeast);
  EXPECT_GE(total.reapplied, kReappliedLeast);
}

// ------------------------------------------------------------ a forked process

class ForkTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    location_ = GetParam() == "embedded" ? "leveldb:" + folder_.Child("db")
                                         : NewLocalLocation();
    const Status status = Open(location_, &items_);
    ASSERT_TRUE(status.ok()) << status.ToString();
    Put();
  }
  void Put() {
    const Status status = items_.store->IncAttrs({}, "kim", R"({"n":1})");
    ASSERT_TRUE(status.ok()) << status.ToString();
  }

  TempDir folder_;
  std::string location_;
  OpenItems items_;
};

TEST_P(ForkTest, AChildsCallsAreRefusedAndTheParentGoesOn) {
  dyno::Store* const store = items_.store.get();
  const pid_t child = Start([&] {
    dyno::Item item;
    std::string timestamp;
    uint64_t count = 0;
    const Status statuses[] = {
        store->PutItem({}, "kim", "{}"),
        store->Settle({}, "kim", {"x"}),
        store->Reapply({}, "kim", "x"),
        store->GetItem("kim", &item),
        store->GetItemAsOf("kim", "013d58c7276e", &item),
        store->History("kim", [](const dyno::HistoryEntry&) { return true; }),
        store->Query({}, [](const dyno::Item&) { return true; }),
        store->Count({}, &count),
        store->Names({}, [](const std::string&) { return true; }),
        store->Flatten("kim", {}),
        store->FlattenAll(""),
        store->NewTimestamp(&timestamp),
        store->Close(),
    };
    int number = 0;
    for (const Status& status : statuses) {
      ++number;
      if (dynamodown::KindOf(status) != dynamodown::StatusKind::kForked) {
        fprintf(stderr, "%d: %s\n", number, status.ToString().c_str());
        return number;
      }
    }
    items_.store.reset();  // Must neither hang nor write.
    return 0;
  });
  EXPECT_EQ(ExitStatusOf(child), 0);
  Put();
  dyno::Item item;
  ASSERT_TRUE(store->GetItem("kim", &item).ok());
  EXPECT_EQ(item.json, R"({"n":2})");
}

INSTANTIATE_TEST_SUITE_P(Stores, ForkTest, testing::Values("embedded", "local"),
                         [](const auto& store) { return store.param; });

TEST(ForkTest, AChildMayOpenASharedStoreForItself) {
  const std::string location = NewLocalLocation();
  OpenItems items;
  ASSERT_TRUE(Open(location, &items).ok());
  ASSERT_TRUE(items.store->IncAttrs({}, "kim", R"({"n":1})").ok());
  const pid_t child = Start([&] {
    OpenItems own;
    Status status = Open(location, &own);
    if (status.ok()) status = own.store->IncAttrs({}, "kim", R"({"n":1})");
    return status.ok() ? 0 : 1;
  });
  EXPECT_EQ(ExitStatusOf(child), 0);
  dyno::Item item;
  ASSERT_TRUE(items.store->GetItem("kim", &item).ok());
  EXPECT_EQ(item.json, R"({"n":2})");
}

}  // namespace
}  // namespace dynamodown_test

int main(int argc, char** argv) {
  dynamodown_test::UseLocalCredentials();
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}

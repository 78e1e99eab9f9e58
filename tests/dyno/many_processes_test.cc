// Processes that write and flatten the items of one store at once, on DynamoDB
// Local; and a process that was forked.
//
// Each process opens the store for itself, and they begin together. What each
// of them does is decided by the seed. Every operation carries a token of its
// own, so that it can be told afterwards whether it is still there.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
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
constexpr int kSteps = 8;
constexpr char kName[] = "shared/item";

/// A store and what it stands on.
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

/// Runs `body` in a process of its own, whose exit status is what it returns.
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

/// Nobody passes before it is opened.
class Gate {
 public:
  Gate() { EXPECT_EQ(pipe(ends_), 0); }
  ~Gate() { Open(); }
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  /// In the process that waits.
  void Pass() {
    close(ends_[1]);
    char ignored;
    // The end of the pipe: the other end is closed by all.
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

/// What one process does. A conflict of a flatten's is no failure: others kept
/// winning, and nothing is lost by that.
Status Work(int process, uint64_t seed, dyno::Store* store) {
  Random random(seed * kProcesses + static_cast<uint64_t>(process));
  std::string first;  // Of this process's timestamps.
  for (int step = 0; step < kSteps; ++step) {
    std::string timestamp;
    const std::string token = json(TokenOf(process, step)).dump();
    const Status status =
        store->AddToSet({}, kName, "{\"tokens\":[" + token + "]}", &timestamp);
    if (!status.ok()) return status;
    if (first.empty()) first = timestamp;
    if (random.Below(3) == 0) continue;
    dyno::FlattenOptions options;
    if (random.Below(2) == 0) options.timestamp = first;
    const Status flattened = store->Flatten(kName, options);
    const bool is_failure =
        !flattened.ok() && !flattened.IsInvalidArgument() &&
        dynamodown::KindOf(flattened) != dynamodown::StatusKind::kConflict;
    if (is_failure) return flattened;
  }
  return store->Close();
}

void Collect(const json& tokens, std::multiset<std::string>* found) {
  for (const auto& token : tokens) found->insert(token.get<std::string>());
}

/// Every operation is in the item or late, once; and the counts agree.
void ExpectNothingLost(const std::string& location) {
  OpenItems items;
  const Status opened = Open(location, &items);
  ASSERT_TRUE(opened.ok()) << opened.ToString();
  dyno::Item item;
  const Status read = items.store->GetItem(kName, &item);
  ASSERT_TRUE(read.ok()) << read.ToString();

  std::multiset<std::string> found;
  if (item.exists) {
    const json tokens = json::parse(item.json)["tokens"];
    for (const auto& [token, is_in] : tokens.items()) found.insert(token);
  }
  for (const dyno::LateRecord& late : item.late) {
    ASSERT_EQ(late.operation, "addToSet") << late.key;
    Collect(json::parse(late.change)["tokens"], &found);
  }
  std::multiset<std::string> expected;
  for (int process = 0; process < kProcesses; ++process) {
    for (int step = 0; step < kSteps; ++step) {
      expected.insert(TokenOf(process, step));
    }
  }
  EXPECT_EQ(found, expected);
  EXPECT_EQ(item.changes + item.late.size(), expected.size());
  EXPECT_TRUE(item.unknown.empty());
}

TEST(ManyProcessesTest, WritingAndFlatteningOneItemAtOnceLosesNothing) {
  const uint64_t first =
      std::stoull(FlagOr(0, nullptr, "seed", "DYNAMODOWN_TEST_SEED", "1"));
  for (uint64_t seed = first; seed < first + kSeeds; ++seed) {
    SCOPED_TRACE("DYNAMODOWN_TEST_SEED=" + std::to_string(seed));
    const std::string location = NewLocalLocation();
    Gate gate;
    std::vector<pid_t> processes;
    for (int process = 0; process < kProcesses; ++process) {
      processes.push_back(Start([&] {
        OpenItems items;
        Status status = Open(location, &items);
        gate.Pass();
        if (status.ok()) status = Work(process, seed, items.store.get());
        if (!status.ok()) fprintf(stderr, "%s\n", status.ToString().c_str());
        return status.ok() ? 0 : 1;
      }));
    }
    gate.Open();
    for (const pid_t pid : processes) EXPECT_EQ(ExitStatusOf(pid), 0);
    ExpectNothingLost(location);
    if (HasFailure()) return;
  }
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

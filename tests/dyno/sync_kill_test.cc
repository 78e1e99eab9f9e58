// A sync is killed, again and again, and then completes: this program with
// other arguments, on LevelDB and on DynamoDB Local.
//
// Each time a process begins the sync and gets SIGKILL at a moment that the
// seed chooses. The duration of a whole sync is measured first, on another pair
// of stores, and each process gets a part of it. A process gets more time if
// the sync has progressed too little, and less if too far, so that the moments
// are spread over all of it. Each process must cope with the traces of the one
// before, for example half an item or the open slot of a writer.
//
// DYNAMODOWN_TEST_SEED chooses other moments.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <tuple>

#include "backends.h"
#include "dynamodown/dyno.h"
#include "dyno/sync.h"
#include "support/random.h"
#include "support/servers.h"
#include "support/temp_dir.h"

namespace dynamodown_test {
namespace {

using leveldb::Status;
using std::chrono::duration;
using std::chrono::steady_clock;

constexpr int kItems = 20'000;
constexpr int kOperationsOfEach = 5;
constexpr int kKills = 10;
/// The longest life of the first process, as a part of a whole sync, and the
/// factor by which this part changes for the next one.
constexpr double kWindow = 0.25;
constexpr double kLonger = 1.3;
/// The duration of a sync with nothing to exchange, in seconds.
constexpr double kWindowAfter = 0.4;
constexpr int kProcessesMax = 3 * kKills;
constexpr char kSync[] = "--sync";

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
  dyno::Options replicated;
  replicated.replicated = true;
  dyno::Store* store = nullptr;
  if (status.ok()) status = dyno::Open(replicated, db, &store);
  items->store.reset(store);
  return status;
}

/// Runs in a process of its own.
int RunSync(const std::string& laptop, const std::string& hub) {
  OpenItems a;
  OpenItems b;
  Status status = Open(laptop, &a);
  if (status.ok()) status = Open(hub, &b);
  if (status.ok()) status = dyno::Sync(a.store.get(), b.store.get());
  if (!status.ok()) fprintf(stderr, "%s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}

pid_t StartSync(const std::string& laptop, const std::string& hub) {
  const pid_t pid = fork();
  if (pid == 0) {
    execl("/proc/self/exe", "sync_kill_test", kSync, laptop.c_str(),
          hub.c_str(), nullptr);
    _exit(1);
  }
  return pid;
}

/// The exit status, or 128 and the signal.
int Await(pid_t pid) {
  int status = 0;
  if (waitpid(pid, &status, 0) != pid) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// An item with its history.
using Told = std::tuple<std::string, std::string, uint64_t, size_t>;

std::map<std::string, Told> ItemsIn(dyno::Store* store) {
  std::map<std::string, Told> items;
  const Status status = store->Query({}, [&items](const dyno::Item& item) {
    items[item.name] = {item.json, item.hash, item.changes, item.late.size()};
    return true;
  });
  EXPECT_TRUE(status.ok()) << status.ToString();
  return items;
}

class SyncKillTest : public testing::Test {
 protected:
  void Write(const std::string& location) {
    OpenItems items;
    ASSERT_TRUE(Open(location, &items).ok());
    for (int i = 0; i < kItems; ++i) {
      for (int j = 0; j < kOperationsOfEach; ++j) {
        const Status status =
            items.store->IncAttrs({}, "user" + std::to_string(i),
                                  R"({"n)" + std::to_string(j) + R"(":1})");
        ASSERT_TRUE(status.ok()) << status.ToString();
      }
    }
  }

  /// How many of the operations are there.
  static int PercentThere(dynamodown::Database* hub) {
    dynamodown::Bounds bounds;
    bounds.keys_only = true;
    bounds.gte = "user";
    bounds.expected = UINT64_MAX;
    const std::unique_ptr<leveldb::Iterator> it(
        hub->NewIterator(dynamodown::ReadOptions(), bounds));
    int count = 0;
    for (it->SeekToFirst(); it->Valid(); it->Next()) ++count;
    EXPECT_TRUE(it->status().ok()) << it->status().ToString();
    return count * 100 / (kItems * kOperationsOfEach);
  }

  double SecondsOfAWholeSync(const std::string& laptop) {
    const auto start = steady_clock::now();
    EXPECT_EQ(Await(StartSync(laptop, NewLocalLocation())), 0);
    return duration<double>(steady_clock::now() - start).count();
  }

  const TempDir folder_;
};

TEST_F(SyncKillTest, TenKillsAtRandomMomentsAndTheNextSyncEndsEqual) {
  const std::string laptop = "leveldb:" + folder_.Child("laptop");
  const std::string measured = "leveldb:" + folder_.Child("measured");
  ASSERT_NO_FATAL_FAILURE(Write(laptop));
  std::filesystem::copy(folder_.Child("laptop"), folder_.Child("measured"));
  const double whole = SecondsOfAWholeSync(measured);

  const std::string hub = NewLocalLocation();
  OpenItems b;
  ASSERT_TRUE(Open(hub, &b).ok());
  Random random(
      std::stoull(FlagOr(0, nullptr, "seed", "DYNAMODOWN_TEST_SEED", "1")));
  double window = whole * kWindow;
  int killed = 0;
  int killed_amid = 0;
  std::string moments;
  for (int i = 0; killed < kKills && i < kProcessesMax; ++i) {
    const double seconds =
        window * static_cast<double>(random.Below(1000)) / 1000;
    const pid_t pid = StartSync(laptop, hub);
    std::this_thread::sleep_for(duration<double>(seconds));
    kill(pid, SIGKILL);
    const int status = Await(pid);
    ASSERT_TRUE(status == 0 || status == 128 + SIGKILL) << status;
    if (status == 0) {  // All records are there: the rest is short.
      window = std::min(window / 2, kWindowAfter);
      continue;
    }
    ++killed;
    const int percent = PercentThere(b.db.get());
    if (percent < 100) ++killed_amid;
    // The time that a process needs to catch up with the one before is only
    // found out on the way.
    window *= percent < 100 * killed / kKills ? kLonger : 1 / kLonger;
    char text[64];
    snprintf(text, sizeof text, " %.1f s (%d%%)", seconds, percent);
    moments += text;
  }
  const auto start = steady_clock::now();
  ASSERT_EQ(Await(StartSync(laptop, hub)), 0);
  printf(
      "a whole sync takes %.1f s; %d killed, after%s s; the last one %.1f s\n",
      whole, killed, moments.c_str(),
      duration<double>(steady_clock::now() - start).count());
  EXPECT_EQ(killed, kKills);
  EXPECT_GE(killed_amid, kKills / 2);

  OpenItems a;
  ASSERT_TRUE(Open(laptop, &a).ok());
  const auto in_a = ItemsIn(a.store.get());
  const auto in_b = ItemsIn(b.store.get());
  ASSERT_EQ(in_a.size(), size_t{kItems});
  EXPECT_TRUE(in_a == in_b);
  const Told& one = in_a.at("user7");
  EXPECT_EQ(std::get<0>(one), R"({"n0":1,"n1":1,"n2":1,"n3":1,"n4":1})");
  EXPECT_EQ(std::get<2>(one), uint64_t{kOperationsOfEach});

  // The slots of dead writers hold back the hub's stability until they are
  // closed.
  dyno::StoreStatus status;
  ASSERT_TRUE(dyno::GetStatus(b.store.get(), &status).ok());
  int open = 0;
  for (const dyno::WriterStatus& writer : status.writers) {
    if (!writer.open) continue;
    ++open;
    const Status closed = dyno::CloseWriter(b.store.get(), writer.slot);
    EXPECT_TRUE(closed.ok()) << closed.ToString();
  }
  printf("%d slots were left open\n", open);
  dyno::SyncResult result;
  const Status last =
      dyno::Sync(a.store.get(), b.store.get(), dyno::SyncOptions(), &result);
  ASSERT_TRUE(last.ok()) << last.ToString();
  EXPECT_FALSE(result.first_meeting);
  dyno::FlattenResult flattened;
  const Status folded = a.store->FlattenAll("", &flattened);
  ASSERT_TRUE(folded.ok()) << folded.ToString();
  EXPECT_EQ(flattened.folded, uint64_t{kItems * kOperationsOfEach});
}

}  // namespace
}  // namespace dynamodown_test

int main(int argc, char** argv) {
  dynamodown_test::UseLocalCredentials();
  if (argc == 4 && argv[1] == std::string(dynamodown_test::kSync)) {
    return dynamodown_test::RunSync(argv[2], argv[3]);
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}

// Tests of fork() while a store is open.

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "contract/contract.h"
#include "dynamodown/status.h"

namespace dynamodown_test {
namespace {

using dynamodown::KindOf;
using dynamodown::StatusKind;
using leveldb::Status;

/// A child that waits for ever is killed after this time.
constexpr unsigned kSecondsMax = 60;

/// Runs `call` in a forked child, and returns its exit status, or the negative
/// number of the signal that has killed it.
template <class Call>
int InChild(const Call& call) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(kSecondsMax);
    _exit(call());
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) return -1;
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

class ForkTest : public DatabaseTest {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    ASSERT_TRUE(Put("a", "1").ok());
    ASSERT_TRUE(Put("b", "2").ok());
    iterator_ = Iterate();
    iterator_->SeekToFirst();
    bounded_ = Iterate(BoundsFrom("b"));
    bounded_->SeekToFirst();
    ASSERT_TRUE(iterator_->Valid() && bounded_->Valid());
    snapshot_ = db()->GetSnapshot();
  }
  void TearDown() override {
    db()->ReleaseSnapshot(snapshot_);
    iterator_.reset();
    bounded_.reset();
  }
  static dynamodown::Bounds BoundsFrom(const std::string& key) {
    dynamodown::Bounds bounds;
    bounds.gte = key;
    return bounds;
  }

  /// Makes every call. Returns 0 if each is refused, otherwise 1 after it has
  /// printed the first that is not. Only a store on DynamoDB can be opened
  /// again in the child, so only its message may advise that.
  int CallAll() {
    const bool is_embedded = database()->GetInfo().engine == "leveldb";
    for (const auto& [name, status] : Statuses()) {
      const bool says_again =
          status.ToString().find("open it again") != std::string::npos;
      if (KindOf(status) == StatusKind::kForked && says_again != is_embedded) {
        continue;
      }
      fprintf(stderr, "%s: %s\n", name, status.ToString().c_str());
      return 1;
    }
    const leveldb::Range range("a", "z");
    uint64_t size = 1;
    db()->GetApproximateSizes(&range, 1, &size);
    std::string text;
    const leveldb::Snapshot* snapshot = db()->GetSnapshot();
    db()->ReleaseSnapshot(snapshot);
    db()->ReleaseSnapshot(snapshot_);
    db()->CompactRange(nullptr, nullptr);
    database()->GetStats();
    if (size == 0 && snapshot != nullptr &&
        !db()->GetProperty("leveldb.stats", &text) &&
        !db()->GetProperty("dynamodown.supports", &text) &&
        database()->GetInfo().location == location()) {
      return 0;
    }
    fprintf(stderr, "a call without a status\n");
    return 1;
  }

  std::unique_ptr<leveldb::Iterator> iterator_;
  std::unique_ptr<leveldb::Iterator> bounded_;
  const leveldb::Snapshot* snapshot_ = nullptr;

 private:
  struct Named {
    const char* call;
    Status status;
  };

  std::vector<Named> Statuses() {
    std::vector<Named> named;
    const auto write = [&](const char* name, const auto& call) {
      dynamodown::WriteOutcome outcome = dynamodown::WriteOutcome::kUnknown;
      dynamodown::WriteOptions options;
      options.outcome = &outcome;
      const Status status = call(options);
      const bool nothing = outcome == dynamodown::WriteOutcome::kNothingWritten;
      named.push_back({name, nothing ? status : Status::IOError("outcome")});
    };
    leveldb::WriteBatch batch;
    batch.Put("c", "child");
    write("Put", [&](const auto& options) {
      return database()->Put(options, "c", "child");
    });
    write("Delete", [&](const auto& options) {
      return database()->Delete(options, "a");
    });
    write("Write", [&](const auto& options) {
      return database()->Write(options, &batch);
    });
    write("WriteIf", [&](const auto& options) {
      return database()->WriteIf(
          options, &batch, {dynamodown::Condition::Present("a")}, nullptr);
    });

    std::string value;
    std::vector<std::string> values;
    std::vector<Status> statuses;
    uint64_t bytes = 0;
    const leveldb::ReadOptions options;
    named.push_back({"Get", db()->Get(options, "a", &value)});
    named.push_back({"MultiGet", database()->MultiGet(options, {"a", "b"},
                                                      &values, &statuses)});
    named.push_back({"ApproximateSize",
                     database()->ApproximateSize({"a", "z"}, &bytes, nullptr)});
    const auto add = [&](const char* name, leveldb::Iterator* iterator) {
      named.push_back(
          {name, iterator->Valid() ? Status::OK() : iterator->status()});
    };
    const auto after = Iterate();
    add("NewIterator", after.get());
    after->SeekToFirst();
    add("SeekToFirst", after.get());
    for (leveldb::Iterator* before : {iterator_.get(), bounded_.get()}) {
      before->Next();
      add("Next", before);
      before->Prev();
      add("Prev", before);
      before->Seek("a");
      add("Seek", before);
      before->SeekToLast();
      add("SeekToLast", before);
      before->SeekToFirst();
      add("SeekToFirst", before);
    }
    return named;
  }
};
CONTRACT_SUITE(ForkTest, can.database);

TEST_P(ForkTest, EveryCallOfTheChildIsRefusedAndTheParentGoesOn) {
  const int status = InChild([this] {
    const int refused = CallAll();
    iterator_.reset();
    bounded_.reset();
    Close();
    return refused;
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(iterator_->key().ToString(), "a");
  iterator_->Next();
  ASSERT_TRUE(iterator_->Valid());
  EXPECT_EQ(iterator_->value().ToString(), "2");
  EXPECT_TRUE(Put("c", "3").ok());
  ExpectContents({{"a", "1"}, {"b", "2"}, {"c", "3"}});
}

TEST_P(ForkTest, AChildOfAParentWithBusyThreadsNeverWaits) {
  constexpr int kThreads = 4;
  constexpr int kChildren = 20;
  std::atomic<bool> stop{false};
  std::atomic<int> failures{0};
  std::vector<int> written(kThreads, 0);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      while (!stop) {
        const std::string key =
            std::to_string(t) + "/" + std::to_string(written[t]);
        if (Put(key, "x").ok()) {
          ++written[t];
        } else {
          ++failures;
        }
        std::string value;
        if (!db()->Get({}, key, &value).ok()) ++failures;
      }
    });
  }
  std::vector<int> statuses;
  for (int i = 0; i < kChildren; ++i) {
    statuses.push_back(InChild([this] {
      const int refused = CallAll();
      iterator_.reset();
      Close();
      return refused;
    }));
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(statuses, std::vector<int>(kChildren, 0));
  EXPECT_EQ(failures, 0);

  Map expected = {{"a", "1"}, {"b", "2"}};
  for (int t = 0; t < kThreads; ++t) {
    for (int i = 0; i < written[t]; ++i) {
      expected[std::to_string(t) + "/" + std::to_string(i)] = "x";
    }
  }
  TearDown();
  snapshot_ = nullptr;
  Reopen();
  ExpectContents(expected);
  snapshot_ = db()->GetSnapshot();
}

class LockForkTest : public ForkTest {};
CONTRACT_SUITE(LockForkTest, can.database&& can.exclusive_lock);

TEST_P(LockForkTest, TheParentKeepsTheLock) {
  const std::string path = location().substr(std::string("leveldb:").size());
  const int status = InChild([&] {
    iterator_.reset();
    bounded_.reset();
    Close();
    const int file = open((path + "/LOCK").c_str(), O_RDWR);
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    if (fcntl(file, F_GETLK, &lock) != 0) return 1;
    if (lock.l_type == F_UNLCK || lock.l_pid != getppid()) return 2;
    OpenStore store;
    const Status refused =
        engine().Open(engine().options(), location(), &store);
    return dynamodown::IsLockedStore(refused) ? 0 : 3;
  });
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(Put("c", "3").ok());
}

}  // namespace
}  // namespace dynamodown_test

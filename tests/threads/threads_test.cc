// A stress test: many threads call one store, open and close others, renew
// credentials and fail, all at once. It checks what the calls return, and runs
// under helgrind (./dev watch helgrind), which looks for races between them.

#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "dynamodown/db.h"
#include "dynamodown/status.h"
#include "leveldb/write_batch.h"
#include "support/loopback_port.h"
#include "support/servers.h"
#include "support/temp_dir.h"

namespace dynamodown_test {
namespace {

using dynamodown::Database;
using dynamodown::KindOf;
using dynamodown::Options;
using dynamodown::ReadOptions;
using dynamodown::StatusKind;
using dynamodown::WriteOptions;
using leveldb::Status;
using std::chrono::milliseconds;

constexpr int kRounds = 4;
constexpr char kStore[] = "threads/store";

class ThreadsTest : public testing::Test {
 protected:
  /// The credentials come from a process, and expire at once, so that threads
  /// renew them all the time.
  ThreadsTest() {
    UseLocalCredentials();
    unsetenv("AWS_ACCESS_KEY_ID");
    unsetenv("AWS_SECRET_ACCESS_KEY");
    const std::string config = folder_.Child("config");
    std::ofstream(config)
        << "[default]\ncredential_process = echo '{\"Version\": 1, "
           "\"AccessKeyId\": \"local\", \"SecretAccessKey\": \"local\", "
           "\"Expiration\": \"2020-01-01T00:00:00Z\"}'\n";
    setenv("AWS_CONFIG_FILE", config.c_str(), 1);
    setenv("AWS_SHARED_CREDENTIALS_FILE", folder_.Child("none").c_str(), 1);
    options_.create_if_missing = true;
    options_.connection.endpoint = Endpoint("dynamodb-local");
    store_ = Open(options_);
  }

  static std::unique_ptr<Database> Open(const Options& options) {
    Database* store = nullptr;
    const Status status = dynamodown::Open(options, kStore, &store);
    EXPECT_TRUE(status.ok()) << status.ToString();
    return std::unique_ptr<Database>(store);
  }

  /// Writes, reads and deletes keys that no other thread uses.
  void UseOwnKeys(const std::string& prefix) {
    std::string value;
    EXPECT_TRUE(store_->Put(WriteOptions(), prefix + "a", "1").ok());
    EXPECT_TRUE(store_->Get(ReadOptions(), prefix + "a", &value).ok());
    EXPECT_EQ(value, "1");
    leveldb::WriteBatch batch;
    for (int i = 0; i < 30; ++i) batch.Put(prefix + std::to_string(i), "x");
    WriteOptions unordered;
    unordered.batch = dynamodown::BatchMode::kUnordered;
    EXPECT_TRUE(store_->Write(unordered, &batch).ok());
    std::vector<std::string> values;
    std::vector<Status> statuses;
    const std::vector<std::string> names = {prefix + "1", prefix + "2"};
    EXPECT_TRUE(
        store_
            ->MultiGet(ReadOptions(), {names[0], names[1]}, &values, &statuses)
            .ok());
    EXPECT_EQ(values[0], "x");
    EXPECT_TRUE(store_->Delete(WriteOptions(), prefix + "a").ok());
  }

  void Scan() {
    const std::unique_ptr<leveldb::Iterator> it(
        store_->NewIterator(leveldb::ReadOptions()));
    for (it->SeekToFirst(); it->Valid(); it->Next()) {
    }
    EXPECT_TRUE(it->status().ok()) << it->status().ToString();
    for (it->SeekToLast(); it->Valid(); it->Prev()) {
    }
    store_->GetStats();
    std::string property;
    EXPECT_TRUE(store_->GetProperty("leveldb.stats", &property));
  }

  /// Calls a store at a port on which nobody listens, so each call fails.
  void Fail() {
    const LoopbackPort closed;
    Options options = options_;
    options.connection.endpoint = closed.url();
    options.retry.deadline = milliseconds(300);
    Database* none = nullptr;
    const Status status = dynamodown::Open(options, kStore, &none);
    const StatusKind kind = KindOf(status);
    EXPECT_TRUE(kind == StatusKind::kUnavailable ||
                kind == StatusKind::kTimeout)
        << status.ToString();
  }

  const TempDir folder_;
  Options options_;
  std::unique_ptr<Database> store_;
};

TEST_F(ThreadsTest, CallEverythingAtOnce) {
  std::vector<std::function<void(int)>> works;
  for (int i = 0; i < 4; ++i) {
    works.push_back([this, i](int round) {
      UseOwnKeys(std::to_string(i) + "/" + std::to_string(round) + "/");
    });
  }
  for (int i = 0; i < 2; ++i) works.push_back([this](int) { Scan(); });
  for (int i = 0; i < 2; ++i) works.push_back([this](int) { Fail(); });
  works.push_back([this](int) {
    std::string value;
    Open(options_)->Get(ReadOptions(), "0/0/1", &value);
  });
  std::vector<std::thread> threads;
  for (const auto& work : works) {
    threads.emplace_back([&work] {
      for (int round = 0; round < kRounds; ++round) work(round);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace dynamodown_test

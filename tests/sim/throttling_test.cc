// A client that sends more than a partition can serve is slowed down, and does
// not fail: its calls take about as long as the units take to arrive. The
// service is the fake, which throttles by load, on a simulated clock.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "leveldb/write_batch.h"
#include "support/fake_environment.h"

namespace dynamodown_test {
namespace {

using dynamodown::BatchMode;
using dynamodown::Database;
using dynamodown::DestroyOptions;
using dynamodown::FakeDynamo;
using dynamodown::SimTransport;
using dynamodown::Stats;
using dynamodown::WriteOptions;
using leveldb::Status;

constexpr int kKeys = 20'000;

std::string KeyOf(int i) { return "key-" + std::to_string(i); }

class ThrottlingTest : public testing::Test {
 protected:
  void Start(const dynamodown::fake::PartitionLimits& limits = {}) {
    FakeDynamo::Settings settings;
    settings.unix_seconds = [this] { return world_.clock.UnixSeconds(); };
    settings.scheduler = &world_.scheduler;
    settings.throttle_by_load = true;
    settings.logs_requests = false;
    settings.partition_limits = limits;
    dynamo_ = std::make_unique<FakeDynamo>(settings);
    transport_ = std::make_unique<SimTransport>(
        dynamo_.get(), &world_.scheduler, [this] {
          return std::chrono::microseconds(world_.scheduler.Choose(2'000));
        });
    world_.open_environment.transport = transport_.get();
    world_.options.batch = BatchMode::kUnordered;
    db_ = world_.Open("table/store");
    ASSERT_NE(db_, nullptr);
  }

  Status WriteKeys(int begin, int end) {
    leveldb::WriteBatch batch;
    for (int i = begin; i < end; ++i) batch.Put(KeyOf(i), "value");
    return db_->Write(WriteOptions(), &batch);
  }

  /// Runs `work` and returns the simulated seconds that it took.
  double SecondsOf(const std::function<void()>& work) {
    const auto begin = world_.scheduler.Now();
    work();
    const std::chrono::duration<double> passed = world_.scheduler.Now() - begin;
    return passed.count();
  }

  FakeEnvironment world_;
  std::unique_ptr<FakeDynamo> dynamo_;
  std::unique_ptr<SimTransport> transport_;
  std::unique_ptr<Database> db_;
};

TEST_F(ThrottlingTest, AnUnorderedBatchTakesTheTimeOfItsUnits) {
  Start();
  Status status;
  const double seconds = SecondsOf([&] { status = WriteKeys(0, kKeys); });
  EXPECT_TRUE(status.ok()) << status.ToString();
  EXPECT_GT(seconds, 18);
  EXPECT_LT(seconds, 24);
  const Stats stats = db_->GetStats();
  RecordProperty("retries", std::to_string(stats.retries));
  EXPECT_LT(stats.requests, 6u * kKeys / 25);
}

// As the command "load" writes.
TEST_F(ThrottlingTest, ManyBatchesInARowTakeTheTimeOfTheirUnits) {
  Start();
  constexpr int kChunk = 1'475;
  const double seconds = SecondsOf([&] {
    for (int i = 0; i < kKeys; i += kChunk) {
      const Status status = WriteKeys(i, std::min(kKeys, i + kChunk));
      ASSERT_TRUE(status.ok()) << i << ": " << status.ToString();
    }
  });
  EXPECT_LT(seconds, 26);
  RecordProperty("retries", std::to_string(db_->GetStats().retries));
  EXPECT_LT(db_->GetStats().requests, 6u * kKeys / 25);
}

TEST_F(ThrottlingTest, DestroyTakesTheTimeOfItsUnits) {
  Start();
  world_.options.rate.write_units = 900;
  db_.reset();
  db_ = world_.Open("table/store");
  ASSERT_TRUE(WriteKeys(0, kKeys).ok());
  db_.reset();
  world_.options.rate.write_units = 0;
  Status status;
  Stats stats;
  const double seconds = SecondsOf([&] {
    status = DestroyIn(world_.open_environment, world_.options, "table/store",
                       DestroyOptions(), &stats);
  });
  EXPECT_TRUE(status.ok()) << status.ToString();
  EXPECT_LT(seconds, 26);
  RecordProperty("retries", std::to_string(stats.retries));
  EXPECT_LT(stats.requests, 6u * kKeys / 25);
}

TEST_F(ThrottlingTest, PutsOfManyThreadsTakeTheTimeOfTheirUnits) {
  Start();
  constexpr int kThreads = 64;
  constexpr int kPuts = 80;
  const double seconds = SecondsOf([&] {
    for (int thread = 0; thread < kThreads; ++thread) {
      world_.scheduler.Spawn("writer-" + std::to_string(thread), [&, thread] {
        for (int i = 0; i < kPuts; ++i) {
          const Status status =
              db_->Put(WriteOptions(), KeyOf(thread * kPuts + i), "value");
          ASSERT_TRUE(status.ok()) << status.ToString();
        }
      });
    }
    world_.scheduler.RunAll();
  });
  EXPECT_LT(seconds, 15);
}

// Like a small provisioned table.
TEST_F(ThrottlingTest, FewUnitsMakeABatchSlowButDoNotEndIt) {
  dynamodown::fake::PartitionLimits limits;
  limits.write_units = 5;
  Start(limits);
  Status status;
  const double seconds = SecondsOf([&] { status = WriteKeys(0, 1'000); });
  EXPECT_TRUE(status.ok()) << status.ToString();
  EXPECT_LT(seconds, 300);
}

TEST_F(ThrottlingTest, AtTheDeadlineTheMessageNamesTheCap) {
  dynamodown::fake::PartitionLimits limits;
  limits.write_units = 1;
  Start(limits);
  WriteOptions options;
  options.deadline = std::chrono::milliseconds(200);
  Status status;
  for (int i = 0; i < 100 && status.ok(); ++i) {
    status = db_->Put(options, KeyOf(i), "value");
  }
  EXPECT_NE(
      status.ToString().find(
          ", at the deadline; a partition takes at most 1,000 write "
          "units a second: set Options::rate.write_units = 1000, or less"),
      std::string::npos)
      << status.ToString();
}

}  // namespace
}  // namespace dynamodown_test

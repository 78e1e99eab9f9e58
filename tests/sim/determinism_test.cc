// A seed decides everything: if two clients with read-ahead and parallel
// batches run twice, even their traces are equal.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "leveldb/write_batch.h"
#include "support/fake_environment.h"

namespace dynamodown_test {
namespace {

using dynamodown::BatchMode;
using dynamodown::Bounds;
using dynamodown::Condition;
using dynamodown::Database;
using dynamodown::FakeDynamo;
using dynamodown::HttpResponse;
using dynamodown::NoAnswer;
using dynamodown::ReadOptions;
using dynamodown::Result;
using dynamodown::SimTransport;
using dynamodown::WriteOptions;
using leveldb::Status;

/// The clients and their handles.
enum class Shape { kTwoHandles, kTwoThreadsOnOneHandle };

/// Everything observable in a run.
struct Outcome {
  uint64_t trace_hash = 0;
  std::vector<std::string> results;   // In order of arrival.
  std::vector<std::string> requests;  // Bodies as the service received them.
  std::vector<std::string> trace;     // The end of it.
  size_t tasks = 0;                   // Threads that the store started.
  bool operator==(const Outcome&) const = default;
};

/// Makes one client's random calls and appends their results to `results`.
class Workload {
 public:
  Workload(std::string name, uint64_t seed, Database* db,
           std::vector<std::string>* results)
      : name_(std::move(name)), random_(seed), db_(db), results_(results) {}

  void Run(int calls) {
    for (int i = 0; i < calls; ++i) {
      switch (Below(8)) {
        case 0:
          Report("put", db_->Put(WriteOptions(), Key(), Value()));
          break;
        case 1:
          Report("delete", db_->Delete(WriteOptions(), Key()));
          break;
        case 2:
          Get();
          break;
        case 3:
          Write(BatchMode::kAtomic, 2 + Below(10));
          break;
        case 4:
          Write(BatchMode::kUnordered, 30 + Below(60));
          break;
        case 5:
          WriteIf();
          break;
        case 6:
          MultiGet();
          break;
        default:
          Scan();
      }
    }
  }

 private:
  size_t Below(size_t n) { return static_cast<size_t>(random_() % n); }
  std::string Key() { return "key-" + std::to_string(Below(150)); }
  std::string Value() { return std::string(Below(300), 'v'); }
  void Report(const std::string& what, const Status& status,
              const std::string& more = "") {
    results_->push_back(name_ + " " + what + ": " + status.ToString() + " " +
                        more);
  }

  void Get() {
    std::string value;
    const Status status = db_->Get(ReadOptions(), Key(), &value);
    Report("get", status, std::to_string(value.size()));
  }
  leveldb::WriteBatch Batch(size_t n) {
    leveldb::WriteBatch batch;
    for (; n > 0; --n) {
      if (Below(4) == 0) {
        batch.Delete(Key());
      } else {
        batch.Put(Key(), Value());
      }
    }
    return batch;
  }
  void Write(BatchMode mode, size_t n) {
    WriteOptions options;
    options.batch = mode;
    leveldb::WriteBatch batch = Batch(n);
    Report("write", db_->Write(options, &batch));
  }
  void WriteIf() {
    leveldb::WriteBatch batch = Batch(3);
    std::string conflict;
    const Status status = db_->WriteIf(
        WriteOptions(), &batch,
        {Condition::Present(Key()), Condition::Absent("none")}, &conflict);
    Report("write if", status, conflict);
  }
  void MultiGet() {
    std::vector<std::string> keys(120);
    for (std::string& key : keys) key = Key();
    std::vector<std::string> values;
    std::vector<Status> statuses;
    const Status status = db_->MultiGet(
        ReadOptions(), {keys.begin(), keys.end()}, &values, &statuses);
    std::string sizes;
    for (const std::string& value : values) {
      sizes += std::to_string(value.size()) + ",";
    }
    Report("multi get", status, sizes);
  }
  void Scan() {
    Bounds bounds;
    if (Below(2) == 0) bounds.gte = Key();
    if (Below(3) == 0) bounds.lt = Key();
    const std::unique_ptr<leveldb::Iterator> i(
        db_->NewIterator(ReadOptions(), bounds));
    const bool forward = Below(2) == 0;
    std::string keys;
    if (forward) {
      i->SeekToFirst();
    } else {
      i->SeekToLast();
    }
    for (size_t n = Below(60); n > 0 && i->Valid(); --n) {
      keys += i->key().ToString() + ",";
      if (forward) {
        i->Next();
      } else {
        i->Prev();
      }
    }
    Report("scan", i->status(), keys);
  }

  const std::string name_;
  std::mt19937_64 random_;
  Database* const db_;
  std::vector<std::string>* const results_;
};

Outcome RunOnce(uint64_t seed, Shape shape) {
  Outcome outcome;
  FakeEnvironment world(seed);
  dynamodown::SimScheduler* const scheduler = &world.scheduler;
  SimTransport transport(&world.dynamo, scheduler, [scheduler] {
    return std::chrono::microseconds(scheduler->Choose(5000));
  });
  world.open_environment.transport = &transport;
  world.options.connection.max_parallel = 3;

  std::vector<std::unique_ptr<Database>> handles;
  handles.push_back(world.Open("table/store"));
  if (shape == Shape::kTwoHandles) handles.push_back(world.Open("table/store"));
  world.dynamo.LeaveUnprocessed(
      [scheduler] { return scheduler->Choose(10) == 0; });
  world.dynamo.CutPages([scheduler] { return scheduler->Choose(20); });
  world.dynamo.set_before_hook(
      [&](const FakeDynamo::Call&,
          HttpResponse* response) -> std::optional<Result<void, NoAnswer>> {
        if (scheduler->Choose(25) > 0) return std::nullopt;
        world.dynamo.AnswerError(400, "ThrottlingException", "", response);
        return Result<void, NoAnswer>();
      });

  for (int n = 0; n < 2; ++n) {
    const std::string name = "client-" + std::to_string(n);
    Database* const db = handles[static_cast<size_t>(n) % handles.size()].get();
    scheduler->Spawn(name, [&, n, name, db] {
      Workload(name, seed * 2 + static_cast<uint64_t>(n), db, &outcome.results)
          .Run(25);
    });
  }
  scheduler->RunAll();
  handles.clear();
  for (const FakeDynamo::Seen& seen : world.dynamo.seen()) {
    outcome.requests.push_back(seen.date + " " + seen.operation + " " +
                               seen.body);
  }
  for (const std::string& line : scheduler->trace()) {
    outcome.tasks += line.find(": starts task-") != std::string::npos;
    outcome.trace.push_back(line);
  }
  outcome.trace_hash = scheduler->trace_hash();
  return outcome;
}

class DeterminismTest : public testing::TestWithParam<Shape> {};

INSTANTIATE_TEST_SUITE_P(, DeterminismTest,
                         testing::Values(Shape::kTwoHandles,
                                         Shape::kTwoThreadsOnOneHandle),
                         [](const auto& tested) {
                           return tested.param == Shape::kTwoHandles
                                      ? "TwoHandles"
                                      : "TwoThreadsOnOneHandle";
                         });

TEST_P(DeterminismTest, TheSameSeedGivesTheSameRunTwice) {
  for (uint64_t seed = 1; seed <= 15; ++seed) {
    const Outcome first = RunOnce(seed, GetParam());
    const Outcome second = RunOnce(seed, GetParam());
    EXPECT_EQ(first.results.size(), 50u);
    EXPECT_GT(first.tasks, 0u);
    ASSERT_EQ(first.trace_hash, second.trace_hash) << seed;
    ASSERT_EQ(first.results, second.results) << seed;
    ASSERT_EQ(first.requests, second.requests) << seed;
    ASSERT_EQ(first.trace, second.trace) << seed;
  }
}

TEST_P(DeterminismTest, AnotherSeedGivesAnotherRun) {
  std::set<uint64_t> hashes;
  for (uint64_t seed = 1; seed <= 15; ++seed) {
    hashes.insert(RunOnce(seed, GetParam()).trace_hash);
  }
  EXPECT_EQ(hashes.size(), 15u);
}

TEST_P(DeterminismTest, ClientsInterleave) {
  // Each client makes calls between the other's.
  const Outcome outcome = RunOnce(1, GetParam());
  size_t changes = 0;
  for (size_t i = 1; i < outcome.results.size(); ++i) {
    changes +=
        outcome.results[i].substr(0, 8) != outcome.results[i - 1].substr(0, 8);
  }
  EXPECT_GT(changes, 10u);
}

}  // namespace
}  // namespace dynamodown_test

// Tests that Options::rate limits the units that a store consumes in a second.
// The time is virtual.

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "db/open_environment.h"
#include "support/fake_environment.h"

namespace dynamodown_test {
namespace {

using dynamodown::BatchMode;
using dynamodown::Bounds;
using dynamodown::Database;
using dynamodown::FakeDynamo;
using dynamodown::HttpResponse;
using dynamodown::NoAnswer;
using dynamodown::ReadOptions;
using dynamodown::Result;
using dynamodown::WriteOptions;

class RateTest : public testing::TestWithParam<uint64_t> {
 protected:
  RateTest() : world_(GetParam()) {
    // A call takes 2 to 30 ms.
    world_.dynamo.set_before_hook(
        [this](const FakeDynamo::Call&,
               HttpResponse*) -> std::optional<Result<void, NoAnswer>> {
          world_.scheduler.Sleep(
              std::chrono::milliseconds(2 + world_.scheduler.Choose(29)));
          return std::nullopt;
        });
  }

  double Seconds() {
    return std::chrono::duration<double>(
               world_.scheduler.Now().time_since_epoch())
        .count();
  }

  /// Loads records of 1 to 5 write units each as the command line does: in
  /// batches of 2,000 records or 2 MB, one batch after the other.
  void Load(Database* db, int records) {
    WriteOptions unordered;
    unordered.batch = BatchMode::kUnordered;
    leveldb::WriteBatch batch;
    for (int i = 1; i <= records; ++i) {
      batch.Put("key" + std::to_string(i),
                std::string(world_.scheduler.Choose(5'000), 'v'));
      if (i % 2'000 == 0 || i == records ||
          batch.ApproximateSize() >= (2 << 20)) {
        ASSERT_TRUE(db->Write(unordered, &batch).ok());
        batch.Clear();
      }
    }
  }

  FakeEnvironment world_;
};

TEST_P(RateTest, AParallelLoadKeepsToTheWriteRate) {
  world_.options.rate.write_units = 500;
  const std::unique_ptr<Database> db = world_.Open("table/kim");
  const double units_before = db->GetStats().write_units;
  const double start = Seconds();
  Load(db.get(), 8'000);
  const double rate =
      (db->GetStats().write_units - units_before) / (Seconds() - start);
  EXPECT_LE(rate, 500 * 1.05);
  EXPECT_GE(rate, 500 * 0.95);
}

TEST_P(RateTest, AScanKeepsToTheReadRate) {
  {
    const std::unique_ptr<Database> db = world_.Open("table/kim");
    Load(db.get(), 5'000);
  }
  world_.options.rate.read_units = 100;
  const std::unique_ptr<Database> db = world_.Open("table/kim");
  const double start = Seconds();
  const double units_before = db->GetStats().read_units;
  const std::unique_ptr<leveldb::Iterator> it(
      db->NewIterator(ReadOptions(), Bounds()));
  int seen = 0;
  for (it->SeekToFirst(); it->Valid(); it->Next()) ++seen;
  EXPECT_EQ(seen, 5'000);
  const double rate =
      (db->GetStats().read_units - units_before) / (Seconds() - start);
  // The scan does not wait after its last page, so the rate may exceed the
  // limit a little.
  EXPECT_LE(rate, 100 * 1.15);
  EXPECT_GE(rate, 100 * 0.95);
}

TEST_P(RateTest, WithoutALimitNothingWaits) {
  const std::unique_ptr<Database> db = world_.Open("table/kim");
  const double start = Seconds();
  Load(db.get(), 500);
  EXPECT_LT(Seconds() - start, 1);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RateTest, testing::Range<uint64_t>(1, 6));

}  // namespace
}  // namespace dynamodown_test

// Tests of the exact cost of standard workloads: workloads.txt has the requests
// and units of each. If a change makes one more or less expensive, its diff
// shows it. UPDATE_GOLDEN=1 in the environment writes it anew.

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "cost/cost_fixture.h"
#include "db/open_environment.h"

namespace dynamodown_test {
namespace {

using dynamodown::Bounds;
using dynamodown::ReadOptions;
using dynamodown::WriteOptions;
using leveldb::WriteBatch;

class WorkloadsTest : public CostTest {
 protected:
  /// Runs `step` `n` times, and adds a line with the cost.
  void Measure(const std::string& name, size_t n,
               const std::function<void(size_t)>& step) {
    Clear();
    for (size_t i = 0; i < n; ++i) step(i);
    world_.scheduler.RunAll();
    std::ostringstream line;
    line << name << ":";
    for (const auto& [operation, count] : Counted()) {
      line << " " << count << " " << operation << ",";
    }
    line << " " << world_.dynamo.read_units() << " read units, "
         << world_.dynamo.write_units() << " write units\n";
    report_ += line.str();
    Clear();
  }
  void Walk(const Bounds& bounds, size_t most, bool forward = true,
            const ReadOptions& options = {}) {
    const std::unique_ptr<leveldb::Iterator> iterator(
        db_->NewIterator(options, bounds));
    forward ? iterator->SeekToFirst() : iterator->SeekToLast();
    for (size_t i = 1; i < most && iterator->Valid(); ++i) {
      forward ? iterator->Next() : iterator->Prev();
    }
    EXPECT_TRUE(iterator->status().ok());
  }

  std::string report_;
};

TEST_F(WorkloadsTest, CostWhatTheFileSays) {
  constexpr size_t kItems = 10'000;
  constexpr size_t kItemBytes = 200;
  const auto value = [&](size_t i) { return ValueFor(KeyOf(i), kItemBytes); };
  const auto fill = [&](size_t from, size_t n, WriteBatch* batch) {
    for (size_t i = from; i < from + n; ++i) batch->Put(KeyOf(i), value(i));
  };
  std::string got;

  Measure("open a store that exists", 1,
          [&](size_t) { EXPECT_TRUE(world_.TryOpen(kLocation).ok()); });
  Measure("load 10,000 items of 200 bytes, unordered", 1, [&](size_t) {
    WriteBatch batch;
    fill(0, kItems, &batch);
    EXPECT_TRUE(db_->Write(Unordered(), &batch).ok());
  });
  Measure("put 1,000 of them again", 1000, [&](size_t i) {
    EXPECT_TRUE(db_->Put(WriteOptions(), KeyOf(i), value(i)).ok());
  });
  Measure("put 1,000 of them again, in atomic batches of 100", 10,
          [&](size_t i) {
            WriteBatch batch;
            fill(i * 100, 100, &batch);
            EXPECT_TRUE(db_->Write(WriteOptions(), &batch).ok());
          });
  Measure("get 1,000, one by one", 1000, [&](size_t i) {
    EXPECT_TRUE(db_->Get(ReadOptions(), KeyOf(i), &got).ok());
  });
  Measure("get 1,000, one by one, eventually consistent", 1000, [&](size_t i) {
    EXPECT_TRUE(db_->Get(Eventual(), KeyOf(i), &got).ok());
  });
  Measure("get 1,000 with one MultiGet", 1, [&](size_t) {
    std::vector<std::string> keys;
    for (size_t i = 0; i < 1000; ++i) keys.push_back(KeyOf(i * 7));
    const std::vector<leveldb::Slice> slices(keys.begin(), keys.end());
    std::vector<std::string> values;
    std::vector<leveldb::Status> statuses;
    EXPECT_TRUE(db_->MultiGet(ReadOptions(), slices, &values, &statuses).ok());
  });
  Measure("look for 1,000 keys that are not there", 1000, [&](size_t i) {
    EXPECT_TRUE(db_->Get(ReadOptions(), "no" + KeyOf(i), &got).IsNotFound());
  });
  Reopen();
  Measure("iterate over all, newly opened", 1,
          [&](size_t) { Walk({}, SIZE_MAX); });
  Measure("iterate over all, backwards", 1,
          [&](size_t) { Walk({}, SIZE_MAX, false); });
  Measure("iterate over all, eventually consistent", 1,
          [&](size_t) { Walk({}, SIZE_MAX, true, Eventual()); });
  Bounds full;
  full.expected = UINT64_MAX;
  Measure("iterate over all in full pages, as a dump", 1,
          [&](size_t) { Walk(full, SIZE_MAX); });
  Measure("iterate over the first 10, 100 times", 100,
          [&](size_t) { Walk({}, 10); });
  Bounds ten;
  ten.expected = 10;
  Measure("iterate over the first 10, expecting 10, 100 times", 100,
          [&](size_t) { Walk(ten, 10); });
  Bounds prefix;
  prefix.prefix = "k001";
  Measure("iterate over a prefix of 100", 1,
          [&](size_t) { Walk(prefix, SIZE_MAX); });
  Measure("delete 1,000, one by one", 1000, [&](size_t i) {
    EXPECT_TRUE(db_->Delete(WriteOptions(), KeyOf(i)).ok());
  });
  db_.reset();
  Measure("destroy the store and its 9,000 items", 1,
          [&](size_t) { EXPECT_TRUE(world_.Destroy(kLocation).ok()); });

  const char* update = std::getenv("UPDATE_GOLDEN");
  if (update != nullptr && std::string(update) == "1") {
    std::ofstream out(WORKLOADS);
    out << report_ << std::flush;
    ASSERT_TRUE(out.good()) << "cannot write " << WORKLOADS;
    return;
  }
  std::ifstream in(WORKLOADS);
  std::ostringstream expected;
  expected << in.rdbuf();
  EXPECT_EQ(report_, expected.str()) << "UPDATE_GOLDEN=1 writes " << WORKLOADS;
}

}  // namespace
}  // namespace dynamodown_test

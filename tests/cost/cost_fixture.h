// A store on the fake that counts the requests and units of its calls.

#ifndef DYNAMODOWN_TESTS_COST_COST_FIXTURE_H_
#define DYNAMODOWN_TESTS_COST_COST_FIXTURE_H_

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "leveldb/write_batch.h"
#include "support/fake_environment.h"

namespace dynamodown_test {

/// The number of requests of each operation.
using Requests = std::map<std::string, size_t>;

class CostTest : public testing::Test {
 protected:
  static constexpr char kLocation[] = "table/s";
  /// The bytes of an item's attribute names and of the store's name: hkey, s,
  /// rkey, value.
  static constexpr size_t kItemOverhead = 4 + 1 + 4 + 5;

  void SetUp() override { Reopen(); }

  /// Opens the store anew, so that it knows nothing about its items, and counts
  /// anew.
  void Reopen() {
    db_.reset();
    db_ = world_.Open(kLocation);
    Clear();
  }
  /// The same with an empty store.
  void StartAnew() {
    db_.reset();
    ASSERT_TRUE(world_.Destroy(kLocation).ok());
    Reopen();
  }
  void Clear() {
    world_.scheduler.RunAll();
    world_.dynamo.Clear();
    before_ = db_ == nullptr ? dynamodown::Stats() : db_->GetStats();
  }

  /// Returns a value that makes the item under `key` have `item_bytes`.
  static std::string ValueFor(const std::string& key, size_t item_bytes) {
    return std::string(item_bytes - kItemOverhead - key.size(), 'v');
  }
  /// "k00000" ...
  static std::string KeyOf(size_t i) {
    std::string number = std::to_string(i);
    return "k" + std::string(5 - number.size(), '0') + number;
  }
  /// Writes items of `item_bytes` as another program would, without counting
  /// the cost.
  void Fill(size_t n, size_t item_bytes) {
    for (size_t i = 0; i < n; ++i) PutAsOthersDo(KeyOf(i), item_bytes);
    Clear();
  }
  void FillOne(const std::string& key, size_t item_bytes) {
    PutAsOthersDo(key, item_bytes);
    Clear();
  }

  Requests Counted() const {
    Requests requests;
    for (const auto& seen : world_.dynamo.seen()) ++requests[seen.operation];
    return requests;
  }
  /// Compares everything since the last Clear, and counts anew. The store's own
  /// statistics must agree.
  void ExpectCost(const Requests& requests, double read_units,
                  double write_units) {
    world_.scheduler.RunAll();
    EXPECT_EQ(Counted(), requests);
    EXPECT_EQ(world_.dynamo.read_units(), read_units);
    EXPECT_EQ(world_.dynamo.write_units(), write_units);
    if (db_ != nullptr) {
      const dynamodown::Stats now = db_->GetStats();
      EXPECT_EQ(now.requests - before_.requests, world_.dynamo.count(""));
      EXPECT_EQ(now.read_units - before_.read_units, read_units);
      EXPECT_EQ(now.write_units - before_.write_units, write_units);
    }
    Clear();
  }
  void ExpectNothing() { ExpectCost({}, 0, 0); }

  static dynamodown::ReadOptions Eventual() {
    dynamodown::ReadOptions options;
    options.consistency = dynamodown::Consistency::kEventual;
    return options;
  }
  static dynamodown::WriteOptions Unordered() {
    dynamodown::WriteOptions options;
    options.batch = dynamodown::BatchMode::kUnordered;
    return options;
  }

  FakeEnvironment world_;
  std::unique_ptr<dynamodown::Database> db_;

 private:
  void PutAsOthersDo(const std::string& key, size_t item_bytes) {
    world_.PutItem("table", {{"hkey", S("s")},
                             {"rkey", B(key)},
                             {"value", S(ValueFor(key, item_bytes))}});
  }

  dynamodown::Stats before_;
};

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_COST_COST_FIXTURE_H_

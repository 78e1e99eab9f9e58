// Tests of the cost of Get, MultiGet, sizes and questions about the store
// itself.

#include <string>
#include <vector>

#include "cost/cost_fixture.h"

namespace dynamodown_test {
namespace {

using dynamodown::ReadOptions;

class ReadCostTest : public CostTest {
 protected:
  void Get(const std::string& key, const ReadOptions& options, bool found) {
    std::string value;
    const leveldb::Status status = db_->Get(options, key, &value);
    EXPECT_EQ(status.ok(), found) << status.ToString();
    EXPECT_EQ(status.IsNotFound(), !found);
  }
  void MultiGet(const std::vector<std::string>& keys,
                const ReadOptions& options = {}) {
    const std::vector<leveldb::Slice> slices(keys.begin(), keys.end());
    std::vector<std::string> values;
    std::vector<leveldb::Status> statuses;
    const leveldb::Status status =
        db_->MultiGet(options, slices, &values, &statuses);
    EXPECT_TRUE(status.ok()) << status.ToString();
  }
  static std::vector<std::string> Keys(size_t n) {
    std::vector<std::string> keys;
    for (size_t i = 0; i < n; ++i) keys.push_back(KeyOf(i));
    return keys;
  }
};

TEST_F(ReadCostTest, AGetIsAUnitPer4KilobytesAndHalfOfItWhenEventual) {
  const std::vector<std::pair<size_t, double>> cases = {
      {100, 1},  {4095, 1}, {4096, 1},        {4097, 2},
      {8192, 2}, {8193, 3}, {400 * 1024, 100}};
  for (const auto& [bytes, units] : cases) {
    SCOPED_TRACE(bytes);
    FillOne("k", bytes);
    Get("k", ReadOptions(), true);
    ExpectCost({{"GetItem", 1}}, units, 0);
    Get("k", Eventual(), true);
    ExpectCost({{"GetItem", 1}}, units / 2, 0);
  }
}

TEST_F(ReadCostTest, AMissCostsAsASmallItem) {
  Get("nobody", ReadOptions(), false);
  ExpectCost({{"GetItem", 1}}, 1, 0);
  Get("nobody", Eventual(), false);
  ExpectCost({{"GetItem", 1}}, 0.5, 0);
}

TEST_F(ReadCostTest, AGetOfWhatCannotBeStoredCostsNothing) {
  Get(std::string(1025, 'k'), ReadOptions(), false);
  ExpectNothing();
}

TEST_F(ReadCostTest, MultiGetIsOneRequestFor100DistinctKeys) {
  Fill(250, 5000);
  MultiGet({});
  ExpectNothing();
  for (const size_t n : {1, 25, 26, 99, 100, 101, 200, 201}) {
    SCOPED_TRACE(n);
    MultiGet(Keys(n));
    ExpectCost({{"BatchGetItem", (n + 99) / 100}}, 2 * static_cast<double>(n),
               0);
    MultiGet(Keys(n), Eventual());
    ExpectCost({{"BatchGetItem", (n + 99) / 100}}, static_cast<double>(n), 0);
  }
}

TEST_F(ReadCostTest, MultiGetAsksForAKeyOnceAndNotForOneThatCannotBe) {
  FillOne("a", 100);
  MultiGet({"a", "nobody", "a", "a", std::string(1025, 'k')});
  ExpectCost({{"BatchGetItem", 1}}, 2, 0);
  MultiGet({std::string(1025, 'k')});
  ExpectNothing();
}

TEST_F(ReadCostTest, MultiGetOver16MegabytesIsMoreRequests) {
  Fill(100, 400 * 1024);
  MultiGet(Keys(40));  // 15.6 MB
  ExpectCost({{"BatchGetItem", 1}}, 40 * 100, 0);
  MultiGet(Keys(41));
  ExpectCost({{"BatchGetItem", 2}}, 41 * 100, 0);
  MultiGet(Keys(100));
  ExpectCost({{"BatchGetItem", 3}}, 100 * 100, 0);
}

TEST_F(ReadCostTest, ASizeIsOneQueryOfAPage) {
  uint64_t bytes = 0;
  bool exact = false;
  const auto size = [&](const char* start, const char* limit) {
    ASSERT_TRUE(db_->ApproximateSize({start, limit}, &bytes, &exact).ok());
  };
  size("a", "z");
  ExpectCost({{"Query", 1}}, 0.5, 0);
  EXPECT_TRUE(exact);
  Fill(8, 1024);
  size("a", "z");
  ExpectCost({{"Query", 1}}, 1, 0);
  FillOne("l", 100);
  size("a", "z");
  ExpectCost({{"Query", 1}}, 1.5, 0);
  EXPECT_TRUE(exact);

  Fill(2000, 1041);  // 2 MB
  size("a", "z");
  EXPECT_EQ(Counted(), (Requests{{"Query", 1}}));
  EXPECT_FALSE(exact);
  EXPECT_GE(world_.dynamo.read_units(), 127.5);
  EXPECT_LE(world_.dynamo.read_units(), 128.5);
}

TEST_F(ReadCostTest, SizesAreAQueryEach) {
  Fill(8, 1024);
  const std::vector<leveldb::Range> ranges = {
      {"a", "z"}, {"a", "b"}, {"k", "l"}};
  uint64_t sizes[3];
  db_->GetApproximateSizes(ranges.data(), 3, sizes);
  ExpectCost({{"Query", 3}}, 1 + 0.5 + 1, 0);
  db_->GetApproximateSizes(ranges.data(), 0, sizes);
  ExpectNothing();
}

TEST_F(ReadCostTest, WhatTheStoreKnowsOfItselfCostsNothing) {
  const leveldb::Snapshot* snapshot = db_->GetSnapshot();
  EXPECT_NE(snapshot, nullptr);
  ReadOptions options;
  options.snapshot = snapshot;
  std::string value;
  EXPECT_TRUE(db_->Get(options, "k", &value).IsNotSupportedError());
  db_->ReleaseSnapshot(snapshot);
  for (const char* property :
       {"leveldb.stats", "leveldb.approximate-memory-usage",
        "dynamodown.supports", "dynamodown.requests",
        "dynamodown.read-units"}) {
    EXPECT_TRUE(db_->GetProperty(property, &value)) << property;
  }
  db_->CompactRange(nullptr, nullptr);
  EXPECT_EQ(db_->GetInfo().engine, "dynamodb");
  EXPECT_TRUE(
      dynamodown::CheckLocation(dynamodown::Options(), "table/kim").ok());
  EXPECT_GT(db_->GetStats().requests, 0u);
  ExpectNothing();
}

/// Counts its calls.
class Counting final : public dynamodown::CredentialsProvider {
 public:
  leveldb::Status Get(dynamodown::Credentials* credentials) override {
    ++asked;
    *credentials = {"AKIDEXAMPLE", "secret", ""};
    return leveldb::Status::OK();
  }
  size_t asked = 0;
};

TEST_F(ReadCostTest, AProviderIsAskedForEachRequest) {
  const auto provider = std::make_shared<Counting>();
  world_.options.connection.credentials_provider = provider;
  world_.dynamo.Clear();
  db_ = world_.Open(kLocation);
  EXPECT_EQ(provider->asked, world_.dynamo.count(""));
  EXPECT_GT(provider->asked, 0u);
  Fill(201, 100);
  provider->asked = 0;
  MultiGet(Keys(201));
  EXPECT_EQ(provider->asked, 3u);
}

// docs/costs.md: "A scan reads many small items for the price of a few".
TEST_F(ReadCostTest, AScanOf1500SmallItemsCosts24UnitsAndAsManyGets1500) {
  Fill(1500, 64);
  dynamodown::Bounds all;
  all.expected = UINT64_MAX;
  const std::unique_ptr<leveldb::Iterator> iterator(
      db_->NewIterator(ReadOptions(), all));
  size_t n = 0;
  for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) ++n;
  EXPECT_EQ(n, 1500u);
  ExpectCost({{"Query", 1}}, 24, 0);
  for (size_t i = 0; i < 1500; ++i) Get(KeyOf(i), ReadOptions(), true);
  ExpectCost({{"GetItem", 1500}}, 1500, 0);
}

}  // namespace
}  // namespace dynamodown_test

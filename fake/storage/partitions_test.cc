// How much load a table serves, and where it splits.

#include "fake/storage/partitions.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "fake/fake_test_environment.h"

namespace dynamodown {
namespace {

using fake::Access;
using fake::Partitions;
using fake::Place;
using fake::PlaceOf;
using std::chrono::milliseconds;
using std::chrono::seconds;
using TimePoint = Scheduler::TimePoint;

/// How many requests of one unit are served at `now`.
size_t Served(Partitions* partitions, const Place& place, Access access,
              TimePoint now) {
  size_t served = 0;
  for (; partitions->Admits(place, access, now); ++served) {
    partitions->Take(place, access, 1, now);
  }
  return served;
}

TEST(Partitions, OnDemandServeTheirLimitAndKeepNoBurst) {
  Partitions partitions({}, {}, TimePoint());
  const Place place = PlaceOf("hash", "range");
  for (const TimePoint now :
       {TimePoint(), TimePoint(seconds(1)), TimePoint(seconds(1000))}) {
    EXPECT_EQ(Served(&partitions, place, Access::kRead, now), 3000u);
    EXPECT_EQ(Served(&partitions, place, Access::kWrite, now), 1000u);
    EXPECT_EQ(Served(&partitions, place, Access::kWrite, now), 0u);
  }
  EXPECT_EQ(Served(&partitions, place, Access::kWrite,
                   TimePoint(milliseconds(1'000'500))),
            500u);
}

TEST(Partitions, ProvisionedKeep300SecondsForBursts) {
  Partitions partitions({}, {4, 2}, TimePoint());
  const Place place = PlaceOf("hash", "range");
  EXPECT_EQ(Served(&partitions, place, Access::kRead, TimePoint()), 4u);
  EXPECT_EQ(Served(&partitions, place, Access::kWrite, TimePoint()), 2u);
  EXPECT_EQ(Served(&partitions, place, Access::kWrite, TimePoint(seconds(100))),
            200u);
  EXPECT_EQ(
      Served(&partitions, place, Access::kWrite, TimePoint(seconds(1000))),
      600u);
}

TEST(Partitions, ABurstGoesNotAboveWhatAPartitionServes) {
  Partitions partitions({}, {40'000, 500}, TimePoint());
  const Place place = PlaceOf("hash", "range");
  const TimePoint now(seconds(300));
  EXPECT_EQ(Served(&partitions, place, Access::kRead, now), 3000u);
  EXPECT_EQ(Served(&partitions, place, Access::kWrite, now), 1000u);
}

TEST(Partitions, WhatIsTakenTooMuchIsMissingLater) {
  Partitions partitions({}, {1, 1}, TimePoint());
  const Place place = PlaceOf("hash", "range");
  ASSERT_TRUE(partitions.Admits(place, Access::kRead, TimePoint()));
  partitions.Take(place, Access::kRead, 128, TimePoint());
  EXPECT_FALSE(
      partitions.Admits(place, Access::kRead, TimePoint(seconds(127))));
  EXPECT_TRUE(partitions.Admits(place, Access::kRead, TimePoint(seconds(128))));
}

TEST(Partitions, AFullOneIsSplitAndEachHasItsOwnLimit) {
  fake::PartitionLimits limits;
  limits.bytes_max = 100;
  Partitions partitions(limits, {}, TimePoint());
  const Place low = PlaceOf("hash", "a");
  const Place high = PlaceOf("hash", "b");
  EXPECT_FALSE(partitions.Resize(low, 0, 60).has_value());
  const auto large = partitions.Resize(high, 0, 60);
  ASSERT_TRUE(large.has_value());
  EXPECT_EQ(large->begin, Place());
  EXPECT_FALSE(large->end.has_value());
  EXPECT_EQ(large->bytes, 120u);
  partitions.SplitAt(high, 60, TimePoint());
  EXPECT_EQ(partitions.size(), 2u);
  EXPECT_EQ(Served(&partitions, low, Access::kWrite, TimePoint()), 1000u);
  EXPECT_EQ(Served(&partitions, high, Access::kWrite, TimePoint()), 1000u);
  // Each partition counts its own bytes.
  EXPECT_FALSE(partitions.Resize(low, 60, 90).has_value());
  EXPECT_EQ(partitions.Resize(low, 90, 110)->end, high);
  EXPECT_FALSE(partitions.Resize(high, 60, 99).has_value());
}

TEST(Partitions, ASplitHalvesAProvisionedShare) {
  Partitions partitions({}, {10, 100}, TimePoint());
  const Place low = PlaceOf("hash", "a");
  const Place high = PlaceOf("hash", "b");
  partitions.SplitAt(high, 0, TimePoint());
  EXPECT_EQ(Served(&partitions, low, Access::kWrite, TimePoint()), 50u);
  EXPECT_EQ(Served(&partitions, high, Access::kWrite, TimePoint()), 50u);
  EXPECT_EQ(Served(&partitions, low, Access::kWrite, TimePoint(seconds(2))),
            100u);
}

TEST(Partitions, OneItemIsNotSplit) {
  fake::PartitionLimits limits;
  limits.bytes_max = 100;
  Partitions partitions(limits, {}, TimePoint());
  const Place place = PlaceOf("hash", "a");
  const auto large = partitions.Resize(place, 0, 200);
  ASSERT_TRUE(large.has_value());
  partitions.SplitAt(large->begin, 0, TimePoint());
  EXPECT_EQ(partitions.size(), 1u);
  EXPECT_FALSE(partitions.Resize(place, 200, 200).has_value());
}

// The same through FakeDynamo.

FakeDynamo::Settings Loaded(size_t bytes_max) {
  FakeDynamo::Settings settings;
  settings.throttle_by_load = true;
  settings.partition_limits.bytes_max = bytes_max;
  return settings;
}

TEST(Load, AHotPartitionRefusesAndRecovers) {
  FakeTestEnvironment environment({}, 1, Loaded(10 << 20));
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(environment.Put(std::to_string(i % 9), "v").what(), "OK");
  }
  const Sent refused = environment.Put("1", "more");
  EXPECT_EQ(refused.what(), "ProvisionedThroughputExceededException");
  EXPECT_EQ(refused.body()["ThrottlingReasons"][0]["reason"],
            "TableWriteKeyRangeThroughputExceeded");
  EXPECT_EQ(environment.Stored("1"), "v");
  EXPECT_EQ(environment.Delete("1").what(),
            "ProvisionedThroughputExceededException");
  // Reads have units of their own.
  EXPECT_EQ(environment.Get("1").what(), "OK");
  environment.scheduler.Sleep(milliseconds(10));
  EXPECT_EQ(environment.Put("1", "more").what(), "OK");
}

TEST(Load, ReadsAreRefusedToo) {
  FakeTestEnvironment environment({}, 1, Loaded(10 << 20));
  environment.Put("a", std::string(100'000, 'v'));
  size_t served = 0;
  while (environment.Query().ok()) ++served;
  EXPECT_EQ(served, 120u);  // 25 units each.
  for (const Sent& sent : {environment.Query(), environment.Scan(),
                           environment.Get("a"), environment.BatchGet({"a"})}) {
    EXPECT_EQ(sent.what(), "ProvisionedThroughputExceededException");
  }
}

TEST(Load, ABatchLeavesUndoneWhatDoesNotFit) {
  FakeTestEnvironment environment({}, 1, Loaded(10 << 20));
  for (int i = 0; i < 990; ++i) environment.Put("a", "v");
  std::vector<std::string> keys;
  for (char c = 'a'; c < 'a' + 25; ++c) keys.emplace_back(1, c);
  const Json answer = environment.BatchPut(keys, "v").body();
  EXPECT_EQ(answer["UnprocessedItems"]["table"].size(), 15u);
  EXPECT_EQ(environment.dynamo.ItemCount("table"), 10u);
}

TEST(Load, ATransactionIsCancelledForIt) {
  FakeTestEnvironment environment({}, 1, Loaded(10 << 20));
  for (int i = 0; i < 1000; ++i) environment.Put("a", "v");
  const Json answer = environment.TransactPut({"a", "b"}, "v").body();
  ASSERT_TRUE(answer.contains("CancellationReasons"));
  EXPECT_EQ(answer["CancellationReasons"][0]["Code"], "ThrottlingError");
  EXPECT_EQ(environment.dynamo.ItemCount("table"), 1u);
}

TEST(Load, ALargeStoreIsSplitAndServesMore) {
  FakeTestEnvironment environment({}, 1, Loaded(1 << 20));
  for (int i = 0; i < 60; ++i) {
    ASSERT_EQ(
        environment.Put(std::to_string(i), std::string(100'000, 'v')).what(),
        "OK");
    environment.scheduler.Sleep(seconds(1));
  }
  const size_t partitions = environment.dynamo.PartitionCount("table");
  EXPECT_GE(partitions, 6u);
  EXPECT_LE(partitions, 12u);
  environment.scheduler.Sleep(seconds(1));
  size_t served = 0;
  for (int i = 0; i < 60; ++i) {
    // 98 units each; one partition serves 11.
    served +=
        environment.Put(std::to_string(i), std::string(100'000, 'w')).ok();
  }
  EXPECT_GT(served, 40u);
}

TEST(Load, WithoutItNothingIsRefused) {
  FakeTestEnvironment environment;
  for (int i = 0; i < 3000; ++i)
    ASSERT_EQ(environment.Put("a", "v").what(), "OK");
  EXPECT_EQ(environment.dynamo.PartitionCount("table"), 0u);
}

TEST(ScanOrder, IsThatOfTheDigests) {
  FakeTestEnvironment environment;
  // printf 4 | sha1sum: 1b64...; 1: 356a...; 3: 77de...; 2: da4b...
  for (const char* hash : {"1", "2", "3", "4"}) {
    environment.Send(
        "PutItem",
        {{"TableName", "table"},
         {"Item", {{"h", S(hash)}, {"r", B("r")}, {"value", S(hash)}}}});
  }
  EXPECT_EQ(FakeTestEnvironment::ValuesOf(environment.Scan().body()), "4132");
  // Also across pages.
  std::string values;
  Json request = {{"TableName", "table"}, {"Limit", 1}};
  for (int i = 0; i < 10; ++i) {
    const Json page = environment.Send("Scan", request).body();
    values += FakeTestEnvironment::ValuesOf(page);
    if (!page.contains("LastEvaluatedKey")) break;
    request["ExclusiveStartKey"] = page["LastEvaluatedKey"];
  }
  EXPECT_EQ(values, "4132");
}

}  // namespace
}  // namespace dynamodown

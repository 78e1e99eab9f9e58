// Tests of the cost of iterators: how pages grow, and what an abandoned
// iterator has fetched.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "cost/cost_fixture.h"

namespace dynamodown_test {
namespace {

using dynamodown::Bounds;
using dynamodown::ReadOptions;
using IteratorPtr = std::unique_ptr<leveldb::Iterator>;

constexpr size_t kPageBytesMax = 1 << 20;

class IteratorCostTest : public CostTest {
 protected:
  IteratorPtr Iterate(const Bounds& bounds = {},
                      const ReadOptions& options = {}) {
    return IteratorPtr(db_->NewIterator(options, bounds));
  }
  static size_t WalkAll(leveldb::Iterator* iterator, bool forward = true) {
    size_t n = 0;
    forward ? iterator->SeekToFirst() : iterator->SeekToLast();
    for (; iterator->Valid(); forward ? iterator->Next() : iterator->Prev()) {
      ++n;
    }
    EXPECT_TRUE(iterator->status().ok()) << iterator->status().ToString();
    return n;
  }
  /// The limit of each Query so far.
  std::vector<uint64_t> Limits() const {
    std::vector<uint64_t> limits;
    for (const Json& body : world_.Bodies("Query")) {
      limits.push_back(body.at("Limit"));
    }
    return limits;
  }
  /// Expects each page to be at most four times the one before, in items and in
  /// bytes of `item_bytes` each, none over 1 MB, and the last ones as full as
  /// possible.
  static void ExpectGrowth(const std::vector<uint64_t>& limits,
                           size_t item_bytes) {
    const size_t full = kPageBytesMax / item_bytes;
    for (size_t i = 1; i < limits.size(); ++i) {
      const uint64_t before = std::min<uint64_t>(limits[i - 1], full);
      const uint64_t now = std::min<uint64_t>(limits[i], full);
      EXPECT_LE(now, 4 * before) << "page " << i;
      EXPECT_GE(now, before) << "page " << i;
      if (before < full) {
        EXPECT_GT(now, before) << "page " << i;
      }
    }
  }
};

TEST_F(IteratorCostTest, MakingOneCostsNothing) {
  Iterate();
  ExpectNothing();
}

TEST_F(IteratorCostTest, TheFirstPageIsOfTwoItems) {
  for (const size_t bytes : {100, 5000, 400 * 1024}) {
    Reopen();
    Fill(20, bytes);
    {
      const IteratorPtr iterator = Iterate();
      iterator->SeekToFirst();
      ASSERT_TRUE(iterator->Valid());
    }
    EXPECT_EQ(Limits()[0], 2u);
    // The first of two items is half of the page: the next page is being
    // fetched.
    world_.scheduler.RunAll();
    EXPECT_LE(Limits().size(), 2u);
  }
}

TEST_F(IteratorCostTest, OnceItemsAreKnownTheFirstPageIsOf4Kilobytes) {
  Fill(1000, 100);
  WalkAll(Iterate().get());
  Clear();
  const IteratorPtr iterator = Iterate();
  iterator->SeekToFirst();
  ASSERT_TRUE(iterator->Valid());
  ExpectCost({{"Query", 1}}, 1, 0);
  EXPECT_GT(4096u / 100, 2u);
}

/// The parameter is the size of the items.
class PageGrowthCostTest : public IteratorCostTest,
                           public testing::WithParamInterface<size_t> {};

INSTANTIATE_TEST_SUITE_P(, PageGrowthCostTest,
                         testing::Values(64, 1000, 20'000),
                         testing::PrintToStringParamName());

TEST_P(PageGrowthCostTest, IsFourfoldAtMostUpToOneMegabyte) {
  const size_t bytes = GetParam();
  const size_t n = 4 * kPageBytesMax / bytes;
  Fill(n, bytes);
  for (const bool forward : {true, false}) {
    EXPECT_EQ(WalkAll(Iterate().get(), forward), n);
    world_.scheduler.RunAll();
    ExpectGrowth(Limits(), bytes);
    EXPECT_GT(Limits().back() * bytes, kPageBytesMax / 2);
    // Each page rounds up.
    const double plain = std::ceil(static_cast<double>(n * bytes) / 4096);
    EXPECT_GE(world_.dynamo.read_units(), plain);
    EXPECT_LE(world_.dynamo.read_units(),
              plain + static_cast<double>(Limits().size()));
    Clear();
  }
}

TEST_F(IteratorCostTest, APageIsAUnitPer4KilobytesAndHalfOfItWhenEventual) {
  Fill(10, 5000);
  Bounds all;
  all.expected = UINT64_MAX;
  EXPECT_EQ(WalkAll(Iterate(all).get()), 10u);
  ExpectCost({{"Query", 1}}, 13, 0);  // 50,000 bytes
  EXPECT_EQ(WalkAll(Iterate(all, Eventual()).get()), 10u);
  ExpectCost({{"Query", 1}}, 6.5, 0);
  all.keys_only = true;
  EXPECT_EQ(WalkAll(Iterate(all).get()), 10u);
  ExpectCost({{"Query", 1}}, 13, 0);
}

TEST_F(IteratorCostTest, FullPagesAreOneMegabyteEach) {
  Fill(4000, 1024);
  WalkAll(Iterate().get());  // From now on the store knows their size.
  Clear();
  Bounds all;
  all.expected = UINT64_MAX;
  EXPECT_EQ(WalkAll(Iterate(all).get()), 4000u);
  world_.scheduler.RunAll();
  EXPECT_EQ(world_.dynamo.count(""), 4u);
  EXPECT_EQ(world_.dynamo.read_units(), 1000);
}

TEST_F(IteratorCostTest, TheFirstFullPageIsOf4096ItemsIfTheirSizeIsUnknown) {
  Fill(5000, 100);
  Reopen();
  Bounds all;
  all.expected = UINT64_MAX;
  EXPECT_EQ(WalkAll(Iterate(all).get()), 5000u);
  ExpectCost({{"Query", 2}}, 100 + 23, 0);
}

TEST_F(IteratorCostTest, AFullPageIs257UnitsAtMost) {
  Fill(2000, 1041);
  Bounds all;
  all.expected = UINT64_MAX;
  const IteratorPtr iterator = Iterate(all);
  iterator->SeekToFirst();
  EXPECT_EQ(world_.dynamo.count(""), 1u);
  EXPECT_GE(world_.dynamo.read_units(), 255);
  EXPECT_LE(world_.dynamo.read_units(), 257);
}

TEST_F(IteratorCostTest, ARateHoldsBackEachPageButTheFirst) {
  Fill(20'000, 106);
  world_.options.rate.read_units = 25;
  Reopen();
  const auto begin = world_.scheduler.Now();
  Bounds all;
  all.expected = UINT64_MAX;
  EXPECT_EQ(WalkAll(Iterate(all).get()), 20'000u);
  const std::chrono::duration<double> took = world_.scheduler.Now() - begin;
  EXPECT_NEAR(took.count(), (106 + 256) / 25.0, 0.1);
  ExpectCost({{"Query", 3}}, 106 + 256 + 156, 0);
}

TEST_F(IteratorCostTest, OfWhatIsBeyondTheBoundsAnItemAPageIsFetchedAtMost) {
  Fill(100, 4096);
  Bounds bounds;
  bounds.gte = KeyOf(20);
  bounds.lt = KeyOf(23);
  bounds.expected = UINT64_MAX;
  for (const bool forward : {true, false}) {
    EXPECT_EQ(WalkAll(Iterate(bounds).get(), forward), 3u);
    EXPECT_EQ(Counted(), (Requests{{"Query", 1}}));
    EXPECT_GE(world_.dynamo.read_units(), 3);
    EXPECT_LE(world_.dynamo.read_units(), 3 + 1);
    Clear();
  }
  bounds.lt.reset();
  bounds.gte.reset();
  bounds.gt = KeyOf(19);
  bounds.lte = KeyOf(22);
  EXPECT_EQ(WalkAll(Iterate(bounds).get()), 3u);
  EXPECT_LE(world_.dynamo.read_units(), 3 + 1);
}

TEST_F(IteratorCostTest, WhatIsExpectedIsAllThatIsFetched) {
  Fill(1000, 1024);
  Bounds ten;
  ten.expected = 10;
  const IteratorPtr iterator = Iterate(ten);
  iterator->SeekToFirst();
  for (int i = 0; i < 9; ++i) iterator->Next();
  ASSERT_TRUE(iterator->Valid());
  ExpectCost({{"Query", 1}}, 3, 0);
}

TEST_F(IteratorCostTest, OneThatIsAbandonedFetchedAtMostOnePageTooMany) {
  Fill(3000, 1000);
  for (const size_t read : {1, 2, 3, 4, 10, 11, 50, 500, 1500}) {
    SCOPED_TRACE(read);
    Reopen();
    {
      const IteratorPtr iterator = Iterate();
      iterator->SeekToFirst();
      for (size_t i = 1; i < read; ++i) iterator->Next();
      ASSERT_TRUE(iterator->Valid());
    }
    world_.scheduler.RunAll();
    size_t needed = 0;  // The pages that hold the items read.
    size_t held = 0;
    for (const uint64_t limit : Limits()) {
      if (held >= read) break;
      held += std::min<size_t>(limit, kPageBytesMax / 1000);
      ++needed;
    }
    EXPECT_GE(held, read);
    EXPECT_LE(Limits().size(), needed + 1);
  }
}

TEST_F(IteratorCostTest, ReadingAheadBeginsOnceHalfOfAPageIsConsumed) {
  Fill(1000, 100);
  WalkAll(Iterate().get());
  Clear();
  const IteratorPtr iterator = Iterate();
  iterator->SeekToFirst();
  const uint64_t first = Limits()[0];
  for (uint64_t i = 1; i < first / 2; ++i) iterator->Next();
  world_.scheduler.RunAll();
  EXPECT_EQ(Limits().size(), 1u);
  iterator->Next();
  iterator->Next();
  world_.scheduler.RunAll();
  EXPECT_EQ(Limits().size(), 2u);
}

TEST_F(IteratorCostTest, ASeekIntoThePageAtHandCostsNothing) {
  Fill(10, 100);
  Bounds all;
  all.expected = UINT64_MAX;
  const IteratorPtr iterator = Iterate(all);
  iterator->SeekToFirst();
  Clear();
  iterator->Seek(KeyOf(7));
  iterator->Seek(KeyOf(2));
  ASSERT_TRUE(iterator->Valid());
  ExpectNothing();
}

TEST_F(IteratorCostTest, AnEmptyRangeCostsNothing) {
  Fill(10, 100);
  Bounds empty;
  empty.gt = "b";
  empty.lt = "a";
  EXPECT_EQ(WalkAll(Iterate(empty).get()), 0u);
  EXPECT_EQ(WalkAll(Iterate(empty).get(), false), 0u);
  ExpectNothing();
}

}  // namespace
}  // namespace dynamodown_test

// Tests iterators over pages of every size: their positions, their costs, and
// their state after failures.

#include "db/store_iterator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "leveldb/write_batch.h"
#include "support/fake_environment.h"
#include "support/model.h"
#include "support/random.h"

namespace dynamodown_test {
namespace {

using dynamodown::Bounds;
using dynamodown::Database;
using dynamodown::KeyType;
using dynamodown::KindOf;
using dynamodown::ReadOptions;
using dynamodown::StatusKind;
using std::string_literals::operator""s;
using testing::ElementsAre;
using testing::HasSubstr;

using IteratorPtr = std::unique_ptr<leveldb::Iterator>;

class StoreIteratorTest : public testing::Test {
 protected:
  StoreIteratorTest() { Reopen(); }

  void Reopen() {
    db_.reset();
    db_ = world_.Open("table/store");
    world_.dynamo.Clear();
  }
  void Put(const std::string& key, const std::string& value) {
    ASSERT_TRUE(db_->Put(leveldb::WriteOptions(), key, value).ok());
  }
  /// Puts n keys from "k000" on, each with a value of `value_bytes` bytes.
  void Fill(size_t n, size_t value_bytes) {
    leveldb::WriteBatch batch;
    for (size_t i = 0; i < n; ++i) {
      batch.Put(KeyOf(i), std::string(value_bytes, 'v'));
    }
    dynamodown::WriteOptions unordered;
    unordered.batch = dynamodown::BatchMode::kUnordered;
    ASSERT_TRUE(db_->Write(unordered, &batch).ok());
    world_.dynamo.Clear();
  }
  static std::string KeyOf(size_t i) {
    std::string number = std::to_string(i);
    return "k" + std::string(3 - number.size(), '0') + number;
  }
  void PutForeign(const std::string& stored, const Json& value) {
    world_.PutItem(
        "table", {{"hkey", S("store")}, {"rkey", B(stored)}, {"value", value}});
  }
  IteratorPtr Iterate(const Bounds& bounds = {}) {
    return IteratorPtr(db_->NewIterator(ReadOptions(), bounds));
  }
  /// Waits for the requests under way and returns the number of Queries.
  size_t Queries() {
    world_.scheduler.RunAll();
    return world_.dynamo.count("Query");
  }
  static std::vector<std::string> Rest(leveldb::Iterator* iterator,
                                       bool forward = true) {
    std::vector<std::string> keys;
    while (iterator->Valid()) {
      keys.push_back(iterator->key().ToString());
      if (forward) {
        iterator->Next();
      } else {
        iterator->Prev();
      }
    }
    return keys;
  }

  FakeEnvironment world_;
  std::unique_ptr<Database> db_;
};

// ---- Against a map --------------------------------------------------------

class WalkTest : public testing::TestWithParam<KeyType> {};

INSTANTIATE_TEST_SUITE_P(, WalkTest,
                         testing::Values(KeyType::kBinary, KeyType::kString),
                         [](const auto& tested) {
                           return tested.param == KeyType::kBinary ? "B" : "S";
                         });

TEST_P(WalkTest, AnIteratorMovesAsOverAMapHoweverPagesAreCut) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    FakeEnvironment world(seed);
    Random random(seed);
    world.options.table.key_type = GetParam();
    const std::unique_ptr<Database> db = world.Open("table/store");
    const bool binary = GetParam() == KeyType::kBinary;
    Map map;
    std::vector<std::string> probes;
    for (size_t n = random.Below(60); n > 0; --n) {
      const size_t bytes_max = random.OneIn(4) ? 1023 : 3;
      const std::string key =
          binary ? random.BinaryKey(bytes_max) : random.Utf8Key(bytes_max);
      map[key] = random.Bytes(random.Below(50));
      ASSERT_TRUE(db->Put(leveldb::WriteOptions(), key, map[key]).ok());
      probes.push_back(key);
      probes.push_back(key + "\0"s);
      probes.push_back(key + "\xff"s);
    }
    // Some of these keys are too long to store, but a Seek allows such keys.
    for (size_t n = 0; n < 20; ++n) probes.push_back(random.BinaryKey(1100));
    if (seed % 4 != 0) {
      world.dynamo.CutPages([&] { return world.scheduler.Choose(5); });
    }
    for (int round = 0; round < 6; ++round) {
      Bounds bounds;
      if (random.OneIn(3)) bounds.gte = random.Of(probes);
      if (random.OneIn(4)) bounds.gt = random.Of(probes);
      if (random.OneIn(3)) bounds.lt = random.Of(probes);
      if (random.OneIn(4)) bounds.lte = random.Of(probes);
      if (random.OneIn(8)) bounds.prefix = random.Of(probes).substr(0, 1);
      bounds.expected = random.OneIn(3) ? random.Below(20) : 0;
      SCOPED_TRACE(Shown(bounds));
      const IteratorPtr iterator(db->NewIterator(ReadOptions(), bounds));
      Model model(EntriesOf(map, bounds));
      Walk(iterator.get(), &model, probes, 150, &random);
      if (HasFatalFailure()) return;
    }
  }
}

TEST_F(StoreIteratorTest, DeletingWhileScanningIsSafe) {
  Fill(100, 10);
  world_.dynamo.set_page_items_max(7);
  for (const bool forward : {true, false}) {
    Fill(100, 10);
    const IteratorPtr i = Iterate();
    size_t seen = 0;
    if (forward) {
      i->SeekToFirst();
    } else {
      i->SeekToLast();
    }
    while (i->Valid()) {
      EXPECT_EQ(i->key().ToString(), KeyOf(forward ? seen : 99 - seen));
      ASSERT_TRUE(db_->Delete(leveldb::WriteOptions(), i->key()).ok());
      ++seen;
      if (forward) {
        i->Next();
      } else {
        i->Prev();
      }
    }
    EXPECT_EQ(seen, 100u);
  }
}

TEST_F(StoreIteratorTest, AKeyInsertedAheadIsSeen) {
  Fill(10, 10);
  const IteratorPtr i = Iterate();
  i->SeekToFirst();
  Put("z", "new");
  EXPECT_EQ(Rest(i.get()).back(), "z");
}

// ---- Cost -----------------------------------------------------------------

TEST_F(StoreIteratorTest, MakingAnIteratorSendsNothing) {
  Fill(10, 10);
  const IteratorPtr i = Iterate();
  EXPECT_FALSE(i->Valid());
  EXPECT_TRUE(i->status().ok());
  EXPECT_EQ(Queries(), 0u);
}

TEST_F(StoreIteratorTest, ReadingTheFirstKeyIsOneQueryOfTwoItems) {
  Fill(200, 100);
  const IteratorPtr i = Iterate();
  i->SeekToFirst();
  ASSERT_TRUE(i->Valid());
  EXPECT_EQ(Queries(), 1u);
  EXPECT_EQ(world_.Bodies("Query")[0].at("Limit"), 2);
  EXPECT_EQ(world_.dynamo.read_units(), 1);
}

TEST_F(StoreIteratorTest, OnceTheItemSizeIsKnownTheFirstPageIsOneReadUnit) {
  Fill(200, 100);
  const IteratorPtr i = Iterate();
  i->SeekToFirst();
  i->SeekToFirst();
  // An item has 4 + 5 + 4 + 4 + 5 + 100 bytes.
  EXPECT_EQ(world_.Bodies("Query")[1].at("Limit"), 4096 / 122);
  EXPECT_EQ(world_.dynamo.read_units(), 2);
}

TEST_F(StoreIteratorTest, ReadingAheadBeginsWhenHalfOfAPageIsConsumed) {
  Fill(200, 100);
  const IteratorPtr i = Iterate();
  i->SeekToFirst();  // Learns the size of the items.
  i->SeekToFirst();
  const size_t page = 4096 / 122;
  world_.dynamo.Clear();
  for (size_t n = 1; 2 * n < page; ++n) i->Next();
  EXPECT_EQ(Queries(), 0u);
  i->Next();
  EXPECT_EQ(Queries(), 1u);
  EXPECT_EQ(world_.Bodies("Query")[0].at("Limit"), 4 * page);
  for (size_t n = page / 2 + 2; n < page; ++n) i->Next();
  EXPECT_EQ(Queries(), 1u);
  EXPECT_EQ(i->key().ToString(), KeyOf(page - 1));
}

TEST_F(StoreIteratorTest, AnAbandonedIteratorFetchesOnePageTooManyAtMost) {
  Fill(300, 200);
  for (size_t reads = 1; reads <= 300; reads += 13) {
    Reopen();
    // The number of pages that an iterator must read for `reads` entries.
    size_t needed = 0;
    {
      const IteratorPtr i = Iterate();
      i->SeekToFirst();
      for (size_t n = 1; n < reads; ++n) i->Next();
    }
    const std::vector<Json> queries = (Queries(), world_.Bodies("Query"));
    for (size_t reached = 0; reached < reads; ++needed) {
      ASSERT_LT(needed, queries.size());
      reached += queries[needed].value("Limit", size_t{5000});
    }
    EXPECT_LE(queries.size(), needed + 1) << reads;
  }
}

TEST_F(StoreIteratorTest, ADatabaseClosesWhileAnAbandonedPageIsUnderWay) {
  Fill(10, 10);
  {
    const IteratorPtr i = Iterate();
    i->SeekToFirst();
    i->Next();  // Reads ahead.
  }
  EXPECT_EQ(world_.dynamo.count("Query"), 1u);
  db_.reset();
  EXPECT_EQ(world_.dynamo.count("Query"), 2u);
}

TEST_F(StoreIteratorTest, TwoOfMany50KBItemsCostTwoQueriesAnd65UnitsAtMost) {
  Fill(200, 50'000);
  {
    const IteratorPtr i = Iterate();
    i->SeekToFirst();
    i->Next();
    ASSERT_TRUE(i->Valid());
  }
  EXPECT_LE(Queries(), 2u);
  EXPECT_LE(world_.dynamo.read_units(), 65);
}

TEST_F(StoreIteratorTest, AllItemsCostAtMost5PercentMoreThanPlainPages) {
  Fill(200, 50'000);
  double plain = 0;
  Json query = {{"TableName", "table"},
                {"KeyConditionExpression", "hkey = :h"},
                {"ExpressionAttributeValues", {{":h", S("store")}}},
                {"ConsistentRead", true},
                {"ReturnConsumedCapacity", "TOTAL"}};
  for (bool more = true; more;) {
    const Json answer = world_.Carry("Query", query);
    plain += answer.at("ConsumedCapacity").at("CapacityUnits").get<double>();
    more = answer.contains("LastEvaluatedKey");
    if (more) query["ExclusiveStartKey"] = answer.at("LastEvaluatedKey");
  }
  for (const bool forward : {true, false}) {
    Reopen();
    const IteratorPtr i = Iterate();
    if (forward) {
      i->SeekToFirst();
    } else {
      i->SeekToLast();
    }
    EXPECT_EQ(Rest(i.get(), forward).size(), 200u);
    EXPECT_LE(world_.dynamo.read_units(), 1.05 * plain);
  }
}

TEST_F(StoreIteratorTest, ASeekIntoThePageAtHandSendsNothing) {
  Fill(100, 10);
  Bounds bounds;
  bounds.expected = 50;
  const IteratorPtr i = Iterate(bounds);
  i->SeekToFirst();
  for (const size_t n : {49u, 0u, 20u, 21u}) {
    i->Seek(KeyOf(n));
    EXPECT_EQ(i->key().ToString(), KeyOf(n));
    i->Seek(KeyOf(n == 0 ? 0 : n - 1) + "x");
    EXPECT_EQ(i->key().ToString(), KeyOf(n == 0 ? 1 : n));
  }
  EXPECT_EQ(Queries(), 1u);
  i->Seek(KeyOf(50));
  EXPECT_EQ(i->key().ToString(), KeyOf(50));
  EXPECT_EQ(Queries(), 2u);
}

TEST_F(StoreIteratorTest, TheExpectedRecordsAreFetchedAndNoMore) {
  Fill(100, 10);
  Bounds bounds;
  bounds.expected = 30;
  const IteratorPtr i = Iterate(bounds);
  i->SeekToFirst();
  for (int n = 1; n < 30; ++n) i->Next();
  EXPECT_EQ(i->key().ToString(), KeyOf(29));
  EXPECT_EQ(Queries(), 1u);
  EXPECT_EQ(world_.Bodies("Query")[0].at("Limit"), 30);
  i->Next();
  EXPECT_EQ(i->key().ToString(), KeyOf(30));
  EXPECT_EQ(Rest(i.get()).size(), 70u);
}

TEST_F(StoreIteratorTest, FullPagesHaveALimitAboveWhatTheyHold) {
  Fill(500, 10'000);
  Bounds bounds;
  bounds.expected = UINT64_MAX;
  const IteratorPtr i = Iterate(bounds);
  i->SeekToFirst();
  EXPECT_EQ(Rest(i.get()).size(), 500u);
  const std::vector<Json> queries = (Queries(), world_.Bodies("Query"));
  ASSERT_EQ(queries.size(), 5u);  // of 1 MB each
  EXPECT_EQ(queries[0].at("Limit"), 4096);
  for (size_t n = 1; n < queries.size(); ++n) {
    EXPECT_EQ(queries[n].at("Limit"), 2 * (1 << 20) / 10'022 + 1);
  }
}

TEST_F(StoreIteratorTest, AnEmptyRangeSendsNothing) {
  Fill(10, 10);
  Bounds bounds;
  bounds.gt = "k005";
  bounds.lt = "k002";
  const IteratorPtr i = Iterate(bounds);
  i->SeekToFirst();
  EXPECT_FALSE(i->Valid());
  i->SeekToLast();
  EXPECT_FALSE(i->Valid());
  i->Seek("k003");
  EXPECT_FALSE(i->Valid());
  EXPECT_TRUE(i->status().ok());
  EXPECT_EQ(Queries(), 0u);
}

TEST_F(StoreIteratorTest, ASeekBeyondTheUpperBoundSendsNothing) {
  Fill(10, 10);
  Bounds bounds;
  bounds.lt = "k005";
  const IteratorPtr i = Iterate(bounds);
  i->Seek("k005");
  EXPECT_FALSE(i->Valid());
  EXPECT_EQ(Queries(), 0u);
}

TEST_F(StoreIteratorTest, TheConsistencyOfAReadOverridesTheDefault) {
  Fill(10, 10);
  const auto consistent = [&](dynamodown::Consistency consistency) {
    world_.dynamo.Clear();
    ReadOptions options;
    options.consistency = consistency;
    const IteratorPtr i(db_->NewIterator(options, Bounds()));
    i->SeekToFirst();
    return world_.Bodies("Query")[0].value("ConsistentRead", false);
  };
  using dynamodown::Consistency;
  EXPECT_TRUE(consistent(Consistency::kStoreDefault));
  EXPECT_FALSE(consistent(Consistency::kEventual));
  world_.options.consistency = Consistency::kEventual;
  Reopen();
  EXPECT_FALSE(consistent(Consistency::kStoreDefault));
  EXPECT_TRUE(consistent(Consistency::kStrong));
}

// ---- Failures -------------------------------------------------------------

TEST_F(StoreIteratorTest, AnErrorEndsAScanAndALaterSeekContinues) {
  Fill(10, 10);
  world_.dynamo.set_page_items_max(2);
  const IteratorPtr i = Iterate();
  i->SeekToFirst();
  // The page that is read ahead fails.
  world_.dynamo.FailNext("Query", 1, 400, "AccessDeniedException", "no");
  i->Next();
  ASSERT_TRUE(i->Valid());
  EXPECT_TRUE(i->status().ok());
  i->Next();
  EXPECT_FALSE(i->Valid());
  EXPECT_EQ(KindOf(i->status()), StatusKind::kDenied);
  i->Seek(KeyOf(2));
  ASSERT_TRUE(i->Valid());
  EXPECT_EQ(Rest(i.get()).size(), 8u);
  // A caller that checks the status only at the end learns of the failure.
  EXPECT_EQ(KindOf(i->status()), StatusKind::kDenied);
}

TEST_F(StoreIteratorTest, TheFirstFailureStaysInTheStatus) {
  Fill(10, 10);
  PutForeign("k001", {{"BOOL", true}});
  const IteratorPtr i = Iterate();
  i->SeekToFirst();
  EXPECT_EQ(KindOf(i->status()), StatusKind::kCorruption);
  world_.dynamo.FailNext("Query", 1, 400, "AccessDeniedException", "no");
  i->SeekToLast();
  EXPECT_FALSE(i->Valid());
  EXPECT_EQ(KindOf(i->status()), StatusKind::kCorruption);
}

TEST_F(StoreIteratorTest, ATemporaryFailureOfAReadAheadIsRetried) {
  Fill(10, 10);
  world_.dynamo.set_page_items_max(2);
  const IteratorPtr i = Iterate();
  i->SeekToFirst();
  world_.dynamo.FailNext("Query", 3, 500, "InternalServerError", "");
  EXPECT_EQ(Rest(i.get()).size(), 10u);
  EXPECT_TRUE(i->status().ok());
}

TEST_F(StoreIteratorTest, AFailedReadAheadThatIsNotNeededDoesNotMatter) {
  Fill(10, 10);
  world_.dynamo.set_page_items_max(2);
  const IteratorPtr i = Iterate();
  i->SeekToFirst();
  world_.dynamo.FailNext("Query", 1, 400, "AccessDeniedException", "no");
  i->Next();
  EXPECT_EQ(Queries(), 2u);
  i->Prev();
  EXPECT_EQ(i->key().ToString(), KeyOf(0));
  EXPECT_TRUE(i->status().ok());
  i->Seek(KeyOf(5));
  EXPECT_EQ(Rest(i.get()).size(), 5u);
  EXPECT_TRUE(i->status().ok());
}

TEST_F(StoreIteratorTest, AfterAnErrorOnTheFirstPageTheIteratorIsInvalid) {
  Fill(10, 10);
  const IteratorPtr i = Iterate();
  world_.dynamo.FailNext("Query", 1, 400, "AccessDeniedException", "no");
  i->SeekToLast();
  EXPECT_FALSE(i->Valid());
  EXPECT_EQ(KindOf(i->status()), StatusKind::kDenied);
  i->SeekToLast();
  ASSERT_TRUE(i->Valid());
  EXPECT_EQ(i->key().ToString(), KeyOf(9));
}

TEST_F(StoreIteratorTest, AnUnreadableItemIsSkippedAndReported) {
  Fill(6, 10);
  PutForeign("k001", {{"BOOL", true}});
  PutForeign("k003", {{"M", Json::object()}});
  for (const size_t page : {1u, 2u, 100u}) {
    world_.dynamo.set_page_items_max(page);
    IteratorPtr i = Iterate();
    i->SeekToFirst();
    EXPECT_THAT(Rest(i.get()), ElementsAre("k000", "k002", "k004", "k005"));
    EXPECT_EQ(KindOf(i->status()), StatusKind::kCorruption);
    EXPECT_THAT(i->status().ToString(),
                HasSubstr("the item of key \"k001\" has a value of type BOOL"));
    i = Iterate();
    i->SeekToLast();
    EXPECT_THAT(Rest(i.get(), false),
                ElementsAre("k005", "k004", "k002", "k000"));
    EXPECT_THAT(i->status().ToString(), HasSubstr("\"k003\""));
  }
}

TEST_F(StoreIteratorTest, WithParanoidChecksAnUnreadableItemEndsTheIterator) {
  Fill(6, 10);
  PutForeign("k002", {{"BOOL", true}});
  world_.options.paranoid_checks = true;
  Reopen();
  for (const size_t page : {1u, 2u, 100u}) {
    world_.dynamo.set_page_items_max(page);
    const IteratorPtr i = Iterate();
    i->SeekToFirst();
    EXPECT_THAT(Rest(i.get()), ElementsAre("k000", "k001"));
    EXPECT_EQ(KindOf(i->status()), StatusKind::kCorruption);
    i->SeekToLast();
    EXPECT_THAT(Rest(i.get(), false), ElementsAre("k005", "k004", "k003"));
    EXPECT_EQ(KindOf(i->status()), StatusKind::kCorruption);
    i->Seek("k003");
    EXPECT_THAT(Rest(i.get()), ElementsAre("k003", "k004", "k005"));
  }
}

TEST_F(StoreIteratorTest, KeysOnlyDoesNotMindUnreadableValues) {
  Fill(2, 10);
  PutForeign("k001", {{"BOOL", true}});
  Bounds bounds;
  bounds.keys_only = true;
  const IteratorPtr i = Iterate(bounds);
  i->SeekToFirst();
  EXPECT_EQ(i->value().ToString(), "");
  EXPECT_THAT(Rest(i.get()), ElementsAre("k000", "k001"));
  EXPECT_TRUE(i->status().ok());
}

TEST_F(StoreIteratorTest, WithASnapshotTheStatusNamesTheSupportsProperty) {
  leveldb::ReadOptions options;
  options.snapshot = db_->GetSnapshot();
  ASSERT_NE(options.snapshot, nullptr);
  const IteratorPtr i(db_->NewIterator(options));
  i->SeekToFirst();
  EXPECT_FALSE(i->Valid());
  EXPECT_EQ(KindOf(i->status()), StatusKind::kNotSupported);
  EXPECT_THAT(i->status().ToString(), HasSubstr("dynamodown.supports"));
  db_->ReleaseSnapshot(options.snapshot);
  EXPECT_EQ(Queries(), 0u);
}

}  // namespace
}  // namespace dynamodown_test

// Tests of the mistakes that earlier stores on DynamoDB made, one test each.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "contract/engine.h"
#include "dynamodown/status.h"
#include "leveldb/write_batch.h"
#include "support/model.h"
#include "support/random.h"
#include "support/raw_dynamodb.h"
#include "support/servers.h"

namespace dynamodown_test {
namespace {

using dynamodown::Bounds;
using dynamodown::KindOf;
using dynamodown::Stats;
using dynamodown::StatusKind;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr double kUnitBytes = 4096;  // A strongly consistent read unit.
constexpr size_t kPageBytes = 1024 * 1024;

std::string Numbered(const std::string& start, int i) {
  return start + std::to_string(1000 + i);
}

class RivalsTest : public testing::Test {
 protected:
  void SetUp() override {
    location_ = engine_.NewLocation();
    Reopen();
  }

  /// Opens a handle that knows nothing about the store.
  void Reopen() {
    store_ = OpenStore();
    const leveldb::Status status =
        engine_.Open(engine_.options(), location_, &store_);
    ASSERT_TRUE(status.ok()) << status.ToString();
  }

  dynamodown::Database* db() { return store_.database; }

  leveldb::Status Put(const std::string& key, const std::string& value) {
    return db()->Put(leveldb::WriteOptions(), key, value);
  }
  std::string Get(const std::string& key) {
    std::string value;
    const leveldb::Status status =
        db()->Get(leveldb::ReadOptions(), key, &value);
    return status.ok() ? value : status.ToString();
  }
  std::unique_ptr<leveldb::Iterator> Iterate(const Bounds& bounds = {}) {
    return std::unique_ptr<leveldb::Iterator>(
        db()->NewIterator(dynamodown::ReadOptions(), bounds));
  }
  std::string Keys(const Bounds& bounds) {
    std::string keys;
    for (const Entry& entry : Forward(Iterate(bounds).get())) {
      keys += (keys.empty() ? "" : " ") + entry.key;
    }
    return keys;
  }
  void Fill(const Map& entries) {
    leveldb::WriteBatch batch;
    for (const auto& [key, value] : entries) batch.Put(key, value);
    dynamodown::WriteOptions options;
    options.batch = dynamodown::BatchMode::kUnordered;
    const leveldb::Status status = db()->Write(options, &batch);
    ASSERT_TRUE(status.ok()) << status.ToString();
  }
  void FillLetters() {
    Fill({{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}, {"e", "5"}});
  }

  /// Returns the cost of `calls`, including reads in the background. Their
  /// answers may come after the iterator is gone, so this waits until the
  /// statistics stop changing.
  template <class Calls>
  Stats CostOf(Calls calls) {
    const Stats before = db()->GetStats();
    calls();
    Stats after = db()->GetStats();
    for (;;) {
      std::this_thread::sleep_for(std::chrono::milliseconds(60));
      const Stats later = db()->GetStats();
      if (later.requests == after.requests &&
          later.bytes_received == after.bytes_received) {
        break;
      }
      after = later;
    }
    Stats cost;
    cost.requests = after.requests - before.requests;
    cost.read_units = after.read_units - before.read_units;
    cost.write_units = after.write_units - before.write_units;
    return cost;
  }

  std::string Table() const { return location_.substr(0, location_.find('/')); }
  std::string Hash() const { return location_.substr(location_.find('/') + 1); }
  std::string Raw(const std::string& operation, const std::string& json) {
    return CallDynamoDb(Endpoint("dynamodb-local"), operation, json);
  }

  Engine& engine_ = EngineNamed("local-b");
  std::string location_;
  OpenStore store_;
};

// Keys.

TEST_F(RivalsTest, KeysThatAreNotUtf8StayDistinct) {
  ASSERT_TRUE(Put("\xff\x01", "1").ok());
  ASSERT_TRUE(Put("\xfe\x01", "2").ok());
  EXPECT_EQ(Get("\xff\x01"), "1");
  EXPECT_EQ(Get("\xfe\x01"), "2");
  EXPECT_EQ(Keys({}), "\xfe\x01 \xff\x01");
}

TEST_F(RivalsTest, KeysAboveU0100AreIterated) {
  Map entries;
  for (uint32_t code : {0x61, 0xff, 0x100, 0x3b1, 0x4e2d, 0x1f600}) {
    entries[EncodeUtf8(code)] = std::to_string(code);
  }
  Fill(entries);
  EXPECT_EQ(Forward(Iterate().get()), EntriesOf(entries));
  EXPECT_EQ(Backward(Iterate().get()), Reversed(EntriesOf(entries)));
}

TEST_F(RivalsTest, TheEmptyKeyRoundTrips) {
  ASSERT_TRUE(Put("", "v").ok());
  EXPECT_EQ(Get(""), "v");
  EXPECT_EQ(Forward(Iterate().get()), (Entries{{"", "v"}}));
}

// Ranges.

TEST_F(RivalsTest, LtIsExclusiveAndGteInclusive) {
  FillLetters();
  Bounds bounds;
  bounds.gte = "b";
  bounds.lt = "d";
  EXPECT_EQ(Keys(bounds), "b c");
}

TEST_F(RivalsTest, GtIsExclusiveAndLteInclusive) {
  FillLetters();
  Bounds bounds;
  bounds.gt = "b";
  bounds.lte = "d";
  EXPECT_EQ(Keys(bounds), "c d");
}

TEST_F(RivalsTest, GtAndLtAreBothExclusive) {
  FillLetters();
  Bounds bounds;
  bounds.gt = "b";
  bounds.lt = "d";
  EXPECT_EQ(Keys(bounds), "c");
}

TEST_F(RivalsTest, EmptyRangeIsEmptyAndCostsNoRequest) {
  FillLetters();
  Bounds bounds;
  bounds.gt = "d";
  bounds.lt = "b";
  Bounds touching;
  touching.gt = "b";
  touching.lt = "b";
  const Stats cost = CostOf([&] {
    EXPECT_EQ(Forward(Iterate(bounds).get()), Entries());
    EXPECT_EQ(Backward(Iterate(bounds).get()), Entries());
    EXPECT_EQ(Forward(Iterate(touching).get()), Entries());
    const auto iterator = Iterate(bounds);
    iterator->Seek("c");
    EXPECT_FALSE(iterator->Valid());
  });
  EXPECT_EQ(cost.requests, 0u);
}

TEST_F(RivalsTest, PrefixReadTouchesOnlyThePrefix) {
  Map entries;
  const std::string value(4000, 'v');
  for (int i = 0; i < 60; ++i) {
    entries[Numbered("a/", i)] = value;
    entries[Numbered("c/", i)] = value;
  }
  for (int i = 0; i < 3; ++i) entries[Numbered("b/", i)] = value;
  Fill(entries);
  Bounds prefix;
  prefix.prefix = "b/";
  Bounds range;
  range.gte = "b/";
  range.lt = "b0";
  for (const Bounds& bounds : {prefix, range}) {
    Reopen();
    const Stats cost =
        CostOf([&] { EXPECT_EQ(Forward(Iterate(bounds).get()).size(), 3u); });
    EXPECT_LE(cost.requests, 2u) << Shown(bounds);
    // 3 items, each page rounded up, and an item at the excluded bound.
    EXPECT_LE(cost.read_units, 6) << Shown(bounds);
  }
}

// Values.

TEST_F(RivalsTest, AnyBytesAreAValue) {
  for (const char* value : {"plain text, no JSON", "{\"half\":", "\xff\xfe",
                            "\xc3", "42", "null", "_nil_"}) {
    ASSERT_TRUE(Put("k", value).ok());
    EXPECT_EQ(Get("k"), value);
  }
}

TEST_F(RivalsTest, EmptyValueRoundTrips) {
  ASSERT_TRUE(Put("k", "").ok());
  EXPECT_EQ(Get("k"), "");
  EXPECT_EQ(Forward(Iterate().get()), (Entries{{"k", ""}}));
}

TEST_F(RivalsTest, TheirEmptyValuesAndNumbersAreRead) {
  const std::string item = "{\"TableName\":\"" + Table() +
                           "\",\"Item\":{\"hkey\":{\"S\":\"" + Hash() +
                           "\"},\"rkey\":{\"B\":\"";
  Raw("PutItem", item + "YQ==\"},\"value\":{\"NULL\":true}}}");
  Raw("PutItem", item + "Yg==\"},\"value\":{\"N\":\"42\"}}}");
  Raw("PutItem", item +
                     "Yw==\"},\"value\":{\"S\":\"text\"},"
                     "\"more\":{\"L\":[]}}}");
  EXPECT_EQ(Forward(Iterate().get()),
            (Entries{{"a", ""}, {"b", "42"}, {"c", "text"}}));
  EXPECT_EQ(Get("a"), "");
}

TEST_F(RivalsTest, ValuesOver400KbAreRefusedInWordsBeforeAnythingIsSent) {
  const Stats cost = CostOf([&] {
    const leveldb::Status status = Put("k", std::string(500000, 'x'));
    EXPECT_TRUE(status.IsInvalidArgument()) << status.ToString();
    EXPECT_THAT(status.ToString(), HasSubstr("409600"));
  });
  EXPECT_EQ(cost.requests, 0u);
}

// Batches.

TEST_F(RivalsTest, SameKeyTwiceInABatchLastWins) {
  for (auto mode :
       {dynamodown::BatchMode::kAtomic, dynamodown::BatchMode::kUnordered}) {
    leveldb::WriteBatch batch;
    batch.Put("k", "first");
    batch.Put("other", "v");
    batch.Put("k", "last");
    dynamodown::WriteOptions options;
    options.batch = mode;
    const leveldb::Status status = db()->Write(options, &batch);
    ASSERT_TRUE(status.ok()) << status.ToString();
    EXPECT_EQ(Get("k"), "last");
  }
}

TEST_F(RivalsTest, ABatchIsAtomicUnlessAskedOtherwise) {
  leveldb::WriteBatch batch;
  for (int i = 0; i < 30; ++i) batch.Put(Numbered("k", i), "v");
  const Stats cost = CostOf(
      [&] { ASSERT_TRUE(db()->Write(leveldb::WriteOptions(), &batch).ok()); });
  EXPECT_EQ(cost.requests, 1u);  // One transaction; Local miscounts units.
}

TEST_F(RivalsTest, BatchOf101PutsIsRefusedInWordsOrWrittenWhole) {
  leveldb::WriteBatch batch;
  for (int i = 0; i < 101; ++i) batch.Put(Numbered("k", i), "v");
  const leveldb::Status status = db()->Write(leveldb::WriteOptions(), &batch);
  EXPECT_TRUE(status.IsNotSupportedError()) << status.ToString();
  EXPECT_EQ(Keys({}), "");
  dynamodown::WriteOptions options;
  options.batch = dynamodown::BatchMode::kUnordered;
  ASSERT_TRUE(db()->Write(options, &batch).ok());
  EXPECT_EQ(Forward(Iterate().get()).size(), 101u);
}

// The cost of a call.

TEST_F(RivalsTest, PutCostsOneRequest) {
  const Stats cost = CostOf([&] { ASSERT_TRUE(Put("k", "v").ok()); });
  EXPECT_EQ(cost.requests, 1u);
  EXPECT_EQ(cost.write_units, 1);
  EXPECT_EQ(cost.read_units, 0);
}

TEST_F(RivalsTest, GetCostsOneRequest) {
  ASSERT_TRUE(Put("k", "v").ok());
  for (const char* key : {"k", "missing"}) {
    const Stats cost = CostOf([&] { Get(key); });
    EXPECT_EQ(cost.requests, 1u) << key;
    EXPECT_EQ(cost.read_units, 1) << key;
  }
}

TEST_F(RivalsTest, DeleteWorksWithDefaultSettingsAndCostsOneRequest) {
  ASSERT_TRUE(Put("k", "v").ok());
  const Stats cost = CostOf(
      [&] { ASSERT_TRUE(db()->Delete(leveldb::WriteOptions(), "k").ok()); });
  EXPECT_EQ(cost.requests, 1u);
  EXPECT_EQ(KindOf(db()->Delete(leveldb::WriteOptions(), "k")),
            StatusKind::kOk);
  EXPECT_EQ(Keys({}), "");
}

TEST_F(RivalsTest, EventualReadsCostHalf) {
  ASSERT_TRUE(Put("k", "v").ok());
  ASSERT_TRUE(Put("l", "v").ok());
  dynamodown::ReadOptions options;
  options.consistency = dynamodown::Consistency::kEventual;
  std::string value;
  Stats cost = CostOf([&] { db()->Get(options, "k", &value); });
  EXPECT_EQ(cost.read_units, 0.5);
  cost = CostOf([&] {
    const std::unique_ptr<leveldb::Iterator> iterator(
        db()->NewIterator(options, Bounds()));
    EXPECT_EQ(Forward(iterator.get()).size(), 2u);
  });
  EXPECT_GT(cost.read_units, 0);
  EXPECT_LE(cost.read_units, 0.5 * static_cast<double>(cost.requests));
  std::vector<std::string> values;
  std::vector<leveldb::Status> statuses;
  cost = CostOf([&] {
    ASSERT_TRUE(db()->MultiGet(options, {"k", "l"}, &values, &statuses).ok());
  });
  EXPECT_EQ(cost.read_units, 1);
}

// Reading no more than requested.

/// 200 items of 50 KB.
class LargeScanTest : public RivalsTest {
 protected:
  static constexpr int kItems = 200;
  static constexpr size_t kValueBytes = 50 * 1024;

  void SetUp() override {
    RivalsTest::SetUp();
    Map entries;
    for (int i = 0; i < kItems; ++i) {
      entries[Numbered("key", i)] = std::string(kValueBytes, 'v');
    }
    Fill(entries);
    Reopen();
  }
};

TEST_F(LargeScanTest, ReadingTwoOf200ItemsOf50KbReadsAtMost65UnitsAnd2Queries) {
  for (bool forward : {true, false}) {
    Reopen();
    const Stats cost = CostOf([&] {
      const auto iterator = Iterate();
      forward ? iterator->SeekToFirst() : iterator->SeekToLast();
      ASSERT_TRUE(iterator->Valid());
      EXPECT_EQ(iterator->value().size(), kValueBytes);
      forward ? iterator->Next() : iterator->Prev();
      ASSERT_TRUE(iterator->Valid());
      EXPECT_EQ(iterator->value().size(), kValueBytes);
    });
    EXPECT_LE(cost.requests, 2u) << (forward ? "forward" : "backward");
    EXPECT_LE(cost.read_units, 65) << (forward ? "forward" : "backward");
  }
}

TEST_F(LargeScanTest, ReadingAllCostsAtMost5PercentMoreThanPlainPages) {
  const size_t item =
      kValueBytes + std::string("hkeyrkeyvaluekey1000").size() + Hash().size();
  const size_t items_a_page = kPageBytes / item;
  double plain = 0;
  for (size_t left = kItems; left > 0;) {
    const size_t page = std::min(left, items_a_page);
    plain += std::ceil(static_cast<double>(page * item) / kUnitBytes);
    left -= page;
  }
  for (bool forward : {true, false}) {
    Reopen();
    const Stats cost = CostOf([&] {
      const auto iterator = Iterate();
      EXPECT_EQ(
          (forward ? Forward(iterator.get()) : Backward(iterator.get())).size(),
          size_t{kItems});
    });
    EXPECT_LE(cost.read_units, plain * 1.05)
        << (forward ? "forward" : "backward") << ", plain: " << plain;
  }
}

TEST_F(LargeScanTest, ExpectedLimitsWhatIsFetchedAtBothEnds) {
  for (bool forward : {true, false}) {
    Reopen();
    const Stats cost = CostOf([&] {
      Bounds bounds;
      bounds.expected = 3;
      const auto iterator = Iterate(bounds);
      forward ? iterator->SeekToFirst() : iterator->SeekToLast();
      for (int i = 1; i < 3; ++i) {
        ASSERT_TRUE(iterator->Valid());
        forward ? iterator->Next() : iterator->Prev();
      }
      EXPECT_TRUE(iterator->Valid());
    });
    EXPECT_LE(cost.read_units, std::ceil(3 * 51300 / kUnitBytes) + 2);
  }
}

TEST_F(LargeScanTest, SeekReadsFromThereOn) {
  const Stats cost = CostOf([&] {
    const auto iterator = Iterate();
    iterator->Seek(Numbered("key", 150));
    ASSERT_TRUE(iterator->Valid());
    EXPECT_EQ(iterator->key(), Numbered("key", 150));
  });
  EXPECT_LE(cost.requests, 2u);
  EXPECT_LE(cost.read_units, 65);
}

// Many keys at once.

TEST_F(RivalsTest, MultiGetOfMoreThan100Keys) {
  Map entries;
  std::vector<std::string> names;
  for (int i = 0; i < 250; ++i) {
    names.push_back(Numbered("k", i));
    entries[names.back()] = std::to_string(i);
  }
  Fill(entries);
  const std::vector<leveldb::Slice> keys(names.begin(), names.end());
  std::vector<std::string> values;
  std::vector<leveldb::Status> statuses;
  const Stats cost = CostOf(
      [&] { ASSERT_TRUE(db()->MultiGet({}, keys, &values, &statuses).ok()); });
  EXPECT_EQ(cost.requests, 3u);
  EXPECT_EQ(cost.read_units, 250);
  ASSERT_EQ(values.size(), 250u);
  for (size_t i = 0; i < 250; ++i) EXPECT_EQ(values[i], std::to_string(i));
}

// Opening, destroying, sharing.

TEST_F(RivalsTest, OpenCreatesNothingUnasked) {
  dynamodown::Options options = engine_.options();
  options.create_if_missing = false;
  const std::string table = "unasked-" + Hash();
  OpenStore store;
  leveldb::Status status = engine_.Open(options, table + "/hash", &store);
  EXPECT_TRUE(status.IsInvalidArgument()) << status.ToString();
  EXPECT_THAT(Raw("ListTables", "{}"), Not(HasSubstr(table)));
  const std::string missing = Hash() + "-missing";
  status = engine_.Open(options, Table() + "/" + missing, &store);
  EXPECT_TRUE(status.IsInvalidArgument()) << status.ToString();
  EXPECT_THAT(Raw("Scan", "{\"TableName\":\"" + Table() + "\"}"),
              Not(HasSubstr(missing)));
}

TEST_F(RivalsTest, OpenCreatesATableThatCostsNothingWhileIdle) {
  const std::string table = "fresh-" + Hash();
  OpenStore store;
  const leveldb::Status status =
      engine_.Open(engine_.options(), table + "/hash", &store);
  ASSERT_TRUE(status.ok()) << status.ToString();
  const std::string described =
      Raw("DescribeTable", "{\"TableName\":\"" + table + "\"}");
  EXPECT_THAT(described, HasSubstr("PAY_PER_REQUEST"));
}

TEST_F(RivalsTest, DestroyRemovesOnlyThisStore) {
  FillLetters();
  const std::string beside = engine_.NewLocation();
  OpenStore other;
  ASSERT_TRUE(engine_.Open(engine_.options(), beside, &other).ok());
  ASSERT_TRUE(other.db->Put(leveldb::WriteOptions(), "k", "stays").ok());
  store_ = OpenStore();
  ASSERT_TRUE(engine_.Destroy(location_).ok());
  std::string value;
  EXPECT_TRUE(other.db->Get(leveldb::ReadOptions(), "k", &value).ok());
  EXPECT_EQ(value, "stays");
  // Neither items nor the descriptor are left.
  EXPECT_THAT(
      Raw("Scan", "{\"TableName\":\"" + Table() +
                      "\",\"ExpressionAttributeNames\":{\"#h\":"
                      "\"hkey\"},\"ProjectionExpression\":\"#h\","
                      "\"FilterExpression\":\"begins_with(#h, :h)\","
                      "\"ExpressionAttributeValues\":{\":h\":{\"S\":\"" +
                      Hash() + "/\"}}}"),
      HasSubstr("\"Count\":0"));
  EXPECT_THAT(Raw("Query", "{\"TableName\":\"" + Table() +
                               "\",\"KeyConditionExpression\":\"hkey = :h\","
                               "\"ExpressionAttributeValues\":{\":h\":{\"S\":"
                               "\"" +
                               Hash() + "\"}}}"),
              HasSubstr("\"Count\":0"));
}

TEST_F(RivalsTest, WriteIfLetsOneOfManyWritersWin) {
  constexpr int kWriters = 4;
  ASSERT_TRUE(Put("counter", "0").ok());
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([this] {
      for (int added = 0; added < 10;) {
        std::string value;
        if (!db()->Get(leveldb::ReadOptions(), "counter", &value).ok()) return;
        leveldb::WriteBatch batch;
        batch.Put("counter", std::to_string(std::stoi(value) + 1));
        const leveldb::Status status = db()->WriteIf(
            {}, &batch, {dynamodown::Condition::Equals("counter", value)});
        if (status.ok()) {
          ++added;
        } else if (KindOf(status) != StatusKind::kConflict) {
          return;
        }
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(Get("counter"), std::to_string(kWriters * 10));
}

// Honest answers.

TEST_F(RivalsTest, NotFoundIsTyped) {
  std::string value = "unchanged";
  const leveldb::Status status =
      db()->Get(leveldb::ReadOptions(), "missing", &value);
  EXPECT_TRUE(status.IsNotFound()) << status.ToString();
  EXPECT_EQ(KindOf(status), StatusKind::kNotFound);
  EXPECT_EQ(value, "unchanged");
}

TEST_F(RivalsTest, SupportsDoesNotClaimSnapshots) {
  std::string supports;
  ASSERT_TRUE(db()->GetProperty("dynamodown.supports", &supports));
  EXPECT_THAT(supports, Not(HasSubstr("snapshots")));
}

TEST_F(RivalsTest, UnitsAreCounted) {
  Stats cost =
      CostOf([&] { ASSERT_TRUE(Put("k", std::string(10 * 1024, 'v')).ok()); });
  EXPECT_EQ(cost.write_units, 11);
  cost = CostOf([&] { Get("k"); });
  EXPECT_EQ(cost.read_units, 3);
}

}  // namespace
}  // namespace dynamodown_test

int main(int argc, char** argv) {
  dynamodown_test::UseLocalCredentials();
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}

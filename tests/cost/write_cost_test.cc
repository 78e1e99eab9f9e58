// Tests of the cost of Put, Delete, Write and WriteIf.

#include <string>
#include <vector>

#include "cost/cost_fixture.h"
#include "dynamodown/status.h"

namespace dynamodown_test {
namespace {

using dynamodown::Condition;
using dynamodown::WriteOptions;
using leveldb::WriteBatch;

class WriteCostTest : public CostTest {
 protected:
  void Put(const std::string& key, size_t item_bytes) {
    ASSERT_TRUE(db_->Put(WriteOptions(), key, ValueFor(key, item_bytes)).ok());
  }
  void Write(const WriteOptions& options, WriteBatch batch) {
    const leveldb::Status status = db_->Write(options, &batch);
    ASSERT_TRUE(status.ok()) << status.ToString();
  }
  /// Returns puts of `n` items of `item_bytes` each.
  WriteBatch Puts(size_t n, size_t item_bytes) {
    WriteBatch batch;
    for (size_t i = 0; i < n; ++i) {
      batch.Put(KeyOf(i), ValueFor(KeyOf(i), item_bytes));
    }
    return batch;
  }
  void WriteIf(WriteBatch batch, const std::vector<Condition>& conditions,
               bool holds = true) {
    const leveldb::Status status =
        db_->WriteIf(WriteOptions(), &batch, conditions);
    EXPECT_EQ(status.ok(), holds) << status.ToString();
  }
};

TEST_F(WriteCostTest, APutIsAUnitPerKilobyteOfTheItem) {
  const std::vector<std::pair<size_t, double>> cases = {
      {100, 1},  {1023, 1}, {1024, 1},         {1025, 2},
      {2048, 2}, {2049, 3}, {400 * 1024, 400}, {399 * 1024 + 1, 400}};
  for (size_t i = 0; i < cases.size(); ++i) {
    SCOPED_TRACE(cases[i].first);
    Put(KeyOf(i), cases[i].first);
    ExpectCost({{"PutItem", 1}}, 0, cases[i].second);
  }
}

TEST_F(WriteCostTest, APutIsBilledForTheLargerOfTheItemsBeforeAndAfter) {
  FillOne("k", 5000);
  Put("k", 100);
  ExpectCost({{"PutItem", 1}}, 0, 5);
  Put("k", 3000);
  ExpectCost({{"PutItem", 1}}, 0, 3);
}

TEST_F(WriteCostTest, WhatCannotBeStoredCostsNothing) {
  EXPECT_FALSE(db_->Put(WriteOptions(), std::string(1025, 'k'), "").ok());
  EXPECT_FALSE(
      db_->Put(WriteOptions(), "k", ValueFor("k", 400 * 1024 + 1)).ok());
  EXPECT_TRUE(db_->Delete(WriteOptions(), std::string(1025, 'k')).ok());
  ExpectNothing();
}

TEST_F(WriteCostTest, ADeleteIsAUnitPerKilobyteOfWhatItRemoves) {
  const std::vector<std::pair<size_t, double>> cases = {
      {100, 1}, {1024, 1}, {1025, 2}, {400 * 1024, 400}};
  for (const auto& [bytes, units] : cases) {
    SCOPED_TRACE(bytes);
    FillOne("k", bytes);
    ASSERT_TRUE(db_->Delete(WriteOptions(), "k").ok());
    ExpectCost({{"DeleteItem", 1}}, 0, units);
  }
  ASSERT_TRUE(db_->Delete(WriteOptions(), "nobody").ok());
  ExpectCost({{"DeleteItem", 1}}, 0, 1);
}

TEST_F(WriteCostTest, ABatchOfNoKeyIsNothing) {
  Write(WriteOptions(), {});
  Write(Unordered(), {});
  ExpectNothing();
}

TEST_F(WriteCostTest, ABatchOfOneKeyIsAPutOrADelete) {
  for (const WriteOptions& options : {WriteOptions(), Unordered()}) {
    FillOne("k", 1500);
    WriteBatch put;
    put.Delete("k");
    put.Put("k", ValueFor("k", 100));
    put.Put("k", ValueFor("k", 2500));
    Write(options, put);
    ExpectCost({{"PutItem", 1}}, 0, 3);
    WriteBatch erase;
    erase.Put("k", "v");
    erase.Delete("k");
    Write(options, erase);
    ExpectCost({{"DeleteItem", 1}}, 0, 3);
  }
}

TEST_F(WriteCostTest, AnAtomicBatchIsOneTransactionAtTwiceTheUnits) {
  for (const size_t n : {2, 25, 26, 100}) {
    SCOPED_TRACE(n);
    StartAnew();
    Write(WriteOptions(), Puts(n, 1024));
    ExpectCost({{"TransactWriteItems", 1}}, 0, 2.0 * static_cast<double>(n));
    Write(WriteOptions(), Puts(n, 1025));
    ExpectCost({{"TransactWriteItems", 1}}, 0, 4.0 * static_cast<double>(n));
  }
  WriteBatch mixed;
  mixed.Put("new", ValueFor("new", 3000));
  mixed.Delete(KeyOf(0));  // 1,025 bytes
  mixed.Delete("nobody");
  Write(WriteOptions(), mixed);
  ExpectCost({{"TransactWriteItems", 1}}, 0, 2 * (3 + 2 + 1));
}

TEST_F(WriteCostTest, AnAtomicBatchThatIsTooLargeCostsNothing) {
  WriteBatch many = Puts(101, 100);
  EXPECT_FALSE(db_->Write(WriteOptions(), &many).ok());
  WriteBatch large = Puts(11, 390'000);
  EXPECT_FALSE(db_->Write(WriteOptions(), &large).ok());
  ExpectNothing();
}

TEST_F(WriteCostTest, AnUnorderedBatchIsOneRequestFor25KeysAtOnceTheUnits) {
  for (const size_t n : {2, 24, 25, 26, 50, 51, 100, 101}) {
    SCOPED_TRACE(n);
    StartAnew();
    Write(Unordered(), Puts(n, 1024));
    ExpectCost({{"BatchWriteItem", (n + 24) / 25}}, 0, static_cast<double>(n));
    Write(Unordered(), Puts(n, 1025));
    ExpectCost({{"BatchWriteItem", (n + 24) / 25}}, 0,
               2 * static_cast<double>(n));
  }
  WriteBatch folded = Puts(25, 100);
  for (size_t i = 0; i < 25; ++i) folded.Delete(KeyOf(i));
  Reopen();
  Write(Unordered(), folded);
  // The items had 1,025 bytes before.
  ExpectCost({{"BatchWriteItem", 1}}, 0, 50);
}

TEST_F(WriteCostTest, AnUnorderedBatchOver16MegabytesOnTheWireIsMoreRequests) {
  // Each byte takes six on the wire, as \u0001. So these have 2.4 MB each, and
  // 6 of them fit into a request.
  WriteBatch batch;
  for (size_t i = 0; i < 13; ++i) {
    batch.Put(KeyOf(i), std::string(400'000, '\x01'));
  }
  Write(Unordered(), batch);
  // 400,020 bytes are 391 KB.
  ExpectCost({{"BatchWriteItem", 3}}, 0, 13 * 391);
}

TEST_F(WriteCostTest, AConditionalBatchIsOneTransaction) {
  FillOne("present", 100);
  FillOne("large", 5000);
  WriteIf(Puts(3, 2000),
          {Condition::Absent(KeyOf(0)), Condition::Absent(KeyOf(2))});
  ExpectCost({{"TransactWriteItems", 1}}, 0, 2 * 3 * 2);
  // Conditions on keys that are not written, one of them on a missing key.
  WriteIf({}, {Condition::Present("present"), Condition::Absent("absent"),
               Condition::Present("large")});
  ExpectCost({{"TransactWriteItems", 1}}, 0, 2 * (1 + 1 + 5));
  // One key is a transaction, too. So are 100 keys of updates and conditions
  // together.
  WriteIf(Puts(1, 1024), {});
  ExpectCost({{"TransactWriteItems", 1}}, 0, 2 * 2);  // 2,000 bytes before.
  std::vector<Condition> conditions;
  for (size_t i = 0; i < 50; ++i) {
    conditions.push_back(Condition::Absent("absent" + std::to_string(i)));
  }
  WriteIf(Puts(50, 1024), conditions);
  ExpectCost({{"TransactWriteItems", 1}}, 0, 2 * (50 + 50 + 2));
}

TEST_F(WriteCostTest, AConditionalBatchOfNoKeyIsNothing) {
  WriteIf({}, {});
  // A key that cannot be stored is absent, and never present.
  WriteIf({}, {Condition::Absent(std::string(1025, 'k'))});
  WriteIf(Puts(1, 100), {Condition::Present(std::string(1025, 'k'))}, false);
  ExpectNothing();
}

TEST_F(WriteCostTest, AConditionThatDoesNotHoldCostsItsRequest) {
  WriteBatch batch = Puts(1, 100);
  EXPECT_EQ(dynamodown::KindOf(db_->WriteIf(WriteOptions(), &batch,
                                            {Condition::Present(KeyOf(0))})),
            dynamodown::StatusKind::kConflict);
  EXPECT_EQ(Counted(), (Requests{{"TransactWriteItems", 1}}));
  EXPECT_EQ(world_.dynamo.write_units(), 2);
}

}  // namespace
}  // namespace dynamodown_test

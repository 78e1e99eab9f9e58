// Tests of batches of every size, atomic and not.

#include "contract/contract.h"
#include "dynamodown/status.h"

namespace dynamodown_test {
namespace {

using dynamodown::BatchMode;
using dynamodown::KindOf;
using dynamodown::StatusKind;

const std::vector<int> kSizes = {0, 1, 24, 25, 26, 99, 100};

std::string Numbered(int i) { return "key" + std::to_string(1000 + i); }

class BatchTest : public ContractTest {};
CONTRACT_SUITE(BatchTest, true);

TEST_P(BatchTest, BatchesOfEverySizeArePutAndDeleted) {
  for (int size : kSizes) {
    leveldb::WriteBatch puts;
    leveldb::WriteBatch deletes;
    Map expected;
    for (int i = 0; i < size; ++i) {
      puts.Put(Numbered(i), std::to_string(size));
      deletes.Delete(Numbered(i));
      expected[Numbered(i)] = std::to_string(size);
    }
    const leveldb::Status status = Write(&puts);
    ASSERT_TRUE(status.ok()) << size << ": " << status.ToString();
    ExpectContents(expected);
    ASSERT_TRUE(Write(&deletes).ok()) << size;
    ExpectContents({});
  }
}

TEST_P(BatchTest, PutsAndDeletesMix) {
  Map expected;
  for (int i = 0; i < 50; ++i) expected[Numbered(i)] = "before";
  Fill(expected);
  leveldb::WriteBatch batch;
  for (int i = 0; i < 100; i += 2) {
    batch.Put(Numbered(i), "after");
    batch.Delete(Numbered(i + 1));
    expected[Numbered(i)] = "after";
    expected.erase(Numbered(i + 1));
  }
  ASSERT_TRUE(Write(&batch).ok());
  ExpectContents(expected);
}

TEST_P(BatchTest, TheLastOperationOnAKeyCounts) {
  leveldb::WriteBatch batch;
  batch.Put("put then deleted", "1");
  batch.Delete("put then deleted");
  batch.Delete("deleted then put");
  batch.Put("deleted then put", "2");
  for (int i = 0; i < 30; ++i) batch.Put("put often", std::to_string(i));
  batch.Put("", "first");
  batch.Put("", "last");
  ASSERT_TRUE(Write(&batch).ok());
  ExpectContents(
      {{"", "last"}, {"deleted then put", "2"}, {"put often", "29"}});
}

TEST_P(BatchTest, ManyOperationsOnOneKeyAreOneWrite) {
  for (int operations : {2, 25, 26, 100, 101, 1000}) {
    leveldb::WriteBatch batch;
    for (int i = 0; i < operations; ++i) batch.Put("k", std::to_string(i));
    const leveldb::Status status = Write(&batch);
    ASSERT_TRUE(status.ok()) << operations << ": " << status.ToString();
    EXPECT_EQ(Get("k"), std::to_string(operations - 1));
  }
}

TEST_P(BatchTest, OnlyTheKeysThatDifferCountAgainstALimit) {
  leveldb::WriteBatch batch;
  Map expected;
  for (int i = 0; i < 300; ++i) {
    batch.Put(Numbered(i % 100), std::to_string(i));
    expected[Numbered(i % 100)] = std::to_string(i);
  }
  const leveldb::Status status = Write(&batch);
  ASSERT_TRUE(status.ok()) << status.ToString();
  ExpectContents(expected);
}

TEST_P(BatchTest, ABatchMayBeWrittenAgainAndClearedAndReused) {
  leveldb::WriteBatch batch;
  batch.Put("a", "1");
  ASSERT_TRUE(Write(&batch).ok());
  ASSERT_TRUE(Write(&batch).ok());
  ExpectContents({{"a", "1"}});
  batch.Clear();
  batch.Put("b", "2");
  ASSERT_TRUE(Write(&batch).ok());
  ExpectContents({{"a", "1"}, {"b", "2"}});
}

TEST_P(BatchTest, AnyKeysAndValuesGoIntoABatch) {
  Random random(30);
  leveldb::WriteBatch batch;
  Map expected;
  while (expected.size() < 80) {
    const std::string key = RandomKey(&random, 1000);
    const std::string value = random.OneIn(2) ? random.Bytes(random.Below(2000))
                                              : random.Utf8(random.Below(2000));
    batch.Put(key, value);
    expected[key] = value;
  }
  ASSERT_TRUE(Write(&batch).ok());
  ExpectContents(expected);
}

class UnlimitedBatchTest : public ContractTest {};
CONTRACT_SUITE(UnlimitedBatchTest, can.atomic_batch_unlimited);

TEST_P(UnlimitedBatchTest, ABatchOf101KeysIsWritten) {
  for (int size : {101, 5000}) {
    leveldb::WriteBatch batch;
    Map expected;
    for (int i = 0; i < size; ++i) {
      batch.Put(Numbered(i), std::to_string(size));
      expected[Numbered(i)] = std::to_string(size);
    }
    ASSERT_TRUE(Write(&batch).ok()) << size;
    ExpectContents(expected);
  }
}

class AtomicLimitTest : public ContractTest {
 protected:
  dynamodown::WriteOptions Atomic() {
    dynamodown::WriteOptions options;
    options.batch = BatchMode::kAtomic;
    return options;
  }
};
CONTRACT_SUITE(AtomicLimitTest,
               can.atomic_batch && !can.atomic_batch_unlimited);

TEST_P(AtomicLimitTest, ABatchOf101KeysIsNotSupportedInWordsAndWritesNothing) {
  leveldb::WriteBatch batch;
  for (int i = 0; i < 101; ++i) batch.Put(Numbered(i), "v");
  const uint64_t before = database()->GetStats().requests;
  const leveldb::Status status = Write(&batch);
  EXPECT_TRUE(status.IsNotSupportedError()) << status.ToString();
  EXPECT_EQ(KindOf(status), StatusKind::kNotSupported);
  EXPECT_THAT(status.ToString(), HasSubstr("100"));
  EXPECT_THAT(status.ToString(), HasSubstr("101"));
  EXPECT_EQ(database()->GetStats().requests, before);
  ExpectContents({});
}

TEST_P(AtomicLimitTest, ABatchOver4MbIsNotSupportedInWordsAndWritesNothing) {
  leveldb::WriteBatch batch;
  for (int i = 0; i < 11; ++i) {
    batch.Put(Numbered(i), std::string(400000, 'x'));
  }
  const uint64_t before = database()->GetStats().requests;
  const leveldb::Status status = Write(&batch);
  EXPECT_TRUE(status.IsNotSupportedError()) << status.ToString();
  EXPECT_THAT(status.ToString(), HasSubstr("4194304"));
  EXPECT_EQ(database()->GetStats().requests, before);
  ExpectContents({});
}

TEST_P(AtomicLimitTest, ABatchOfJustUnder4MbIsWritten) {
  leveldb::WriteBatch batch;
  Map expected;
  for (int i = 0; i < 10; ++i) {
    expected[Numbered(i)] = std::string(400000, static_cast<char>('a' + i));
    batch.Put(Numbered(i), expected[Numbered(i)]);
  }
  const leveldb::Status status = Write(&batch);
  EXPECT_TRUE(status.ok()) << status.ToString();
  EXPECT_TRUE(Forward(Iterate().get()) == EntriesOf(expected));
}

// DynamoDB Local counts a transaction's units wrong, so they are not checked.
TEST_P(AtomicLimitTest, ABatchIsOneRequest) {
  leveldb::WriteBatch batch;
  for (int i = 0; i < 100; ++i) batch.Put(Numbered(i), "v");
  const uint64_t before = database()->GetStats().requests;
  ASSERT_TRUE(database()->Write(Atomic(), &batch).ok());
  EXPECT_EQ(database()->GetStats().requests - before, 1u);
}

class NoAtomicBatchTest : public ContractTest {};
CONTRACT_SUITE(NoAtomicBatchTest, !can.atomic_batch);

TEST_P(NoAtomicBatchTest, AnAtomicBatchIsNotSupportedInWords) {
  leveldb::WriteBatch batch;
  batch.Put("a", "1");
  batch.Put("b", "2");
  dynamodown::WriteOptions options;
  options.batch = BatchMode::kAtomic;
  const leveldb::Status status = database()->Write(options, &batch);
  EXPECT_TRUE(status.IsNotSupportedError()) << status.ToString();
  EXPECT_THAT(status.ToString(), HasSubstr("no transactions"));
  ExpectContents({});
}

TEST_P(NoAtomicBatchTest, WriteIfIsNotSupportedInWords) {
  leveldb::WriteBatch batch;
  batch.Put("a", "1");
  batch.Put("b", "2");
  const leveldb::Status status =
      database()->WriteIf({}, &batch, {dynamodown::Condition::Absent("a")});
  EXPECT_TRUE(status.IsNotSupportedError()) << status.ToString();
  EXPECT_THAT(status.ToString(), HasSubstr("no transactions"));
  ExpectContents({});
}

TEST_P(NoAtomicBatchTest, AnAtomicBatchOfOneKeyNeedsNoTransaction) {
  leveldb::WriteBatch batch;
  batch.Put("a", "1");
  dynamodown::WriteOptions options;
  options.batch = BatchMode::kAtomic;
  const leveldb::Status status = database()->Write(options, &batch);
  EXPECT_TRUE(status.ok()) << status.ToString();
  ExpectContents({{"a", "1"}});
}

class UnorderedBatchTest : public DatabaseTest {
 protected:
  leveldb::Status WriteUnordered(leveldb::WriteBatch* batch) {
    dynamodown::WriteOptions options;
    options.batch = BatchMode::kUnordered;
    return database()->Write(options, batch);
  }
};
CONTRACT_SUITE(UnorderedBatchTest, can.database);

TEST_P(UnorderedBatchTest, BatchesOfEverySizeArePutAndDeleted) {
  std::vector<int> sizes = kSizes;
  sizes.insert(sizes.end(), {101, 630});
  for (int size : sizes) {
    leveldb::WriteBatch puts;
    leveldb::WriteBatch deletes;
    Map expected;
    for (int i = 0; i < size; ++i) {
      puts.Put(Numbered(i), std::to_string(size));
      deletes.Delete(Numbered(i));
      expected[Numbered(i)] = std::to_string(size);
    }
    const leveldb::Status status = WriteUnordered(&puts);
    ASSERT_TRUE(status.ok()) << size << ": " << status.ToString();
    ExpectContents(expected);
    ASSERT_TRUE(WriteUnordered(&deletes).ok()) << size;
    ExpectContents({});
  }
}

TEST_P(UnorderedBatchTest, TheLastOperationOnAKeyCounts) {
  leveldb::WriteBatch batch;
  for (int i = 0; i < 130; ++i) {
    batch.Put(Numbered(i % 40), std::to_string(i));
    if (i % 3 == 0) batch.Delete(Numbered(i % 40));
  }
  Map expected;
  for (int i = 0; i < 130; ++i) {
    expected[Numbered(i % 40)] = std::to_string(i);
    if (i % 3 == 0) expected.erase(Numbered(i % 40));
  }
  ASSERT_TRUE(WriteUnordered(&batch).ok());
  ExpectContents(expected);
}

TEST_P(UnorderedBatchTest, LargeItemsAreSplitBySizeToo) {
  leveldb::WriteBatch batch;
  Map expected;
  for (int i = 0; i < 45; ++i) {  // 18 MB.
    expected[Numbered(i)] = std::string(400000, static_cast<char>('A' + i));
    batch.Put(Numbered(i), expected[Numbered(i)]);
  }
  const leveldb::Status status = WriteUnordered(&batch);
  ASSERT_TRUE(status.ok()) << status.ToString();
  EXPECT_TRUE(Forward(Iterate().get()) == EntriesOf(expected));
}

class RemoteUnorderedBatchTest : public UnorderedBatchTest {};
CONTRACT_SUITE(RemoteUnorderedBatchTest, can.remote);

TEST_P(RemoteUnorderedBatchTest, ABatchIsARequestPer25AndAUnitPerKb) {
  leveldb::WriteBatch batch;
  for (int i = 0; i < 101; ++i) batch.Put(Numbered(i), "v");
  const dynamodown::Stats before = database()->GetStats();
  ASSERT_TRUE(WriteUnordered(&batch).ok());
  const dynamodown::Stats after = database()->GetStats();
  EXPECT_EQ(after.requests - before.requests, 5u);
  EXPECT_EQ(after.write_units - before.write_units, 101);
}

}  // namespace
}  // namespace dynamodown_test

// The contract of dyno/backend.h on each store below it, and further rules of a
// backend on DynamoDB.

#include "dyno/backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "backends.h"
#include "dynamodown/dyno.h"
#include "support/fake_environment.h"
#include "support/servers.h"

namespace dynamodown_test {
namespace {

using dyno::Backend;
using dyno::Condition;
using dyno::RangeOptions;
using dyno::WriteOutcome;
using dyno::WriteResult;
using leveldb::Slice;
using leveldb::Status;
using leveldb::WriteBatch;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

using Records = std::vector<std::pair<std::string, std::string>>;

std::string KeyOf(size_t i) {
  char digits[8];
  snprintf(digits, sizeof digits, "k%05zu", i);
  return digits;
}

Records RangeOf(Backend* backend, const std::string& start,
                const std::string& limit, const RangeOptions& options = {}) {
  Records records;
  const Status status = backend->Range(
      options, start, limit, [&records](const Slice& key, const Slice& value) {
        records.emplace_back(key.ToString(), value.ToString());
        return true;
      });
  EXPECT_TRUE(status.ok()) << status.ToString();
  return records;
}

class BackendTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    record_store_ = NewRecordStore(GetParam());
    backend_ = record_store_->Open();
  }

  Records All() { return RangeOf(backend_.get(), "", ""); }

  void Write(WriteBatch batch) {
    const WriteResult result = backend_->Write(&batch, false);
    ASSERT_TRUE(result.ok()) << result.status.ToString();
  }
  void Put(const std::string& key, const std::string& value) {
    WriteBatch batch;
    batch.Put(key, value);
    Write(batch);
  }
  /// Whether the conditions were met.
  bool WriteIf(WriteBatch batch, const std::vector<Condition>& conditions) {
    const WriteResult result = backend_->WriteIf(&batch, conditions, true);
    EXPECT_TRUE(result.ok()) << result.status.ToString();
    return result.is_written();
  }

  std::unique_ptr<RecordStore> record_store_;
  std::unique_ptr<Backend> backend_;
};

TEST_P(BackendTest, ARangeIsHalfOpenAndInTheOrderOfBytes) {
  for (const char* key : {"b", "a", "a/1", "a0", "\xc3\xa9", "a/", "B"}) {
    Put(key, std::string("v ") + key);
  }
  const auto keys = [this](const std::string& start, const std::string& limit) {
    std::vector<std::string> found;
    for (const auto& [key, value] : RangeOf(backend_.get(), start, limit)) {
      EXPECT_EQ(value, "v " + key);
      found.push_back(key);
    }
    return found;
  };
  EXPECT_THAT(keys("", ""),
              ElementsAre("B", "a", "a/", "a/1", "a0", "b", "\xc3\xa9"));
  EXPECT_THAT(keys("a/", "a0"), ElementsAre("a/", "a/1"));
  EXPECT_THAT(keys("", "a"), ElementsAre("B"));
  EXPECT_THAT(keys("a0", ""), ElementsAre("a0", "b", "\xc3\xa9"));
  EXPECT_THAT(keys("a1", "a2"), IsEmpty());
  EXPECT_THAT(keys("b", "b"), IsEmpty());
  EXPECT_THAT(keys("b", "a"), IsEmpty());
}

TEST_P(BackendTest, AnExpectationIsAHintAndNoLimit) {
  for (size_t i = 0; i < 9; ++i) Put(KeyOf(i), "v");
  for (const size_t expected : {size_t{0}, size_t{1}, size_t{4}, SIZE_MAX}) {
    RangeOptions options;
    options.expected = expected;
    EXPECT_EQ(RangeOf(backend_.get(), "k", "l", options).size(), 9u);
    EXPECT_EQ(RangeOf(backend_.get(), "", "", options).size(), 9u);
  }
}

TEST_P(BackendTest, WithKeysOnlyTheKeysAreThere) {
  Put("a", "1");
  Put("b", "2");
  RangeOptions options;
  options.keys_only = true;
  std::vector<std::string> keys;
  for (const auto& record : RangeOf(backend_.get(), "", "", options)) {
    keys.push_back(record.first);
  }
  EXPECT_THAT(keys, ElementsAre("a", "b"));
}

TEST_P(BackendTest, AVisitorEndsTheRangeAndMayCallTheBackend) {
  for (size_t i = 0; i < 5; ++i) Put(KeyOf(i), "v");
  size_t visited = 0;
  const Status status = backend_->Range(
      RangeOptions(), "k", "l", [&](const Slice& key, const Slice&) {
        EXPECT_EQ(key.ToString(), KeyOf(visited));
        Put("x" + key.ToString(), "seen");
        EXPECT_EQ(RangeOf(backend_.get(), "x", "y").size(), visited + 1);
        return ++visited < 3;
      });
  EXPECT_TRUE(status.ok()) << status.ToString();
  EXPECT_EQ(visited, 3u);
}

TEST_P(BackendTest, ARangeOfManyMegabytesIsWhole) {
  for (size_t i = 0; i < 30; ++i) Put(KeyOf(i), std::string(100000, 'v'));
  const Records records = RangeOf(backend_.get(), "k", "l");
  ASSERT_EQ(records.size(), 30u);
  for (size_t i = 0; i < records.size(); ++i) {
    EXPECT_EQ(records[i].first, KeyOf(i));
    EXPECT_EQ(records[i].second.size(), 100000u);
  }
}

TEST_P(BackendTest, KeysOf1024BytesAndValuesOfAnyBytes) {
  const std::string key(1024, 'k');
  const std::string value("\0\xff\n\x80", 4);
  Put(key, value);
  Put("empty", "");
  EXPECT_THAT(All(), ElementsAre(Pair("empty", ""), Pair(key, value)));
}

TEST_P(BackendTest, ABatchPutsAndDeletes) {
  Put("a", "1");
  Put("b", "1");
  WriteBatch batch;
  batch.Put("a", "2");
  batch.Delete("b");
  batch.Put("c", "2");
  batch.Delete("not there");
  Write(batch);
  EXPECT_THAT(All(), ElementsAre(Pair("a", "2"), Pair("c", "2")));
}

TEST_P(BackendTest, AConditionHoldsOrNothingIsWritten) {
  Put("a", "1");
  Put("empty", "");
  WriteBatch batch;
  batch.Put("new", "v");
  const std::vector<Condition> unmet[] = {
      {Condition::Absent("a")},
      {Condition::Absent("empty")},
      {Condition::Present("b")},
      {Condition::Equals("a", "2")},
      {Condition::Equals("a", "")},
      {Condition::Equals("b", "")},
      {Condition::Equals("empty", "1")},
      {Condition::Present("new")},
      {Condition::Present("a"), Condition::Present("b")},
      {Condition::Absent("b"), Condition::Equals("a", "2")},
  };
  for (const auto& conditions : unmet) {
    EXPECT_FALSE(WriteIf(batch, conditions));
    EXPECT_EQ(All().size(), 2u);
  }
  const std::vector<Condition> met[] = {
      {Condition::Present("a")},
      {Condition::Absent("b")},
      {Condition::Equals("a", "1"), Condition::Absent("b")},
      {Condition::Equals("empty", "")},
      {Condition::Absent("new"), Condition::Present("empty")},
      {},
  };
  for (const auto& conditions : met) {
    EXPECT_TRUE(WriteIf(batch, conditions));
    EXPECT_EQ(All().size(), 3u);
    WriteBatch undo;
    undo.Delete("new");
    Write(undo);
  }
}

TEST_P(BackendTest, AConditionMayBeOnAKeyThatIsWritten) {
  WriteBatch make;
  make.Put("a", "1");
  EXPECT_TRUE(WriteIf(make, {Condition::Absent("a")}));
  EXPECT_FALSE(WriteIf(make, {Condition::Absent("a")}));
  WriteBatch change;
  change.Put("a", "2");
  EXPECT_TRUE(WriteIf(change, {Condition::Equals("a", "1")}));
  EXPECT_FALSE(WriteIf(change, {Condition::Equals("a", "1")}));
  WriteBatch remove;
  remove.Delete("a");
  EXPECT_FALSE(WriteIf(remove, {Condition::Equals("a", "1")}));
  EXPECT_TRUE(WriteIf(remove, {Condition::Present("a")}));
  EXPECT_FALSE(WriteIf(remove, {Condition::Present("a")}));
  EXPECT_THAT(All(), IsEmpty());
}

TEST_P(BackendTest, AWriteIfTakesMaxBatchKeys) {
  const size_t n = std::min<size_t>(backend_->max_batch(), 3000);
  EXPECT_GE(n, 8u);
  WriteBatch batch;
  std::vector<Condition> conditions;
  for (size_t i = 0; i < n; ++i) {
    batch.Put(KeyOf(i), "v");
    conditions.push_back(Condition::Absent(KeyOf(i)));
  }
  EXPECT_TRUE(WriteIf(batch, conditions));
  EXPECT_EQ(All().size(), n);
  EXPECT_FALSE(WriteIf(batch, conditions));
  Write(batch);
  EXPECT_EQ(All().size(), n);
}

TEST_P(BackendTest, WhatWasWrittenIsThereWhenItIsOpenedAgain) {
  Put("a", "1");
  backend_.reset();
  backend_ = record_store_->Open();
  EXPECT_THAT(All(), ElementsAre(Pair("a", "1")));
}

TEST_P(BackendTest, SharedOnesSeeEachOthersWritesAtOnce) {
  const bool is_shared = GetParam() == "fake" || GetParam() == "local";
  ASSERT_EQ(backend_->shared(), is_shared);
  if (!is_shared) return;
  const std::unique_ptr<Backend> other = record_store_->Open();
  Put("a", "1");
  EXPECT_THAT(RangeOf(other.get(), "", ""), ElementsAre(Pair("a", "1")));
  WriteBatch batch;
  batch.Put("a", "2");
  EXPECT_TRUE(other->WriteIf(&batch, {Condition::Equals("a", "1")}, false)
                  .is_written());
  EXPECT_FALSE(WriteIf(batch, {Condition::Equals("a", "1")}));
  EXPECT_THAT(All(), ElementsAre(Pair("a", "2")));
}

INSTANTIATE_TEST_SUITE_P(RecordStores, BackendTest,
                         testing::ValuesIn(RecordStoreNames()),
                         [](const auto& name) { return name.param; });

// --------------------------------------------------------- on the fake alone

class DoubleBackendTest : public testing::Test {
 protected:
  void Open() {
    db_ = environment_.Open("table/s");
    backend_.reset(dynamodown::NewDynoBackend(db_.get()));
  }
  WriteResult WriteIf(const std::vector<Condition>& conditions) {
    WriteBatch batch;
    batch.Put("a", "1");
    return backend_->WriteIf(&batch, conditions, false);
  }
  WriteResult Put() {
    WriteBatch batch;
    batch.Put("a", "1");
    return backend_->Write(&batch, false);
  }

  FakeEnvironment environment_;
  std::unique_ptr<dynamodown::Database> db_;
  std::unique_ptr<Backend> backend_;
};

TEST_F(DoubleBackendTest, ReadsAreStrongAndBatchesAtomicWhateverTheStoreDoes) {
  environment_.options.consistency = dynamodown::Consistency::kEventual;
  environment_.options.batch = dynamodown::BatchMode::kUnordered;
  Open();
  environment_.dynamo.Clear();
  WriteBatch batch;
  batch.Put("a", "1");
  batch.Put("b", "2");
  ASSERT_TRUE(backend_->Write(&batch, false).ok());
  EXPECT_EQ(environment_.dynamo.count("TransactWriteItems"), 1u);
  EXPECT_EQ(environment_.dynamo.count(""), 1u);
  EXPECT_EQ(RangeOf(backend_.get(), "a", "c").size(), 2u);
  const std::vector<Json> queries = environment_.Bodies("Query");
  ASSERT_EQ(queries.size(), 1u);
  EXPECT_EQ(queries[0].at("ConsistentRead"), true);
}

TEST_F(DoubleBackendTest, WhatCannotBeReadIsLeftOutAndNamed) {
  Open();
  ASSERT_TRUE(Put().ok());
  environment_.PutItem("table", {{"hkey", S("s")}, {"rkey", B("b")}});
  environment_.PutItem("table",
                       {{"hkey", S("s")}, {"rkey", B("c")}, {"value", S("3")}});
  bool damaged = false;
  RangeOptions options;
  options.damaged = &damaged;
  Records records;
  const Status status = backend_->Range(
      options, "", "", [&](const Slice& key, const Slice& value) {
        EXPECT_TRUE(damaged || key == "a");
        records.emplace_back(key.ToString(), value.ToString());
        return true;
      });
  EXPECT_TRUE(status.IsCorruption()) << status.ToString();
  EXPECT_THAT(status.ToString(), HasSubstr("\"b\""));
  EXPECT_THAT(records, ElementsAre(Pair("a", "1"), Pair("c", "3")));
}

TEST_F(DoubleBackendTest, AnErrorSaysWhetherTheWriteMayBeThere) {
  environment_.options.retry.max_attempts = 1;
  Open();
  struct Case {
    const char* what;
    std::function<void()> fault;
    WriteOutcome outcome;
  };
  const Case cases[] = {
      {"denied",
       [this] {
         environment_.dynamo.FailNext("", 1, 400, "AccessDeniedException",
                                      "no");
       },
       WriteOutcome::kNothingWritten},
      {"throttled",
       [this] {
         environment_.dynamo.FailNext("", 1, 400, "ThrottlingException",
                                      "slow");
       },
       WriteOutcome::kNothingWritten},
      {"refused", [this] { environment_.dynamo.RefuseNext("", 1); },
       WriteOutcome::kNothingWritten},
      {"lost", [this] { environment_.dynamo.LoseAnswersNext("", 1); },
       WriteOutcome::kUnknown},
      {"failing",
       [this] {
         environment_.dynamo.FailNext("", 1, 500, "InternalServerError",
                                      "oops");
       },
       WriteOutcome::kUnknown},
      {"failing with our own words",
       [this] {
         environment_.dynamo.FailNext("", 1, 500, "InternalServerError",
                                      "oops; nothing was written");
       },
       WriteOutcome::kUnknown},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.what);
    each.fault();
    for (const bool is_conditional : {false, true}) {
      if (is_conditional) each.fault();
      const WriteResult result = is_conditional ? WriteIf({}) : Put();
      EXPECT_TRUE(result.status.IsIOError()) << result.status.ToString();
      EXPECT_EQ(result.outcome, each.outcome) << result.status.ToString();
    }
  }
  const WriteResult unmet = WriteIf({Condition::Present("not there")});
  EXPECT_TRUE(unmet.ok()) << unmet.status.ToString();
  EXPECT_EQ(unmet.outcome, WriteOutcome::kNothingWritten);
  WriteBatch refused;
  refused.Put(std::string(1025, 'k'), "v");
  const WriteResult invalid = backend_->Write(&refused, false);
  EXPECT_TRUE(invalid.status.IsInvalidArgument()) << invalid.status.ToString();
  EXPECT_EQ(invalid.outcome, WriteOutcome::kNothingWritten);
}

TEST_F(DoubleBackendTest, ALostConflictIsAnErrorAndNotAnUnmetCondition) {
  Open();
  ASSERT_TRUE(Put().ok());
  // The first attempt may still arrive, and its condition may hold by then.
  environment_.dynamo.FailNext("TransactWriteItems", 1, 500,
                               "InternalServerError", "oops");
  const WriteResult result = WriteIf({Condition::Absent("a")});
  EXPECT_TRUE(result.status.IsIOError()) << result.status.ToString();
  EXPECT_EQ(result.outcome, WriteOutcome::kUnknown);
}

TEST_F(DoubleBackendTest, OthersWhoKeepWinningAreAnError) {
  environment_.options.retry.max_attempts = 2;
  Open();
  environment_.dynamo.CancelNext(2, {"TransactionConflict"});
  const WriteResult result = WriteIf({Condition::Absent("a")});
  EXPECT_EQ(dynamodown::KindOf(result.status),
            dynamodown::StatusKind::kConflict)
      << result.status.ToString();
  EXPECT_FALSE(result.is_written());
}

TEST_F(DoubleBackendTest, DynosOwnLevelDbBackendIsRefusedForASharedStore) {
  Open();
  dyno::Store* store = nullptr;
  const Status status =
      dyno::Open(dyno::Options(), static_cast<leveldb::DB*>(db_.get()), &store);
  EXPECT_TRUE(status.IsInvalidArgument()) << status.ToString();
  EXPECT_THAT(status.ToString(), HasSubstr("dynamodown/dyno.h"));
  EXPECT_EQ(store, nullptr);
}

}  // namespace
}  // namespace dynamodown_test

int main(int argc, char** argv) {
  dynamodown_test::UseLocalCredentials();
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}

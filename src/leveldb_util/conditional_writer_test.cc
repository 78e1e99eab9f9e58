#include "leveldb_util/conditional_writer.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "dynamodown/db.h"
#include "leveldb/env.h"
#include "support/temp_dir.h"

namespace dynamodown {
namespace {

class ConditionalWriterTest : public testing::Test {
 protected:
  ConditionalWriterTest() {
    leveldb::Options options;
    options.create_if_missing = true;
    leveldb::DB* db = nullptr;
    EXPECT_TRUE(leveldb::DB::Open(options, folder_.path(), &db).ok());
    db_.reset(db);
    writer_.emplace(db);
  }

  /// Puts key "k" if `conditions` hold. Otherwise returns the index of the
  /// first condition that does not hold.
  std::optional<size_t> PutIf(const std::string& value,
                              const std::vector<Condition>& conditions) {
    leveldb::WriteBatch batch;
    batch.Put("k", value);
    const ConditionalWriter::Result result =
        writer_->WriteIf(leveldb::WriteOptions(), &batch, conditions);
    EXPECT_TRUE(result.status.ok());
    EXPECT_EQ(result.began_to_write, !result.failed_condition.has_value());
    return result.failed_condition;
  }
  std::string Get() {
    std::string value;
    return db_->Get(leveldb::ReadOptions(), "k", &value).ok() ? value : "";
  }

  dynamodown_test::TempDir folder_;
  std::unique_ptr<leveldb::DB> db_;
  std::optional<ConditionalWriter> writer_;
};

TEST_F(ConditionalWriterTest, WritesIfAllConditionsHold) {
  EXPECT_EQ(PutIf("1", {Condition::Absent("k")}), std::nullopt);
  EXPECT_EQ(PutIf("2", {Condition::Present("k"), Condition::Absent("other")}),
            std::nullopt);
  EXPECT_EQ(PutIf("3", {Condition::Equals("k", "2")}), std::nullopt);
  EXPECT_EQ(Get(), "3");
}

TEST_F(ConditionalWriterTest, AFailedConditionIsNamedAndNothingIsWritten) {
  PutIf("1", {});
  EXPECT_EQ(PutIf("2", {Condition::Equals("k", "1"), Condition::Absent("k")}),
            1u);
  EXPECT_EQ(PutIf("2", {Condition::Equals("k", "0")}), 0u);
  EXPECT_EQ(PutIf("2", {Condition::Present("other")}), 0u);
  EXPECT_EQ(Get(), "1");
}

TEST_F(ConditionalWriterTest, OtherWritesDoNotStarveWriteIf) {
  std::atomic<bool> ends = false;
  const auto write = [&] {
    while (!ends) {
      const auto lock = writer_->ShareWriting();
      db_->Put(leveldb::WriteOptions(), "other", "v");
    }
  };
  std::thread one(write);
  std::thread two(write);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(PutIf(std::to_string(i), {}), std::nullopt);
  }
  ends = true;
  one.join();
  two.join();
  EXPECT_EQ(Get(), "99");
}

}  // namespace
}  // namespace dynamodown

#include "store/table/batch_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

namespace dynamodown {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Schema DefaultSchema() {
  Schema schema;
  schema.keys = {"table", "hkey", "rkey"};
  return schema;
}

const ItemCodec& Codec() {
  static const ItemCodec* const codec =
      new ItemCodec(DefaultSchema(), "store", Limits());
  return *codec;
}

constexpr std::nullopt_t kDelete = std::nullopt;

std::string ValueOf(const PlannedWrite& write) {
  return write.put ? Find(*write.put, "value")->text : "deleted";
}

/// Returns "key=value" or "key=deleted" for each write, in the plan's order.
std::vector<std::string> Summary(const std::vector<PlannedWrite>& plan) {
  std::vector<std::string> summary;
  for (const PlannedWrite& write : plan) {
    summary.push_back(write.stored_key + "=" + ValueOf(write));
  }
  return summary;
}

TEST(PlanBatch, TheLastOperationOnAKeyTakesThePositionOfTheFirst) {
  const auto plan = PlanBatch(Codec(), {{"b", "1"},
                                        {"a", "2"},
                                        {"b", kDelete},
                                        {"c", kDelete},
                                        {"b", "3"},
                                        {"a", kDelete}});
  ASSERT_TRUE(plan.ok());
  EXPECT_THAT(Summary(*plan), ElementsAre("b=3", "a=deleted", "c=deleted"));
}

TEST(PlanBatch, HasTheSameEffectAsTheOperationsInOrder) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> keys;
    std::vector<std::string> values;
    std::vector<bool> is_put;
    for (size_t n = random() % 40; n > 0; --n) {
      keys.push_back("k" + std::to_string(random() % 12));
      values.push_back(std::to_string(random()));
      is_put.push_back(random() % 3 != 0);
    }
    std::vector<BatchOperation> operations;
    std::map<std::string, std::string> wanted;
    for (size_t i = 0; i < keys.size(); ++i) {
      operations.push_back({keys[i], std::nullopt});
      if (is_put[i]) operations.back().value = values[i];
      wanted[keys[i]] = is_put[i] ? values[i] : "deleted";
    }
    const auto plan = PlanBatch(Codec(), operations);
    ASSERT_TRUE(plan.ok());
    std::map<std::string, std::string> planned;
    for (const PlannedWrite& write : *plan) {
      ASSERT_TRUE(planned.emplace(write.stored_key, ValueOf(write)).second);
    }
    EXPECT_EQ(planned, wanted);
  }
}

TEST(PlanBatch, BytesCountTheItemOfAPutAndTheKeyOfADelete) {
  const auto plan = PlanBatch(Codec(), {{"key", "12345"}, {"other", kDelete}});
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ((*plan)[0].bytes, Codec().ItemBytes(3, 5));
  EXPECT_EQ((*plan)[1].bytes, Codec().KeyBytes(5));
}

TEST(PlanBatch, ADeleteOfAKeyThatCannotBeStoredIsLeftOut) {
  const std::string over(1025, 'k');
  const auto plan = PlanBatch(Codec(), {{over, kDelete}, {"a", "1"}});
  ASSERT_TRUE(plan.ok());
  EXPECT_THAT(Summary(*plan), ElementsAre("a=1"));
}

TEST(PlanBatch, APutThatCannotBeStoredIsRefusedWithItsIndex) {
  const std::string over(1025, 'k');
  const auto refused =
      PlanBatch(Codec(), {{"a", "1"}, {"b", "2"}, {over, "3"}});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalidArgument);
  EXPECT_EQ(refused.error().message,
            "operation 2 of the batch: a key of 1025 bytes cannot be stored: "
            "the limit is 1024; use shorter keys");
}

TEST(PlanBatch, ASupersededPutThatCannotBeStoredIsRefusedToo) {
  const std::string over(409'600, 'v');
  const auto refused = PlanBatch(Codec(), {{"a", over}, {"a", kDelete}});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalidArgument);
  EXPECT_EQ(refused.error().message.find("operation 0 of the batch: "), 0u)
      << refused.error().message;
}

TEST(CheckAtomic, AllowsTheLimitsAndNotOneMore) {
  const Limits limits;
  EXPECT_TRUE(CheckAtomic(100, 100, limits, Advice()).ok());
  EXPECT_FALSE(CheckAtomic(101, 101, limits, Advice()).ok());
  EXPECT_TRUE(CheckAtomic(64, 64 * 65536, limits, Advice()).ok());
  EXPECT_FALSE(CheckAtomic(64, 64 * 65536 + 1, limits, Advice()).ok());
}

TEST(CheckAtomic, SaysWhatToDo) {
  const Result<void> refused = CheckAtomic(101, 101'000, Limits(), Advice());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kNotSupported);
  EXPECT_EQ(refused.error().message,
            "an atomic batch of 101 keys and 101000 bytes: the limits are 100 "
            "keys and 4194304 bytes; write smaller batches");
}

TEST(CutRuns, EndsARunBeforeEitherLimitIsExceeded) {
  EXPECT_THAT(CutRuns({}, 3, 10), IsEmpty());
  EXPECT_THAT(CutRuns({1, 1, 1, 1, 1, 1, 1}, 3, 10), ElementsAre(3, 6, 7));
  EXPECT_THAT(CutRuns({1, 1, 1, 1, 1, 1}, 3, 10), ElementsAre(3, 6));
  EXPECT_THAT(CutRuns({5, 5, 1, 9, 1, 1}, 100, 10), ElementsAre(2, 4, 6));
}

TEST(CutRuns, AnItemOverTheLimitIsARunOfItsOwn) {
  EXPECT_THAT(CutRuns({1, 50, 1}, 100, 10), ElementsAre(1, 2, 3));
  EXPECT_THAT(CutRuns({50}, 100, 10), ElementsAre(1));
}

TEST(CutRuns, RunsCoverEachItemOnceInOrderWithinTheLimits) {
  std::mt19937_64 random(8);
  for (int round = 0; round < 500; ++round) {
    std::vector<size_t> sizes(random() % 60);
    for (size_t& size : sizes) size = random() % 30;
    const size_t items_max = 1 + random() % 10;
    const size_t bytes_max = 1 + random() % 40;
    size_t begin = 0;
    for (const size_t end : CutRuns(sizes, items_max, bytes_max)) {
      ASSERT_GT(end, begin);
      ASSERT_LE(end - begin, items_max);
      size_t bytes = 0;
      for (size_t i = begin; i < end; ++i) bytes += sizes[i];
      ASSERT_TRUE(bytes <= bytes_max || end == begin + 1);
      begin = end;
    }
    ASSERT_EQ(begin, sizes.size());
  }
}

}  // namespace
}  // namespace dynamodown

#include "ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace face {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class LedgerTest : public testing::Test {
 protected:
  Ledger ledger_;
  Ledger::Entry a_, b_, c_, d_;
};

TEST_F(LedgerTest, CallsOnDifferentKeysDoNotWait) {
  ledger_.Write(&a_, {"1"});
  ledger_.Write(&b_, {"2"});
  ledger_.Read(&c_, "3");
  EXPECT_TRUE(a_.is_ready() && b_.is_ready() && c_.is_ready());
}

TEST_F(LedgerTest, AWriteComesAfterTheLastOneOfItsKey) {
  ledger_.Write(&a_, {"1"});
  ledger_.Write(&b_, {"1"});
  ledger_.Write(&c_, {"1"});
  EXPECT_FALSE(b_.is_ready() || c_.is_ready());
  EXPECT_THAT(ledger_.Done(&a_), ElementsAre(&b_));
  EXPECT_THAT(ledger_.Done(&b_), ElementsAre(&c_));
  EXPECT_THAT(ledger_.Done(&c_), IsEmpty());
  EXPECT_FALSE(ledger_.has_writes());
}

TEST_F(LedgerTest, ABatchWaitsForEachOfItsKeys) {
  ledger_.Write(&a_, {"1"});
  ledger_.Write(&b_, {"2"});
  ledger_.Write(&c_, {"1", "2", "2", "3"});
  EXPECT_THAT(ledger_.Done(&b_), IsEmpty());
  EXPECT_THAT(ledger_.Done(&a_), ElementsAre(&c_));
  ledger_.Read(&d_, "3");
  EXPECT_THAT(ledger_.Done(&c_), ElementsAre(&d_));
}

TEST_F(LedgerTest, AReadComesAfterItsKeysWritesOnly) {
  ledger_.Write(&a_, {"1"});
  ledger_.Read(&b_, "1");
  ledger_.Read(&c_, "2");
  EXPECT_FALSE(b_.is_ready());
  EXPECT_TRUE(c_.is_ready());
  EXPECT_THAT(ledger_.Done(&a_), ElementsAre(&b_));
}

TEST_F(LedgerTest, AWriteDoesNotWaitForReads) {
  ledger_.Read(&a_, "1");
  ledger_.ReadAll(&b_);
  ledger_.Write(&c_, {"1"});
  EXPECT_TRUE(c_.is_ready());
}

TEST_F(LedgerTest, AReadOfAllComesAfterAllWritesBeforeIt) {
  ledger_.Write(&a_, {"1"});
  ledger_.Write(&b_, {"2"});
  ledger_.ReadAll(&c_);
  ledger_.Write(&d_, {"3"});
  EXPECT_THAT(ledger_.Done(&b_), IsEmpty());
  EXPECT_THAT(ledger_.Done(&a_), ElementsAre(&c_));
}

TEST_F(LedgerTest, ABarrierComesBetweenWhatIsBeforeAndAfterIt) {
  ledger_.Write(&a_, {"1"});
  ledger_.Barrier(&b_);
  ledger_.Write(&c_, {"2"});
  ledger_.Read(&d_, "3");
  EXPECT_FALSE(b_.is_ready() || c_.is_ready() || d_.is_ready());
  EXPECT_THAT(ledger_.Done(&a_), ElementsAre(&b_));
  EXPECT_THAT(ledger_.Done(&b_), ElementsAre(&c_, &d_));
}

TEST_F(LedgerTest, AnEntryComesAfterWhatItNames) {
  ledger_.After(&b_, &a_);
  EXPECT_FALSE(b_.is_ready());
  EXPECT_THAT(ledger_.Done(&a_), ElementsAre(&b_));
}

}  // namespace
}  // namespace face

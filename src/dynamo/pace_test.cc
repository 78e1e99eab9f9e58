// Tests of the limit on units per second. Pace decides, and PacedClient waits.

#include "dynamo/pace.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "aws/client_test_environment.h"
#include "dynamo/client_stack.h"

namespace dynamodown {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using TimePoint = Pace::TimePoint;

constexpr TimePoint kStart = TimePoint(seconds(1000));

TEST(Pace, TheFirstCallBeginsAtOnceAndTheNextWhenTheFirstIsPaid) {
  Pace pace(10);
  EXPECT_EQ(pace.Reserve(kStart, 5), kStart);
  EXPECT_EQ(pace.Reserve(kStart, 1), kStart + milliseconds(500));
  EXPECT_EQ(pace.Reserve(kStart, 1), kStart + milliseconds(600));
}

TEST(Pace, ConsumedUnitsCountAndNotReservedUnits) {
  Pace pace(10);
  EXPECT_EQ(pace.Reserve(kStart, 1), kStart);
  pace.Settle(1, 20);
  EXPECT_EQ(pace.Reserve(kStart, 5), kStart + seconds(2));
  pace.Settle(5, 0);
  EXPECT_EQ(pace.Reserve(kStart, 1), kStart + seconds(2));
}

TEST(Pace, IdleTimeIsNotSavedUp) {
  Pace pace(10);
  EXPECT_EQ(pace.Reserve(kStart, 1), kStart);
  const TimePoint later = kStart + seconds(3600);
  EXPECT_EQ(pace.Reserve(later, 10), later - Pace::kCatchUp);
  EXPECT_EQ(pace.Reserve(later, 1), later - Pace::kCatchUp + seconds(1));
}

/// A client whose calls take the time, and consume the units, that the test
/// sets.
class CostlyClient final : public Client {
 public:
  explicit CostlyClient(TestScheduler* scheduler) : scheduler_(scheduler) {}

  Result<void, ServiceError> Send(Operation* operation,
                                  const CallOptions& options,
                                  Traffic* traffic) override {
    begun.push_back(scheduler_->elapsed());
    if (options.progress_at) {
      since_progress = scheduler_->Now() - *options.progress_at;
    }
    scheduler_->Advance(takes);
    if (fails) return ServiceError();
    (operation->writes() ? traffic->write_units : traffic->read_units) += costs;
    return {};
  }

  milliseconds takes{5};
  double costs = 1;
  bool fails = false;
  std::vector<Scheduler::Duration> begun;
  Scheduler::Duration since_progress{};  // When the last call began.

 private:
  TestScheduler* const scheduler_;
};

TEST(PacedClient, CallsOfAnyCostKeepTheRate) {
  for (const uint32_t seed : {1u, 2u, 3u}) {
    TestScheduler scheduler;
    CostlyClient costly(&scheduler);
    const auto paced = NewPacedClient(&costly, {0, 100}, &scheduler);
    std::mt19937 random(seed);
    double consumed = 0;
    for (int i = 0; i < 500; ++i) {
      costly.costs = std::uniform_int_distribution(1, 50)(random);
      consumed += costly.costs;
      PutItem put;
      ASSERT_TRUE(paced->Send(&put).ok());
    }
    const double took =
        std::chrono::duration<double>(scheduler.elapsed()).count();
    EXPECT_NEAR(consumed / took, 100, 1) << "seed " << seed;
  }
}

TEST(PacedClient, TheWaitIsNoLackOfProgress) {
  TestScheduler scheduler;
  CostlyClient costly(&scheduler);
  costly.costs = 200;
  const auto paced = NewPacedClient(&costly, {1, 0}, &scheduler);
  for (int i = 0; i < 3; ++i) {
    Query page;
    const Scheduler::TimePoint progress_at = scheduler.Now();
    ASSERT_TRUE(paced->Send(&page, {{}, progress_at}).ok());
    EXPECT_EQ(costly.since_progress, milliseconds(0)) << "page " << i;
  }
  EXPECT_GE(scheduler.elapsed(), seconds(400));
}

TEST(PacedClient, AFailedCallIsChargedWhatItReserved) {
  TestScheduler scheduler;
  CostlyClient costly(&scheduler);
  costly.takes = milliseconds(0);
  costly.costs = 10;
  const auto paced = NewPacedClient(&costly, {0, 10}, &scheduler);
  for (int i = 0; i < 4; ++i) {
    costly.fails = i > 0;
    BatchWriteItem batch;
    batch.requests.resize(10);
    EXPECT_EQ(paced->Send(&batch).ok(), i == 0);
  }
  EXPECT_EQ(scheduler.elapsed(), seconds(3));
}

TEST(PacedClient, ReadsAndWritesHaveSeparateLimits) {
  TestScheduler scheduler;
  CostlyClient costly(&scheduler);
  costly.takes = milliseconds(0);
  const auto paced = NewPacedClient(&costly, {1, 0}, &scheduler);
  for (int i = 0; i < 3; ++i) {
    PutItem put;
    ASSERT_TRUE(paced->Send(&put).ok());
  }
  EXPECT_EQ(scheduler.elapsed(), seconds(0)) << "writes have no limit here";
  for (int i = 0; i < 3; ++i) {
    GetItem get;
    ASSERT_TRUE(paced->Send(&get).ok());
  }
  EXPECT_EQ(scheduler.elapsed(), seconds(2));
}

TEST(PacedClient, ABatchIsFirstEstimatedAtOneUnitPerItem) {
  TestScheduler scheduler;
  CostlyClient costly(&scheduler);
  costly.takes = milliseconds(0);
  costly.costs = 25;
  const auto paced = NewPacedClient(&costly, {0, 25}, &scheduler);
  for (int i = 0; i < 3; ++i) {
    BatchWriteItem batch;
    batch.requests.resize(25);
    ASSERT_TRUE(paced->Send(&batch).ok());
  }
  EXPECT_EQ(costly.begun, (std::vector<Scheduler::Duration>{
                              seconds(0), seconds(1), seconds(2)}));
}

std::vector<std::unique_ptr<Operation>> PacedOperations() {
  std::vector<std::unique_ptr<Operation>> all;
  all.push_back(std::make_unique<GetItem>());
  all.push_back(std::make_unique<Query>());
  all.push_back(std::make_unique<Scan>());
  auto get = std::make_unique<BatchGetItem>();
  get->ranges.resize(25);
  all.push_back(std::move(get));
  all.push_back(std::make_unique<PutItem>());
  all.push_back(std::make_unique<UpdateItem>());
  all.push_back(std::make_unique<DeleteItem>());
  auto write = std::make_unique<BatchWriteItem>();
  write->requests.resize(25);
  all.push_back(std::move(write));
  auto transaction = std::make_unique<TransactWriteItems>();
  transaction->writes_in_order.resize(25);
  all.push_back(std::move(transaction));
  return all;
}

/// The time of 10 calls of `operation` at 1 unit per second, if each call
/// reports `costs` units.
Scheduler::Duration TimeOfCalls(Operation* operation, double costs,
                                bool fails) {
  TestScheduler scheduler;
  CostlyClient costly(&scheduler);
  costly.takes = milliseconds(0);
  costly.costs = costs;
  costly.fails = fails;
  const auto paced = NewPacedClient(&costly, {1, 1}, &scheduler);
  for (int i = 0; i < 10; ++i) (void)paced->Send(operation);
  return scheduler.elapsed();
}

TEST(PacedClient, NoReportOfUnitsTurnsTheLimitOffOrStopsTheCalls) {
  for (const auto& operation : PacedOperations()) {
    const double items =
        std::max(1.0, static_cast<double>(operation->unprocessed()));
    for (const double costs : {0.0, 1e-9, 0.1, 1.0, 1e6, 1e300}) {
      for (const bool fails : {false, true}) {
        SCOPED_TRACE(std::string(operation->name()) + " " +
                     std::to_string(costs) + (fails ? " fails" : ""));
        const double took = std::chrono::duration<double>(
                                TimeOfCalls(operation.get(), costs, fails))
                                .count();
        EXPECT_GE(took, 9 * items * 0.5);
        EXPECT_LE(took, 9 * operation->units_max());
      }
    }
  }
}

TEST(PacedClient, OneReportThatNothingExplainsStopsNoCalls) {
  for (const auto& operation : PacedOperations()) {
    SCOPED_TRACE(operation->name());
    TestScheduler scheduler;
    CostlyClient costly(&scheduler);
    costly.takes = milliseconds(0);
    const auto paced = NewPacedClient(&costly, {1, 1}, &scheduler);
    for (int i = 0; i < 10; ++i) {
      costly.costs = i == 3 ? operation->units_max() : operation->units_min();
      ASSERT_TRUE(paced->Send(operation.get()).ok());
    }
    // A read may take all its units; those of a write must be explained.
    const double most = operation->writes() ? 0 : operation->units_max();
    EXPECT_LE(std::chrono::duration<double>(scheduler.elapsed()).count(),
              9 * 50 + most);
  }
}

TEST(PacedClient, RepeatedReportsOverTheSizeOfTheRequestCount) {
  TestScheduler scheduler;
  CostlyClient costly(&scheduler);
  costly.takes = milliseconds(0);
  costly.costs = 400;  // Deletes large items.
  const auto paced = NewPacedClient(&costly, {0, 100}, &scheduler);
  for (int i = 0; i < 12; ++i) {
    DeleteItem remove;
    ASSERT_TRUE(paced->Send(&remove).ok());
  }
  EXPECT_GE(scheduler.elapsed(), seconds(10 * 4));
}

/// Writes of 3 items with 300 KB of values together, and their least units.
std::vector<std::pair<std::unique_ptr<Operation>, double>> LargeWrites() {
  const Item item = {{"v", AttributeValue::S(std::string(100 << 10, 'v'))}};
  std::vector<std::pair<std::unique_ptr<Operation>, double>> all;
  auto put = std::make_unique<PutItem>();
  put->item = item;
  all.emplace_back(std::move(put), 101);
  auto update = std::make_unique<UpdateItem>();
  update->set = item;
  all.emplace_back(std::move(update), 101);
  auto batch = std::make_unique<BatchWriteItem>();
  batch->requests.assign(3, {{}, item});
  batch->requests.push_back({});
  all.emplace_back(std::move(batch), 3 * 101 + 1);
  auto transaction = std::make_unique<TransactWriteItems>();
  transaction->writes_in_order.resize(
      3, {TransactWriteItems::Write::Kind::kPut, {}, item, {}});
  all.emplace_back(std::move(transaction), 2 * 3 * 101);
  return all;
}

TEST(PacedClient, AWriteIsEstimatedByItsSize) {
  for (const auto& [operation, units] : LargeWrites()) {
    SCOPED_TRACE(operation->name());
    EXPECT_EQ(operation->units_min(), units);
    for (const double reported : {0.0, 1.0, units}) {
      TestScheduler scheduler;
      CostlyClient costly(&scheduler);
      costly.takes = milliseconds(0);
      costly.costs = reported;
      const auto paced = NewPacedClient(&costly, {0, 10}, &scheduler);
      for (int i = 0; i < 4; ++i) {
        ASSERT_TRUE(paced->Send(operation.get()).ok());
      }
      EXPECT_NEAR(std::chrono::duration<double>(scheduler.elapsed()).count(),
                  3 * units / 10, 1);
    }
  }
}

}  // namespace
}  // namespace dynamodown

#include "io/worker.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <stdexcept>
#include <vector>

namespace cli {
namespace {

TEST(WorkerTest, AllIsDoneInOrder) {
  std::vector<int> done;
  Worker<std::unique_ptr<int>> worker([&](std::unique_ptr<int> i) {
    done.push_back(*i);
    return true;
  });
  std::vector<int> all;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_TRUE(worker.Give(std::make_unique<int>(i)));
    all.push_back(i);
  }
  worker.Finish();
  EXPECT_EQ(done, all);
}

TEST(WorkerTest, APieceMayWaitWhileAnotherIsBeingDone) {
  std::promise<void> begun, go_on;
  int done = 0;
  Worker<int> worker([&](int i) {
    if (i == 0) {
      begun.set_value();
      go_on.get_future().wait();
    }
    ++done;
    return true;
  });
  EXPECT_TRUE(worker.Give(0));
  begun.get_future().wait();
  EXPECT_TRUE(worker.Give(1));  // does not wait for piece 0
  EXPECT_EQ(done, 0);
  go_on.set_value();
  worker.Finish();
  EXPECT_EQ(done, 2);
}

TEST(WorkerTest, AWorkerThatRefusesGetsNoFurtherPieces) {
  int done = 0;
  Worker<int> worker([&](int) { return ++done < 3; });
  int given = 0;
  while (worker.Give(given)) ++given;
  worker.Finish();
  EXPECT_EQ(done, 3);
  EXPECT_GE(given, 3);
  EXPECT_LE(given, 4);  // A fourth piece may be accepted, but is never done.
}

TEST(WorkerTest, FinishThrowsTheExceptionOfTheWork) {
  Worker<int> worker([](int) -> bool { throw std::runtime_error("no"); });
  while (worker.Give(0)) {
  }
  EXPECT_THROW(worker.Finish(), std::runtime_error);
}

TEST(WorkerTest, WithoutAPieceNoWorkIsDone) {
  Worker<int> worker([](int) {
    ADD_FAILURE();
    return true;
  });
}

}  // namespace
}  // namespace cli

#include "io/worker.h"

#include <gtest/gtest.h>

#include <future>
#include <stdexcept>
#include <vector>

namespace cli {
namespace {

using std::chrono::hours;

struct Numbers {
  std::vector<int> numbers;

  bool IsFull() const { return numbers.size() >= 3; }
  bool IsEmpty() const { return numbers.empty(); }
};

bool Add(int number, Worker<Numbers>* worker) {
  return worker->Add(
      [number](Numbers* chunk) { chunk->numbers.push_back(number); });
}

TEST(WorkerTest, AllIsDoneInOrder) {
  std::vector<int> done;
  Worker<Numbers> worker(hours(1), [&](const Numbers& chunk) {
    EXPECT_FALSE(chunk.IsEmpty());
    EXPECT_LE(chunk.numbers.size(), 3u);
    done.insert(done.end(), chunk.numbers.begin(), chunk.numbers.end());
    return true;
  });
  std::vector<int> all;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_TRUE(Add(i, &worker));
    all.push_back(i);
  }
  worker.Finish();
  EXPECT_EQ(done, all);
}

TEST(WorkerTest, AChunkIsFilledWhileAnotherIsBeingDone) {
  std::promise<void> begun, go_on;
  size_t done = 0;
  Worker<Numbers> worker(hours(1), [&](const Numbers& chunk) {
    if (done == 0) {
      begun.set_value();
      go_on.get_future().wait();
    }
    done += chunk.numbers.size();
    return true;
  });
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Add(i, &worker));
  begun.get_future().wait();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Add(i, &worker));  // no waiting
  EXPECT_EQ(done, 0u);
  go_on.set_value();
  worker.Finish();
  EXPECT_EQ(done, 6u);
}

TEST(WorkerTest, AChunkThatIsNotFullIsDoneAfterAWhile) {
  std::promise<size_t> done;
  Worker<Numbers> worker(std::chrono::milliseconds(1),
                         [&](const Numbers& chunk) {
                           done.set_value(chunk.numbers.size());
                           return true;
                         });
  EXPECT_TRUE(Add(7, &worker));
  // Nothing is added any more, and Finish is not called yet.
  EXPECT_EQ(done.get_future().get(), 1u);
}

TEST(WorkerTest, AWorkerThatRefusesGetsNoFurtherChunks) {
  int done = 0;
  Worker<Numbers> worker(hours(1), [&](const Numbers&) { return ++done < 3; });
  int given = 0;
  while (Add(given, &worker)) ++given;
  worker.Finish();
  EXPECT_EQ(done, 3);
  EXPECT_GE(given, 9);
  EXPECT_LE(given, 12);  // A fourth chunk may be filled, but is never done.
}

TEST(WorkerTest, FinishThrowsTheExceptionOfTheWork) {
  Worker<Numbers> worker(
      hours(1), [](const Numbers&) -> bool { throw std::runtime_error("no"); });
  while (Add(0, &worker)) {
  }
  EXPECT_THROW(worker.Finish(), std::runtime_error);
}

TEST(WorkerTest, WithoutAPieceNoWorkIsDone) {
  Worker<Numbers> worker(hours(1), [](const Numbers&) {
    ADD_FAILURE();
    return true;
  });
}

}  // namespace
}  // namespace cli

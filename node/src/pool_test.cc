#include "pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace face {
namespace {

using testing::ElementsAre;

/// A gate where jobs wait, and the jobs that have passed it.
class Gate {
 public:
  void Open() {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_open_ = true;
    changed_.notify_all();
  }
  void Pass() {
    std::unique_lock<std::mutex> lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return is_open_; });
  }
  void AwaitWaiting(int count) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ == count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_open_ = false;
  int waiting_ = 0;
};

class Waiting final : public Job {
 public:
  explicit Waiting(Gate* gate) : gate_(gate) {}
  void Run() override { gate_->Pass(); }

 private:
  Gate* const gate_;
};

/// Jobs of one kind go together.
class Kind final : public Job {
 public:
  Kind(std::string kind, size_t together_max)
      : kind_(std::move(kind)), together_max_(together_max) {}
  void Run() override {}
  bool TakesAlong(const Job& other) const override {
    const auto* kind = dynamic_cast<const Kind*>(&other);
    return kind != nullptr && kind->kind_ == kind_;
  }
  size_t together_max() const override { return together_max_; }

 private:
  const std::string kind_;
  const size_t together_max_;
};

class PoolTest : public testing::Test {
 protected:
  Pool::Done Note() {
    return [this](const std::vector<Job*>& jobs) {
      const std::lock_guard<std::mutex> lock(mutex_);
      done_.push_back(jobs);
      changed_.notify_all();
    };
  }
  void AwaitDone(size_t groups) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return done_.size() == groups; });
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::vector<Job*>> done_;
  Gate gate_;
};

TEST_F(PoolTest, JobsThatBlockHaveThreadsOfTheirOwnUpToTheLimit) {
  std::vector<std::unique_ptr<Waiting>> jobs;
  Pool pool(3, Note());
  for (int i = 0; i < 5; ++i) {
    jobs.push_back(std::make_unique<Waiting>(&gate_));
    pool.Run({jobs.back().get()});
  }
  gate_.AwaitWaiting(3);
  gate_.Open();
  AwaitDone(5);
}

TEST_F(PoolTest, WhatWaitsInLineGoesTogetherAsFarAsItDoes) {
  Waiting first(&gate_);
  Kind a1("a", 2), b1("b", 2), a2("a", 2), a3("a", 2), b2("b", 2);
  Pool pool(1, Note());
  pool.Run({&first});
  gate_.AwaitWaiting(1);
  pool.Run({&a1, &b1, &a2, &a3, &b2});
  gate_.Open();
  AwaitDone(4);
  EXPECT_THAT(done_, ElementsAre(ElementsAre(&first), ElementsAre(&a1, &a2),
                                 ElementsAre(&b1, &b2), ElementsAre(&a3)));
}

TEST_F(PoolTest, ABusyThreadHoldsUpNobodyWhoseThreadThereIs) {
  Waiting first(&gate_);
  Kind second("a", 1);
  Pool pool(2, Note());
  pool.Run({&first});
  gate_.AwaitWaiting(1);
  for (size_t i = 1; i <= 100; ++i) {
    pool.Run({&second});
    AwaitDone(i);
  }
  gate_.Open();
}

TEST_F(PoolTest, StoppingWaitsForWhatRunsAndDropsTheRest) {
  Waiting first(&gate_), second(&gate_);
  Pool pool(1, Note());
  pool.Run({&first});
  gate_.AwaitWaiting(1);
  pool.Run({&second});
  std::thread stopping([&] { pool.Stop(); });
  gate_.Open();
  stopping.join();
  // The threads decide whether the second one had begun.
  EXPECT_LE(done_.size(), 2u);
  const size_t done = done_.size();
  pool.Run({&second});
  EXPECT_EQ(done_.size(), done);
}

TEST_F(PoolTest, ManyJobsAreAllDoneOnce) {
  std::vector<std::unique_ptr<Kind>> jobs;
  for (int i = 0; i < 20000; ++i) {
    jobs.push_back(std::make_unique<Kind>(std::to_string(i % 3), 7));
  }
  Pool pool(8, Note());
  for (const auto& job : jobs) pool.Run({job.get()});
  std::unique_lock<std::mutex> lock(mutex_);
  const auto Count = [&] {
    size_t count = 0;
    for (const auto& group : done_) count += group.size();
    return count;
  };
  changed_.wait(lock, [&] { return Count() == jobs.size(); });
  std::set<Job*> distinct;
  for (const auto& group : done_) distinct.insert(group.begin(), group.end());
  EXPECT_EQ(distinct.size(), jobs.size());
}

}  // namespace
}  // namespace face

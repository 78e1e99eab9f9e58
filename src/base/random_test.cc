#include "base/random.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

namespace dynamodown {
namespace {

TEST(Random, TheSameSeedGivesTheSameNumbersAndIds) {
  Random a(7);
  Random b(7);
  Random c(8);
  EXPECT_EQ(a.Next(), b.Next());
  const std::string id = a.Id();
  EXPECT_EQ(id, b.Id());
  EXPECT_NE(id, c.Id());
}

TEST(Random, UpToStaysWithinItsLimit) {
  Random random(1);
  for (const uint64_t limit : {uint64_t{0}, uint64_t{1}, uint64_t{9}}) {
    std::set<uint64_t> seen;
    for (int i = 0; i < 1'000; ++i) seen.insert(random.UpTo(limit));
    EXPECT_EQ(seen.size(), limit + 1);
    EXPECT_EQ(*seen.rbegin(), limit);
  }
  std::set<uint64_t> seen;
  for (int i = 0; i < 100; ++i) seen.insert(random.UpTo(UINT64_MAX));
  EXPECT_EQ(seen.size(), 100u);
}

TEST(Random, IdsAre32LowerCaseHexDigits) {
  Random random(1);
  for (int i = 0; i < 1'000; ++i) {
    const std::string id = random.Id();
    EXPECT_EQ(id.size(), 32u);
    EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);
  }
}

TEST(Random, ThreadsAndSystemRandomsNeverReturnTheSameId) {
  std::set<std::string> ids;
  std::mutex mutex;
  const auto shared = NewSystemRandom();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      const auto own = NewSystemRandom();
      for (int i = 0; i < 1'000; ++i) {
        const std::string a = shared->Id();
        const std::string b = own->Id();
        std::lock_guard<std::mutex> lock(mutex);
        ids.insert(a);
        ids.insert(b);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ids.size(), 8'000u);
}

}  // namespace
}  // namespace dynamodown

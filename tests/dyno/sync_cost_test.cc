// The reads and writes of a sync of two large stores that differ in few items.

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "dyno/store.h"
#include "dyno/sync.h"
#include "leveldb/db.h"
#include "support/temp_dir.h"

namespace dynamodown_test {
namespace {

using leveldb::Status;

constexpr int kItems = 100'000;
constexpr int kChangedInEach = 5;
constexpr uint64_t kRangesMax = 2 * kChangedInEach + 5;
constexpr uint64_t kBytesMax = 64 << 10;

class SyncCostTest : public testing::Test {
 protected:
  struct Laptop {
    std::unique_ptr<leveldb::DB> db;
    std::unique_ptr<dyno::Store> store;
  };

  Laptop Open(const std::string& name) {
    Laptop laptop;
    leveldb::Options options;
    options.create_if_missing = true;
    leveldb::DB* db = nullptr;
    Status status = leveldb::DB::Open(options, folder_.Child(name), &db);
    laptop.db.reset(db);
    dyno::Options replicated;
    replicated.replicated = true;
    dyno::Store* store = nullptr;
    if (status.ok()) status = dyno::Open(replicated, db, &store);
    laptop.store.reset(store);
    EXPECT_TRUE(status.ok()) << status.ToString();
    return laptop;
  }

  static void Put(const Laptop& laptop, int item) {
    const Status status = laptop.store->IncAttrs(
        {}, "user" + std::to_string(item), R"({"logins":1})");
    ASSERT_TRUE(status.ok()) << status.ToString();
  }

  static dyno::SyncResult Sync(const Laptop& a, const Laptop& b) {
    dyno::SyncResult result;
    const Status status =
        dyno::Sync(a.store.get(), b.store.get(), dyno::SyncOptions(), &result);
    EXPECT_TRUE(status.ok()) << status.ToString();
    return result;
  }

  static void ExpectCheap(const char* which, const dyno::SyncSide& side) {
    const uint64_t bytes = side.bytes_read + side.bytes_written;
    printf("%s: %d ranges, %d writes, %d bytes read, %d written\n", which,
           static_cast<int>(side.ranges), static_cast<int>(side.writes),
           static_cast<int>(side.bytes_read),
           static_cast<int>(side.bytes_written));
    EXPECT_EQ(side.operations, uint64_t{kChangedInEach});
    EXPECT_LE(side.ranges, kRangesMax) << which;
    EXPECT_LE(bytes, kBytesMax) << which;
  }

  const TempDir folder_;
};

TEST_F(SyncCostTest, OfManyItemsOnlyThoseThatChangedAreReadAndWritten) {
  const Laptop a = Open("a");
  const Laptop b = Open("b");
  for (int item = 0; item < kItems; ++item) {
    ASSERT_NO_FATAL_FAILURE(Put(item % 2 == 0 ? a : b, item));
  }
  const dyno::SyncResult whole = Sync(a, b);
  EXPECT_TRUE(whole.first_meeting);
  EXPECT_EQ(whole.items, uint64_t{kItems});

  // They change each other's items, too.
  for (int i = 0; i < kChangedInEach; ++i) {
    ASSERT_NO_FATAL_FAILURE(Put(a, 1000 * i));
    ASSERT_NO_FATAL_FAILURE(Put(b, 1000 * i + 500));
  }
  const dyno::SyncResult few = Sync(a, b);
  EXPECT_FALSE(few.first_meeting);
  EXPECT_EQ(few.items, uint64_t{2 * kChangedInEach});
  ExpectCheap("a", few.a);
  ExpectCheap("b", few.b);

  for (int i = 0; i < kChangedInEach; ++i) {
    for (const int item : {1000 * i, 1000 * i + 500}) {
      const std::string name = "user" + std::to_string(item);
      dyno::Item in_a;
      dyno::Item in_b;
      ASSERT_TRUE(a.store->GetItem(name, &in_a).ok());
      ASSERT_TRUE(b.store->GetItem(name, &in_b).ok());
      EXPECT_EQ(in_a.json, R"({"logins":2})");
      EXPECT_EQ(in_a.hash, in_b.hash);
    }
  }
}

}  // namespace
}  // namespace dynamodown_test

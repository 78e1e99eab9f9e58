// Stores for tests that synchronize them.

#ifndef DYNO_SYNC_SYNC_TEST_FIXTURE_H_
#define DYNO_SYNC_SYNC_TEST_FIXTURE_H_

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "dyno/dyno_test_environment.h"
#include "dyno/sync.h"

namespace dyno {

/// One store. Its records outlive the process that has the store open.
class TestStore {
 public:
  TestStore(HandClock* clock, dynamodown::Random* random,
            dynamodown::Scheduler* scheduler, bool shared)
      : clock_(clock), random_(random), scheduler_(scheduler) {
    backend.is_shared = shared;
  }
  Store* Open(bool replicated = true) {
    store_.reset();
    store_ = OpenAnother(replicated);
    return store_.get();
  }
  /// Opens a shared store once more, as another process does.
  std::unique_ptr<Store> OpenAnother(bool replicated = true) {
    Options options;
    options.replicated = replicated;
    Store* opened = nullptr;
    const leveldb::Status status = OpenWithEnvironment(
        options, &backend, {clock_, random_, scheduler_}, nullptr, &opened);
    EXPECT_TRUE(status.ok()) << status.ToString();
    return std::unique_ptr<Store>(opened);
  }
  Store* store() { return store_.get(); }
  /// Ends the process, and begins another one on `records`.
  void Restore(const std::map<std::string, std::string>& records) {
    const leveldb::Status closed = store_->Close();
    EXPECT_TRUE(closed.ok()) << closed.ToString();
    for (const auto& [key, value] : backend.records()) backend.Delete(key);
    for (const auto& [key, value] : records) backend.Put(key, value);
    Open();
  }

  MemoryBackend backend;

 private:
  HandClock* const clock_;
  dynamodown::Random* const random_;
  dynamodown::Scheduler* const scheduler_;
  std::unique_ptr<Store> store_;
};

class SyncTest : public testing::Test {
 protected:
  std::unique_ptr<TestStore> NewTestStore(bool shared = false,
                                          bool replicated = true) {
    auto store = std::make_unique<TestStore>(&clock_, &random_,
                                             scheduler_.get(), shared);
    store->Open(replicated);
    return store;
  }
  SyncResult Meet(TestStore& a, TestStore& b, const SyncOptions& options = {}) {
    clock_.now += 10;
    SyncResult result;
    const leveldb::Status status = Sync(a.store(), b.store(), options, &result);
    EXPECT_TRUE(status.ok()) << status.ToString();
    return result;
  }
  void Inc(TestStore& store, const std::string& name) {
    clock_.now += 1;
    DYNO_OK(store.store()->IncAttrs({}, name, R"({"n":1})"));
  }
  static Item ItemOf(TestStore& store, const std::string& name) {
    Item item;
    const leveldb::Status status = store.store()->GetItem(name, &item);
    EXPECT_TRUE(status.ok()) << status.ToString();
    return item;
  }
  static void ExpectEqual(TestStore& a, TestStore& b, const std::string& name) {
    const Item x = ItemOf(a, name);
    const Item y = ItemOf(b, name);
    EXPECT_EQ(x.json, y.json);
    EXPECT_EQ(x.hash, y.hash);
    EXPECT_EQ(x.changes, y.changes);
    EXPECT_EQ(x.late.size(), y.late.size());
  }
  static StoreStatus StatusOf(TestStore& store) {
    StoreStatus status;
    const leveldb::Status got = GetStatus(store.store(), &status);
    EXPECT_TRUE(got.ok()) << got.ToString();
    return status;
  }

  HandClock clock_;
  dynamodown::Random random_{1};
  std::unique_ptr<dynamodown::Scheduler> scheduler_ =
      dynamodown::NewThreadScheduler(4);
};

}  // namespace dyno

#endif  // DYNO_SYNC_SYNC_TEST_FIXTURE_H_

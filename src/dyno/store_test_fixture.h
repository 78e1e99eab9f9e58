// The fixture of the tests of Store's calls.

#ifndef DYNO_STORE_TEST_FIXTURE_H_
#define DYNO_STORE_TEST_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "dyno/dyno_test_environment.h"
#include "dyno/flake.h"
#include "dyno/store.h"

namespace dyno {

/// The timestamp of level-dyno's example (docs/dyno.md), with the counter
/// `counter`.
inline std::string TimestampAt(int counter) {
  Flake flake;
  flake.milliseconds = kSeedMilliseconds;
  flake.counter = static_cast<uint16_t>(counter);
  flake.slot = 0x188c;
  flake.replica = 0x786ae2e1f629;
  return flake.ToString();
}

class StoreTest : public testing::Test {
 protected:
  // The hooks use local variables of the test's body. These no longer exist
  // when the store is closed.
  void TearDown() override {
    environment_.backend.before_write = nullptr;
    environment_.backend.after_write = nullptr;
    environment_.backend.before_range = nullptr;
  }
  StoreTest() : store_(environment_.Open()) {}

  Item Get(const std::string& name) {
    Item item;
    const leveldb::Status status = store_->GetItem(name, &item);
    EXPECT_TRUE(status.ok()) << status.ToString();
    return item;
  }
  std::string Json(const std::string& name) {
    return JsonOf(store_.get(), name);
  }
  std::vector<HistoryEntry> HistoryOf(const std::string& name) {
    std::vector<HistoryEntry> entries;
    const leveldb::Status status =
        store_->History(name, [&entries](const HistoryEntry& entry) {
          entries.push_back(entry);
          return true;
        });
    EXPECT_TRUE(status.ok()) << status.ToString();
    return entries;
  }
  std::vector<std::string> QueryNames(const QueryOptions& options) {
    std::vector<std::string> names;
    query_status_ = store_->Query(options, [&names](const Item& item) {
      names.push_back(item.name);
      return true;
    });
    return names;
  }
  void PutRaw(const std::string& name, int counter,
              const std::string& operation, const std::string& value) {
    environment_.backend.Put(
        name + "/" + TimestampAt(counter) + "/" + operation, value);
  }
  void ExpectInvalid(const leveldb::Status& status, const std::string& words) {
    EXPECT_TRUE(status.IsInvalidArgument()) << status.ToString();
    EXPECT_NE(status.ToString().find(words), std::string::npos)
        << status.ToString();
  }

  DynoTestEnvironment environment_;
  std::unique_ptr<Store> store_;
  leveldb::Status query_status_;
};

}  // namespace dyno

#endif  // DYNO_STORE_TEST_FIXTURE_H_

// The environment of dyno's tests: a clock set by hand, seeded randomness, and
// a backend in memory that can be shared, that fails on request, and that lets
// a test step in between a read and a write.

#ifndef DYNO_DYNO_TEST_ENVIRONMENT_H_
#define DYNO_DYNO_TEST_ENVIRONMENT_H_

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/scheduler.h"
#include "dyno/open_with_environment.h"
#include "dyno/store.h"

namespace dyno {

/// The time in level-dyno's example (docs/dyno.md): 013d58c7276e.
inline constexpr int64_t kSeedMilliseconds = 0x013d58c7276e;

class HandClock final : public dynamodown::Clock {
 public:
  int64_t UnixSeconds() override { return now / 1000; }
  int64_t UnixMilliseconds() override { return now; }
  std::atomic<int64_t> now{kSeedMilliseconds};
};

class MemoryBackend final : public Backend {
 public:
  bool is_shared = false;
  size_t batch_max = 100;
  size_t value_bytes_max = 409600;
  /// Called before each write, with the write's number, from 1. If it returns
  /// an error, nothing is written, and the error is the write's result.
  std::function<leveldb::Status(int write)> before_write;
  /// Called after each write has taken effect, with the write's number. If it
  /// returns an error, that is the write's result.
  std::function<leveldb::Status(int write)> after_write;
  /// Called before each range is read.
  std::function<void()> before_range;
  /// Keys of records that cannot be read.
  std::set<std::string> unreadable;
  /// A range that comes to this key fails there.
  std::string fails_at;

  bool shared() const override { return is_shared; }
  size_t max_batch() const override { return batch_max; }
  leveldb::Status Range(const RangeOptions& options,
                        const leveldb::Slice& start,
                        const leveldb::Slice& limit,
                        const Visitor& visit) override;
  WriteResult Write(leveldb::WriteBatch* updates, bool sync) override;
  WriteResult WriteIf(leveldb::WriteBatch* updates,
                      const std::vector<Condition>& conditions,
                      bool sync) override;
  /// Writes key by key. before_write and after_write are called for each key.
  WriteResult WriteUnordered(leveldb::WriteBatch* updates) override;

  /// A copy of all records.
  std::map<std::string, std::string> records() const;
  void Put(const std::string& key, const std::string& value);
  void Delete(const std::string& key);
  /// A copy of the records of items, without dyno's own records.
  std::map<std::string, std::string> items() const;

  std::atomic<int> writes{0};
  std::atomic<int> ranges{0};

 private:
  WriteResult Apply(leveldb::WriteBatch* updates,
                    const std::vector<Condition>& conditions);

  mutable std::mutex mutex_;
  std::map<std::string, std::string> records_;
};

/// A backend and the stores on it.
class DynoTestEnvironment {
 public:
  HandClock clock;
  dynamodown::Random random{1};
  std::unique_ptr<dynamodown::Scheduler> scheduler =
      dynamodown::NewThreadScheduler(1);
  MemoryBackend backend;

  Environment injected() { return {&clock, &random, scheduler.get()}; }

  leveldb::Status TryOpen(const Options& options,
                          std::unique_ptr<Store>* store) {
    Store* opened = nullptr;
    const leveldb::Status status =
        OpenWithEnvironment(options, &backend, injected(), nullptr, &opened);
    store->reset(opened);
    return status;
  }
  std::unique_ptr<Store> Open(const Options& options = SeedOptions()) {
    std::unique_ptr<Store> store;
    const leveldb::Status status = TryOpen(options, &store);
    EXPECT_TRUE(status.ok()) << status.ToString();
    return store;
  }

  /// Replica and slot of level-dyno's example.
  static Options SeedOptions() {
    Options options;
    options.replica = "786ae2e1f629";
    options.slot = 0x188c;
    return options;
  }
};

/// If the status is an error, fails the test and returns from the function.
#define DYNO_OK(expression)                                  \
  do {                                                       \
    const leveldb::Status dyno_status = (expression);        \
    ASSERT_TRUE(dyno_status.ok()) << dyno_status.ToString(); \
  } while (false)

inline std::string JsonOf(Store* store, const std::string& name) {
  Item item;
  const leveldb::Status status = store->GetItem(name, &item);
  if (!status.ok()) return status.ToString();
  return item.exists ? item.json : "none";
}

}  // namespace dyno

#endif  // DYNO_DYNO_TEST_ENVIRONMENT_H_

// The memory of a scan of many items.
//
// This process writes the items. Another one, this program with other
// arguments, scans them, so that nothing of the writing counts. The test limits
// the memory that it has allocated and holds (RssAnon). The pages of tables
// that LevelDB maps, up to 1,000 tables, stay resident as long as the system
// needs the memory for nothing else; they are printed, and not limited.
//
// DYNAMODOWN_TEST_ITEMS names another number of items: 1,000,000 take half a
// minute and 100 MB of disk.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>

#include "dyno/store.h"
#include "leveldb/db.h"
#include "support/temp_dir.h"

namespace dynamodown_test {
namespace {

using leveldb::Status;

constexpr int kItems = 200'000;
constexpr int kOperationsOfEach = 5;
constexpr uint64_t kKilobytesMax = 64 << 10;
constexpr int kItemsPerSample = 100;
constexpr char kScan[] = "--scan";

struct OpenItems {
  std::unique_ptr<leveldb::DB> db;
  std::unique_ptr<dyno::Store> store;
};

Status Open(const std::string& path, OpenItems* items) {
  leveldb::Options options;
  options.create_if_missing = true;
  leveldb::DB* db = nullptr;
  Status status = leveldb::DB::Open(options, path, &db);
  items->db.reset(db);
  dyno::Store* store = nullptr;
  if (status.ok()) status = dyno::Open(dyno::Options(), db, &store);
  items->store.reset(store);
  return status;
}

/// Operations of all kinds on a user's few attributes.
Status WriteOne(dyno::Store* store, const std::string& name, int i) {
  switch (i % kOperationsOfEach) {
    case 0:
      return store->PutAttrs({}, name,
                             R"({"nick":"chilts","email":"me@example.com"})");
    case 1:
      return store->IncAttrs({}, name, R"({"logins":1})");
    case 2:
      return store->AddToSet({}, name, R"({"colours":["red","blue"]})");
    case 3:
      return store->DelAttrs({}, name, {"email"});
    default:
      return store->PutAttrs({}, name, R"({"name":"Andy Chilton"})");
  }
}

/// A line of /proc/self/status, in kilobytes; 0 if there is none.
uint64_t KilobytesOf(const std::string& name) {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    uint64_t kilobytes = 0;
    if (word == name + ":" && status >> kilobytes) return kilobytes;
  }
  return 0;
}

struct ScanResult {
  int items = 0;
  uint64_t peak_kilobytes = 0;      ///< Of allocated memory.
  uint64_t resident_kilobytes = 0;  ///< With what is mapped.
};

/// Runs in the process that scans. Writes a ScanResult to `out`.
int Scan(const std::string& path, int out) {
  OpenItems items;
  Status status = Open(path, &items);
  ScanResult result;
  if (status.ok()) {
    status = items.store->Query({}, [&result](const dyno::Item&) {
      if (result.items++ % kItemsPerSample == 0) {
        result.peak_kilobytes =
            std::max(result.peak_kilobytes, KilobytesOf("RssAnon"));
      }
      return true;
    });
  }
  result.resident_kilobytes = KilobytesOf("VmHWM");
  if (!status.ok()) {
    fprintf(stderr, "%s\n", status.ToString().c_str());
    return 1;
  }
  return write(out, &result, sizeof result) == ssize_t{sizeof result} ? 0 : 1;
}

ScanResult ScanInAnotherProcess(const std::string& path) {
  ScanResult result;
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t pid = fork();
  if (pid == 0) {
    const std::string out = std::to_string(ends[1]);
    execl("/proc/self/exe", "scan_memory_test", kScan, path.c_str(),
          out.c_str(), nullptr);
    _exit(1);
  }
  close(ends[1]);
  EXPECT_EQ(read(ends[0], &result, sizeof result), ssize_t{sizeof result});
  close(ends[0]);
  int status = 0;
  EXPECT_EQ(waitpid(pid, &status, 0), pid);
  EXPECT_EQ(status, 0);
  return result;
}

TEST(ScanMemoryTest, AScanOfManyItemsHoldsLessThan64Megabytes) {
  const char* const wanted = std::getenv("DYNAMODOWN_TEST_ITEMS");
  const int count = wanted == nullptr ? kItems : std::stoi(wanted);
  const TempDir folder;
  {
    OpenItems items;
    ASSERT_TRUE(Open(folder.Child("db"), &items).ok());
    for (int i = 0; i < count; ++i) {
      const std::string name = "user" + std::to_string(i);
      for (int j = 0; j < kOperationsOfEach; ++j) {
        const Status status = WriteOne(items.store.get(), name, j);
        ASSERT_TRUE(status.ok()) << status.ToString();
      }
    }
  }
  const ScanResult result = ScanInAnotherProcess(folder.Child("db"));
  printf("%d items of %d operations: %.1f MB, %.1f MB with mapped tables\n",
         result.items, kOperationsOfEach,
         static_cast<double>(result.peak_kilobytes) / 1024,
         static_cast<double>(result.resident_kilobytes) / 1024);
  EXPECT_EQ(result.items, count);
  EXPECT_GT(result.peak_kilobytes, 0u) << "/proc does not tell RssAnon";
  EXPECT_LT(result.peak_kilobytes, kKilobytesMax);
}

}  // namespace
}  // namespace dynamodown_test

int main(int argc, char** argv) {
  if (argc == 4 && argv[1] == std::string(dynamodown_test::kScan)) {
    return dynamodown_test::Scan(argv[2], std::atoi(argv[3]));
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}

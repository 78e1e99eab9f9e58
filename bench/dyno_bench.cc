// dyno on an embedded LevelDB: the speed of replaying an item's operations with
// their hash, the speed of writing operations, and the memory of a scan of many
// items.
//
//     ./dev bench --benchmark_filter=Dyno
//     DYNAMODOWN_BENCH_ITEMS=1000000 ./dev bench --benchmark_filter=DynoScan
//
// tests/dyno/scan_memory_test.cc asserts the limit on memory.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "dyno/store.h"
#include "leveldb/db.h"

namespace dyno {
namespace {

constexpr int kOperations = 1000;
constexpr int kOperationsOfEach = 5;

/// A store in its own folder, which the destructor deletes.
class Folder {
 public:
  Folder() {
    std::string name =
        (std::filesystem::temp_directory_path() / "dyno-bench-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) abort();
    path_ = name;
    leveldb::Options options;
    options.create_if_missing = true;
    leveldb::DB* db = nullptr;
    if (!leveldb::DB::Open(options, path_ + "/db", &db).ok()) abort();
    db_.reset(db);
    Store* store = nullptr;
    if (!Open(Options(), db, &store).ok()) abort();
    store_.reset(store);
  }
  ~Folder() {
    store_.reset();
    db_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Store* store() { return store_.get(); }
  leveldb::DB* db() { return db_.get(); }

 private:
  std::string path_;
  std::unique_ptr<leveldb::DB> db_;
  std::unique_ptr<Store> store_;
};

/// Operations of all kinds on a user's few attributes.
leveldb::Status WriteOne(Store* store, const std::string& name, int i) {
  switch (i % 5) {
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

void DynoReplay(benchmark::State& state) {
  Folder folder;
  for (int i = 0; i < kOperations; ++i) {
    if (!WriteOne(folder.store(), "chilts", i).ok()) abort();
  }
  // Make LevelDB read from a table, not from the memtable.
  folder.db()->CompactRange(nullptr, nullptr);
  Item item;
  for (auto _ : state) {
    if (!folder.store()->GetItem("chilts", &item).ok()) {
      state.SkipWithError("GetItem failed");
      break;
    }
  }
  if (item.changes != kOperations || item.hash.empty()) abort();
  state.SetItemsProcessed(state.iterations() * kOperations);
}

void DynoWrite(benchmark::State& state) {
  Folder folder;
  int i = 0;
  for (auto _ : state) {
    if (!WriteOne(folder.store(), "user" + std::to_string(i / 5), i).ok()) {
      state.SkipWithError("a write failed");
      break;
    }
    ++i;
  }
  state.SetItemsProcessed(state.iterations());
}

/// Returns the memory that this process has allocated, in MB, without the pages
/// of files that LevelDB maps, which the system may take back.
double AnonymousMegabytes() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    double kilobytes = 0;
    if (word == "RssAnon:" && status >> kilobytes) return kilobytes / 1024;
  }
  return 0;
}

void DynoScan(benchmark::State& state) {
  const char* const wanted = std::getenv("DYNAMODOWN_BENCH_ITEMS");
  const int items = wanted == nullptr ? 20000 : std::atoi(wanted);
  Folder folder;
  for (int i = 0; i < items; ++i) {
    const std::string name = "user" + std::to_string(i);
    for (int j = 0; j < kOperationsOfEach; ++j) {
      if (!WriteOne(folder.store(), name, j).ok()) abort();
    }
  }
  double megabytes = 0;
  for (auto _ : state) {
    int visited = 0;
    const leveldb::Status status =
        folder.store()->Query(QueryOptions(), [&](const Item&) {
          if (++visited % 1000 == 0) {
            megabytes = std::max(megabytes, AnonymousMegabytes());
          }
          return true;
        });
    if (!status.ok() || visited != items) {
      state.SkipWithError("the scan failed");
      break;
    }
    if (megabytes == 0) {
      state.SkipWithError("/proc/self/status does not tell RssAnon");
      break;
    }
  }
  state.counters["MB"] = megabytes;
  state.SetItemsProcessed(state.iterations() * items);
}

BENCHMARK(DynoReplay)->Unit(benchmark::kMicrosecond);
BENCHMARK(DynoWrite)->Unit(benchmark::kMicrosecond);
BENCHMARK(DynoScan)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dyno

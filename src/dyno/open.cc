// The one place that takes clock, randomness and waiting from the machine.

#include <memory>
#include <string>
#include <utility>

#include "dyno/wiring.h"

namespace dyno {
namespace {

struct Machine {
  std::unique_ptr<Backend> backend;  // Null when it is the caller's.
  const std::unique_ptr<dynamodown::Clock> clock = dynamodown::NewSystemClock();
  const std::unique_ptr<dynamodown::Random> random =
      dynamodown::NewSystemRandom();
  // Nothing is run on its threads: it is for waiting.
  const std::unique_ptr<dynamodown::Scheduler> scheduler =
      dynamodown::NewThreadScheduler(1);
};

/// Whether `db` says that others may write to what it stands on. A backend that
/// looks and writes under a lock of its own would not see them.
bool IsShared(leveldb::DB* db) {
  std::string supports;
  return db->GetProperty("dynamodown.supports", &supports) &&
         supports.find("many-processes") != std::string::npos;
}

leveldb::Status OpenOn(const Options& options, Backend* backend,
                       std::unique_ptr<Backend> owned, Store** store) {
  const auto machine = std::make_shared<Machine>();
  machine->backend = std::move(owned);
  return OpenWired(
      options, backend,
      {machine->clock.get(), machine->random.get(), machine->scheduler.get()},
      machine, store);
}

}  // namespace

leveldb::Status Open(const Options& options, Backend* backend, Store** store) {
  return OpenOn(options, backend, nullptr, store);
}

leveldb::Status Open(const Options& options, std::unique_ptr<Backend> owned,
                     Store** store) {
  Backend* const backend = owned.get();
  return OpenOn(options, backend, std::move(owned), store);
}

leveldb::Status Open(const Options& options, leveldb::DB* db, Store** store) {
  *store = nullptr;
  if (IsShared(db)) {
    return leveldb::Status::InvalidArgument(
        "other processes may write to this database: open its items with "
        "dynamodown/dyno.h");
  }
  return Open(options, std::unique_ptr<Backend>(NewLevelDbBackend(db)), store);
}

}  // namespace dyno

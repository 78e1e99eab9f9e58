// Opens stores. This is dyno's only file that takes the clock, randomness and
// waiting from the machine.

#include <memory>
#include <string>
#include <utility>

#include "dyno/item/key.h"
#include "dyno/open_with_environment.h"
#include "dyno/store_impl.h"

namespace dyno {
namespace {

using leveldb::Status;

constexpr uint64_t kDriftMax = uint64_t{1} << 40;

struct Machine {
  std::unique_ptr<Backend> backend;  // Null if the caller owns it.
  const std::unique_ptr<dynamodown::Clock> clock = dynamodown::NewSystemClock();
  const std::unique_ptr<dynamodown::Random> random =
      dynamodown::NewSystemRandom();
  // The scheduler's one thread runs the writer's keeper.
  const std::unique_ptr<dynamodown::Scheduler> scheduler =
      dynamodown::NewThreadScheduler(1);
};

/// Whether other processes may write to the store behind `db`. If they may,
/// NewLevelDbBackend must not be used: it checks conditions under a lock of
/// this process, and would not notice the writes of other processes.
bool IsShared(leveldb::DB* db) {
  std::string supports;
  return db->GetProperty("dynamodown.supports", &supports) &&
         supports.find("many-processes") != std::string::npos;
}

Status OpenOn(const Options& options, Backend* backend,
              std::unique_ptr<Backend> owned, Store** store) {
  const auto machine = std::make_shared<Machine>();
  machine->backend = std::move(owned);
  return OpenWithEnvironment(
      options, backend,
      {machine->clock.get(), machine->random.get(), machine->scheduler.get()},
      machine, store);
}

Status CheckOptions(const Options& options, const Backend& backend) {
  uint64_t replica = 0;
  if (!options.replica.empty() && !ParseReplica(options.replica, &replica)) {
    return Status::InvalidArgument(
        "a replica is 12 lower-case hex digits, not " +
        Printable(options.replica));
  }
  if (options.slot == 0xffff) {
    return Status::InvalidArgument("slot ffff belongs to no writer");
  }
  if (options.slot != 0 && backend.shared()) {
    return Status::InvalidArgument("a shared store gives out the slots itself");
  }
  if (options.drift_ms_max > kDriftMax) {
    return Status::InvalidArgument("the drift limit is over 2^40 ms");
  }
  return Status::OK();
}

}  // namespace

Status OpenWithEnvironment(const Options& options, Backend* backend,
                           const Environment& environment,
                           std::shared_ptr<void> owned, Store** store) {
  *store = nullptr;
  const Status checked = CheckOptions(options, *backend);
  if (!checked.ok()) return checked;
  auto opened = std::make_unique<StoreImpl>(options, backend, environment,
                                            std::move(owned));
  const Status loaded = opened->Load();
  if (!loaded.ok()) return loaded;
  *store = opened.release();
  return Status::OK();
}

Status Open(const Options& options, Backend* backend, Store** store) {
  return OpenOn(options, backend, nullptr, store);
}

Status Open(const Options& options, std::unique_ptr<Backend> owned,
            Store** store) {
  Backend* const backend = owned.get();
  return OpenOn(options, backend, std::move(owned), store);
}

Status Open(const Options& options, leveldb::DB* db, Store** store) {
  *store = nullptr;
  if (IsShared(db)) {
    return Status::InvalidArgument(
        "other processes may write to this database: open its items with "
        "dynamodown/dyno.h");
  }
  return Open(options, std::unique_ptr<Backend>(NewLevelDbBackend(db)), store);
}

}  // namespace dyno

// Opening, listing, creating and destroying stores.

#include "sim/workload.h"

#include <algorithm>

#include "leveldb/write_batch.h"

namespace dynamodown::sim {
namespace {

using leveldb::Status;

constexpr char kLocation[] = "table/store";
/// With odd options, such as a single attempt, most tries may fail, but not
/// this many in a row.
constexpr int kTriesMax = 200;

}  // namespace

std::unique_ptr<Database> Workload::Open() {
  Options options = environment_.options;
  options.create_if_missing = true;
  for (int i = 0; i < kTriesMax; ++i) {
    const Call call = Begin("Open");
    Database* db = nullptr;
    Status status;
    {
      const TrafficScope scope(call.traffic);
      status = OpenIn(OpenEnvironmentNow(), options, kLocation, &db);
    }
    End(call, status);
    if (status.ok()) return std::unique_ptr<Database>(db);
    if (dead()) return nullptr;
    SetClock(*call.traffic);
  }
  environment_.violation("Open succeeds at last", environment_.client);
  return nullptr;
}

void Workload::List() {
  const Call call = Begin("ListStores");
  std::vector<StoreSummary> stores;
  Status status;
  {
    const TrafficScope scope(call.traffic);
    status = ListStoresIn(OpenEnvironmentNow(), environment_.options, kLocation,
                          &stores);
  }
  EndRead(call, status);
  const bool listed =
      std::any_of(stores.begin(), stores.end(), [](const StoreSummary& store) {
        return store.location == kLocation && !store.foreign &&
               !store.destroying;
      });
  if (!listed) environment_.violation("an existing store is listed", kLocation);
}

/// Creates, fills and destroys a store that no other client uses. If this
/// client died while it did so, continues from there.
void Workload::SideStore() {
  if (side_store_.empty()) {
    side_store_ =
        "table/" + environment_.client + "-" + std::to_string(++side_stores_);
  }
  const Call call = Begin("make, fill and destroy " + side_store_);
  const TrafficScope scope(call.traffic);
  if (OneIn(3)) environment_.transports->back()->DieAfter(Below(40));
  FillSideStore(call);
  Status status;
  if (!dead()) {
    side_store_begun_ = true;
    status = Persist(call, [&] {
      return DestroyIn(OpenEnvironmentNow(), environment_.options, side_store_,
                       DestroyOptions());
    });
  }
  side_store_late_ = side_store_late_ || call.traffic->late > 0;
  if (!dead()) side_store_begun_ = false;
  // A late request may bring back a deleted key.
  if (!dead() && !side_store_late_) {
    const std::unique_ptr<Database> db = OpenSideStore(call);
    if (!dead() && !SideKeys(call, db.get()).empty() && !dead()) {
      environment_.violation("a destroyed store is gone", side_store_);
    }
    ++(*environment_.tally)["destroyed"];
  }
  if (!dead()) {
    side_store_.clear();
    side_store_late_ = false;
    side_store_keys_ = 0;
  }
  environment_.transports->back()->Survive();
  environment_.history->End(call.entry, Ending::kUnknown, status.ToString());
}

void Workload::FillSideStore(const Call& call) {
  const std::unique_ptr<Database> db = OpenSideStore(call);
  if (db == nullptr || dead()) return;
  const uint64_t keys = 30 + Below(60);
  side_store_keys_ = std::max(side_store_keys_, keys);
  leveldb::WriteBatch batch;
  std::set<std::string> written;
  for (uint64_t n = 1; n <= keys; ++n) {
    written.insert(std::to_string(n));
    batch.Put(std::to_string(n), "side");
  }
  Persist(call, [&] {
    return db->Write(AnyWriteOptions(BatchMode::kUnordered), &batch);
  });
  if (dead()) return;
  const std::set<std::string> found = SideKeys(call, db.get());
  // Late deletes of an earlier destruction may still arrive.
  const bool deletes_late = side_store_begun_ && side_store_late_;
  if (dead() || deletes_late) return;
  // An earlier life may have left more keys.
  std::set<std::string> possible = written;
  for (uint64_t n = keys + 1; n <= side_store_keys_; ++n) {
    possible.insert(std::to_string(n));
  }
  if (!std::includes(found.begin(), found.end(), written.begin(),
                     written.end()) ||
      !std::includes(possible.begin(), possible.end(), found.begin(),
                     found.end())) {
    environment_.violation("acknowledged writes are there, and no others",
                           side_store_ + ": " + std::to_string(found.size()) +
                               " keys were found and " +
                               std::to_string(written.size()) + " to " +
                               std::to_string(possible.size()) + " written");
  }
}

/// Repeats `action` until it is OK or the client dies.
Status Workload::Persist(const Call& call,
                         const std::function<Status()>& action) {
  Status status;
  for (int i = 0; i < kTriesMax && !dead(); ++i) {
    call.traffic->clock_skews = call.traffic->expired_tokens = 0;
    status = action();
    if (status.ok() || dead()) return status;
    Explain(call, status);
    SetClock(*call.traffic);
  }
  if (!dead()) {
    environment_.violation("repeated tries succeed in the end",
                           call.entry->text + "\n" + status.ToString());
  }
  return status;
}

/// Returns null if the client dies, or if the store is being destroyed.
std::unique_ptr<Database> Workload::OpenSideStore(const Call& call) {
  Options options = environment_.options;
  options.create_if_missing = true;
  Database* db = nullptr;
  Persist(call, [&] {
    const Status status =
        OpenIn(OpenEnvironmentNow(), options, side_store_, &db);
    // An earlier life began to destroy it.
    return KindOf(status) == StatusKind::kDestroying && side_store_begun_
               ? Status::OK()
               : status;
  });
  return std::unique_ptr<Database>(db);
}

std::set<std::string> Workload::SideKeys(const Call& call, Database* db) {
  std::set<std::string> keys;
  Persist(call, [&] {
    keys.clear();
    const std::unique_ptr<leveldb::Iterator> i(
        db->NewIterator(ReadOptions(), Bounds()));
    for (i->SeekToFirst(); i->Valid(); i->Next()) {
      keys.insert(i->key().ToString());
    }
    return i->status();
  });
  return keys;
}

OpenEnvironment Workload::OpenEnvironmentNow() const {
  OpenEnvironment environment = environment_.open_environment;
  environment.transport = environment_.transports->back().get();
  return environment;
}

}  // namespace dynamodown::sim

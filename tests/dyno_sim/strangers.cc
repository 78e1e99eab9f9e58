// Backups, restored stores, copies, and stores that join or are forgotten.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dyno/item/key.h"
#include "dyno/lease/slot_codec.h"
#include "dyno_sim/steps.h"

namespace dyno::sim {
namespace {

using leveldb::Status;

constexpr size_t kSitesMax = 7;

/// The replica id in a store with `records`, if it has one.
std::optional<uint64_t> ReplicaOf(const RecordMap& records) {
  const auto id = records.find(std::string(kIdKey));
  if (id == records.end()) return std::nullopt;
  const Result<StoreId> decoded = DecodeStoreId(id->second);
  return decoded.ok() ? std::optional(decoded->replica) : std::nullopt;
}

/// Whether a store with `records` knows of `other`.
bool Knows(const RecordMap& records, const Site& other) {
  const auto replica = ReplicaOf(other.records());
  return replica && records.count(KnownKey(*replica)) > 0;
}

}  // namespace

void Actor::BackUp() {
  Site* const site = AnyEmbedded();
  // A store without an id would be a new one when restored. A copy that still
  // has its original's id is not worth a backup.
  if (site->records().count(std::string(kIdKey)) == 0 ||
      site->processes().front()->is_alone()) {
    return;
  }
  site->backup = std::make_unique<Site::Backup>();
  site->disk()->Sync();
  site->backup->records = site->records();
  Count("backup");
}

void Actor::Restore() {
  Site* const site = AnyEmbedded();
  if (site->backup == nullptr) return;
  Process* const process = site->processes().front().get();
  if (process->life() != nullptr) process->life()->End();
  process->BeginAlone();
  process->Bury();
  if (site->backup == nullptr) {  // Another actor was first.
    process->EndAlone();
    return;
  }
  const auto backup = std::move(site->backup);
  // A restored store cannot wait for stores that the backup does not know.
  for (Site* met : backup->begun_since) {
    if (!Knows(backup->records, *met)) {
      Count("restore: of no use");
      process->EndAlone();
      return;
    }
  }
  site->disk()->Replace(backup->records);
  world_->ledger.NoteLoss(site->name(), site->records(), world_->AllRecords());
  world_->ground.scheduler->Trace("the backup of " + site->name() +
                                  " is restored");
  world_->ledger.NoteRestored(site->name());
  Count("restore");
  // It first meets a store that knows more, or is marked as restored.
  bool is_told = false;
  const std::vector<Site*> met(backup->met_since.begin(),
                               backup->met_since.end());
  for (int attempt = 0; attempt < 3 && !met.empty() && !is_told; ++attempt) {
    if (Choose(2) == 0) break;
    Site* other = nullptr;
    for (const auto& each : world_->sites) {
      if (backup->met_since.count(each.get()) > 0 &&
          (other == nullptr || Choose(2) == 0)) {
        other = each.get();
      }
    }
    Store* const own = process->Open();
    const Use theirs(world_, other);
    if (own == nullptr || theirs.store() == nullptr) continue;
    is_told = Meet(world_, site, own, other, theirs.store()).ok();
    if (is_told) Count("restore: seen by another store");
  }
  while (!is_told) {
    Store* const own = process->Open();
    if (own == nullptr) continue;
    const Status status = MarkRestored(own);
    world_->CheckStatus("a mark of a restored store", status, true);
    is_told = status.ok() || status.IsInvalidArgument();
  }
  process->EndAlone();
}

void Actor::Join() {
  if (world_->sites.size() >= kSitesMax) return;
  world_->AddSite(false, 1);
  Count("join");
}

void Actor::Copy() {
  if (world_->sites.size() >= kSitesMax) return;
  Site* const site = AnyEmbedded();
  Site* const copy = world_->AddSite(false, 1);
  Process* const process = copy->processes().front().get();
  process->BeginAlone();
  if (site->backup != nullptr) site->backup->begun_since.insert(copy);
  site->disk()->Sync();
  copy->disk()->Replace(site->records());
  world_->ground.scheduler->Trace(copy->name() + " is a copy of " +
                                  site->name());
  {
    const Use original(world_, site);
    Store* const own = process->Open();
    if (original.store() != nullptr && own != nullptr &&
        !own->replica().empty()) {
      const Status refused = Sync(original.store(), own);
      if (refused.ok()) {
        world_->ground.violation("a copy is refused",
                                 copy->name() + " of " + site->name());
      }
      if (refused.IsInvalidArgument()) Count("copy: refused");
    }
  }
  const auto before = ReplicaOf(copy->records());
  // A call that failed may have taken effect. A second one would leave the
  // stores waiting for a replica that never existed.
  for (bool is_new = false; !is_new && ReplicaOf(copy->records()) == before;) {
    Store* const own = process->Open();
    if (own == nullptr) continue;
    const Status status = NewReplica(own);
    world_->CheckStatus("a new replica", status, true);
    is_new = status.ok() || status.IsInvalidArgument();
    if (!is_new) process->Bury();
  }
  process->EndAlone();
  Count("copy");
}

void Actor::ForgetOne() {
  Site* const site = AnySite();
  Site* const other = AnyEmbedded();
  if (site == other) return;
  std::string replica;
  {
    const Use theirs(world_, other);
    if (theirs.store() != nullptr) replica = theirs.store()->replica();
  }
  const Use use(world_, site);
  if (use.store() == nullptr || replica.empty()) return;
  const Status status = Forget(use.store(), replica);
  world_->CheckStatus("a forget", status, true);
  world_->ground.scheduler->Trace(site->name() + " forgets " + other->name() +
                                  ": " + status.ToString());
  if (status.ok()) Count("forget");
}

}  // namespace dyno::sim

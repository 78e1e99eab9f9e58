// The functions of dyno/sync.h: each finds the parts of its stores.

#include <string>

#include "dyno/store_impl.h"
#include "dyno/sync.h"
#include "dyno/sync/replication.h"
#include "dyno/sync/synchronizer.h"

namespace dyno {
namespace {

using leveldb::Status;

/// Null for a Store that Open has not returned.
StoreParts* PartsOf(Store* store) {
  auto* const opened = dynamic_cast<StoreImpl*>(store);
  return opened == nullptr ? nullptr : opened->parts();
}

Status NotOurs() {
  return Status::InvalidArgument("this is no store that dyno has opened");
}

}  // namespace

Status Sync(Store* a, Store* b, const SyncOptions& options,
            SyncResult* result) {
  SyncResult ignored;
  if (result == nullptr) result = &ignored;
  StoreParts* const in_a = PartsOf(a);
  StoreParts* const in_b = PartsOf(b);
  if (in_a == nullptr || in_b == nullptr) return NotOurs();
  return Synchronize(in_a, in_b, options, result);
}

Status Replicate(Store* store) {
  StoreParts* const parts = PartsOf(store);
  return parts == nullptr ? NotOurs() : Replicate(parts);
}

Status NewReplica(Store* store) {
  StoreParts* const parts = PartsOf(store);
  return parts == nullptr ? NotOurs() : NewReplica(parts);
}

Status MarkRestored(Store* store) {
  StoreParts* const parts = PartsOf(store);
  return parts == nullptr ? NotOurs() : MarkRestored(parts);
}

Status Forget(Store* store, const std::string& replica) {
  StoreParts* const parts = PartsOf(store);
  return parts == nullptr ? NotOurs() : Forget(parts, replica);
}

Status CloseWriter(Store* store, uint16_t slot) {
  StoreParts* const parts = PartsOf(store);
  return parts == nullptr ? NotOurs() : CloseWriter(parts, slot);
}

Status GetStatus(Store* store, StoreStatus* status) {
  StoreParts* const parts = PartsOf(store);
  return parts == nullptr ? NotOurs() : GetStatus(parts, status);
}

}  // namespace dyno

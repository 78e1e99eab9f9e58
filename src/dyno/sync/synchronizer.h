// Sync (dyno/sync.h), on the parts of two stores.

#ifndef DYNO_SYNC_SYNCHRONIZER_H_
#define DYNO_SYNC_SYNCHRONIZER_H_

#include "dyno/sync.h"
#include "dyno/sync/store_parts.h"
#include "leveldb/status.h"

namespace dyno {

leveldb::Status Synchronize(StoreParts* a, StoreParts* b,
                            const SyncOptions& options, SyncResult* result);

}  // namespace dyno

#endif  // DYNO_SYNC_SYNCHRONIZER_H_
